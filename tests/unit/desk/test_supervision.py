from datetime import timedelta

import pytest
from sqlalchemy import func, select

from conversations.agents import Profile
from conversations.database import reading
from conversations.figure_tables import figures
from conversations.handover_model import Request
from conversations.model import Author, Holder, Overheard, Presence
from desk.audit import Act, Audit
from desk.pages import Pages
from desk.sessions import Role
from desk.supervision import RUNNING, Filter, Supervision
from desk.timeline import Step
from desk.work import TO_AGENT, NotAllowed, TooLate, Unusable
from filings.book import Filings
from filings.tasks import Tasks
from tests.sealing import VAULT
from tests.unit.conversations.setting import words
from tests.unit.desk.conftest import session_of

ALL = Filter()


@pytest.fixture
def audit(engine, clock):
    return Audit(engine, clock)


@pytest.fixture
def supervision(work, audit):
    return Supervision(work, audit, Tasks(work.ledger.engine, work.ledger.clock, work.ledger.bell, VAULT))


@pytest.fixture
def luc(sessions):
    return session_of(sessions, "Luc Vandamme", "burgerzaken", role=Role.SUPERVISOR)


def heard(work, conversation):
    return [m.name or m.text for m in work.ledger.messages(conversation) if m.author in (Author.SYSTEM, Author.AGENT)]


@pytest.mark.req("CS-03", "WS-03")
def test_he_sees_who_waits_who_talks_and_who_waits_too_long(supervision, work, luc, sanne, asks, clock):
    talking, waiting = asks("an"), asks("bea")
    work.take(sanne, talking)
    work.answer(sanne, talking, "Dag!", "1")
    clock.passes(400)
    recent = asks("cis")

    cases = {case.conversation: case for case in supervision.overview(luc, ALL).cases}

    assert [cases[it].holder for it in (talking, waiting, recent)] == [Holder.WAITING, Holder.QUEUE, Holder.QUEUE]
    assert cases[talking].agent == "Sanne Claes"
    assert [cases[it].late for it in (talking, waiting, recent)] == [False, True, False]
    assert [cases[it].answered for it in (talking, waiting, recent)] == [True, False, False]


def test_another_team_s_conversations_are_not_among_them(supervision, luc, asks):
    asks(team="onthaal")

    assert supervision.overview(luc, ALL).cases == []


@pytest.mark.parametrize(
    ("only", "count"),
    [
        (Filter(team="burgerzaken"), 2),
        (Filter(team="onthaal"), 0),
        (Filter(channel="whatsapp"), 0),
        (Filter(state="wacht"), 1),
        (Filter(state="gesprek"), 1),
        (Filter(state="onbeantwoord"), 2),
        (Filter(state="heropend"), 0),
    ],
)
def test_a_filter_shows_a_part_and_counts_all(supervision, work, luc, sanne, asks, only, count):
    work.take(sanne, asks("an"))
    asks("bea")

    overview = supervision.overview(luc, only)

    assert len(overview.shown) == count
    assert len(overview.cases) == 2


@pytest.mark.req("CS-03", "WS-03")
def test_a_conversation_that_came_back_after_it_was_closed_is_marked(supervision, work, luc, sanne, asks):
    conversation = asks("an")
    work.take(sanne, conversation)
    work.close(sanne, conversation, "attest")
    work.ledger.reopen(conversation)
    asks("an")

    [case] = supervision.overview(luc, ALL).cases

    assert case.reopened


def test_what_the_assistant_has_now_is_listed_and_can_be_looked_at(supervision, work, luc, clock):
    conversation = work.ledger.receive(words(1)).message.conversation

    [running] = supervision.overview(luc, ALL).running
    assert running.conversation == conversation
    assert [line.message.text for line in supervision.look(luc, conversation).timeline] == ["bericht 1"]
    clock.passes(RUNNING.total_seconds() + 1)

    assert supervision.overview(luc, ALL).running == []


@pytest.mark.req("CS-05", "WS-05")
def test_he_gives_several_conversations_to_an_agent_at_once(supervision, work, audit, luc, sanne, asks):
    chosen = [asks("an"), asks("bea")]

    assert supervision.assign(luc, chosen, TO_AGENT + sanne.agent.id) == 2

    assert {h.conversation for h in work.lists(sanne).mine} == set(chosen)
    assert heard(work, chosen[0]) == ["utter_medewerker_neemt_over"]
    assert [(e.who, e.act, e.detail) for e in audit.of(chosen[0])] == [("Luc Vandamme", Act.ASSIGNED, "Sanne Claes")]


