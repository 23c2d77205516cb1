from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from conversations.database import reading
from filings import book as module
from filings.book import FIRST_LEASE, FIRST_PAUSE, LONGEST_PAUSE, MAX_AGE, Filings, pause_after
from filings.model import FilingState
from filings.tables import filings as table
from tests.sealing import VAULT
from tests.unit.conversations.test_ledger_races import together

LEASE = 60.0
TILE = {"soort": "voetpad", "naam": "An", "foto": ["a_1"]}


@pytest.fixture
def filed(book):
    return book.file("c_1", "melding", TILE, "c_1:1")


def due(book, worker="retries"):
    filing = book.claim_due(worker, LEASE, ["melding"])
    assert filing is not None
    return filing


# --- writing down -------------------------------------------------------------------------------------------------


def test_a_filing_is_a_row_that_whoever_filed_it_carries_out(book, filed, clock):
    assert (filed.state, filed.claimed, filed.attempts) == (FilingState.OPEN, True, 1)
    assert (filed.conversation, filed.kind, filed.payload, filed.created_at) == ("c_1", "melding", TILE, clock.now())
    assert book.claim_due("retries", LEASE, ["melding"]) is None
    assert book.get(filed.id).reference == filed.reference


def test_who_asked_what_is_sealed_where_it_is_kept(engine, book, filed):
    book.done(filed.id, "uuid-1", "I 2611 001", {"melder": "Zekerdienaam"})

    with reading(engine) as db:
        row = db.execute(select(table)).one()
    assert "voetpad" not in str(row)
    assert "Zekerdienaam" not in str(row)
    assert book.get(filed.id).result == {"melder": "Zekerdienaam"}


def test_the_same_key_files_once(book, filed):
    again = book.file("c_1", "melding", {"soort": "anders"}, "c_1:1")

    assert (again.id, again.payload, again.claimed) == (filed.id, TILE, False)
    assert len(book.of("c_1")) == 1


def test_eight_threads_that_file_the_same_make_one_row_and_one_carries_it_out(book):
    filings = together(8, lambda _: book.file("c_1", "melding", TILE, "k"))

    assert len({filing.id for filing in filings}) == 1
    assert sum(filing.claimed for filing in filings) == 1


def test_what_was_filed_before_and_is_done_is_not_done_again(book, filed):
    book.done(filed.id, "unid", "M 2611-001")

    again = book.file("c_1", "melding", TILE, "c_1:1")

    assert (again.state, again.claimed, again.external_reference) == (FilingState.DONE, False, "M 2611-001")


def test_filing_again_after_the_first_one_died_means_looking_first(book, filed, clock):
    clock.passes(FIRST_LEASE)

    again = book.file("c_1", "melding", TILE, "c_1:1")

    assert (again.id, again.claimed, again.state) == (filed.id, True, FilingState.UNCERTAIN)


def test_a_reference_that_exists_is_not_given_again(book, filed, monkeypatch):
    drawn = iter([filed.reference, "M-2222-2222"])
    monkeypatch.setattr(module, "new_reference", lambda kind: next(drawn))

    assert book.file("c_1", "melding", TILE, "c_1:2").reference == "M-2222-2222"


# --- carrying out -------------------------------------------------------------------------------------------------


def test_a_filing_that_is_done_knows_its_names_in_the_backend(book, filed):
    done = book.done(filed.id, "unid", "M 2611-001", {"url": "https://x"})

    assert done == book.get(filed.id)
    assert (done.state, done.external_id, done.external_reference) == (FilingState.DONE, "unid", "M 2611-001")
    assert done.result == {"url": "https://x"}
    assert book.claim_due("retries", LEASE, ["melding"]) is None


def test_the_first_who_says_that_it_is_done_is_believed(book, filed):
    book.done(filed.id, "unid")

    assert book.done(filed.id, "ander").external_id == "unid"
    assert book.refused(filed.id, "te_laat").state is FilingState.DONE
    assert book.postpone(filed.id, None, "503").state is FilingState.DONE


