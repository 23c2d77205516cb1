"""What was asked holds names and addresses, so it is sealed where it is kept."""

import json
from collections.abc import Mapping

from conversations.model import JSON
from vault import Vault

SEALED = "sealed"


def seal(vault: Vault, content: Mapping[str, JSON]) -> dict[str, str]:
    return {SEALED: vault.seal(json.dumps(content))}


def opened(vault: Vault, stored: Mapping[str, JSON] | None) -> dict[str, JSON]:
    """What was sealed, or was kept before anything was sealed; nothing of what was forgotten."""
    if stored and stored.keys() == {SEALED}:
        content: dict[str, JSON] = json.loads(vault.open(stored[SEALED]))
        return content
    return dict(stored or {})
