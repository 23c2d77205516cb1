"""Our DOSIS client against the sandbox: what a citizen's dossiers come to, and what is raised when it goes wrong."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from actions.clients.dosis import DosisStatuses
from actions.clients.errors import Misconfigured, NotFound, Unavailable
from actions.clients.ports import DossierStatuses
from clock import BRUSSELS
from settings import Settings
from tests.contract.running_sandbox import Sandbox, running_sandbox

LIEN, JAN, NOBODY = "85073003328", "54021813189", "85073003427"
TOKEN = "/dosis/authorization/ws/oauth/v2/token"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("dosis")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset()
    return shared


@pytest.fixture
def dosis(sandbox: Sandbox) -> DossierStatuses:
    return client(sandbox)


def client(sandbox: Sandbox, **other: Any) -> DosisStatuses:
    token_url = f"{sandbox.url}{TOKEN}"
    settings = {"dosis_url": f"{sandbox.url}/dosis", "dosis_token_url": token_url, "backend_timeout": 5.0, **other}
    return DosisStatuses(Settings(**settings))


def put(sandbox: Sandbox, **status: Any) -> None:
    sandbox.tell("state/dosis/dossiers", **status)


@pytest.mark.req("BP4-10")
async def test_a_citizens_dossiers_at_every_administration_come_latest_change_first(dosis: DossierStatuses) -> None:
    dossiers = await dosis.list_for(LIEN)

    assert [(d.organisation, d.number) for d in dossiers] == [
        ("Stad Leiestad", "OMV-2026-001234"),
        ("Wonen in Vlaanderen", "MVP-2026-884211"),
    ]


@pytest.mark.req("BP4-05", "MZC-16")
async def test_a_dossier_tells_its_phase_since_when_what_to_do_and_where(sandbox: Sandbox) -> None:
    put(
        sandbox, person="jan", number="LST-1", name="Premie", status="Behandeling/DossierOnvolledig",
        action="Stuur de factuur.", detail="De factuur ontbreekt.", at="2026-11-20T14:05:00",
        link="https://loket.example/LST-1", organisation="Provincie",
    )  # fmt: skip

    [dossier] = [d for d in await client(sandbox).list_for(JAN) if d.number == "LST-1"]

    assert (dossier.name, dossier.organisation, dossier.link) == ("Premie", "Provincie", "https://loket.example/LST-1")
    assert (dossier.step.phase, dossier.step.code) == ("Behandeling", "DossierOnvolledig")
    assert (dossier.step.needs_action, dossier.step.action) == (True, "Stuur de factuur.")
    assert (dossier.step.detail, dossier.step.changed_at) == (
        "De factuur ontbreekt.",
        datetime(2026, 11, 20, 14, 5, tzinfo=BRUSSELS),
    )


async def test_somebody_without_dossiers_has_an_empty_list(dosis: DossierStatuses) -> None:
    assert await dosis.list_for(NOBODY) == []


@pytest.mark.req("MZC-16")
async def test_a_dossier_that_he_may_not_consult_is_not_there(dosis: DossierStatuses) -> None:
    assert "SOC-2026-0077" not in [dossier.number for dossier in await dosis.list_for(LIEN)]


@pytest.mark.req("BP4-10")
async def test_more_dossiers_than_fit_on_a_page_are_all_read_once(sandbox: Sandbox) -> None:
    for number in range(120):
        put(sandbox, person="jan", number=f"LST-{number}", name=f"Premie {number}")

    dossiers = await client(sandbox).list_for(JAN)

    assert len(dossiers) == len({dossier.number for dossier in dossiers}) == 121


@pytest.mark.req("MZC-04")
async def test_the_history_tells_every_step_latest_first(dosis: DossierStatuses) -> None:
    [dossier, _] = await dosis.list_for(LIEN)

    steps = await dosis.history(LIEN, dossier)

    assert [step.code for step in steps] == ["DossierOnvolledig", "InBehandeling", "Ingediend"]


@pytest.mark.req("MZC-04")
async def test_the_history_of_somebody_elses_dossier_is_not_found(dosis: DossierStatuses) -> None:
    [dossier, _] = await dosis.list_for(LIEN)

    with pytest.raises(NotFound):
        await dosis.history(JAN, dossier)


@pytest.mark.req("BP4-10")
@pytest.mark.parametrize(
    ("fault", "raised"),
    [("down", Unavailable), ("500", Unavailable), ("auth", Misconfigured), ("refused", Misconfigured),
     ("rubbish", Misconfigured)],
)  # fmt: skip
async def test_what_goes_wrong_is_raised_and_never_an_empty_list(
    sandbox: Sandbox, fault: str, raised: type[Exception]
) -> None:
    sandbox.tell("faults/dosis", kind=fault)

    with pytest.raises(raised):
        await client(sandbox).list_for(LIEN)


async def test_an_outage_of_one_call_is_not_noticed(sandbox: Sandbox) -> None:
    sandbox.tell("faults/dosis", kind="500", times=1)

    assert len(await client(sandbox).list_for(LIEN)) == 2


async def test_an_answer_that_comes_too_late_is_an_outage(sandbox: Sandbox) -> None:
    dosis = client(sandbox, backend_timeout=0.2)
    sandbox.tell("faults/dosis", kind="slow", seconds=1)

    with pytest.raises(Unavailable):
        await dosis.list_for(LIEN)


async def test_a_token_that_ended_is_renewed_without_a_word(sandbox: Sandbox, dosis: DossierStatuses) -> None:
    await dosis.list_for(LIEN)
    sandbox.tell("state/dosis/tokens/revoke")

    assert len(await dosis.list_for(LIEN)) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"dosis_client_id": "1234"}, {"dosis_audience": "https://somewhere.example/token"}, {"dosis_key_id": "other"}],
)
async def test_credentials_that_are_not_ours_are_a_fault_for_a_colleague(
    sandbox: Sandbox, wrong: dict[str, str]
) -> None:
    with pytest.raises(Misconfigured):
        await client(sandbox, **wrong).list_for(LIEN)
