"""Train the half of the theme classifier that knows sayings: `python -m evals.train_phrases` writes `phrases.npz`.

It takes a minute or two. How much it counts beside the tuned model stands below; `python -m evals.train_themes --check`
finds it, on the comments of writers that neither half has learned from (with a model trained from one order of the
comments alone, and read whole, it comes out a little different).
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coach.errors import CoachError
from coach.feedback.head import Example, Matrix, best_threshold, read_examples, targets
from coach.feedback.phrases import PHRASES_FILE, Phrases, phrases_in, write_phrases
from coach.feedback.themes import taxonomy
from coach.retrieval.library import read_library
from coach.settings import Settings

# What is in one comment alone says nothing of others.
_FEWEST = 2
# Of the sum of the squares of all weights; chosen by leaving writers out, as the kind of features was.
_PENALTY = 1.7e-5
_STEPS = 100


@dataclass(frozen=True)
class Weighing:
    """How the two halves are added up.

    The probability of a theme is the sigmoid of `model` times the tuned model's logit, `phrases` times this half's, and
    `bias`; it is 0 where the model by itself says less than LEAST.
    """

    model: float
    phrases: float
    bias: float
    threshold: float


# Where the model takes a theme for less likely than this and words alone speak for it, one in two is right.
LEAST = 0.2
# Of the themes found in the comments of a writer that neither half has learned from, so many are to be right: one in a
# hundred more than is wanted, since the next writer may be among the harder ones (from 72 to 81 in 100 by writer).
ASKED = 0.76
WEIGHING = Weighing(model=0.67, phrases=0.773, bias=1.624, threshold=0.404)


def untrained(texts: Sequence[str], themes: Sequence[str]) -> Phrases:
    """A layer that says nothing yet, on the words and pairs of words of these texts."""
    counts = Counter(phrase for text in texts for phrase in set(phrases_in(text)))
    vocabulary = tuple(sorted(phrase for phrase, count in counts.items() if count >= _FEWEST))
    rarity = np.array([1 + np.log((1 + len(texts)) / (1 + counts[phrase])) for phrase in vocabulary], np.float32)
    nothing = np.zeros((len(vocabulary), len(themes)), np.float32)
    return Phrases(tuple(themes), vocabulary, rarity, nothing, nothing.sum(axis=0), share=0.0, threshold=0.5, least=0.0)


def features_of(phrases: Phrases, texts: Sequence[str]) -> Matrix:
    """What the layer reads in each text, shape (texts, vocabulary)."""
    read = np.zeros((len(texts), len(phrases.vocabulary)), np.float32)
    for row, text in enumerate(texts):
        places, values = phrases.features(text)
        read[row, places] = values
    return read


def minimize(values: list[Any], loss: Callable[[], Any]) -> None:
    """Change the values until the loss is least, or for so many steps (L-BFGS)."""
    import torch

    optimizer = torch.optim.LBFGS(values, max_iter=_STEPS, line_search_fn="strong_wolfe")

    def step() -> Any:
        optimizer.zero_grad()
        whole = loss()
        whole.backward()
        return whole

    optimizer.step(step)  # type: ignore[no-untyped-call]


def fit_phrases(examples: Sequence[Example], themes: Sequence[str]) -> Phrases:
    """Logistic regression on words and pairs of words, by itself: its share of the model's evidence is 0."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    texts = [example.text for example in examples]
    phrases = untrained(texts, themes)
    inputs, wanted = torch.from_numpy(features_of(phrases, texts)), torch.from_numpy(targets(examples, themes)[0])
    weights = torch.zeros(len(phrases.vocabulary), len(themes), requires_grad=True)
    bias = torch.zeros(len(themes), requires_grad=True)

    def loss() -> torch.Tensor:
        each = binary_cross_entropy_with_logits(inputs @ weights + bias, wanted, reduction="none").sum(1).mean()
        return each + _PENALTY * (weights**2).sum()

    minimize([weights, bias], loss)
    found = [np.array(values.detach().numpy(), np.float32) for values in (weights, bias)]
    return replace(phrases, weights=found[0], bias=found[1])


def weighed(phrases: Phrases, weighing: Weighing) -> Phrases:
    """The same layer, made ready to be added to the tuned model's logits."""
    return Phrases(
        phrases.themes,
        phrases.vocabulary,
        phrases.rarity,
        phrases.weights * np.float32(weighing.phrases),
        phrases.bias * np.float32(weighing.phrases) + np.float32(weighing.bias),
        weighing.model,
        weighing.threshold,
        LEAST,
    )


def weigh(raised: Matrix, model: Matrix, phrases: Matrix, precision: float) -> Weighing:
    """How to add up the logits that two halves gave for comments of writers they had not learned from.

    Logistic regression on the two of each comment and theme (stacking, Wolpert, 1992), and the lowest threshold that
    reaches `precision`. Shapes: (comments, themes).
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    both = np.stack([model.ravel(), phrases.ravel()], axis=1)
    fitted = LogisticRegression(C=1e6, max_iter=500).fit(both, raised.ravel())
    of_model, of_phrases = (float(one) for one in fitted.coef_[0])
    bias = float(fitted.intercept_[0])
    sure = 1 / (1 + np.exp(-(of_model * model + of_phrases * phrases + bias)))
    sure = np.where(model < np.log(LEAST / (1 - LEAST)), 0, sure)
    threshold = best_threshold(raised, np.asarray(sure, np.float32), precision)
    return Weighing(round(of_model, 3), round(of_phrases, 3), round(bias, 3), round(threshold, 3))


def main() -> int:
    """Train and write."""
    themes = [theme.id for theme in taxonomy(read_library(Settings().knowledge_dir))]
    write_phrases(weighed(fit_phrases(read_examples(), themes), WEIGHING))
    sys.stderr.write(f"{PHRASES_FILE.name}: {PHRASES_FILE.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CoachError as error:
        sys.exit(str(error))
