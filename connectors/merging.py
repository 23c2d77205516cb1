"""Makes the replies of one turn into as few messages as they fit in, for a channel that takes few.

A text goes before the reply that follows it, whose choices then hang below both. What is more
than a text stays a message of its own, and so does what together would be too long for one.
"""

from collections.abc import Sequence
from dataclasses import replace

from connectors.base import LINK, Capabilities, Link
from connectors.rendering import fit
from conversations.model import Reply


def merged(replies: Sequence[Reply], capabilities: Capabilities) -> tuple[Reply, ...]:
    kept: list[Reply] = []
    for reply in replies:
        both = _both(kept[-1], reply, capabilities) if kept and capabilities.merges else None
        if both:
            kept[-1] = both
        else:
            kept.append(reply)
    return tuple(kept)


def _both(first: Reply, then: Reply, capabilities: Capabilities) -> Reply | None:
    """Both as one message; None when they do not go together."""
    is_text = first.text and not (first.choices or first.image or first.attachment or first.custom)
    if not is_text or then.image or then.attachment or not (then.text or then.choices):
        return None
    text = f"{first.text.strip()}\n\n{then.text.strip()}".strip()
    names = " ".join(reply.name or "" for reply in (first, then))  # a repetition has none, and still counts as one
    both = replace(then, text=text, name=names)
    return both if len(fit(both, capabilities, _link(both))) == 1 else None


def _link(reply: Reply) -> Link | None:
    """The room that it takes; the address comes only when the reply is sent."""
    return Link(str(reply.custom.get("title")), "") if reply.custom.get("type") == LINK else None
