"""How far something stands, in the words of data/dossiers: no code of any backend reaches a citizen."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from actions.clients.ports import Dossier, DossierStep, Incident, Progress
from actions.followup import News, stage_of
from actions.moments import say_day
from clock import BRUSSELS, Clock
from texts import Texts

PHASES: Mapping[str, Sequence[str]] = {
    "Samenstelling": ("Geinitieerd", "Aangevraagd", "Ingediend"),
    "Behandeling": (
        "DossierOnvolledig",
        "DossierVolledig",
        "Ontvankelijk",
        "OnOntvankelijk",
        "InBehandeling",
        "KlaarVoorBeslissing",
    ),
    "Beslissing": ("InWacht", "Beslist", "Goedgekeurd", "Stopgezet", "Stopzetting", "Geweigerd"),
    "Beroep": (),  # the same codes as a decision
    "Uitvoering": ("KlaarVoorBetaling", "Betaald", "DeelsUitbetaald", "Uitgevoerd"),
    "Afgerond": ("ErkendVergund", "DeelsGoedgekeurd"),
}
"""The Flemish code list as far as it is public, each code once. A code that is not in it is told by its phase."""
APPEAL = "Beroep"


class DossierLines:
    def __init__(self, texts: Texts, clock: Clock) -> None:
        self.texts = texts
        self.clock = clock

    # --- a dossier ----------------------------------------------------------------

    def dossier(self, dossier: Dossier) -> dict[str, Any]:
        """What fills utter_dossiers_dossier, with or without what he must do."""
        return {
            "naam": dossier.name,
            "organisatie": dossier.organisation,
            "nummer": dossier.number,
            "regels": "\n".join(self._dossier(dossier)),
        }

    def _dossier(self, dossier: Dossier) -> Iterator[str]:
        step = dossier.step
        yield self.texts.text("utter_dossiers_sinds", stand=self.step(step), dag=self.day(step.changed_at))
        if step.detail:
            yield step.detail
        if step.needs_action:
            yield (
                self.texts.text("utter_dossiers_te_doen", actie=step.action)
                if step.action
                else self.texts.text("utter_dossiers_te_doen_onbekend")
            )
        if dossier.link:
            yield self.texts.text("utter_dossiers_link", link=dossier.link)

    def step(self, step: DossierStep) -> str:
        """In plain words; of a code that nobody told us about, only the phase."""
        known = self.texts.text(f"utter_dossiers_code_{step.code.lower()}")
        told = known or self.texts.text(f"utter_dossiers_fase_{step.phase.lower()}")
        told = told or self.texts.text("utter_dossiers_code_inbehandeling")
        return self.texts.text("utter_dossiers_in_beroep", stand=told) if step.phase == APPEAL else told

    def steps(self, steps: Sequence[DossierStep]) -> str:
        return "\n".join(self._line(step.changed_at, self.step(step)) for step in steps)

    # --- a report -----------------------------------------------------------------

    def report(self, incident: Incident) -> str:
        """How far the city is with it: its own word while it runs, and ours when that would say nothing."""
        stage = stage_of(incident)
        if stage is News.OPEN and incident.status:
            return self.texts.text("utter_dossiers_melding_stand", status=incident.status)
        return self.texts.text(f"utter_dossiers_melding_{stage}")

    def progress(self, reported_at: datetime, notes: Sequence[Progress], now: str) -> str:
        """Latest first: how it stands, what the city wrote, and when it was reported."""
        told = [self._line(note.at, note.text) for note in sorted(notes, key=lambda note: note.at, reverse=True)]
        reported = self._line(reported_at, self.texts.text("utter_dossiers_melding_gemeld"))
        return "\n".join([f"- {now}", *told, reported])

    # --- moments ------------------------------------------------------------------

    def end(self, due: date | None) -> str:
        if due is None:
            return self.texts.text("utter_dossiers_einde_onbekend")
        return self.texts.text("utter_dossiers_einde", dag=say_day(due, self.clock.now()))

    def day(self, moment: datetime) -> str:
        return say_day(moment.astimezone(BRUSSELS).date(), self.clock.now())

    def _line(self, moment: datetime, told: str) -> str:
        return self.texts.text("utter_dossiers_verloop_regel", dag=self.day(moment), wat=told)
