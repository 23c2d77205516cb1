"""What the front counts, for Prometheus at /metrics. No label ever holds who somebody is."""

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("balie_messages_received", "Messages of citizens that were stored", ["channel", "kind"])
SENT = Counter("balie_messages_sent", "Messages to citizens", ["channel", "state"])
TURNS = Counter("balie_turns", "Turns of the bot by how they ended", ["outcome"])
TURN_SECONDS = Histogram(
    "balie_turn_seconds",
    "From the claim of a message to its stored answer",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60),
)
WAIT_SECONDS = Histogram(
    "balie_wait_seconds",
    "From the arrival of a message to its claim",
    buckets=(0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120),
)
REFUSED = Counter("balie_requests_refused", "Requests answered with an error", ["code"])
UNSIGNED = Counter("balie_webhooks_unsigned", "Webhooks without a good signature, or with a wrong token", ["channel"])
UNREAD = Counter("balie_webhooks_unread", "What a channel sent and nobody could read", ["channel"])
STREAMS = Gauge("balie_streams", "Open event streams")
WAITING = Gauge("balie_waiting", "Messages that still have to be answered or sent", ["queue"])
OLDEST = Gauge("balie_waiting_oldest_seconds", "Age of the oldest of them", ["queue"])
BOT_ANSWERS = Gauge("balie_bot_answers", "1 when the bot answered when it was last asked")
