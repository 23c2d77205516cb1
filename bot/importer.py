"""Lets texts live beside their topic, and keeps them out of what the classifier learns from.

Rasa counts `responses:` under data/ as training data: a changed comma would train the
language model anew. So `get_domain` merges them into the domain and `get_nlu_data` leaves
them out. What is the city's own is filled in on the way (`city.py`).
"""

import os
import warnings
from functools import cached_property
from typing import Any

from rasa.shared.core.domain import KEY_RESPONSES, Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import RESPONSE
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_yaml_file

from bot import city

Responses = dict[str, list[dict[str, Any]]]

# Said once per example of a retrieval intent, because the answers are not in the training data. They are in the domain.
warnings.filterwarnings("ignore", message="Your training data contains an example")
warnings.filterwarnings("ignore", message="You have defined training data with examples for training a response")


class DuplicateResponse(RasaException):  # type: ignore[misc]
    """Two topics tell the same response."""


class Vocabulary(Domain):  # type: ignore[misc]
    """A domain that does not offer its answers as training data.

    Rasa copies the texts of retrieval intents (`utter_faq/…`) from the domain into the
    training data for its ResponseSelector. Ours needs only the examples.
    """

    @property
    def retrieval_intent_responses(self) -> Responses:
        return {}


class TopicImporter(RasaFileImporter):  # type: ignore[misc]
    """Reads data/ as topics: examples, rules and responses side by side."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        city_file: str = "city.yml",
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        self._city_file = os.environ.get("CITY_FILE") or city_file

    def get_domain(self) -> Domain:
        vocabulary = super().get_domain().as_dict()
        vocabulary[KEY_RESPONSES] = self._responses(vocabulary.get(KEY_RESPONSES) or {})
        return Vocabulary.from_dict(vocabulary)

    def get_nlu_data(self, language: str | None = "nl") -> TrainingData:
        data = super().get_nlu_data(language)
        for example in data.training_examples:
            example.data.pop(RESPONSE, None)  # Rasa writes the first text of a retrieval intent into its examples
        return TrainingData(data.training_examples, data.entity_synonyms, data.regex_features, data.lookup_tables)

    def _responses(self, of_the_domain: Responses) -> Responses:
        values = city.load(self._city_file)
        found: Responses = {}
        told_in: dict[str, str] = {}
        for path, responses in [(str(self._domain_path), of_the_domain), *self._told_by_topics]:
            for name, variations in responses.items():
                if name in told_in:
                    raise DuplicateResponse(f"{name} is in {told_in[name]} and in {path}; it can be told in one place")
                told_in[name] = path
                found[name] = city.fill(variations, values, source=f"{path}: {name}")
        return found

    @cached_property
    def _told_by_topics(self) -> list[tuple[str, Responses]]:
        """Every file under data/ that holds responses, as it was written."""
        read = ((str(path), read_yaml_file(path).get(KEY_RESPONSES)) for path in self._nlu_files)
        return [(path, responses) for path, responses in read if responses]
