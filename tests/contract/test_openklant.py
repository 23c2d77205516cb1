"""Our client of Open Klant against the sandbox: what is registered, once whatever goes wrong on the way."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from actions.clients.contact_ports import Contacts, InternalTask, Party
from actions.clients.errors import Misconfigured, NotFound, Rejected, Unavailable, Uncertain
from actions.clients.openklant import e164
from tests.contract.openklant import BOT, CONTACT, DESK, LIEN, SANNE, client
from tests.contract.running_sandbox import Sandbox, running_sandbox

CALLBACK = replace(
    CONTACT,
    name=("Karel", "Deurne"),
    phone="0470 12 34 56",
    about=("M-7KQ4-2FXD",),
    task=InternalTask("Terugbellen", DESK, "Gevraagd via de virtuele assistent, bereikbaar na 16 u."),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("openklant")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def contacts(sandbox: Sandbox) -> Contacts:
    return client(sandbox)


def kept(sandbox: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.state("openklant/contacts")
    return found


def chain(sandbox: Sandbox) -> dict[str, Any]:
    """All that was registered of the one contact there is."""
    [one] = kept(sandbox)
    return {
        "actoren": [actor["naam"] for actor in one["actoren"]],
        "betrokkenen": [(person["naam"], person["adressen"]) for person in one["betrokkenen"]],
        "over": one["over"],
        "taken": [(task["gevraagdeHandeling"], task["voor"], task["status"]) for task in one["taken"]],
    }


WHOLE = {
    "actoren": ["Virtuele assistent"],
    "betrokkenen": [("Karel Deurne", ["+32470123456"])],
    "over": ["M-7KQ4-2FXD"],
    "taken": [("Terugbellen", ["Onthaal"], "te_verwerken")],
}


@pytest.mark.req("KI-26")
async def test_a_contact_has_the_assistant_as_its_automated_actor(sandbox: Sandbox, contacts: Contacts) -> None:
    await contacts.register(CONTACT)

    [one] = kept(sandbox)
    assert one["actoren"] == [{"soort": "geautomatiseerde_actor", "naam": "Virtuele assistent"}]
    assert (one["kanaal"], one["onderwerp"]) == ("chatbot", "Melding")
    assert one["plaatsgevondenOp"] == "2026-11-23T09:02:11Z"
    assert one["metadata"] == {"gesprekId": "c_1", "intent": "melding_doen", "kenmerk": "K-7KQ4-2FXD"}
    assert one["betrokkenen"] == []


@pytest.mark.req("KI-20")
async def test_somebody_who_proved_who_he_is_is_a_party_of_his_contacts(sandbox: Sandbox, contacts: Contacts) -> None:
    party = await contacts.party(LIEN)
    await contacts.register(replace(CONTACT, party=party))

    [one] = kept(sandbox)
    assert one["betrokkenen"] == [{"partij": party, "naam": "Lien Declercq", "adressen": []}]


async def test_a_party_is_made_once(contacts: Contacts) -> None:
    assert await contacts.party(LIEN) == await contacts.party(LIEN)


async def test_a_number_that_is_another_party_s_is_not_taken_for_ours(contacts: Contacts) -> None:
    await contacts.party(LIEN)

    with pytest.raises(Rejected) as refused:
        await contacts.party(Party(LIEN.number, "Karel", "Deurne"))
    assert refused.value.code == "number_taken"


async def test_a_callback_is_a_contact_with_somebody_to_call_and_a_task(sandbox: Sandbox, contacts: Contacts) -> None:
    registered = await contacts.register(CALLBACK)

    assert chain(sandbox) == WHOLE
    [one] = kept(sandbox)
    assert (registered.id, registered.task) == (one["id"], one["taken"][0]["id"])


@pytest.mark.parametrize(
    "path",
    ["maak-klantcontact", "actoren", "actorklantcontacten", "digitaleadressen", "onderwerpobjecten", "internetaken"],
)
@pytest.mark.parametrize("kind", ["down", "reset_after_commit", "500"])
async def test_a_chain_that_broke_anywhere_is_completed_and_nothing_is_there_twice(
    sandbox: Sandbox, contacts: Contacts, path: str, kind: str
) -> None:
    sandbox.tell("faults/openklant", kind=kind, times=1, method="POST", path=path)
    with pytest.raises((Uncertain, Unavailable)):
        await contacts.register(CALLBACK)
    again = await client(sandbox).register(CALLBACK)
    once_more = await contacts.register(CALLBACK)

    assert chain(sandbox) == WHOLE
    assert again == once_more


async def test_a_number_that_is_another_contact_s_is_told_and_that_contact_is_left_alone(
    sandbox: Sandbox, contacts: Contacts
) -> None:
    await contacts.register(CONTACT)

    with pytest.raises(Rejected) as refused:
        await contacts.register(replace(CALLBACK, key="K-ANDE-RE22"))
    assert refused.value.code == "number_taken"
    assert chain(sandbox) == {"actoren": ["Virtuele assistent"], "betrokkenen": [], "over": [], "taken": []}


async def test_a_party_that_the_register_no_longer_has_is_told_and_nothing_is_made(
    sandbox: Sandbox, contacts: Contacts
) -> None:
    with pytest.raises(Rejected) as refused:
        await contacts.register(replace(CONTACT, party="3f2a6c1e-0000-4000-8000-000000000000"))

    assert refused.value.code == "party_gone"
    assert kept(sandbox) == []


@pytest.mark.req("KI-27")
async def test_what_an_employee_did_goes_on_from_what_the_assistant_did(sandbox: Sandbox, contacts: Contacts) -> None:
    first = await contacts.register(replace(CONTACT, answer="doorverbonden"))
    second = replace(CONTACT, key="K-7KQ4-2FXD-2", number="2026000124", channel="chat", actors=(SANNE,), after=first.id)
    await contacts.register(second)
    await contacts.register(second)

    [bot, employee] = kept(sandbox)
    assert employee["actoren"] == [{"soort": "medewerker", "naam": "Sanne"}]
    assert employee["vervolgOp"] == bot["id"]


async def test_an_actor_is_made_once_for_all_contacts_and_processes(sandbox: Sandbox, contacts: Contacts) -> None:
    await contacts.register(CONTACT)
    await client(sandbox).register(replace(CONTACT, key="K-2", number="2026000124"))

    assert [one["naam"] for one in sandbox.state("openklant/actors")] == [BOT.name]
    assert [one["actoren"][0]["naam"] for one in kept(sandbox)] == [BOT.name] * 2


async def test_actors_that_the_register_no_longer_has_are_made_again(sandbox: Sandbox, contacts: Contacts) -> None:
    await contacts.register(CALLBACK)
    sandbox.reset()
    await contacts.register(CALLBACK)

    assert chain(sandbox) == WHOLE


async def test_a_later_note_keeps_what_was_known(sandbox: Sandbox, contacts: Contacts) -> None:
    registered = await contacts.register(CONTACT)
    await contacts.note(registered.id, {"tevreden": "ja"})

    [one] = kept(sandbox)
    assert one["metadata"] == {
        "gesprekId": "c_1",
        "intent": "melding_doen",
        "kenmerk": "K-7KQ4-2FXD",
        "tevreden": "ja",
    }


async def test_a_task_that_was_done_here_is_done_there(sandbox: Sandbox, contacts: Contacts) -> None:
    registered = await contacts.register(CALLBACK)
    assert registered.task
    await contacts.finish(registered.task)
    await contacts.finish(registered.task)

    [task] = sandbox.state("openklant/tasks")
    assert (task["status"], bool(task["afgehandeldOp"])) == ("verwerkt", True)


async def test_a_task_that_is_gone_is_not_found(contacts: Contacts) -> None:
    with pytest.raises(NotFound):
        await contacts.finish("3f2a6c1e-0000-4000-8000-000000000000")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "auth"}, Misconfigured),
        ({"kind": "rubbish"}, Misconfigured),
        ({"kind": "refused"}, Rejected),
        ({"kind": "500"}, Uncertain),
        ({"kind": "slow", "seconds": 2}, Uncertain),
    ],
)
async def test_what_goes_wrong_is_named_by_what_it_means(sandbox: Sandbox, fault: dict[str, Any], error: Any) -> None:
    sandbox.tell("faults/openklant", **fault)

    with pytest.raises(error):
        await client(sandbox, timeout=0.5).register(CONTACT)


async def test_a_wrong_address_is_our_mistake_and_no_refusal(sandbox: Sandbox) -> None:
    contacts = client(sandbox)
    contacts.backend.url = f"{sandbox.url}/nergens"

    with pytest.raises(Misconfigured):
        await contacts.register(CONTACT)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("0470 12 34 56", "+32470123456"),
        ("056 27 70 00", "+3256277000"),
        ("+32 470/12.34.56", "+32470123456"),
        ("0032470123456", "+32470123456"),
        ("+31612345678", "+31612345678"),
    ],
)
def test_belgian_numbers_are_sent_as_open_klant_takes_them(typed: str, sent: str) -> None:
    assert e164(typed) == sent


async def test_a_number_that_is_none_is_kept_as_it_is(sandbox: Sandbox, contacts: Contacts) -> None:
    await contacts.register(replace(CALLBACK, phone="1777"))

    assert chain(sandbox)["betrokkenen"] == [("Karel Deurne", ["1777"])]
