import pytest
import yaml

from conversations.handover_model import Request
from conversations.model import Author, Holder
from desk.sessions import Role
from desk.work import LONGEST_ANSWER, File, NotAllowed, TooLate, Unusable
from settings import ROOT
from tests.unit.conversations.setting import words
from tests.unit.desk.conftest import session_of
from texts import Texts
from yaml_file import read_yaml


def heard(work, conversation):
    return [m.name or m.text for m in work.ledger.messages(conversation) if m.author in (Author.SYSTEM, Author.AGENT)]


def test_he_sees_the_queue_of_his_teams_and_what_is_his(work, sanne, asks):
    waiting, taken = asks("an"), asks("bea")
    asks("cis", team="onthaal")
    work.take(sanne, taken)

    lists = work.lists(sanne)

    assert [item.conversation for item in lists.waiting] == [waiting]
    assert [item.conversation for item in lists.mine] == [taken]
    assert lists.quiet == []


@pytest.mark.req("CI-05", "WI-04")
def test_what_he_answered_is_no_longer_in_view_until_the_citizen_replies(work, sanne, asks):
    conversation = asks("an", sticky=True)
    work.take(sanne, conversation)

    work.answer(sanne, conversation, "Welk nummer?", "1")
    assert ([], [conversation]) == (
        [h.conversation for h in work.lists(sanne).mine],
        [h.conversation for h in work.lists(sanne).quiet],
    )
    work.ledger.receive(words(2))

    assert [h.conversation for h in work.lists(sanne).mine] == [conversation]


def test_the_citizen_hears_who_took_it_what_he_says_and_that_it_is_done(work, sanne, asks):
    conversation = asks()

    work.take(sanne, conversation)
    work.answer(sanne, conversation, "  Dag!  ", "1")
    work.answer(sanne, conversation, "Dag!", "1")
    work.close(sanne, conversation, "attest")

    assert heard(work, conversation) == [
        "utter_medewerker_neemt_over",
        "Dag!",
        "utter_medewerker_klaar",
        "utter_beoordeling_medewerker",
    ]
    assert work.ledger.conversation(conversation).holder is Holder.CLOSED


@pytest.mark.req("G-05")
@pytest.mark.parametrize(
    "step",
    [
        lambda work, who, it: work.view(who, it),
        lambda work, who, it: work.take(who, it),
        lambda work, who, it: work.answer(who, it, "Dag", "1"),
        lambda work, who, it: work.close(who, it, "attest"),
        lambda work, who, it: work.give_back(who, it, "attest"),
        lambda work, who, it: work.transfer(who, it, "onthaal"),
    ],
)
def test_another_team_s_conversation_does_not_exist_for_him(work, piet, asks, step):
    conversation = asks()

    with pytest.raises(NotAllowed):
        step(work, piet, conversation)
    with pytest.raises(NotAllowed):
        step(work, piet, "c_verzonnen")

    assert work.ledger.conversation(conversation).holder is Holder.QUEUE
    assert heard(work, conversation) == []


def test_a_conversation_of_the_bot_is_nobody_s_to_read(work, sanne):
    conversation = work.ledger.receive(words(1)).message.conversation

    with pytest.raises(NotAllowed):
        work.view(sanne, conversation)


def test_of_two_colleagues_the_second_hears_that_he_is_late(work, sanne, sessions, asks):
    other = session_of(sessions, "Luc Vandamme", "burgerzaken")
    conversation = asks()
    work.take(sanne, conversation)

    with pytest.raises(TooLate):
        work.take(other, conversation)
    with pytest.raises(TooLate):
        work.answer(other, conversation, "Dag", "1")
    with pytest.raises(TooLate):
        work.close(other, conversation, "attest")

    assert heard(work, conversation) == ["utter_medewerker_neemt_over"]


@pytest.mark.parametrize(("text", "code"), [("  ", "leeg"), ("a" * (LONGEST_ANSWER + 1), "te_lang")])
def test_an_answer_that_cannot_be_said_is_refused(work, sanne, asks, text, code):
    conversation = asks()
    work.take(sanne, conversation)

    with pytest.raises(Unusable, match=code):
        work.answer(sanne, conversation, text, "1")


