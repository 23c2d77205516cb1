"""Our Thuisloket client against the sandbox: what arrives there, once, what we make of its noes and its failures."""

import io
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pypdf
import pytest
import requests

from actions.clients.errors import Misconfigured, NotFound, Rejected, Unavailable, Uncertain
from actions.clients.ports import Applicant, AttestState
from actions.clients.thuisloket import ThuisloketAttests
from settings import Settings, SettingsError
from tests.contract.running_sandbox import Sandbox, running_sandbox
from tests.contract.thuisloket import BALIE, EID, HOUSEHOLD, JAN, LIEN, NOW, OMER, client, lien


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("thuisloket")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.set_clock(NOW.isoformat())
    shared.reset()
    return shared


@pytest.fixture
def attests(sandbox: Sandbox) -> ThuisloketAttests:
    return client(sandbox)


def orders(sandbox: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.state("thuisloket/orders")
    return found


def pdf_of(sandbox: Sandbox, mail: dict[str, Any]) -> pypdf.PdfReader:
    """The attest in a mail, as a citizen would open it."""
    raw = requests.get(f"{sandbox.url}/state/mail/{mail['id']}/raw", timeout=10).content
    message = message_from_bytes(raw, policy=policy.default)
    [attachment] = list(message.iter_attachments())
    return pypdf.PdfReader(io.BytesIO(attachment.get_content()))


@pytest.mark.req("BP2-12", "BP3-05")
async def test_all_that_was_asked_arrives_in_one_order(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    details: dict[str, str | bool] = {
        "reden": "huwelijk",
        "taal": "fr",
        "historiek": "volledig",
        "met_oog_op_huwelijk": True,
    }
    order = await attests.order(lien(), replace(HOUSEHOLD, type="WOONST", details=details))

    [kept] = orders(sandbox)
    assert (kept["id"], kept["attestType"], kept["applicant"], kept["missing"]) == (order.id, "WOONST", "lien", [])
    assert kept["body"] == {
        "attestType": "WOONST",
        "voorWie": "zelf",
        "aantal": 1,
        "levering": {"wijze": "email", "email": "lien.declercq@mail.example"},
        "bron": "virtuele-assistent",
        "referentie": HOUSEHOLD.key,
        **details,
    }


@pytest.mark.req("BP5-01", "BP5-07")
async def test_the_attest_comes_by_one_mail_with_a_pdf(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    await attests.order(lien(), HOUSEHOLD)

    [mail] = sandbox.state("mail")
    assert mail["to"] == ["lien.declercq@mail.example"]
    pdf = pdf_of(sandbox, mail)
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert all(word in text for word in ("Stad Leiestad", "Lien Declercq", "Wout Desmet", "Mila Desmet", HOUSEHOLD.key))
    assert pdf.metadata
    assert pdf.metadata.title == "Attest van gezinssamenstelling"
    assert str(pdf.root_object["/Lang"]) == "nl"


async def test_ordering_the_same_again_gives_the_same_order(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    first = await attests.order(lien(), HOUSEHOLD)
    again = await attests.order(lien(), HOUSEHOLD)

    assert again.id == first.id
    assert len(orders(sandbox)) == 1


@pytest.mark.req("BP2-12")
async def test_an_order_whose_answer_got_lost_is_found_back(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    sandbox.tell("faults/thuisloket", kind="reset_after_commit", times=1)

    order = await attests.order(lien(), HOUSEHOLD)

    assert [kept["id"] for kept in orders(sandbox)] == [order.id]


async def test_an_order_of_which_nobody_knows_is_uncertain(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    sandbox.tell("faults/thuisloket", kind="500", method="POST")

    with pytest.raises(Uncertain):
        await attests.order(lien(), HOUSEHOLD)
    assert orders(sandbox) == []


async def test_a_thuisloket_that_is_down_is_unavailable(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    sandbox.tell("faults/thuisloket", kind="down")

    with pytest.raises(Unavailable):
        await attests.order(lien(), HOUSEHOLD)
    with pytest.raises(Unavailable):
        await attests.resident(lien())


async def test_a_slow_thuisloket_is_not_waited_for(sandbox: Sandbox) -> None:
    sandbox.tell("faults/thuisloket", kind="slow", seconds=3, method="GET")

    with pytest.raises(Unavailable):
        await client(sandbox, backend_timeout=0.3).resident(lien())


@pytest.mark.parametrize(
    ("fault", "error"), [("auth", Misconfigured), ("rubbish", Misconfigured), ("refused", Rejected)]
)
async def test_what_the_thuisloket_says_becomes_what_it_means(
    sandbox: Sandbox, attests: ThuisloketAttests, fault: str, error: type[Exception]
) -> None:
    sandbox.tell("faults/thuisloket", kind=fault, method="POST")

    with pytest.raises(error):
        await attests.order(lien(), HOUSEHOLD)


@pytest.mark.req("BP3-06")
async def test_what_the_register_does_not_know_goes_to_an_official(
    sandbox: Sandbox, attests: ThuisloketAttests
) -> None:
    omer = Applicant(OMER, EID)
    order = await attests.order(omer, HOUSEHOLD)
    assert order.state is AttestState.BY_HAND
    assert order.expected_at
    sandbox.tell(f"state/thuisloket/orders/{order.id}", status="geweigerd", reason="We vinden je akte niet.")

    refused = await attests.status(omer, order.id)

    assert (refused.state, refused.reason) == (AttestState.REFUSED, "We vinden je akte niet.")
    assert sandbox.state("mail") == []


async def test_a_parent_orders_for_a_child_of_the_household(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    resident = await attests.resident(lien())
    [mila] = [one for one in resident.family if one.name == "Mila Desmet"]
    await attests.order(lien(), replace(HOUSEHOLD, type="NATIONALITEIT", relative=mila.id))

    [kept] = orders(sandbox)
    assert kept["subject"] == "Mila Desmet"


async def test_nobody_orders_for_who_is_not_his_child(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    [wout] = [one for one in (await attests.resident(lien())).family if one.relation == "echtgenoot"]

    with pytest.raises(Misconfigured):
        await attests.order(lien(), replace(HOUSEHOLD, type="NATIONALITEIT", relative=wout.id))


async def test_who_lives_elsewhere_is_told_so(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    elsewhere = Applicant("93051822361", EID)

    with pytest.raises(NotFound):
        await attests.resident(elsewhere)
    with pytest.raises(Rejected) as refused:
        await attests.order(elsewhere, HOUSEHOLD)
    assert refused.value.code == "not_a_resident"


async def test_an_order_can_be_cancelled_until_it_is_delivered(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    sandbox.tell("state/thuisloket/paused", paused=True)
    first = await attests.order(lien(), HOUSEHOLD)
    await attests.cancel(lien(), first.id)
    second = await attests.order(lien(), replace(HOUSEHOLD, key="A-2222-3333"))
    sandbox.tell(f"state/thuisloket/orders/{second.id}", status="afgeleverd")

    assert (await attests.status(lien(), first.id)).state is AttestState.CANCELLED
    with pytest.raises(Rejected) as refused:
        await attests.cancel(lien(), second.id)
    assert refused.value.code == "too_late"


async def test_all_that_was_delivered_is_read_page_by_page_and_fetched_by_its_link(
    sandbox: Sandbox, attests: ThuisloketAttests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.clients.thuisloket.PAGE", 2)
    for number in range(5):
        await attests.order(lien(), replace(HOUSEHOLD, key=f"A-2222-222{number}"))

    delivered = await attests.delivered(lien())
    content = await attests.download(lien(), delivered[-1])

    assert [one.id for one in delivered] == ["1", "2", "3", "4", "5"]
    assert "A-2222-2224" in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()


async def test_nothing_delivered_is_an_empty_list(attests: ThuisloketAttests) -> None:
    assert await attests.delivered(Applicant(JAN, EID)) == []


async def test_a_link_to_another_host_is_not_followed(sandbox: Sandbox, attests: ThuisloketAttests) -> None:
    await attests.order(lien(), HOUSEHOLD)
    [certificate] = await attests.delivered(lien())

    with pytest.raises(Misconfigured):
        await attests.download(lien(), replace(certificate, link="https://evil.example/thuisloket/v1/x"))


async def test_no_number_of_a_citizen_is_logged(
    sandbox: Sandbox, attests: ThuisloketAttests, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.tell("faults/thuisloket", kind="500")

    with pytest.raises(Unavailable) as error:
        await attests.delivered(lien())

    printed = capsys.readouterr()
    assert LIEN not in printed.out + printed.err + caplog.text + str(error.value)


@pytest.mark.parametrize("key", ["not/a/file.pem", "-----BEGIN RUBBISH-----", BALIE.as_pem(private=False).decode()])
def test_a_key_that_cannot_sign_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(SettingsError, match="THUISLOKET_PRIVATE_KEY"):
        ThuisloketAttests(Settings(thuisloket_private_key=key))
