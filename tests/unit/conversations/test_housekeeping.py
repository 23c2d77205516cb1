"""Old things are forgotten in batches, by a loop that outlives what goes wrong."""

import asyncio
from contextlib import suppress

import structlog

from conversations import housekeeping
from conversations.housekeeping import BATCH, Housekeeping

PATIENCE = 10.0


class Attic:
    """Holds so many old things; may be locked at first."""

    def __init__(self, things, locked=0):
        self.things, self.locked, self.asked = things, locked, []

    def __call__(self, limit):
        self.asked.append(limit)
        if self.locked:
            self.locked -= 1
            raise OSError("locked")
        taken = min(limit, self.things)
        self.things -= taken
        return taken


def keep_house(monkeypatch, until, **attics):
    """The events that were logged until so much was done."""
    monkeypatch.setattr(housekeeping, "PAUSE", 0.0)

    async def live():
        living = asyncio.create_task(Housekeeping(attics, every=0.01).run())
        async with asyncio.timeout(PATIENCE):
            while not until():  # noqa: ASYNC110 – it is threads that empty the attics
                await asyncio.sleep(0.005)
        living.cancel()
        with suppress(asyncio.CancelledError):
            await living

    with structlog.testing.capture_logs() as logged:
        asyncio.run(live())
    return logged


def test_everything_old_goes_a_little_at_a_time_and_only_its_number_is_logged(monkeypatch):
    attic = Attic(2 * BATCH + 3)

    logged = keep_house(monkeypatch, lambda: len(attic.asked) > 4, conversations=attic)

    assert (attic.things, set(attic.asked)) == (0, {BATCH})
    assert logged == [
        {"event": "housekeeping.forgotten", "log_level": "info", "what": "conversations", "count": 2 * BATCH + 3}
    ]


def test_it_looks_again_and_again(monkeypatch):
    attic = Attic(0)

    assert keep_house(monkeypatch, lambda: len(attic.asked) >= 3, filings=attic) == []


def test_what_fails_is_tried_again_and_does_not_hold_up_the_rest(monkeypatch):
    stuck, free = Attic(5, locked=1), Attic(5)

    logged = keep_house(monkeypatch, lambda: stuck.things == free.things == 0, conversations=stuck, filings=free)

    assert [event["event"] for event in logged][:2] == ["housekeeping.failed", "housekeeping.forgotten"]
    assert logged[1]["what"] == "filings"