@pytest.mark.req("CI-08", "WI-07", "WA-04")
def test_nothing_is_closed_without_a_topic_that_the_city_knows(work, sanne, asks):
    conversation = asks()
    work.take(sanne, conversation)

    for topic in ("", "iets anders"):
        with pytest.raises(Unusable, match="onderwerp"):
            work.close(sanne, conversation, topic)

    assert work.ledger.conversation(conversation).holder is Holder.AGENT


@pytest.mark.req("KI-02")
def test_a_transfer_takes_it_to_the_other_team_with_a_word_to_the_citizen(work, sanne, piet, asks):
    conversation = asks()
    work.take(sanne, conversation)

    work.transfer(sanne, conversation, "onthaal")

    assert [item.conversation for item in work.lists(piet).waiting] == [conversation]
    assert heard(work, conversation)[-1] == "utter_medewerker_doorgegeven"
    with pytest.raises(NotAllowed):
        work.view(sanne, conversation)
    with pytest.raises(NotAllowed):
        work.transfer(sanne, conversation, "nergens")


def test_next_gives_who_waits_longest_and_nobody_when_nobody_waits(work, sanne, piet, asks):
    first = asks("an")
    asks("bea")

    assert work.next(sanne) == first
    assert work.next(piet) is None


def test_an_administrator_sees_all_teams(work, sessions, asks):
    conversation = asks(team="onthaal")
    boss = session_of(sessions, "Ine", role=Role.ADMINISTRATOR)

    assert work.view(boss, conversation).conversation.id == conversation


def texts_of(view):
    return [line.note.text if line.note else line.message.text for line in view.timeline if not line.step]


@pytest.mark.req("CI-07", "WI-06")
def test_what_is_offered_to_him_stands_apart_until_he_accepts_or_declines(work, sanne, sessions, asks):
    conversation = asks()
    other = session_of(sessions, "Nadia El Amrani", "burgerzaken")
    [(_, first)] = work.queue.offer(["burgerzaken"])
    chosen, not_chosen = (sanne, other) if first == sanne.agent.id else (other, sanne)

    assert [item.conversation for item in work.lists(chosen).offered] == [conversation]
    assert work.lists(not_chosen).offered == []
    with pytest.raises(TooLate):
        work.decline(not_chosen, conversation)
    work.decline(chosen, conversation)
    work.queue.offer(["burgerzaken"])

    assert work.lists(chosen).offered == []
    assert [item.conversation for item in work.lists(not_chosen).offered] == [conversation]


@pytest.mark.req("WS-04", "CS-04")
def test_the_course_tells_who_said_noted_and_did_what(work, sanne, sessions, clock, asks):
    conversation = asks()
    for step in (
        lambda: work.take(sanne, conversation),
        lambda: work.note(sanne, conversation, "is al eens gebeld"),
        lambda: work.answer(sanne, conversation, "Dag!", "1"),
        lambda: work.transfer(sanne, conversation, "burgerzaken", "belt morgen"),
    ):
        clock.passes(1)
        step()

    view = work.view(session_of(sessions, "Nadia El Amrani", "burgerzaken"), conversation)

    told = [(line.who, line.step or (line.note or line.message).text) for line in view.timeline]
    assert [one for one in told if one[0]] == [
        ("Sanne Claes", "taken"),
        ("Sanne Claes", "is al eens gebeld"),
        ("Sanne Claes", "Dag!"),
        ("Sanne Claes", "transferred"),
        ("Sanne Claes", "belt morgen"),
    ]


def test_a_note_is_for_colleagues_only(work, sanne, asks):
    conversation = asks()

    work.note(sanne, conversation, "niet voor de burger")

    assert "niet voor de burger" not in heard(work, conversation)
    assert "niet voor de burger" in texts_of(work.view(sanne, conversation))
    with pytest.raises(Unusable, match="leeg"):
        work.note(sanne, conversation, " ")


@pytest.mark.req("KI-02")
def test_a_transfer_to_a_colleague_is_offered_to_him_first(work, sanne, sessions, asks):
    nadia = session_of(sessions, "Nadia El Amrani", "burgerzaken", "onthaal")
    conversation = asks()
    work.take(sanne, conversation)

    work.transfer(sanne, conversation, f"medewerker:{nadia.agent.id}", "kun jij dit?")

    assert [item.conversation for item in work.lists(nadia).offered] == [conversation]
    assert "kun jij dit?" in texts_of(work.view(nadia, conversation))


