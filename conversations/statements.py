"""What the ledger says to its database for every message, each statement built once.

Building a statement costs several times as much as running it on SQLite. `of` is a
conversation's id; parameters named like a column are what that column becomes.
"""

from sqlalchemy import Boolean, bindparam, case, func, insert, select, update

from conversations.model import State
from conversations.tables import conversations, messages

_of_conversation = conversations.c.id == bindparam("of")

CONVERSATION = select(conversations).where(_of_conversation)
LOCKED = CONVERSATION.with_for_update(key_share=True)
CONVERSATION_AT = select(conversations).where(
    conversations.c.channel == bindparam("via"), conversations.c.address == bindparam("at")
)
CONVERSATION_KNOWN_AS = select(conversations).where(
    conversations.c.channel == bindparam("via"), conversations.c.alias == bindparam("known_as")
)
CONVERSATION_WITH_TOKEN = select(conversations).where(conversations.c.token_hash == bindparam("hashed"))
OPEN = insert(conversations).returning(*conversations.c)
CHANGE = update(conversations).where(_of_conversation).returning(*conversations.c)
COUNT_ON = CHANGE.values(
    last_seq=conversations.c.last_seq + bindparam("more"),
    purged_at=None,  # what is said after it was emptied shall be forgotten too
    contact_from=case(
        (
            bindparam("citizen_speaks", type_=Boolean),
            func.coalesce(conversations.c.contact_from, conversations.c.last_seq + 1),
        ),
        else_=conversations.c.contact_from,
    ),
)

SEEN = select(messages).where(messages.c.channel == bindparam("via"), messages.c.external_id == bindparam("known_as"))
STORE = insert(messages).returning(*messages.c)
AFTER = (
    select(messages)
    .where(messages.c.conversation == bindparam("of"), messages.c.seq > bindparam("last_seen"))
    .order_by(messages.c.seq)
    .limit(bindparam("most"))
)
HOLD_ON = update(messages).where(
    messages.c.id == bindparam("claimed"),
    messages.c.state == bindparam("as_state"),
    messages.c.attempts == bindparam("at_attempt"),
)
"""Changes a message while it is as it was when it was claimed."""

SENT = (
    update(messages)
    .where(messages.c.id == bindparam("taken"))
    .values(
        # a receipt may have come first
        state=case((messages.c.state.in_((State.SENDING, State.QUEUED)), State.SENT), else_=messages.c.state),
        worker=None,
        lease_until=None,
    )
)
READ = (
    update(messages)
    .where(
        messages.c.conversation == bindparam("of"),
        messages.c.seq <= bindparam("up_to"),
        messages.c.state.in_((State.SENT, State.DELIVERED)),
    )
    .values(state=State.READ)
)
