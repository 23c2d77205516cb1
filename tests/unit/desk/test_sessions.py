import pytest
from sqlalchemy import Engine

from conversations.agents import Agents, Profile
from conversations.bell import Bell
from desk.sessions import LOCKS_AFTER, WORKING_DAY, Role, Sessions, role_of
from tests.unit.conversations.setting import StoppedClock

TEAMS = ("onthaal", "burgerzaken")


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def sessions(engine: Engine, clock: StoppedClock) -> Sessions:
    return Sessions(engine, clock, Agents(engine, clock, Bell()))


@pytest.fixture
def token(sessions: Sessions) -> str:
    return sessions.start("op|sanne", Profile("Sanne Claes", ["burgerzaken"]), Role.AGENT)


def test_a_session_knows_who_somebody_is_and_what_he_may(sessions: Sessions, token: str) -> None:
    session = sessions.find(token)

    assert session is not None
    assert (session.agent.name, session.role, session.locked) == ("Sanne Claes", Role.AGENT, False)
    assert session.sees("burgerzaken")
    assert not session.sees("onthaal")
    assert sessions.find("verzonnen") is None


def test_the_secret_itself_is_not_kept(engine: Engine, token: str) -> None:
    with engine.connect() as db:
        kept = db.exec_driver_sql("SELECT * FROM desk_sessions").one()

    assert token not in [str(value) for value in kept]


def test_it_locks_when_nobody_touched_it_and_refreshing_by_itself_is_no_touch(
    sessions: Sessions, token: str, clock: StoppedClock
) -> None:
    for _ in range(20):
        clock.passes(60)
        sessions.find(token)

    assert sessions.find(token).locked  # type: ignore[union-attr]
    sessions.find(token, acts=True)
    assert sessions.find(token).locked  # type: ignore[union-attr]


def test_who_works_on_is_not_locked_out(sessions: Sessions, token: str, clock: StoppedClock) -> None:
    for _ in range(10):
        clock.passes(LOCKS_AFTER.total_seconds() - 60)
        assert not sessions.find(token, acts=True).locked  # type: ignore[union-attr]


def test_it_ends_with_the_working_day_and_at_logging_out(sessions: Sessions, token: str, clock: StoppedClock) -> None:
    other = sessions.start("op|piet", Profile("Piet", ["onthaal"]), Role.AGENT)
    sessions.end(other)
    assert sessions.find(other) is None

    clock.passes(WORKING_DAY.total_seconds() + 1)

    assert sessions.find(token) is None


def test_an_agent_can_lock_it_himself(sessions: Sessions, token: str) -> None:
    sessions.lock(token)

    assert sessions.find(token).locked  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("told", "role"),
    [
        (["medewerker:burgerzaken"], (Role.AGENT, {"burgerzaken"})),
        (["medewerker:burgerzaken", "teamleider:onthaal"], (Role.SUPERVISOR, {"burgerzaken", "onthaal"})),
        (["beheerder"], (Role.ADMINISTRATOR, set())),
        (["medewerker:elders"], None),
        (["baas:onthaal", "medewerker"], None),
        ([], None),
    ],
)
def test_roles_come_from_the_provider_and_only_for_teams_that_exist(told, role) -> None:
    assert role_of(told, TEAMS) == role


def test_each_role_may_do_what_those_before_it_may() -> None:
    assert Role.ADMINISTRATOR.may_act_as(Role.SUPERVISOR)
    assert Role.AGENT.may_act_as(Role.AGENT)
    assert not Role.AGENT.may_act_as(Role.SUPERVISOR)