@pytest.mark.req("CS-04", "WS-04", "CS-05")
def test_from_one_agent_to_another_the_first_loses_it_and_the_course_tells_who_did_it(
    supervision, work, sessions, luc, sanne, asks
):
    other = session_of(sessions, "Eva Maes", "burgerzaken")
    conversation = asks()
    work.take(sanne, conversation)
    work.answer(sanne, conversation, "Bel morgen eens.", "1")

    supervision.assign(luc, [conversation], TO_AGENT + other.agent.id)

    with pytest.raises(TooLate):
        work.answer(sanne, conversation, "Nog iets", "2")
    course = [(line.step, line.who, line.to) for line in supervision.look(luc, conversation).timeline if line.step]
    assert course[-1] == ("assigned", "Luc Vandamme", "Eva Maes")
    said = [line.who for line in supervision.look(luc, conversation).timeline if line.message and line.who]
    assert said == ["Sanne Claes"]


def test_to_a_team_it_goes_into_that_queue(supervision, work, luc, sanne, piet, asks):
    conversation = asks()
    work.take(sanne, conversation)

    supervision.assign(luc, [conversation], "onthaal")

    assert [item.conversation for item in work.lists(piet).waiting] == [conversation]


@pytest.mark.parametrize(
    ("chosen", "to", "code"),
    [([], "onthaal", "niets_gekozen"), (None, "", "aan_wie"), (None, "medewerker:x", "aan_wie")],
)
def test_nothing_is_given_to_nobody(supervision, luc, asks, chosen, to, code):
    with pytest.raises(Unusable, match=code):
        supervision.assign(luc, [asks()] if chosen is None else chosen, to)


@pytest.mark.req("CI-03")
def test_he_takes_over_from_the_assistant_and_from_an_agent(supervision, work, luc, sanne, asks):
    bots = work.ledger.receive(words(1, address="zoe")).message.conversation
    agents = asks()
    work.take(sanne, agents)

    for conversation in (bots, agents):
        supervision.take_over(luc, conversation)
        assert work.view(luc, conversation).is_mine
        assert heard(work, conversation)[-1] == "utter_medewerker_neemt_over"


def test_the_page_says_in_words_why_he_has_what_he_took_over(supervision, work, luc, clock):
    conversation = work.ledger.receive(words(1, address="zoe")).message.conversation
    supervision.take_over(luc, conversation)
    typed = {"problem": "", "draft": "", "note": "", "most_megabytes": 8}
    shown = {"view": work.view(luc, conversation), "session": luc, "teams": work.texts.city.teams, "colleagues": []}

    page = Pages(work.texts, clock).render("gesprek.html", **shown, **typed)

    assert "een teamleider nam het over." in page


def test_he_closes_what_nobody_closed(supervision, work, luc, sanne, asks):
    waiting, bots = asks(), work.ledger.receive(words(1, address="zoe")).message.conversation

    supervision.close(luc, waiting)
    supervision.close(luc, bots)

    assert [work.ledger.conversation(it).holder for it in (waiting, bots)] == [Holder.CLOSED, Holder.CLOSED]
    assert work.handovers.open_one(waiting) is None
    with reading(work.ledger.engine) as db:
        assert db.execute(select(func.sum(figures.c.ended_closed))).scalar() == 1
    with pytest.raises(TooLate):
        supervision.close(luc, waiting)


@pytest.mark.req("CA-05", "WA-05")
def test_whoever_closes_it_the_citizen_is_asked_how_the_agent_helped(supervision, work, luc, sanne, asks):
    conversation = asks()
    work.take(sanne, conversation)
    work.answer(sanne, conversation, "Dag!", "1")

    supervision.close(luc, conversation)

    assert heard(work, conversation)[-2:] == ["utter_medewerker_klaar", "utter_beoordeling_medewerker"]


@pytest.mark.req("WA-03")
@pytest.mark.parametrize(
    "step",
    [
        lambda it, work, luc, sanne, conversation: it.close(luc, conversation),
        lambda it, work, luc, sanne, conversation: it.assign(luc, [conversation], TO_AGENT + luc.agent.id),
        lambda it, work, luc, sanne, conversation: work.transfer(sanne, conversation, "onthaal"),
    ],
)
def test_a_day_after_his_last_word_the_house_wakes_nobody(supervision, work, luc, sanne, clock, step):
    conversation = work.ledger.receive(words(1, channel="whatsapp")).message.conversation
    work.handovers.request(conversation, Request("burgerzaken", "attest", "asked"))
    work.take(sanne, conversation)
    work.answer(sanne, conversation, "Dag", "1")
    clock.passes(24 * 3600 + 1)
    work.queue.agents.be(luc.agent.id, Presence.ONLINE)
    before = heard(work, conversation)

    step(supervision, work, luc, sanne, conversation)

    assert heard(work, conversation) == before


@pytest.mark.req("CS-04", "WS-04")
def test_the_agent_sees_who_looks_and_reads_what_he_whispers(supervision, work, luc, sanne, asks, clock):
    conversation = asks()
    work.take(sanne, conversation)

    supervision.looked(luc, conversation)
    supervision.whisper(luc, conversation, "Vraag naar het nummer.")

    view = work.view(sanne, conversation)
    assert view.watchers == ["Luc Vandamme"]
    assert [(line.who, line.note.text) for line in view.timeline if line.note] == [
        ("Luc Vandamme", "Vraag naar het nummer.")
    ]
    assert "Vraag naar het nummer." not in heard(work, conversation)
    clock.passes(timedelta(minutes=1).total_seconds())
    assert work.view(sanne, conversation).watchers == []


