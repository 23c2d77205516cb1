"""What TOPdesk does around an incident: it tells the caller, by one mail for each thing that he must know."""

from typing import Any

from sandbox.topdesk.incident import Incident, SentMail
from sandbox.topdesk.lookups import Ref
from sandbox.world import World


async def register(world: World, values: dict[str, Any]) -> Incident:
    incident = world.incidents.create(values, world.incidents.lookups.api_operator)
    world.changes.tell("topdesk")
    if incident.caller_email:
        await _mail(world, incident, "ontvangen")
    return incident


async def change(
    world: World, incident: Incident, values: dict[str, Any], author: Ref, *, quietly: bool = False
) -> None:
    """A change that the caller can see gives one mail: another state, or a word from the city.

    What the API's own account writes is what the caller said himself, and he needs
    no mail about that.
    """
    happened = world.incidents.change(incident, values, author)
    world.changes.tell("topdesk")
    is_news = happened.state is not None or (happened.note and author != world.incidents.lookups.api_operator)
    if is_news and incident.caller_email and not quietly:
        await _mail(world, incident, "gewijzigd" if happened.state else "bericht", note=happened.note)


async def _mail(world: World, incident: Incident, name: str, note: str = "") -> None:
    letter = world.letters.incident(name, incident, note)
    incident.mails.append(SentMail(str(letter["Subject"]), str(letter["From"]), world.clock.now()))
    await world.post(letter)
