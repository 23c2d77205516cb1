"""A token is fetched once, renewed before it ends, and fetched anew when it is turned away."""

import pytest
import requests

from actions.clients.bearer import Bearer
from actions.clients.errors import Misconfigured, Rejected, Unavailable


@pytest.fixture
def clock(monkeypatch):
    """Seconds, in the test's hands."""
    now = [0.0]
    monkeypatch.setattr("actions.clients.bearer.time.monotonic", lambda: now[0])
    return now


class Endpoint:
    """Hands out t1, t2, …; what `turns_away` names is accepted nowhere."""

    def __init__(self, seconds=1000.0, turns_away=(), error=None):
        self.seconds, self.turns_away, self.error = seconds, turns_away, error
        self.issued, self.seen = 0, []

    async def fetch(self):
        if self.error:
            raise self.error
        self.issued += 1
        return f"t{self.issued}", self.seconds

    async def call(self, headers):
        token = headers["Authorization"].removeprefix("Bearer ")
        self.seen.append(token)
        if token in self.turns_away:
            raise Misconfigured("dosis", "list", "401")
        return requests.Response()


async def calls(endpoint, clock, *moments, spare=180.0):
    bearer = Bearer(endpoint.fetch, spare)
    for moment in moments:
        clock[0] = moment
        await bearer.authorised(endpoint.call)
    return endpoint.seen


async def test_a_token_is_kept_and_renewed_before_it_ends(clock):
    assert await calls(Endpoint(), clock, 0, 819, 821) == ["t1", "t1", "t2"]


async def test_a_token_that_lives_short_is_kept_for_half_of_it(clock):
    assert await calls(Endpoint(seconds=100), clock, 0, 49, 51) == ["t1", "t1", "t2"]


async def test_a_token_that_is_turned_away_is_replaced_once(clock):
    assert await calls(Endpoint(turns_away=["t1"]), clock, 0, 1) == ["t1", "t2", "t2"]


async def test_two_that_are_turned_away_are_a_fault_of_ours(clock):
    with pytest.raises(Misconfigured):
        await calls(Endpoint(turns_away=["t1", "t2"]), clock, 0)


async def test_credentials_that_are_refused_are_a_fault_of_ours_and_no_business_refusal(clock):
    with pytest.raises(Misconfigured):
        await calls(Endpoint(error=Rejected("jcc", "token", "invalid")), clock, 0)


async def test_an_outage_of_the_token_endpoint_stays_an_outage(clock):
    with pytest.raises(Unavailable):
        await calls(Endpoint(error=Unavailable("jcc", "token")), clock, 0)