def test_a_filing_that_is_refused_says_why_and_is_over(book, filed, clock):
    refused = book.refused(filed.id, "onbekende_straat")

    assert (refused.state, refused.code) == (FilingState.REFUSED, "onbekende_straat")
    clock.passes(LONGEST_PAUSE)
    assert book.claim_due("retries", LEASE, ["melding"]) is None


def test_a_filing_that_was_postponed_is_due_then_and_surely_not_done(book, filed, clock):
    book.postpone(filed.id, clock.after(30), "503")
    assert book.claim_due("retries", LEASE, ["melding"]) is None
    clock.passes(30)

    filing = due(book)

    assert (filing.id, filing.state, filing.attempts, filing.error) == (filed.id, FilingState.OPEN, 2, "503")
    assert filing.claimed
    assert book.claim_due("another", LEASE, ["melding"]) is None


def test_a_filing_without_an_end_is_uncertain_for_the_next_one(book, filed, clock):
    clock.passes(FIRST_LEASE)

    assert due(book).state is FilingState.UNCERTAIN


def test_an_uncertain_filing_stays_uncertain_until_somebody_knows(book, filed, clock):
    book.uncertain(filed.id, "time-out")
    clock.passes(LONGEST_PAUSE)
    filing = due(book)
    assert filing.state is FilingState.UNCERTAIN

    book.postpone(filing.id, clock.after(1), "503 bij het opzoeken")
    clock.passes(1)

    assert due(book).state is FilingState.UNCERTAIN


def test_what_cannot_be_retried_waits_for_a_person(book, filed, clock):
    assert book.failed(filed.id, "401").state is FilingState.FAILED
    clock.passes(LONGEST_PAUSE)

    assert book.claim_due("retries", LEASE, ["melding"]) is None


@pytest.mark.parametrize("later", ["postpone", "uncertain"])
def test_a_filing_that_is_too_old_fails_and_needs_a_person(book, filed, clock, later):
    clock.passes(MAX_AGE.total_seconds())

    after = book.postpone(filed.id, None, "503") if later == "postpone" else book.uncertain(filed.id, "time-out")

    assert after.state is FilingState.FAILED
    assert book.claim_due("retries", LEASE, ["melding"]) is None


def test_a_person_who_did_it_after_all_can_say_so(book, filed):
    book.failed(filed.id, "401")

    assert book.done(filed.id, "unid").state is FilingState.DONE


def test_how_old_is_too_old_is_said_by_whoever_opens_the_book(engine, clock):
    book = Filings(engine, clock, VAULT, max_age=timedelta(minutes=1))
    filing = book.file("c_1", "melding", TILE, "k")
    clock.passes(60)

    assert book.postpone(filing.id, None, "503").state is FilingState.FAILED


def test_what_waits_longest_is_claimed_first(book, clock):
    ids = []
    for number in range(3):
        filing = book.file("c_1", "melding", TILE, str(number))
        book.postpone(filing.id, clock.after(30 - number), "503")
        ids.append(filing.id)
    clock.passes(60)

    assert [due(book).id for _ in range(3)] == ids[::-1]


def test_two_workers_carry_each_filing_out_once(book, clock):
    for number in range(40):
        book.postpone(book.file("c_1", "melding", TILE, str(number)).id, clock.now(), "503")

    def work(worker):
        claimed = []
        while filing := book.claim_due(str(worker), LEASE, ["melding"]):
            claimed.append(filing.id)
            book.done(filing.id, str(worker))
        return claimed

    with ThreadPoolExecutor(2) as pool:
        counted = Counter(filing for claimed in pool.map(work, range(2)) for filing in claimed)
    assert sorted(counted.values()) == [1] * 40


