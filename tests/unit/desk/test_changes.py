from datetime import timedelta

import pytest

from city_changes import changed
from conversations import overrides as overrides_module
from conversations.overrides import Overrides
from desk.audit import Act, Audit
from desk.canned import Canned
from desk.changes import Changes
from desk.sessions import Role
from desk.work import NotAllowed, TooLate, Unusable
from settings import ROOT
from tests.unit.desk.conftest import session_of
from texts import Texts

HOURS = {day: [""] for day in ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")}
TEAM = {
    "naam": ["Burgerzaken"],
    "kanalen": ["web", "whatsapp"],
    "geduld_minuten": ["5"],
    "zelfde_medewerker": ["web"],
}


@pytest.fixture
def audit(engine, clock):
    return Audit(engine, clock)


@pytest.fixture
def texts(engine, clock, monkeypatch):
    monkeypatch.setattr(overrides_module, "LOOK_AGAIN", 0.0)
    return Texts(ROOT / "data", ROOT / "city.yml", Overrides(engine, clock))


@pytest.fixture
def changes(engine, clock, texts, audit, agents):
    return Changes(Overrides(engine, clock), texts, audit, agents, lambda: [Canned("Begroeting", "Dag!")])


@pytest.fixture
def luc(sessions):
    return session_of(sessions, "Luc Vandamme", "burgerzaken", role=Role.SUPERVISOR)


@pytest.fixture
def save(changes, luc):
    def save(key, **form):
        history = changes.history(key)
        value = changes.read(key, form)
        changes.save(luc, key, value, history[0].version.version if history else 0)

    return save


@pytest.mark.req("CS-06", "WS-06", "TA-10")
def test_hours_of_a_team_are_changed_and_undone(changes, texts, audit, luc, save):
    before = texts.city.team("burgerzaken").week

    save("uren:burgerzaken", **{**HOURS, "maandag": ["08:00-12:00, 13:00-20:00"]})
    assert changes.current("uren:burgerzaken")["maandag"] == ["08:00-12:00", "13:00-20:00"]
    assert texts.city.team("burgerzaken").week[1] == ()
    changes.undo(luc, "uren:burgerzaken")

    assert texts.city.team("burgerzaken").week == before
    assert [(entry.act, entry.detail) for entry in audit.latest()] == [
        (Act.UNDID, "uren:burgerzaken"),
        (Act.CHANGED, "uren:burgerzaken"),
    ]


@pytest.mark.req("CS-06", "WS-06", "TA-09")
def test_a_team_s_own_values_are_changed_and_undone(changes, texts, audit, luc, save):
    before = texts.city

    save("team:burgerzaken", **{**TEAM, "naam": [" Bevolking "], "geduld_minuten": ["12"]})
    team = texts.city.team("burgerzaken")
    assert (team.name, team.channels, team.patience, team.sticky) == ("Bevolking", ("web", "whatsapp"), 12, ("web",))
    assert texts.city.teams_on("messenger") == [texts.city.team("onthaal")]
    assert (team.topics, team.week) == (before.team("burgerzaken").topics, before.team("burgerzaken").week)
    changes.undo(luc, "team:burgerzaken")

    assert texts.city == before
    assert changes.current("team:burgerzaken")["naam"] == "Burgerzaken"
    assert [(entry.act, entry.detail) for entry in audit.latest()] == [
        (Act.UNDID, "team:burgerzaken"),
        (Act.CHANGED, "team:burgerzaken"),
    ]


@pytest.mark.req("CS-06", "WS-06")
def test_on_no_channel_has_an_answer_to_go_back_to_the_same_agent(texts, save):
    save("team:burgerzaken", **{**TEAM, "zelfde_medewerker": []})

    assert texts.city.team("burgerzaken").sticky == ()


def test_a_team_that_left_the_file_is_passed_over():
    raw = {"teams": [{"code": "onthaal", "naam": "Onthaal"}]}

    assert changed(raw, {"team:burgerzaken": {"naam": "Bevolking"}}) == raw


def test_a_channel_can_have_hours_of_its_own(texts, save):
    save("uren:burgerzaken:whatsapp", **{**HOURS, "zaterdag": ["10:00-12:00"]})

    team = texts.city.team("burgerzaken")
    assert len(team.on("whatsapp").week[5]) == 1
    assert team.on("web").week[5] == ()


def test_undo_goes_back_to_the_version_before(changes, texts, luc, save):
    for text in ("Een.", "Twee."):
        save("tekst:utter_wachtrij_lang", tekst=[text])
    assert texts.reply("utter_wachtrij_lang").text == "Twee."

    changes.undo(luc, "tekst:utter_wachtrij_lang")

    assert texts.reply("utter_wachtrij_lang").text == "Een."
    assert len(changes.history("tekst:utter_wachtrij_lang")) == 3


def test_a_changed_text_keeps_its_buttons_and_is_known_as_changed(texts, save):
    save("tekst:utter_wachtrij_lang", tekst=["Bel {stad_telefoon}."])

    reply = texts.reply("utter_wachtrij_lang", "whatsapp")
    assert reply.text == "Bel 1777."
    assert [choice.payload for choice in reply.choices] == ["/terugbellen_vragen", "/wachtrij_verlaten"]
    assert texts.is_changed("utter_wachtrij_lang")
    assert not texts.is_changed("utter_wachtrij_plaats")


@pytest.mark.req("CA-06", "WA-06", "TA-10")
def test_a_closure_is_set_in_advance_for_one_team(texts, save):
    save("uitzonderingen", datum=["2026-12-01", ""], uren=["", ""], reden=["opleiding", ""], locatie=["onthaal", ""])

    [day] = texts.city.exceptional_days
    assert (day.day.isoformat(), day.periods, day.reason, day.location) == ("2026-12-01", (), "opleiding", "onthaal")


@pytest.mark.req("G-01", "G-05")
def test_what_a_team_says_its_own_way_is_changed_by_its_own_supervisor(changes, texts, luc, sessions, save):
    own = "tekst:utter_wachtrij_gesloten_burgerzaken"
    save(own, tekst=["Tot morgen."])

    assert texts.reply(texts.of_team("utter_wachtrij_gesloten", "burgerzaken")).text == "Tot morgen."
    assert texts.of_team("utter_wachtrij_gesloten", "onthaal") == "utter_wachtrij_gesloten"
    with pytest.raises(NotAllowed):
        changes.check_key(session_of(sessions, "Jan", "onthaal", role=Role.SUPERVISOR), own)


def test_topics_move_from_one_team_to_another(texts, save):
    save("onderwerpen", onthaal=["algemeen, melding, attest"], burgerzaken=["afspraak"])

    assert texts.city.team_for("attest", "web").code == "onthaal"


def test_ready_made_answers_are_changed(changes, save):
    assert [canned.title for canned in changes.canned()] == ["Begroeting"]

    save("antwoorden", titel=["Dag", ""], tekst=["Dag {naam}!", ""], onderwerpen=["attest, melding", ""])

    assert changes.canned() == [Canned("Dag", "Dag {naam}!", ("attest", "melding"))]


@pytest.mark.parametrize(
    ("key", "form", "code"),
    [
        ("uren:onthaal", {**HOURS, "maandag": ["12:00-09:00"]}, "uren"),
        ("uren:onthaal", {**HOURS, "maandag": ["09:00-12:00, 11:00-13:00"]}, "uren"),
        ("uren:onthaal", {**HOURS, "maandag": ["09:00-10:00, 11:00-12:00, 13:00-14:00"]}, "uren"),
        ("uren:onthaal", {**HOURS, "maandag": ["de hele dag"]}, "uren"),
        ("uren:onthaal", {**HOURS, "maandag": ["24:00-25:00"]}, "uren"),
        ("team:burgerzaken", {**TEAM, "naam": [" "]}, "naam"),
        ("team:burgerzaken", {**TEAM, "naam": ["a" * 61]}, "naam"),
        ("team:burgerzaken", {**TEAM, "naam": ["onthaal"]}, "naam"),
        ("team:burgerzaken", {**TEAM, "geduld_minuten": ["0"]}, "geduld"),
        ("team:burgerzaken", {**TEAM, "geduld_minuten": ["481"]}, "geduld"),
        ("team:burgerzaken", {**TEAM, "geduld_minuten": ["even"]}, "geduld"),
        ("team:burgerzaken", {**TEAM, "kanalen": []}, "kanalen"),
        ("team:burgerzaken", {**TEAM, "kanalen": ["fax"]}, "onbruikbaar"),
        ("team:burgerzaken", {**TEAM, "zelfde_medewerker": ["messenger"]}, "onbruikbaar"),
        ("tekst:utter_wachtrij_lang", {"tekst": [" "]}, "leeg"),
        ("tekst:utter_wachtrij_lang", {"tekst": ["a" * 601]}, "te_lang"),
        ("tekst:utter_wachtrij_lang", {"tekst": ["Dag {rijksregisternummer}"]}, "accolades"),
        ("onderwerpen", {"onthaal": ["attest"], "burgerzaken": ["attest"]}, "dubbel"),
        ("antwoorden", {"titel": ["Dag"], "tekst": [""], "onderwerpen": [""]}, "leeg"),
        ("uitzonderingen", {"datum": ["morgen"], "uren": [""], "reden": ["x"], "locatie": [""]}, "onbruikbaar"),
        ("uitzonderingen", {"datum": ["2026-12-01"], "uren": [""], "reden": [""], "locatie": [""]}, "reden"),
        ("uitzonderingen", {"datum": ["2026-12-01"], "uren": [""], "reden": ["x"], "locatie": ["ver"]}, "onbruikbaar"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_changed(changes, key, form, code):
    with pytest.raises(Unusable, match=code):
        changes.read(key, form)

    assert changes.history(key) == []


def test_of_two_colleagues_the_one_with_the_older_page_is_told(changes, luc, save):
    save("tekst:utter_wachtrij_lang", tekst=["Een."])

    with pytest.raises(TooLate):
        changes.save(luc, "tekst:utter_wachtrij_lang", "Twee.", 0)


@pytest.mark.req("G-05")
@pytest.mark.parametrize(
    "key",
    [
        "uren:onthaal",
        "uren:nergens",
        "uren:burgerzaken:fax",
        "team:onthaal",
        "team:nergens",
        "tekst:utter_stilte",
        "geheim",
    ],
)
def test_what_is_another_team_s_and_what_does_not_exist_are_not_his(changes, luc, key):
    with pytest.raises(NotAllowed):
        changes.check_key(luc, key)


def alarm(changes, clock, **form):
    given = {"tekst": ["Het stadhuis is dicht."], "uren": ["2"], **form}
    return changes.read_calamity(given, clock.now())


@pytest.mark.req("CS-06", "WS-06")
def test_a_calamity_is_everywhere_until_it_is_over(changes, texts, clock, luc):
    changes.sound(luc, alarm(changes, clock, alleen_telefoon=["ja"]))
    assert texts.city.calamity.text == "Het stadhuis is dicht."
    assert texts.city.calamity.phone_only

    clock.passes(timedelta(hours=2).total_seconds() + 1)
    texts.look_again()

    assert texts.city.calamity is None


@pytest.mark.req("CS-06", "WS-06")
def test_it_can_send_topics_to_another_team_and_be_switched_off(changes, texts, audit, clock, luc):
    changes.sound(luc, alarm(changes, clock, onderwerp=["afspraak"], team=["onthaal"]))
    assert texts.city.team_for("afspraak", "web").code == "onthaal"

    changes.end_calamity(luc)

    assert texts.city.team_for("afspraak", "web").code == "burgerzaken"
    assert [entry.act for entry in audit.latest()] == [Act.CALAMITY_OFF, Act.CALAMITY_ON]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"tekst": [""]}, "leeg"),
        ({"tekst": ["a" * 601]}, "te_lang"),
        ({"uren": ["0"]}, "hoelang"),
        ({"uren": ["999"]}, "hoelang"),
        ({"uren": ["straks"]}, "hoelang"),
        ({"onderwerp": ["attest"], "team": ["nergens"]}, "team"),
    ],
)
def test_a_calamity_that_cannot_be_is_refused(changes, clock, form, code):
    with pytest.raises(Unusable, match=code):
        alarm(changes, clock, **form)
