"""Parallel conversations for some seconds: how many turns, how long each, and what they cost in processor time."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench import machine
from bench.citizens import Citizen, Heard
from bench.talk import Talk, talks

CLIENT = "who asks"


@dataclass(frozen=True)
class Load:
    """What was counted: turns that ended within the window."""

    heard: list[Heard]
    seconds: float
    processor: Mapping[str, float]  # seconds of processor by part

    @property
    def per_second(self) -> float:
        return len(self.heard) / self.seconds


class _Window:
    def __init__(self, warm: float, seconds: float) -> None:
        self.begin = time.perf_counter() + warm
        self.end = self.begin + seconds
        self.heard: list[Heard] = []

    @property
    def is_over(self) -> bool:
        return time.perf_counter() >= self.end

    def count(self, heard: Heard) -> None:
        if self.begin <= time.perf_counter() < self.end:
            self.heard.append(heard)


def drive(
    citizen: Callable[[], Citizen],
    parallel: int,
    *,
    warm: float,
    seconds: float,
    pace: float = 0.0,
    marks: Mapping[str, str] = machine.MARKS,
) -> Load:
    """`pace`: seconds from one message of a conversation to its next; 0: as soon as the last was answered.

    Whatever is under way at the end is waited for, so that it is not on the account of who comes next.
    """
    return asyncio.run(_drive(citizen, parallel, _Window(warm, seconds), pace, machine.groups(marks)))


async def _drive(
    citizen: Callable[[], Citizen], parallel: int, window: _Window, pace: float, parts: Mapping[str, list[int]]
) -> Load:
    workers = [asyncio.create_task(_talk_on(citizen, number, window, pace)) for number in range(parallel)]
    account = asyncio.create_task(_account(window, parts))
    await asyncio.gather(*workers)
    return Load(window.heard, window.end - window.begin, await account)


async def _account(window: _Window, parts: Mapping[str, list[int]]) -> Mapping[str, float]:
    await asyncio.sleep(window.begin - time.perf_counter())
    before = _spent(parts)
    await asyncio.sleep(window.end - time.perf_counter())
    return {name: spent - before[name] for name, spent in _spent(parts).items()}


def _spent(parts: Mapping[str, list[int]]) -> dict[str, float]:
    return {CLIENT: time.process_time(), **{name: machine.processor(pids) for name, pids in parts.items()}}


async def _talk_on(citizen: Callable[[], Citizen], number: int, window: _Window, pace: float) -> None:
    """One conversation after the other; each worker begins with another one, so that they mix."""
    await asyncio.sleep(random.uniform(0, pace))
    while not window.is_over:
        written = list(talks())
        await _conversation(citizen(), written[number % len(written)], window, pace)
        number += 1


async def _conversation(citizen: Citizen, talk: Talk, window: _Window, pace: float) -> None:
    try:
        window.count(await citizen.begin())
        for line in talk:
            if window.is_over:
                return
            started = time.perf_counter()
            window.count(await citizen.say(line))
            await asyncio.sleep(max(0.0, pace - (time.perf_counter() - started)))
    finally:
        citizen.leave()
