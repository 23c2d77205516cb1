"""What is made of DOSIS's answers, and what no answer can help."""

import pytest

from actions.clients.dosis import DosisStatuses, _found
from actions.clients.errors import Misconfigured
from settings import Settings

LIEN = "85073003328"


def wire(*rights):
    return {
        "Identificatie": {"Bron": "urn://x", "DossierNummer": "1"},
        "Naam": "Veranda",
        "WijzigingsDatum": "2026-11-20T14:05:00",
        "Status": {"VlaamsFase": "Behandeling", "VlaamsCode": "InBehandeling"},
        "Agenten": [{"Identificatie": agent, "Toegangsrechten": [{"Code": right}]} for agent, right in rights],
    }


@pytest.mark.req("MZC-16")
def test_a_dossier_that_he_may_not_consult_is_dropped_even_when_dosis_gives_it():
    dossiers = [wire((LIEN, "Raadpleger")), wire((LIEN, "Betrokkene")), wire(("54021813189", "Raadpleger")), wire()]

    total, seen, kept = _found({"Totaal": 4, "Dossiers": dossiers}, LIEN)

    assert (total, seen, len(kept)) == (4, 4, 1)


@pytest.mark.parametrize("key", ["nowhere.pem", "-----BEGIN PRIVATE KEY-----\\nrubbish\\n-----END PRIVATE KEY-----"])
async def test_a_key_that_cannot_be_used_is_told_when_it_is_needed_and_not_before(key):
    dosis = DosisStatuses(Settings(dosis_private_key=key))

    with pytest.raises(Misconfigured):
        await dosis.list_for(LIEN)
