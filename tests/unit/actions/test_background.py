"""Work beside the conversations goes on, whatever one round of it comes to."""

import asyncio

import pytest

from actions import background


async def test_a_round_that_fails_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE", 0.0)
    rounds: list[str] = []
    enough = asyncio.Event()

    async def step() -> bool:
        rounds.append("round")
        if len(rounds) == 1:
            raise OSError("no disk")
        if len(rounds) == 3:
            enough.set()
        return False

    work = asyncio.create_task(background.keep_doing("work", step))
    await asyncio.wait_for(enough.wait(), 10)
    work.cancel()

    assert len(rounds) >= 3


async def test_while_there_is_more_nobody_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE", 3600.0)
    rest = asyncio.Event()
    todo = [True, True, False]

    async def step() -> bool:
        more = todo.pop(0)
        if not todo:
            rest.set()
        return more

    work = asyncio.create_task(background.keep_doing("work", step))
    await asyncio.wait_for(rest.wait(), 10)
    work.cancel()
