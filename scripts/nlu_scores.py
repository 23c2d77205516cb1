"""What a list of understood sentences is worth, in figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

OUTSIDE = ("buiten_bereik", "nlu_fallback")
"""Both end in "that I do not know": the bot asks what was meant, or to say it differently."""

REQUESTS = ("attest_aanvragen", "melding_maken", "afspraak_maken")
"""What a citizen can ask for: each begins a form."""

A_PERSON = "medewerker_vragen"
"""What he must get in any words at any moment, also while he names a subject."""


@dataclass(frozen=True)
class Understood:
    """One sentence of the test set and what was made of it. `guess` is the best label, whether sure of it or not."""

    text: str
    style: str
    gold: str
    said: str
    guess: str
    confidence: float
    milliseconds: float
    offered: tuple[str, ...] = ()  # what "do you mean …?" asks about; nothing when the bot was sure

    @property
    def in_scope(self) -> bool:
        return self.gold not in OUTSIDE

    @property
    def right(self) -> bool:
        return self.said == self.gold or (self.said in OUTSIDE and not self.in_scope)

    @property
    def in_two_turns(self) -> bool:
        """The sentence itself began the right thing, or one tap on what was offered after it does."""
        return self.right or (self.said in OUTSIDE and self.gold in self.offered)


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def accuracy(cases: Sequence[Understood]) -> float:
    return share(sum(case.right for case in cases), len(cases))


def summary(cases: Sequence[Understood]) -> dict[str, float]:
    inside = [case for case in cases if case.in_scope]
    refused = [case for case in cases if case.said in OUTSIDE]
    outside = len(cases) - len(inside)
    refused_rightly = sum(not case.in_scope for case in refused)
    return {
        "sentences": len(cases),
        "accuracy": accuracy(cases),
        "accuracy_in_scope": accuracy(inside),
        "best_guess_in_scope": share(sum(case.guess == case.gold for case in inside), len(inside)),
        "asked_again_in_scope": share(sum(case.said in OUTSIDE for case in inside), len(inside)),
        "in_two_turns": share(sum(case.in_two_turns for case in inside), len(inside)),
        "wrong_answer": share(sum(case.said not in OUTSIDE and not case.right for case in cases), len(cases)),
        "macro_f1": _mean(list(f1(cases).values())),
        "outside_precision": share(refused_rightly, len(refused)),
        "outside_recall": share(refused_rightly, outside),
        "parse_ms_p50": median(case.milliseconds for case in cases) if cases else 0.0,
    }


def f1(cases: Sequence[Understood]) -> dict[str, float]:
    """Per intent that occurs in the test set; not understood counts as out of scope."""
    hits: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for case in cases:
        heard = OUTSIDE[0] if case.said in OUTSIDE else case.said
        meant = case.gold if case.in_scope else OUTSIDE[0]
        gold[meant] += 1
        said[heard] += 1
        hits[meant] += meant == heard
    return {intent: share(2 * hits[intent], gold[intent] + said[intent]) for intent in sorted(gold)}


@dataclass(frozen=True)
class Request:
    """How well one intent is understood. `in_two_turns`: from the sentence to the first question of its form."""

    precision: float
    recall: float
    f1: float
    in_two_turns: float
    sentences: int


def requests(cases: Sequence[Understood], names: Sequence[str] = REQUESTS) -> dict[str, Request]:
    return {name: _request(cases, name) for name in names}


def requests_in_two_turns(cases: Sequence[Understood]) -> float:
    """Of the sentences that ask for something, the part that is at the first question of the right form by then."""
    asked = [case for case in cases if case.gold in REQUESTS]
    return share(sum(case.in_two_turns for case in asked), len(asked))


def _request(cases: Sequence[Understood], name: str) -> Request:
    meant = [case for case in cases if case.gold == name]
    heard = [case for case in cases if case.said == name]
    hits = sum(case.right for case in meant)
    return Request(
        precision=share(hits, len(heard)),
        recall=share(hits, len(meant)),
        f1=share(2 * hits, len(meant) + len(heard)),
        in_two_turns=share(sum(case.in_two_turns for case in meant), len(meant)),
        sentences=len(meant),
    )


def per_style(cases: Sequence[Understood]) -> dict[str, dict[str, float]]:
    styles = sorted({case.style for case in cases})
    return {style: summary([case for case in cases if case.style == style]) for style in styles}


def confusions(cases: Sequence[Understood]) -> list[tuple[str, str, list[Understood]]]:
    """Meant, said instead, and the sentences: the most frequent first."""
    found: dict[tuple[str, str], list[Understood]] = {}
    for case in cases:
        if not case.right:
            found.setdefault((case.gold, case.said), []).append(case)
    return sorted(((*pair, wrong) for pair, wrong in found.items()), key=lambda entry: -len(entry[2]))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
