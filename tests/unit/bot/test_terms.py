import numpy as np
import pytest
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.terms import Terms, side_by_side

TEXTS = ["een losse tegel", "een tegel op de stoep", "een gat in de stoep", "de stoep is stuk", "een een een tegel"]


@pytest.mark.parametrize("text", ["een losse tegel op de stoep", "een een tegel tegel", "onbekend", "", "!"])
def test_one_sentence_gets_the_features_that_scikit_learn_gives_it(text: str) -> None:
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True, dtype=np.float32).fit(TEXTS)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32).fit(TEXTS)

    one, many = (
        side_by_side(text, Terms(words), Terms(letters)),
        hstack([words.transform([text]), letters.transform([text])]),
    )

    assert one.shape == many.shape
    np.testing.assert_allclose(one.toarray(), many.toarray(), atol=1e-6)
