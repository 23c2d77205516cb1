from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.topdesk.richtext import clean


@pytest.mark.parametrize(
    ("source", "html", "plain"),
    [
        ("gewoon", "gewoon", "gewoon"),
        ("een<br>twee<br/>drie", "een<br/>twee<br/>drie", "een\ntwee\ndrie"),
        ("een\ntwee", "een<br/>twee", "een\ntwee"),
        ("<b>vet</b> en <EM>schuin</EM>", "<b>vet</b> en <em>schuin</em>", "vet en schuin"),
        ("<b>open", "<b>open</b>", "open"),
        ("<b><i>scheef</b></i>", "<b><i>scheef</i></b>", "scheef"),
        ('<a href="x" onclick="y">link</a>', "link", "link"),
        ("<script>alert(1)</script>weg", "weg", "weg"),
        ("3 &lt; 4 &amp; 5", "3 &lt; 4 &amp; 5", "3 < 4 & 5"),
        ("<h5>Kop</h5>tekst", "<h5>Kop</h5>tekst", "Kop\ntekst"),
        ('<img src="data:image/png;base64,AA"/>', '<img src="data:image/png;base64,AA"/>', ""),
        ('<img src="https://kwaad.example/x.png">', "", ""),
        ('<b onmouseover="x">vet</b>', "<b>vet</b>", "vet"),
    ],
)
def test_only_what_topdesk_knows_survives(source, html, plain):
    assert clean(source) == (html, plain)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_escaped_text_of_a_citizen_comes_back_as_it_was(text):
    assert clean(escape(text))[1] == text.strip()
