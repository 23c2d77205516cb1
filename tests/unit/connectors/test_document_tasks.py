"""What the document management system hears when it asks too often."""

from types import SimpleNamespace
from typing import Any

import pytest

from connectors.limits import Limit
from connectors.routes.documents import _refusal

TOKEN = "een-geheim-van-het-dms-0123456789abcdef"


@pytest.mark.req("KI-31")
def test_who_asks_too_often_hears_when_he_may_again_and_a_stranger_takes_nothing_from_him():
    limit = Limit(1, now=lambda: 0.0)
    dms: Any = SimpleNamespace(headers={"authorization": f"Bearer {TOKEN}"})
    stranger: Any = SimpleNamespace(headers={"authorization": "Bearer iets"})

    unknown, first, second = (_refusal(who, TOKEN, limit) for who in (stranger, dms, dms))

    assert unknown
    assert unknown.status == 401
    assert first is None
    assert second
    assert (second.status, second.headers["Retry-After"]) == (429, "60")