@pytest.mark.req("CS-04", "WS-04")
def test_the_course_tells_what_was_filed_and_what_became_of_it(supervision, work, luc, clock):
    conversation = work.ledger.receive(words(1)).message.conversation
    book = Filings(work.ledger.engine, clock, VAULT)
    accepted, refused, postponed = (
        book.file(conversation, kind, {"naam": "Lien"}, key=kind) for kind in ("melding", "attest", "afspraak")
    )
    book.done(accepted.id, "i_1", "M2611-007", {})
    book.refused(refused.id, "onbekend")
    book.postpone(postponed.id, None, "timed out")

    page = Pages(work.texts, clock).render("verloop.html", view=supervision.look(luc, conversation))

    told = " ".join(page.split())
    assert f"Melding {accepted.reference}: aanvaard door het systeem van de stad, nummer M2611-007." in told
    assert f"Aanvraag van een attest {refused.reference}: geweigerd door het systeem van de stad." in told
    assert f"Afspraak {postponed.reference}: nog niet bij het systeem van de stad, 1 poging." in told
    assert "Lien" not in told


@pytest.mark.req("TA-05")
def test_he_sees_who_is_there_who_is_busy_who_is_away_and_what_they_can_take(supervision, work, sessions, luc, clock):
    profiles = {"Ann": Profile("Ann", ["burgerzaken"], ["attest"]), "Bart": Profile("Bart", ["burgerzaken"], (), 0)}
    ids = {name: work.queue.agents.arrive(name, profile).id for name, profile in profiles.items()}
    ids |= {name: work.queue.agents.arrive(name, Profile(name, ["burgerzaken"])).id for name in ("Cis", "Dora")}
    work.queue.agents.be(ids["Cis"], Presence.AWAY)
    work.queue.agents.be(ids["Dora"], Presence.OFFLINE)

    pages, here = Pages(work.texts, clock), {agent.id for agent in work.queue.agents.present()}
    told = {
        agent.name: pages.render("aanwezig.html", agent=agent, here=agent.id in here).strip()
        for agent in supervision.overview(luc, ALL).agents
    }

    assert told["Ann"] == "beschikbaar · enkel attest"
    assert (told["Bart"], told["Cis"], told["Dora"]) == ("bezet", "even weg", "afwezig")


@pytest.mark.req("G-05")
@pytest.mark.parametrize(
    "step",
    [
        lambda it, who, conversation: it.look(who, conversation),
        lambda it, who, conversation: it.whisper(who, conversation, "Psst"),
        lambda it, who, conversation: it.take_over(who, conversation),
        lambda it, who, conversation: it.close(who, conversation),
        lambda it, who, conversation: it.assign(who, [conversation], "onthaal"),
    ],
)
def test_an_agent_and_another_team_s_supervisor_may_do_nothing_of_it(
    supervision, work, audit, sessions, sanne, asks, step
):
    other = session_of(sessions, "Rik", "onthaal", role=Role.SUPERVISOR)
    conversation = asks()

    for who in (sanne, other):
        for it in (conversation, "c_verzonnen"):
            with pytest.raises(NotAllowed):
                step(supervision, who, it)

    assert work.ledger.conversation(conversation).holder is Holder.QUEUE
    assert heard(work, conversation) == []
    assert audit.latest() == []


# --- a colleague in the channel's own inbox -------------------------------------------


@pytest.fixture
def elsewhere(work):
    """A conversation in which a colleague answered in Messenger's own inbox."""
    work.ledger.receive(words(1, address="71", channel="messenger"))
    work.ledger.overhear(Overheard("messenger", "71", "echo-1", "Dag, met Sanne"), timedelta(hours=24))
    return work.ledger.open("messenger", "71").id


def test_he_sees_that_a_colleague_answers_elsewhere_and_what_he_said(supervision, luc, elsewhere):
    [running] = supervision.overview(luc, ALL).running
    lines = supervision.look(luc, elsewhere).timeline

    assert (running.conversation, running.elsewhere) == (elsewhere, True)
    told = [line.message.text if line.message else line.step for line in lines]
    assert sorted(told) == sorted(["bericht 1", "Dag, met Sanne", Step.ELSEWHERE])


def test_he_gives_it_to_the_assistant_once_which_the_citizen_hears_and_is_written_down(
    supervision, work, luc, elsewhere, audit
):
    supervision.to_bot(luc, elsewhere)

    assert work.ledger.conversation(elsewhere).holder is Holder.BOT
    assert heard(work, elsewhere)[-1] == "utter_kanaal_assistent_terug"
    assert audit.latest()[0].act is Act.TO_BOT
    with pytest.raises(TooLate):
        supervision.to_bot(luc, elsewhere)