@pytest.mark.req("G-07")
def test_a_team_is_given_nothing_through_a_channel_that_it_does_not_serve(work, sanne, tmp_path):
    raw = read_yaml(ROOT / "city.yml")
    raw["teams"][0]["kanalen"] = ["web", "telefoon"]
    (tmp_path / "city.yml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    work.texts = Texts(ROOT / "data", tmp_path / "city.yml")
    conversation = work.ledger.receive(words(1, channel="whatsapp")).message.conversation
    work.handovers.request(conversation, Request("burgerzaken", "attest", "asked"))
    work.take(sanne, conversation)

    with pytest.raises(Unusable, match="team"):
        work.transfer(sanne, conversation, "onthaal")
    assert work.ledger.conversation(conversation).holder is Holder.AGENT


@pytest.mark.req("TA-05")
def test_a_colleague_who_is_not_here_or_is_he_himself_gets_nothing(work, sanne, piet, clock, asks):
    conversation = asks()
    work.take(sanne, conversation)
    clock.passes(90)
    work.queue.agents.alive(sanne.agent.id)

    for to in (piet.agent.id, sanne.agent.id, "g_verzonnen"):
        with pytest.raises(Unusable, match="collega"):
            work.transfer(sanne, conversation, f"medewerker:{to}")

    assert work.ledger.conversation(conversation).holder is Holder.AGENT
    assert {one.agent.name: one.here for one in work.colleagues()} == {"Sanne Claes": True, "Piet Verbeke": False}


# --- a file with an answer ----------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.fixture
def his(work, sanne, asks):
    conversation = asks("an")
    work.take(sanne, conversation)
    return conversation


def last(work, conversation):
    return work.ledger.messages(conversation)[-1]


@pytest.mark.req("WA-03")
@pytest.mark.parametrize(
    ("name", "content", "kind"), [("a.png", PNG, "image/png"), ("b", b"%PDF-1.7 ..", "application/pdf")]
)
def test_a_photo_or_a_pdf_goes_along_and_is_kept_sealed(work, sanne, his, engine, name, content, kind):
    work.answer(sanne, his, "Zie hier.", "1", File(name, content))

    said = last(work, his)
    assert (said.text, said.author) == ("Zie hier.", Author.AGENT)
    kept = work.ledger.attachment(said.attachment)
    assert (kept.conversation, kept.name, kept.media_type, kept.content) == (his, name, kind, content)
    with engine.connect() as db:
        assert content[:8] not in db.exec_driver_sql("SELECT content FROM attachments").scalar()
    [line] = [line for line in work.view(sanne, his).timeline if line.message and line.message.attachment]
    assert (line.file, line.shows) == (name, kind != "application/pdf")


@pytest.mark.req("WA-03")
def test_a_file_needs_no_words_beside_it(work, sanne, his):
    work.answer(sanne, his, "", "1", File("a.png", PNG))

    assert last(work, his).attachment


@pytest.mark.parametrize(
    ("content", "problem"), [(b"MZ not a photo", "bestand_soort"), (PNG + bytes(100), "bestand_groot")]
)
def test_another_kind_or_too_large_is_said_and_nothing_is_sent(work, sanne, his, content, problem):
    work.most = 60
    with pytest.raises(Unusable) as error:
        work.answer(sanne, his, "Zie hier.", "1", File("x", content))

    assert error.value.code == problem
    assert last(work, his).text != "Zie hier."


@pytest.mark.req("WA-03")
def test_a_double_click_keeps_and_sends_one_file(work, sanne, his, engine):
    for _ in range(2):
        work.answer(sanne, his, "Zie hier.", "1", File("a.png", PNG))

    with engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM attachments").scalar() == 1
    assert [m.text for m in work.ledger.messages(his)].count("Zie hier.") == 1


def test_who_does_not_have_the_conversation_leaves_no_file(work, sanne, sessions, his, engine):
    other = session_of(sessions, "Nadia El Amrani", "burgerzaken")
    with pytest.raises(TooLate):
        work.answer(other, his, "", "1", File("a.png", PNG))

    with engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM attachments").scalar() == 0
