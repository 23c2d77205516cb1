import pytest

from scripts.nlu_scores import Understood, confusions, f1, per_style, requests, requests_in_two_turns, summary


def case(
    gold: str, said: str, guess: str | None = None, style: str = "sms", offered: tuple[str, ...] = ()
) -> Understood:
    return Understood(f"{gold}?", style, gold, said, guess or said, 0.5, 10.0, offered)


def test_not_understood_is_right_for_what_is_out_of_scope_and_wrong_for_the_rest() -> None:
    figures = summary([case("buiten_bereik", "nlu_fallback"), case("groeten", "nlu_fallback", guess="groeten")])

    assert figures["accuracy"] == 0.5
    assert figures["accuracy_in_scope"] == 0.0
    assert figures["best_guess_in_scope"] == 1.0
    assert figures["asked_again_in_scope"] == 1.0
    assert figures["wrong_answer"] == 0.0


def test_precision_and_recall_out_of_scope() -> None:
    figures = summary(
        [
            case("buiten_bereik", "buiten_bereik"),
            case("buiten_bereik", "groeten"),
            case("groeten", "buiten_bereik"),
            case("groeten", "groeten"),
        ]
    )

    assert figures["outside_precision"] == 0.5
    assert figures["outside_recall"] == 0.5
    assert figures["wrong_answer"] == 0.25


def test_f1_counts_not_understood_as_out_of_scope() -> None:
    values = f1([case("groeten", "groeten"), case("groeten", "nlu_fallback"), case("buiten_bereik", "nlu_fallback")])

    assert values == {"buiten_bereik": pytest.approx(2 / 3), "groeten": pytest.approx(2 / 3)}


def test_a_request_is_at_its_form_in_two_turns_when_it_was_understood_or_offered() -> None:
    understood = case("melding_maken", "melding_maken")
    offered = case("melding_maken", "nlu_fallback", offered=("faq/inname", "melding_maken"))
    asked_anew = case("melding_maken", "nlu_fallback", offered=("faq/inname",))
    answered_wrongly = case("melding_maken", "faq/inname")

    assert requests_in_two_turns([understood, offered, asked_anew, answered_wrongly, case("groeten", "x")]) == 0.5


def test_each_request_is_judged_by_itself() -> None:
    judged = [case("a", "a"), case("a", "nlu_fallback", offered=("a",)), case("b", "a")]

    [of_a] = requests(judged, ["a"]).values()

    assert (of_a.precision, of_a.recall, of_a.f1) == (0.5, 0.5, 0.5)
    assert (of_a.in_two_turns, of_a.sentences) == (1.0, 2)


def test_confusions_are_told_with_their_sentences_the_most_frequent_first() -> None:
    found = confusions([case("a", "b"), case("a", "c"), case("a", "b"), case("a", "a")])

    assert [(gold, said, len(wrong)) for gold, said, wrong in found] == [("a", "b", 2), ("a", "c", 1)]


def test_each_style_is_judged_by_itself() -> None:
    styles = per_style([case("a", "a"), case("a", "b", style="brief")])

    assert {style: figures["accuracy"] for style, figures in styles.items()} == {"sms": 1.0, "brief": 0.0}


def test_no_sentences_are_no_accident() -> None:
    assert summary([])["accuracy"] == 0.0
