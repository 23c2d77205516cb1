"""Turns a second with many conversations at once, beside Rasa's default pipeline and policies on the same content.

Every number of conversations is measured on each contestant in turn, and that some rounds
over: the median round counts. All use the same action server and the same sandbox. Turns a
second is what it can do at most, so each is judged at the number that suits it best; with
one conversation at a time it is how long a turn takes, which `web-turn` measures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

from bench import machine
from bench.citizens import Citizen, RestCitizen, TurnCitizen, WebCitizen
from bench.effort import Effort
from bench.load import Load, drive
from bench.numbers import ms, percentile
from bench.report import Figure, Target
from bench.stage import RASA_SQLITE, Stage, say
from bench.understanding import understanding
from scripts.train import MODEL

LEAST = 3.0  # times as many turns a second


@dataclass
class Contestant:
    name: str
    citizen: Callable[[], Citizen]
    marks: Mapping[str, str]  # whose processor time it is
    accuracy: float
    loads: dict[int, list[Load]] = field(default_factory=dict)  # by number of parallel conversations

    def per_second(self, parallel: int) -> float:
        return median(load.per_second for load in self.loads[parallel])

    @property
    def capacity(self) -> float:
        """Turns a second at the number of conversations at which it does most."""
        return max(map(self.per_second, self.loads))

    def latency(self, parallel: int, share: float) -> float:
        return percentile([heard.seconds for load in self.loads[parallel] for heard in load.heard], share)

    def processor(self) -> dict[str, float]:
        """Milliseconds of processor that a turn costs, by part."""
        loads = [load for loads in self.loads.values() for load in loads]
        turns = sum(len(load.heard) for load in loads)
        return {part: 1000 * sum(load.processor[part] for load in loads) / turns for part in loads[0].processor}


def measure(stage: Stage, effort: Effort) -> Figure:
    contestants = _contestants(stage)
    for number in range(effort.load_rounds):
        for parallel in effort.parallel:
            for contestant in contestants:
                stage.reset_city()
                load = drive(
                    contestant.citizen, parallel, warm=effort.warm_seconds, seconds=effort.load_seconds,
                    marks=contestant.marks,
                )  # fmt: skip
                contestant.loads.setdefault(parallel, []).append(load)
                say(
                    f"round {number + 1} of {effort.load_rounds}, {parallel} at once, {contestant.name}: "
                    f"{load.per_second:.1f} turns/s"
                )
    figure = _figure(contestants, effort.parallel)
    if not stage.default_model.is_current:
        figure.notes.append(f"Rasa's default learned on {stage.default_model.at}; the content has changed since")
    return figure


def _contestants(stage: Stage) -> list[Contestant]:
    house, shared = stage.house, {part: machine.MARKS[part] for part in ("actions", "sandbox")}
    memory, sqlite = stage.default_rasa(), stage.default_rasa(RASA_SQLITE)
    say("judging what both models understand")
    ours, theirs = understanding(MODEL)["accuracy"], understanding(stage.default_model.model)["accuracy"]
    return [
        Contestant("Balie, web", lambda: WebCitizen(house.front_url), machine.MARKS, ours),
        Contestant("Balie's bot alone", lambda: TurnCitizen(house.bot_url), machine.MARKS, ours),
        *(
            Contestant(rasa.name, lambda url=rasa.url: RestCitizen(url), {**shared, "bot": rasa.mark}, theirs)  # type: ignore[misc]
            for rasa in (memory, sqlite)
        ),
    ]


def _figure(contestants: list[Contestant], parallel: tuple[int, ...]) -> Figure:
    ours, _, memory, sqlite = contestants
    heads = [f"{number} at once" for number in parallel]
    figure = Figure(
        title="Turns a second, conversations of plain questions and forms with actions",
        columns=["", *heads, f"p50 at {parallel[-1]}", f"p95 at {parallel[-1]}", "understood"],
        rows=[_row(contestant, parallel) for contestant in contestants],
    )
    for rival in (memory, sqlite):
        times = [ours.per_second(number) / rival.per_second(number) for number in parallel]
        figure.rows.append([f"Balie, web / {rival.name}", *(f"{one:.2f}×" for one in times), "", "", ""])
        figure.data[f"ratio, {rival.name}"] = dict(zip(heads, times, strict=True))
        if rival is memory:
            figure.targets.append(_target(ours, rival))
    figure.notes += [f"processor ms a turn, {contestant.name}: {_costs(contestant)}" for contestant in contestants]
    figure.notes.append(
        "Rasa's default keeps dialogues in memory and loses them when it stops; SQLite is its own store"
    )
    figure.data["contestants"] = {contestant.name: _data(contestant) for contestant in contestants}
    return figure


def _target(ours: Contestant, theirs: Contestant) -> Target:
    times = ours.capacity / theirs.capacity
    understood = f"{ours.accuracy:.1%} against {theirs.accuracy:.1%}"
    return Target(
        f"at least {LEAST:.0f}× the turns a second of Rasa's default, each at its best, and more understood",
        f"{ours.capacity:.1f} against {theirs.capacity:.1f}, {times:.2f}×; {understood}",
        times >= LEAST and ours.accuracy > theirs.accuracy,
    )


def _row(contestant: Contestant, parallel: tuple[int, ...]) -> list[str]:
    latency = [ms(contestant.latency(parallel[-1], share)) for share in (0.5, 0.95)]
    speeds = [f"{contestant.per_second(number):.1f}" for number in parallel]
    return [contestant.name, *speeds, *latency, f"{contestant.accuracy:.1%}"]


def _costs(contestant: Contestant) -> str:
    costs = contestant.processor()
    return ", ".join(f"{part} {cost:.1f}" for part, cost in sorted(costs.items(), key=lambda each: -each[1]))


def _data(contestant: Contestant) -> dict[str, object]:
    return {
        "turns_per_second": {n: [load.per_second for load in loads] for n, loads in contestant.loads.items()},
        "p50_seconds": {n: contestant.latency(n, 0.5) for n in contestant.loads},
        "p95_seconds": {n: contestant.latency(n, 0.95) for n in contestant.loads},
        "processor_ms_per_turn": contestant.processor(),
        "accuracy": contestant.accuracy,
    }
