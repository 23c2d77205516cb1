"""A code that was mailed proves an address once, for ten minutes, to who guesses at most three times."""

import pytest
from sqlalchemy import Engine, select

from citizens.mail_codes import LIFE, MOST, TRIES, WINDOW, MailCodes, Verdict
from citizens.tables import mail_codes
from tests.unit.conversations.setting import StoppedClock
from vault import Vault

EMAIL = "lien@example.be"


@pytest.fixture
def codes(engine: Engine, clock: StoppedClock, vault: Vault) -> MailCodes:
    return MailCodes(engine, clock, vault)


@pytest.fixture
def code(codes: MailCodes) -> str:
    made = codes.make("c_1", EMAIL)
    assert made
    return made


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_six_digits_come_back_and_count_once(codes: MailCodes, code: str) -> None:
    assert len(code) == 6
    assert code.isdigit()
    assert [codes.check("c_1", EMAIL, code) for _ in range(2)] == [Verdict.RIGHT, Verdict.EXPIRED]


def test_a_typo_costs_a_try_and_no_more(codes: MailCodes, code: str) -> None:
    assert codes.check("c_1", EMAIL, another(code)) is Verdict.WRONG
    assert codes.check("c_1", EMAIL, code) is Verdict.RIGHT


def test_after_three_wrong_guesses_the_right_one_is_too_late(codes: MailCodes, code: str) -> None:
    guesses = [codes.check("c_1", EMAIL, another(code)) for _ in range(TRIES)]

    assert guesses == [Verdict.WRONG, Verdict.WRONG, Verdict.TOO_OFTEN]
    assert codes.check("c_1", EMAIL, code) is Verdict.EXPIRED


def test_it_opens_no_other_address_and_no_other_conversation(codes: MailCodes, code: str) -> None:
    assert codes.check("c_1", "jan@example.be", code) is Verdict.WRONG
    assert codes.check("c_2", EMAIL, code) is Verdict.EXPIRED


@pytest.mark.parametrize(("late", "verdict"), [(0, Verdict.RIGHT), (1, Verdict.EXPIRED)])
def test_it_holds_for_ten_minutes(
    codes: MailCodes, clock: StoppedClock, code: str, late: float, verdict: Verdict
) -> None:
    clock.passes(LIFE.total_seconds() + late)

    assert codes.check("c_1", EMAIL, code) is verdict


def test_a_new_code_replaces_the_old_one(codes: MailCodes, code: str) -> None:
    fresh = codes.make("c_1", EMAIL)

    assert fresh
    if fresh != code:  # once in a million
        assert codes.check("c_1", EMAIL, code) is Verdict.WRONG
    assert codes.check("c_1", EMAIL, fresh) is Verdict.RIGHT


def test_a_conversation_gets_a_few_codes_an_hour_and_others_are_not_held_up(
    codes: MailCodes, clock: StoppedClock
) -> None:
    assert all(codes.make("c_1", f"{number}@example.be") for number in range(MOST))
    assert codes.make("c_1", EMAIL) is None
    assert codes.make("c_2", EMAIL)

    clock.passes(WINDOW.total_seconds() + 1)

    assert codes.make("c_1", EMAIL)


def test_a_code_too_many_leaves_the_last_one_as_it_was(codes: MailCodes) -> None:
    made = [codes.make("c_1", EMAIL) for _ in range(MOST + 1)]
    last = made[MOST - 1]

    assert last
    assert codes.check("c_1", EMAIL, last) is Verdict.RIGHT


def test_neither_code_nor_address_is_kept(codes: MailCodes, engine: Engine, code: str) -> None:
    with engine.connect() as db:
        kept = repr(db.execute(select(mail_codes)).all())

    assert code not in kept
    assert EMAIL not in kept
