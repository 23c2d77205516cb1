import asyncio

from sandbox.changes import Changes


async def test_everybody_who_listens_hears_what_changed():
    changes = Changes()
    first, second = changes.listen(5), changes.listen(5)

    async def tell() -> None:
        for area in ("mail", "jcc", "mail"):
            changes.tell(area)

    heard = await asyncio.gather(anext(first), anext(second), tell())
    assert heard[:2] == [{"mail", "jcc"}, {"mail", "jcc"}]


async def test_silence_is_told_too():
    assert await anext(Changes().listen(0.01)) == set()


async def test_the_end_lets_everybody_go():
    changes = Changes()
    listener = changes.listen(5)

    async def close() -> None:
        changes.close()

    heard = await asyncio.gather(anext(listener, None), close())
    assert heard[0] is None


async def test_whoever_stopped_listening_is_forgotten():
    changes = Changes()
    listener = changes.listen(0.01)
    await anext(listener)
    await listener.aclose()
    changes.tell("mail")
    assert not changes._listeners
