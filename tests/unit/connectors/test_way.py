import asyncio
import time

from connectors.way import Way


async def test_who_gives_way_goes_on_when_nobody_goes_first_any_more() -> None:
    way, gone_on = Way(longest=60), list[str]()

    async def rest() -> None:
        await way.give()
        gone_on.append("rest")

    with way.first():
        with way.first():
            waiting = asyncio.create_task(rest())
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.02)
        assert gone_on == []
    await waiting

    assert gone_on == ["rest"]


async def test_nobody_waits_when_nothing_comes_in() -> None:
    async with asyncio.timeout(1):
        await Way(longest=60).give()


async def test_who_gives_way_is_not_kept_for_ever() -> None:
    way, started = Way(longest=0.05), time.monotonic()
    with way.first():
        await way.give()

    assert time.monotonic() - started >= 0.05


async def test_what_breaks_while_it_goes_first_leaves_the_way_free() -> None:
    way = Way(longest=60)
    try:
        with way.first():
            raise ConnectionError
    except ConnectionError:
        pass

    async with asyncio.timeout(1):
        await way.give()
