from datetime import UTC, datetime

import pytest

from sandbox.topdesk.fiql import FiqlError, parse

VALUES = {
    "number": "I 2611 041",
    "closed": False,
    "costs": 12.5,
    "sla": None,
    "creationDate": datetime(2026, 11, 21, 9, 14, tzinfo=UTC),
    "caller.email": "lien@voorbeeld.example",
    "text": "O'Neill; zei (ja), niet?",
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("number=='I 2611 041'", True),
        ("number=='i 2611 041'", True),
        ("number!='I 2611 041'", False),
        ("closed==false", True),
        ("closed==true", False),
        ("costs=gt=12;costs=lt=13", True),
        ("costs=ge=12.5;costs=le=12.5", True),
        ("costs=gte=12.6,costs=lte=12.4", False),
        ("costs=gt=veel", False),
        ("sla==null", True),
        ("sla=='x'", False),
        ("creationDate=gt=2026-11-21T09:00:00Z", True),
        ("creationDate=lt=2026-11-21T10:00:00+0100", False),
        ("caller.email=sw=LIEN", True),
        ("number=in=('a','I 2611 041')", True),
        ("number=out=('a','b')", True),
        ("closed==true,closed==false", True),
        ("closed==true;closed==false", False),
        ("closed==true,closed==false;costs=gt=100", False),
        ("(closed==true,closed==false);costs=gt=10", True),
        (r"text=='O\'Neill; zei (ja), niet?'", True),
        (" closed == false ; costs =gt= 1 ", True),
    ],
)
def test_a_query_judges(query, expected):
    assert parse(query).match(VALUES.__getitem__) is expected


@pytest.mark.parametrize(
    "query",
    ["number", "number==", "=='x'", "number=='x", "number=~='x'", "number=in='x'", "(closed==true", "closed==true)",
     "closed==true;", "a==1 b==2", "=in=(1)"],
)  # fmt: skip
def test_a_query_with_a_mistake_is_refused_before_anything_is_judged(query):
    with pytest.raises(FiqlError):
        parse(query)


def test_a_query_tells_which_fields_it_asks():
    assert parse("a==1;(b.c==2,d=in=(3))").fields == {"a", "b.c", "d"}
