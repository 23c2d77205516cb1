"""One-time links: how a citizen who logs in elsewhere comes back as the one in this conversation.

A link that is sent on to somebody else must open nothing, or an attacker would go on
as his victim. On the website only the browser with the widget's cookie may start and
finish. Elsewhere the login ends in a code that has to be typed in the very chat that
the link was made for; until then the identity waits, sealed, and is nobody's.

Every step is one conditional UPDATE: of two that race one wins, and a step that comes
too late, twice, or from the wrong browser changes nothing.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, insert, or_, select, text, update

from citizens import link_guards as guards
from citizens.browsers import hashed
from citizens.identities import Claims, Identities
from citizens.link_guards import LIFETIME
from citizens.link_model import Browser, Confirmed, Link, LoginError, Outcome, read_claims, read_link, written
from citizens.link_tables import OPEN, LinkState, login_links
from citizens.processing import ProcessingLog
from clock import Clock
from conversations.database import racing, reading, writing
from conversations.model import UnknownConversation
from conversations.rows import new_id
from conversations.tables import conversations
from settings import Settings
from vault import CannotOpen, Vault

TRIES = 3
LOGIN, SOURCE = "aanmelden", "ACM/IDM"  # as the citizen reads them when he asks who used his data
DIGITS = 6
IS_OPEN = text(OPEN)
SECRETS = {"sealed_secret": None, "sealed_login": None, "sealed_claims": None, "login_state": None, "code_hash": None}


class Links:
    """`url`: where the login pages are. `web_days`, `days`: how long a login holds, on the web and elsewhere."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        vault: Vault,
        identities: Identities,
        *,
        url: str,
        days: int = 30,
        web_days: int = 1,
        code: Callable[[], str] = lambda: f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}",
    ) -> None:
        self.engine, self.clock, self.vault, self.identities = engine, clock, vault, identities
        self._processing = ProcessingLog(engine, clock, vault)
        self._url, self._days, self._web_days, self._code = url, days, web_days, code

    # --- the link ------------------------------------------------------------

    def create(self, conversation: str) -> str:
        """A fresh link; any earlier one of this conversation no longer works. Raises UnknownConversation."""
        return racing(self.engine, lambda db: self._create(db, conversation))

    def _create(self, db: Connection, conversation: str) -> str:
        channel = db.execute(select(conversations.c.channel).where(conversations.c.id == conversation)).scalar()
        if channel is None:
            raise UnknownConversation(conversation)
        earlier = login_links.c.conversation == conversation
        db.execute(self._ending(LinkState.REPLACED, "replaced").where(earlier, IS_OPEN))
        secret, link, now = secrets.token_urlsafe(32), new_id("l"), self.clock.utc()
        db.execute(
            insert(login_links).values(
                id=link,
                conversation=conversation,
                channel=channel,
                state=LinkState.CREATED,
                secret_hash=hashed(secret),
                sealed_secret=self.vault.seal(secret),
                tries=0,
                created_at=now,
                until=now + LIFETIME,
                changed_at=now,
            )
        )
        return link

    def url(self, link: str) -> str | None:
        """The address, for as long as it can be used."""
        query = select(login_links.c.sealed_secret).where(
            login_links.c.id == link, guards.is_fresh(self.clock.utc()), IS_OPEN
        )
        with reading(self.engine) as db:
            sealed = db.execute(query).scalar()
        try:
            return f"{self._url}/{self.vault.open(sealed)}" if sealed else None
        except CannotOpen:  # sealed with a key that is gone; a new link is soon made
            return None

    def look(self, secret: str) -> Link:
        """What the page shows; nothing begins. Raises LoginError."""
        link = self._find(login_links.c.secret_hash == hashed(secret))
        if link is None:
            raise LoginError("unknown")
        if link.state not in (LinkState.CREATED, LinkState.STARTED):
            raise LoginError("used" if link.state in (LinkState.BOUND, LinkState.AUTHENTICATED) else str(link.state))
        if not self._find(login_links.c.id == link.id, guards.is_fresh(self.clock.utc())):
            raise LoginError("expired")
        return link

    def is_of(self, link: Link, browser: Browser) -> bool:
        """Whether this browser may log in for it."""
        return self._find(login_links.c.id == link.id, guards.in_the_widgets_browser(browser)) is not None

    # --- the login -----------------------------------------------------------

    def start(self, secret: str, browser: Browser, state: str, private: str) -> Link:
        """Somebody pressed the button: from here on only his browser counts. Raises LoginError.

        `state` comes back with him, `private` is kept for that moment. The same browser may press
        again; then the first login no longer counts.
        """
        link = self.look(secret)
        if not self.is_of(link, browser):
            raise LoginError("other_browser")
        begun = or_(guards.unused(), guards.begun_by(browser))
        values = {"login_state": hashed(state), "sealed_login": self.vault.seal(private), "tries": TRIES}
        return self._step(
            [
                login_links.c.secret_hash == hashed(secret),
                guards.is_fresh(self.clock.utc()),
                guards.in_the_widgets_browser(browser),
                begun,
            ],
            state=LinkState.STARTED,
            login_hash=hashed(browser.login),
            until=self.clock.utc() + LIFETIME,
            **values,
        )

    def come_back(self, state: str, browser: Browser) -> tuple[Link, str]:
        """He is back from the provider, once: the link, and what was kept for this moment. Raises LoginError."""
        with writing(self.engine) as db:
            row = self._row(db, guards.with_login(state), login_links.c.state == LinkState.STARTED)
            reason = "unknown_login" if row is None else self._take_back(db, row, browser)
        if row is None or reason:
            raise LoginError(reason)
        return read_link(row), self.vault.open(row.sealed_login)

    def _take_back(self, db: Connection, row: Row[Any], browser: Browser) -> str:
        """Why it does not count; empty when it does."""
        same = [login_links.c.id == row.id, login_links.c.login_state == row.login_state]
        mine = [guards.in_the_widgets_browser(browser), guards.begun_by(browser)]
        if self._row(db, *same, *mine) is None:
            if guards.is_over_when_elsewhere():
                db.execute(self._ending(LinkState.FAILED, "other_browser").where(*same, IS_OPEN))
            return "other_browser"
        if row.until <= self.clock.utc():
            return "expired"
        used = self._change(**guards.back_once()).where(*same, *mine)
        return "" if db.execute(used).rowcount == 1 else "used"

    def complete(self, link: Link, claims: Claims) -> str | None:
        """He is who he is: bound at once on the website, else the code that he must type. Raises LoginError."""
        if self._is_somebody_else(link.conversation, claims):
            self.end(link, LinkState.FAILED, "somebody_else")
            raise LoginError("somebody_else")
        mine = [login_links.c.id == link.id, login_links.c.state == LinkState.STARTED, guards.in_time(self.clock.utc())]
        if not guards.needs_code(link):
            self._step(mine, state=LinkState.BOUND, **SECRETS)
            self._bind(link, claims)
            return None
        code = self._code()
        values = {
            "code_hash": self._code_hash(link.id, code),
            "sealed_login": self.vault.seal(code),
            "sealed_claims": self.vault.seal(written(claims)),
        }
        until = self.clock.utc() + LIFETIME
        self._step(mine, state=LinkState.AUTHENTICATED, until=until, **{**SECRETS, **values})
        return code

    def end(self, link: Link, state: LinkState, reason: str) -> bool:
        """It came to nothing. False when it was over before."""
        with writing(self.engine) as db:
            ended = self._ending(state, reason).where(login_links.c.id == link.id, IS_OPEN)
            return db.execute(ended).rowcount == 1

    # --- the code ------------------------------------------------------------

    def code_for(self, browser: Browser) -> tuple[Link, str] | None:
        """The code that this browser has to show: to whoever logged in with it, and again after a reload."""
        mine = (login_links.c.login_hash == hashed(browser.login), login_links.c.state == LinkState.AUTHENTICATED)
        with reading(self.engine) as db:
            row = self._row(db, *mine, guards.in_time(self.clock.utc()))
        return (read_link(row), self.vault.open(row.sealed_login)) if row else None

    def pending_code(self, conversation: str, attempt: str = "") -> bool:
        """Whether a code is to be typed here, or this very message held the code already."""
        waiting = and_(login_links.c.state == LinkState.AUTHENTICATED, guards.in_time(self.clock.utc()))
        seen = login_links.c.typed == attempt if attempt else text("1 = 0")
        return self._find(login_links.c.conversation == conversation, or_(waiting, seen)) is not None

    def confirm(self, conversation: str, code: str, attempt: str = "") -> Confirmed:
        """A code typed in this conversation. The same attempt (a message's id) again gives the same outcome."""
        attempt = attempt or new_id("t")
        with writing(self.engine) as db:
            row = self._row(db, login_links.c.conversation == conversation, login_links.c.typed == attempt)
            row = row or self._try(db, conversation, code, attempt)
        if row is None:
            return Confirmed(Outcome.NONE)
        if row.state is LinkState.BOUND:
            return self._bound(row)
        outcome = Outcome.FAILED if row.state is LinkState.FAILED else Outcome.WRONG
        return Confirmed(outcome, row.id, row.tries)

    def _try(self, db: Connection, conversation: str, code: str, attempt: str) -> Row[Any] | None:
        waiting = [
            guards.in_the_chat_of(conversation),
            login_links.c.state == LinkState.AUTHENTICATED,
            guards.in_time(self.clock.utc()),
        ]
        row = self._row(db, *waiting)
        if row is None:
            return None
        changes: dict[str, Any] = {"typed": attempt, "tries": login_links.c.tries - 1}
        if secrets.compare_digest(self._code_hash(row.id, code), row.code_hash):
            changes.update(state=LinkState.BOUND, code_hash=None, sealed_login=None)
        elif guards.is_last(row.tries):
            changes.update(**SECRETS, state=LinkState.FAILED, reason="wrong_code")
        same = [login_links.c.id == row.id, login_links.c.tries == row.tries]
        return db.execute(self._change(**changes).where(*waiting, *same).returning(*login_links.c)).one_or_none()

    def _bound(self, row: Row[Any]) -> Confirmed:
        """The identity waits sealed until it is bound, so that a crash in between is made good by a repetition."""
        link = read_link(row)
        if row.sealed_claims is None:
            return Confirmed(Outcome.BOUND, link.id)
        claims = read_claims(self.vault.open(row.sealed_claims))
        is_other = self._is_somebody_else(link.conversation, claims)
        if not is_other:
            self._bind(link, claims)
        with writing(self.engine) as db:
            db.execute(self._change(sealed_claims=None).where(login_links.c.id == link.id))
        return Confirmed(Outcome.SOMEBODY_ELSE if is_other else Outcome.BOUND, link.id)

    # --- afterwards ----------------------------------------------------------

    def bound_by(self, login_key: str) -> list[Link]:
        """The conversations that this browser logged in for, to log out again."""
        bound = (login_links.c.login_hash == hashed(login_key), login_links.c.state == LinkState.BOUND)
        with reading(self.engine) as db:
            return [read_link(row) for row in db.execute(select(login_links).where(*bound)).all()]

    def expire(self, limit: int) -> Sequence[Link]:
        """End what was left lying, and erase what it held. Gives them as they were before."""
        over = select(login_links.c.id).where(IS_OPEN, login_links.c.until <= self.clock.utc()).limit(limit)
        with writing(self.engine) as db:
            rows = db.execute(select(login_links).where(login_links.c.id.in_(over)).with_for_update()).all()
            ended = self._ending(LinkState.EXPIRED, "expired").where(
                login_links.c.id.in_([row.id for row in rows]), IS_OPEN
            )
            gone = {row.id for row in db.execute(ended.returning(login_links.c.id)).all()}
            db.execute(self._change(sealed_claims=None).where(*self._left_behind()))
        return [read_link(row) for row in rows if row.id in gone]

    def forget(self, before: datetime, limit: int) -> int:
        """Delete what was over by then."""
        old = select(login_links.c.id).where(text(f"NOT ({OPEN})"), login_links.c.changed_at < before).limit(limit)
        with writing(self.engine) as db:
            return db.execute(delete(login_links).where(login_links.c.id.in_(old))).rowcount

    # --- inside --------------------------------------------------------------

    def _step(self, conditions: Sequence[ColumnElement[bool]], **values: object) -> Link:
        with writing(self.engine) as db:
            row = db.execute(self._change(**values).where(*conditions).returning(*login_links.c)).one_or_none()
        if row is None:
            raise LoginError("used")
        return read_link(row)

    def _change(self, **values: object) -> Any:
        return update(login_links).values(changed_at=self.clock.utc(), **values)

    def _ending(self, state: LinkState, reason: str) -> Any:
        return self._change(**SECRETS, state=state, reason=reason)

    def _find(self, *conditions: Any) -> Link | None:
        with reading(self.engine) as db:
            row = self._row(db, *conditions)
        return read_link(row) if row else None

    def _row(self, db: Connection, *conditions: Any) -> Row[Any] | None:
        newest = select(login_links).where(*conditions).order_by(login_links.c.created_at.desc()).limit(1)
        return db.execute(newest).one_or_none()

    def _is_somebody_else(self, conversation: str, claims: Claims) -> bool:
        return guards.is_somebody_else(self.identities.of(conversation), claims)

    def _left_behind(self) -> list[ColumnElement[bool]]:
        """By whoever died between the right code and the binding, and did not come back."""
        is_bound = login_links.c.state == LinkState.BOUND
        return [is_bound, login_links.c.sealed_claims.is_not(None), login_links.c.until <= self.clock.utc()]

    def _bind(self, link: Link, claims: Claims) -> None:
        days = self._days if link.needs_code else self._web_days
        identity = self.identities.bind(link.conversation, claims, self.clock.utc() + timedelta(days=days))
        kinds = ["naam", *(["rijksregisternummer"] if claims.rrn else [])]
        self._processing.write(
            person=identity.person,
            conversation=link.conversation,
            action=LOGIN,
            activity=LOGIN,
            source=SOURCE,
            kinds=kinds,
        )

    def _code_hash(self, link: str, code: str) -> str:
        """Keyed: there are too few codes for a plain hash to hide them."""
        return self.vault.pseudonym(f"login code {link} {code}")


def links_of(settings: Settings, engine: Engine, clock: Clock, vault: Vault) -> Links:
    identities = Identities(engine, clock, vault)
    url = f"{settings.public_url.rstrip('/')}/login"
    return Links(
        engine, clock, vault, identities, url=url, days=settings.identity_days, web_days=settings.web_session_days
    )
