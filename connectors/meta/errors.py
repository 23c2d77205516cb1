"""What to do about each error of the Graph API: the one table per product.

Meta: "build logic on code, not on titles". What stands in no table goes by its status.
"""

from collections.abc import Mapping
from typing import Any

from connectors.base import SendError
from connectors.meta.reading import thing, word

Verdict = Mapping[str, Any]  # the arguments of SendError
Table = Mapping[str, Verdict]

LATER: Verdict = {"retryable": True, "loggable": False}
GONE: Verdict = {"retryable": False, "loggable": False}  # belongs to life: blocked, no WhatsApp, opted out
OURS: Verdict = {"retryable": False, "loggable": True}  # our request or our account is wrong
WRITE_FIRST: Verdict = {"retryable": False, "loggable": False, "window": True}
SLOWER: Verdict = {"retryable": True, "loggable": False, "whole_channel": True, "pause": 2.0}
MAINTENANCE: Verdict = {"retryable": True, "loggable": False, "whole_channel": True, "pause": 120.0}
REFUSED: Verdict = {"retryable": True, "loggable": True, "whole_channel": True, "pause": 60.0}  # a token, a permission
BLOCKED: Verdict = {"retryable": True, "loggable": True, "whole_channel": True, "pause": 600.0}
UNKNOWN_OUTCOME: Verdict = {"retryable": True, "loggable": False, "pause": 30.0}  # long enough for a receipt to tell


def _table(*lines: tuple[Verdict, str]) -> Table:
    return {code: verdict for verdict, codes in lines for code in codes.split()}


WHATSAPP = _table(
    (REFUSED, "0 190 3 10 " + " ".join(map(str, range(200, 300)))),
    (BLOCKED, "131048 368 131031"),
    (LATER, "1 2 131000 131016 133004 131056"),
    (SLOWER, "4 80007 130429"),
    (MAINTENANCE, "131057"),
    (WRITE_FIRST, "131047"),
    (GONE, "131026 131049 131050 130472 131062 131051 131052 131053 137000"),
    (OURS, "100 131008 131009 131021 131030 131045 131037 131042 130497 133010"),
    (OURS, "132000 132001 132005 132007 132008 132012 132015 132016 132068 132069"),
)
MESSENGER = _table(
    (REFUSED, "190 3 10 200 230 10/1893063"),
    (WRITE_FIRST, "10/2018278"),
    (BLOCKED, "368"),
    (GONE, "551 200/2018108 100/2018001"),
    (OURS, "100 2/2018344"),
    (SLOWER, "4 613 32 80004 80006"),
    (LATER, "1 2 1200"),
)


def explained(status: int, body: Any, table: Table) -> SendError:
    """The error that this answer means. A proxy in between may have written it, so it need not be Meta's."""
    error = thing(body, "error")
    code, subcode = word(error.get("code")), word(error.get("error_subcode"))
    for known in (f"{code}/{subcode}", code):
        if known in table:
            return SendError(known, **table[known])
    if error.get("is_transient") is True:
        return SendError(code or f"http_{status}", **LATER)
    return SendError(code or f"http_{status}", **_by_status(status))


def _by_status(status: int) -> Verdict:
    if status == 401:
        return REFUSED
    if status == 429:
        return SLOWER
    return UNKNOWN_OUTCOME if status >= 500 else OURS
