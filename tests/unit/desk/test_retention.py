from datetime import timedelta

from conversations.overrides import Overrides
from desk.audit import Act, Audit
from desk.retention import forget_acts, forget_versions

YEAR = timedelta(days=365).total_seconds()


def test_what_supervisors_did_is_forgotten_when_it_is_old(engine, clock, sanne) -> None:
    audit = Audit(engine, clock)
    audit.write(sanne.agent.id, Act.LOOKED, "c_oud")
    clock.passes(YEAR)
    audit.write(sanne.agent.id, Act.LOOKED, "c_nieuw")

    assert forget_acts(engine, clock.now() - timedelta(days=90), limit=20) == 1
    assert [entry.conversation for entry in audit.latest()] == ["c_nieuw"]


def test_an_old_version_is_forgotten_and_never_the_last_two(engine, clock) -> None:
    overrides = Overrides(engine, clock)
    for number in range(4):
        overrides.write("tekst:a", str(number), "luc")
    overrides.write("tekst:b", "alleen", "luc")
    clock.passes(YEAR)

    assert forget_versions(engine, clock.now() - timedelta(days=30), limit=20) == 2
    assert [version.value for version in overrides.history("tekst:a")] == ["3", "2"]
    assert overrides.live()["tekst:a"].value == "3"
    assert overrides.live()["tekst:b"].value == "alleen"
    assert overrides.write("tekst:a", "4", "luc", after=4) is not None


def test_a_young_version_stays_and_a_little_is_forgotten_at_a_time(engine, clock) -> None:
    overrides = Overrides(engine, clock)
    for number in range(5):
        overrides.write("tekst:a", str(number), "luc")

    assert forget_versions(engine, clock.now() - timedelta(days=30), limit=20) == 0
    clock.passes(YEAR)
    assert [forget_versions(engine, clock.now(), limit=2) for _ in range(3)] == [2, 1, 0]
