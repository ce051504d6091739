"""What single words of a text do to predictions: the same rows asked with a word and without it.

Effects of columns take a text as one value. Which words of it matter is asked of the whole pipeline, whatever stands in
it: every place of a word is taken out of the rows that have it, and the rest is left as it is (leave one word out, Li,
Monroe & Jurafsky 2016, Understanding neural networks through representation erasure, arXiv:1612.08220).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.feature_extraction.text import CountVectorizer

from services.models.drivers import spell_effect
from services.models.report import Driver

Floats = NDArray[np.float64]
LEAST_ROWS = 10  # that have a word: fewer would say something of single people, and little of the word
_LARGEST_SHARE = 0.6  # a word of nearly every text tells no text from another
_N_TRIED, _N_ROWS, _N_KEPT, _MOST_WORDS = 16, 60, 12, 5_000
_LEVEL = 0.95


@dataclass(frozen=True)
class WordEffect:
    """How much higher predictions are with the word than without it, on average over `n` rows, with a 95% interval."""

    word: str
    effect: float
    low: float
    high: float
    n: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval is on one side of 0."""
        return self.low > 0 or self.high < 0


def word_effects(
    ask: Callable[[pd.DataFrame], Floats], rows: pd.DataFrame, column: str, effects: Floats, *, seed: int
) -> tuple[WordEffect, ...]:
    """The words of a text column that move predictions most, those that raise them first.

    Parameters
    ----------
    ask
        From typed rows (n, m) to what is predicted of them (n,), in the unit that is shown.
    effects
        What the whole text does in each row (n,): it says which words are worth asking about.
    """
    texts = rows[column].reset_index(drop=True)
    known = np.flatnonzero(texts.notna().to_numpy())
    random, found = np.random.default_rng(seed), []
    for word, places in _frequent(texts.iloc[known], effects[known]):
        having = known[places]
        chosen = np.sort(random.permutation(having)[:_N_ROWS])
        asked = rows.iloc[chosen]
        differences = ask(asked) - ask(asked.assign(**{column: _without(asked[column], word)}))
        found.append(_effect(word, differences))
    clear = sorted((one for one in found if one.is_clear), key=lambda one: -abs(one.effect))[:_N_KEPT]
    return tuple(sorted(clear, key=lambda one: -one.effect))


def with_words(driver: Driver, words: Sequence[WordEffect], subject: str) -> Driver:
    """The driver with its words for points, and a sentence about the strongest of them; as it was without any."""
    if not words:
        return driver
    unit = " points" if subject.startswith("the probability") else ""
    raising, lowering = words[0], words[-1]
    told = [one for one, is_so in ((raising, raising.effect > 0), (lowering, lowering.effect < 0)) if is_so]
    parts = "; ".join(
        f"where “{one.word}” stands, {spell_effect(one.effect)}{unit} on average over {one.n} rows, each with the word "
        f"and without it (95% interval {spell_effect(one.low)} to {spell_effect(one.high)})"
        for one in told
    )
    sentence = f"“{driver.column}” moves {subject} by its words: {parts}."
    return replace(driver, sentence=sentence, points=tuple((one.word, one.effect) for one in words))


def _frequent(texts: "pd.Series[Any]", effects: Floats) -> list[tuple[str, NDArray[np.intp]]]:
    """Words that stand in enough texts and not in most, and in which: those beside the largest effects first."""
    count = CountVectorizer(
        binary=True,
        min_df=LEAST_ROWS,
        max_df=max(LEAST_ROWS, int(_LARGEST_SHARE * len(texts))),
        max_features=_MOST_WORDS,
    )
    try:
        present = count.fit_transform(texts.astype(str)).tocsc()
    except ValueError:  # no word stands in so many
        return []
    n_with = np.asarray(present.sum(axis=0)).ravel()
    sums = np.asarray(present.T @ effects).ravel()
    apart = sums / n_with - (effects.sum() - sums) / (len(effects) - n_with)
    order = np.argsort(-np.abs(apart) * np.sqrt(n_with), kind="stable")[:_N_TRIED]
    words = count.get_feature_names_out()
    return [(str(words[place]), present.indices[present.indptr[place] : present.indptr[place + 1]]) for place in order]


def _without(texts: "pd.Series[Any]", word: str) -> "pd.Series[Any]":
    return texts.str.replace(rf"(?i)\b{re.escape(word)}\b", " ", regex=True).astype(texts.dtype)


def _effect(word: str, differences: Floats) -> WordEffect:
    n, mean = len(differences), float(differences.mean())
    error = float(differences.std(ddof=1)) / np.sqrt(n)
    reach = float(stats.t.ppf(0.5 + _LEVEL / 2, n - 1)) * error
    return WordEffect(word, mean, mean - reach, mean + reach, n)
