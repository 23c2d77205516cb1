"""Everything that the sandbox is: the city, the backends, the mailbox, and what is wrong today."""

import asyncio
from email.message import EmailMessage
from typing import cast

from sanic import Request

from sandbox.acmidm import tenants
from sandbox.acmidm.provider import Provider
from sandbox.changes import Changes
from sandbox.city import City, load_city
from sandbox.clock import Clock
from sandbox.dosis import seed
from sandbox.dosis.register import Register
from sandbox.dosis.tokens import Tokens as DosisTokens
from sandbox.faults import Faults
from sandbox.graph.meta import Meta
from sandbox.jcc.agenda import Agenda
from sandbox.jcc.bookings import Bookings
from sandbox.jcc.catalogue import Catalogue
from sandbox.jcc.tokens import Tokens
from sandbox.letters import Letters
from sandbox.mail import Mailbox, send
from sandbox.openklant.register import Register as Contacts
from sandbox.people import load_people
from sandbox.settings import Settings
from sandbox.thuisloket.orders import Orders
from sandbox.thuisloket.tokens import Doorman
from sandbox.topdesk.incidents import Incidents
from sandbox.topdesk.lookups import Lookups


class World:
    incidents: Incidents
    bookings: Bookings
    tokens: Tokens
    acmidm: Provider
    desk_login: Provider
    dosis: Register
    orders: Orders
    contacts: Contacts

    def __init__(self, settings: Settings, city: City | None = None, clock: Clock | None = None) -> None:
        self.settings = settings
        self.city = city or load_city(settings.city_file)
        self.clock = clock or Clock(settings.clock_file)
        self.changes = Changes()
        self.faults = Faults()
        self.mailbox = Mailbox(self.clock.now, lambda: self.changes.tell("mail"))
        self.letters = Letters(self.city, settings.url, self.clock.now)
        self.meta = Meta(settings, self.clock.now, self.changes.tell)
        self.dosis_tokens = DosisTokens(
            settings.dosis_client_id,
            seed.client_key(settings.dosis_private_key, settings.dosis_key_id),
            f"{settings.url}/dosis/authorization/ws/oauth/v2/token",
            settings.sandbox_token_seconds,
        )
        self.doorman = Doorman(settings.thuisloket_private_key, self.clock.now)
        self._begin()

    def _begin(self) -> None:
        catalogue = Catalogue(self.city)
        agenda = Agenda(self.city, self.clock.now, busy=self.settings.sandbox_calendar != "leeg")
        self.incidents = Incidents(Lookups(self.city), self.clock.now)
        self.bookings = Bookings(catalogue, agenda, self.clock.now)
        self.tokens = Tokens(
            self.settings.jcc_client_id,
            self.settings.jcc_client_secret,
            self.settings.sandbox_token_seconds,
            self.clock.now,
        )
        self.acmidm = tenants.citizens(self.settings, self.clock.now)
        self.desk_login = tenants.agents(self.settings, self.clock.now)
        self.dosis = Register(
            self.clock.now, self.settings.sandbox_dosis_seconds, seed.sources(), lambda: self.changes.tell("dosis")
        )
        if self.settings.sandbox_dossiers != "leeg":
            for status in seed.deliveries(self.clock.now()):
                self.dosis.put(status)
        self.orders = Orders(load_people(), self.clock.now)
        self.contacts = Contacts(self.clock.now, lambda: self.changes.tell("openklant"))

    def reset(self) -> None:
        """As after a restart, but for the tokens that clients hold and the profile that Meta has of the page."""
        tokens = self.tokens
        self._begin()
        self.tokens = tokens
        self.faults.clear()
        self.mailbox.clear()
        self.meta.reset()
        for area in ("topdesk", "jcc", "acmidm", "dosis", "thuisloket", "openklant", "faults"):
            self.changes.tell(area)

    async def post(self, letter: EmailMessage) -> None:
        """A letter that is on its way arrives, also when whoever caused it hangs up."""
        await asyncio.shield(send(letter, self.settings.mail_host, self.settings.mail_port))


def world_of(request: Request) -> World:
    return cast(World, request.app.ctx.world)
