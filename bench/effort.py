"""How much is measured: enough to trust, or a quick look (`--quick`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    turn_rounds: int = 10  # of three conversations each
    load_rounds: int = 3
    load_seconds: float = 10.0  # that are counted, at each number of parallel conversations
    warm_seconds: float = 2.0  # before them
    parallel: tuple[int, ...] = (1, 8, 32)
    quick_message_rounds: int = 8
    acknowledge_seconds: float = 40.0
    webhook_seconds: float = 30.0
    trains: bool = True


FULL = Effort()
QUICK = Effort(
    turn_rounds=2,
    load_rounds=1,
    load_seconds=5.0,
    warm_seconds=1.0,
    quick_message_rounds=2,
    acknowledge_seconds=6.0,
    webhook_seconds=5.0,
    trains=False,
)
