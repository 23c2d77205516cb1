"""How soon a citizen knows that his message arrived, while twenty conversations talk.

At two paces: a message every second and a half from each, which is busier than two hundred people
are, and as fast as the answers come. Rasa's own channel acknowledges nothing before the
turn is done; it is beside it at the first pace.
"""

from statistics import median

from bench import machine
from bench.citizens import RestCitizen, WebCitizen
from bench.effort import Effort
from bench.load import Load, drive
from bench.numbers import ms, percentile
from bench.report import Figure, Target
from bench.stage import Stage, say

CONVERSATIONS = 20
PACE = 1.5  # seconds
MOST = 0.050  # seconds


def measure(stage: Stage, effort: Effort) -> Figure:
    front, rest, seconds = stage.house.front_url, stage.same_model, effort.acknowledge_seconds
    warm = effort.warm_seconds
    marks = {**machine.MARKS, "bot": rest.mark}
    stage.reset_city()
    say(f"{CONVERSATIONS} conversations at Rasa's own channel, one message each {PACE} s")
    theirs = drive(lambda: RestCitizen(rest.url), CONVERSATIONS, warm=warm, seconds=seconds, pace=PACE, marks=marks)
    stage.reset_city()
    say(f"{CONVERSATIONS} conversations on the web, one message each {PACE} s")
    paced = drive(lambda: WebCitizen(front), CONVERSATIONS, warm=warm, seconds=seconds, pace=PACE)
    stage.reset_city()
    say(f"{CONVERSATIONS} conversations on the web, as fast as they are answered")
    flat_out = drive(lambda: WebCitizen(front), CONVERSATIONS, warm=warm, seconds=seconds)
    return _figure(paced, flat_out, theirs)


def _figure(paced: Load, flat_out: Load, theirs: Load) -> Figure:
    loads = {
        f"Balie, web, every {PACE} s": paced,
        "Balie, web, flat out": flat_out,
        f"the same model, Rasa's rest, every {PACE} s": theirs,
    }
    return Figure(
        title=f"A message acknowledged, while {CONVERSATIONS} conversations talk",
        columns=["", "p50", "p95", "p99", "messages", "answered p50", "turns/s"],
        rows=[_row(name, load) for name, load in loads.items()],
        targets=[_target(name, load) for name, load in loads.items() if load is not theirs],
        data={name: {"seconds": _acknowledged(load), "per_second": load.per_second} for name, load in loads.items()},
    )


def _acknowledged(load: Load) -> list[float]:
    return [heard.acknowledged for heard in load.heard]


def _target(name: str, load: Load) -> Target:
    p99 = percentile(_acknowledged(load), 0.99)
    return Target(f"p99 at most {ms(MOST)} ({name})", ms(p99), p99 <= MOST)


def _row(name: str, load: Load) -> list[str]:
    waited = [ms(percentile(_acknowledged(load), share)) for share in (0.5, 0.95, 0.99)]
    answered = ms(median(heard.seconds for heard in load.heard))
    return [name, *waited, str(len(load.heard)), answered, f"{load.per_second:.1f}"]
