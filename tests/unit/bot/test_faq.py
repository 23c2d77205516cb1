from rasa.shared.core.domain import Domain

from bot import faq

DOMAIN = Domain.from_dict({"responses": {"utter_faq/afval": [{"text": "Elke maandag."}]}})


def test_a_label_with_a_slash_is_an_answer_of_its_family() -> None:
    assert faq.intent("faq/afval", 0.9) == {
        "name": "faq",
        "confidence": 0.9,
        "full_retrieval_intent_name": "faq/afval",
    }
    assert faq.intent("groeten", 0.9) == {"name": "groeten", "confidence": 0.9}


def test_a_tapped_answer_is_understood_without_a_model() -> None:
    chosen = faq.chosen("/faq/afval", DOMAIN)

    assert chosen is not None
    assert chosen["intent"]["name"] == "faq"
    assert chosen["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/afval"


def test_a_plain_payload_and_an_unknown_answer_are_left_to_rasa() -> None:
    assert faq.chosen("/groeten", DOMAIN) is None
    assert faq.chosen('/kiezen{"keuze":"a/b"}', DOMAIN) is None
    assert faq.chosen("/faq/onbekend", DOMAIN) is None
    assert faq.chosen(None, DOMAIN) is None