def test_pauses_grow_up_to_a_limit_and_differ():
    assert all(FIRST_PAUSE / 2 <= pause_after(1) <= FIRST_PAUSE for _ in range(50))
    assert all(FIRST_PAUSE * 2 <= pause_after(3) <= FIRST_PAUSE * 4 for _ in range(50))
    assert all(LONGEST_PAUSE / 2 <= pause_after(number) <= LONGEST_PAUSE for number in (12, 1000))
    assert len({pause_after(5) for _ in range(20)}) > 1


# --- looking up ---------------------------------------------------------------------------------------------------


def test_the_filings_of_a_conversation_come_the_latest_first(book, clock):
    for number, kind in enumerate(["melding", "afspraak", "melding"]):
        book.file("c_1", kind, {"n": number}, str(number))
        clock.passes(1)
    book.file("c_2", "melding", {}, "elders")

    assert [filing.payload["n"] for filing in book.of("c_1")] == [2, 1, 0]
    assert [filing.payload["n"] for filing in book.of("c_1", "melding")] == [2, 0]
    assert book.of("c_3") == []


def test_a_filing_is_found_by_its_reference_however_it_was_typed(book, filed):
    assert book.by_reference(filed.reference.lower().replace("-", " ")) == book.get(filed.id)
    assert book.by_reference("M-2222-2222") is None
    assert book.by_reference("mijn melding") is None


def test_how_far_a_request_has_come_is_kept_without_losing_the_lease(book, filed):
    changed = book.update_payload(filed.id, {**TILE, "geboekt": "123"})

    assert changed.payload == {**TILE, "geboekt": "123"}
    assert book.claim_due("retries", LEASE, ["melding"]) is None


# --- telling ------------------------------------------------------------------------------------------------------


def test_an_end_that_was_the_answer_to_the_question_is_not_told_again(book, filed):
    book.done(filed.id, "unid")

    assert book.untold() == []


def test_an_end_that_came_later_is_untold_until_somebody_told_it(book, filed, clock):
    book.postpone(filed.id, clock.now(), "503")
    assert book.untold() == []
    done = book.done(due(book).id, "unid", "M 2611-001")

    assert book.untold() == [done]
    words = []
    assert book.told(done, lambda _: words.append("done"))
    assert book.untold() == []
    assert not book.told(done, lambda _: words.append("again"))
    assert words == ["done"]


def test_an_end_is_untold_when_the_word_of_it_did_not_get_through(book, filed, clock):
    book.postpone(filed.id, clock.now(), "503")
    done = book.done(due(book).id, "unid", "M 2611-001")
    with pytest.raises(OSError):
        book.told(done, breaks)

    assert book.untold() == [done]


def breaks(_):
    raise OSError


def test_a_filing_that_needs_a_person_wakes_one_with_its_reference_and_nothing_personal(book, filed):
    with capture_logs() as logs:
        book.failed(filed.id, "nobody knows")
        book.done(filed.id, "uuid", "I 2611 001")
        book.failed(filed.id, "too late")

    assert [(entry["event"], entry["log_level"], entry["reference"]) for entry in logs] == [
        ("filing.failed", "error", filed.reference)
    ]
    assert "An" not in str(logs)


@pytest.mark.parametrize("end", ["refused", "failed"])
def test_a_bad_end_is_told_too(book, filed, clock, end):
    book.postpone(filed.id, clock.now(), "503")

    ended = getattr(book, end)(due(book).id, "onbekende_straat")

    assert book.untold() == [ended]


def test_who_asks_again_while_somebody_is_at_it_will_hear_the_end(book, filed):
    book.file("c_1", "melding", TILE, "c_1:1")

    done = book.done(filed.id, "unid")

    assert book.untold() == [done]


def test_telling_one_end_leaves_a_later_one_to_be_told(book, filed, clock):
    book.postpone(filed.id, clock.now(), "503")
    failed = book.failed(due(book).id, "401")
    done = book.done(filed.id, "unid")

    book.told(failed, lambda _: None)

    assert book.untold() == [done]
