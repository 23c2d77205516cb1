from dataclasses import replace

import pytest

from city import Channel, load_city
from connectors.links import ChatLink, chat_links, qr_code
from settings import ROOT

LEIESTAD = load_city(ROOT / "city.yml")


@pytest.mark.req("BP1-03", "BP1-04")
def test_each_channel_that_is_on_has_an_address_to_begin_at() -> None:
    assert [link.url for link in chat_links(LEIESTAD, ("whatsapp", "messenger"))] == [
        "https://wa.me/32456177700",
        "https://m.me/stadleiestad",
    ]


def test_a_channel_that_is_off_is_not_shown() -> None:
    assert [link.channel for link in chat_links(LEIESTAD, ("messenger",))] == ["messenger"]
    assert chat_links(LEIESTAD, ()) == []


def test_a_page_name_leads_nowhere_else() -> None:
    city = replace(LEIESTAD, channels=(Channel("messenger", "stad/../x?y", None),))

    assert chat_links(city, ("messenger",))[0].url == "https://m.me/stad%2F..%2Fx%3Fy"


def test_the_code_is_a_drawing_with_a_white_ground() -> None:
    drawing = qr_code(ChatLink("whatsapp", "+32 456 17 77 00", "https://wa.me/32456177700")).decode()

    assert drawing.startswith("<svg")
    assert 'fill="#fff"' in drawing
    assert "script" not in drawing
