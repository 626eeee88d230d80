"""Training of the layer on words: what it learns, and how it is weighed against the model."""

import numpy as np
import pytest

from coach.feedback.head import Example
from coach.feedback.phrases import phrases_in
from evals.train_phrases import Weighing, fit_phrases, weigh, weighed

THEMES = ("rapport", "session-structure")
EXAMPLES = [
    Example(f"{said} {what}", themes, "neutral", "somebody")
    for what in ("in May", "in June", "in July", "that day", "on Monday", "at noon")
    for said, themes in (("we laughed", ("rapport",)), ("no agenda", ("session-structure",)), ("it rained", ()))
]


def test_a_saying_learned_from_examples_is_known_in_other_company() -> None:
    phrases = fit_phrases(EXAMPLES, THEMES)
    logits = phrases.logits(["no agenda whatsoever", "how we laughed", "it rained again"])
    assert logits[0, 1] > 0 > logits[0, 0]
    assert logits[1, 0] > 0 > logits[1, 1]
    assert (logits[2] < 0).all()


def test_what_one_comment_alone_says_is_not_learned() -> None:
    rare = Example("Quokkason laughed", ("rapport",), "gain", "somebody")
    assert "quokkason" in phrases_in(rare.text)
    assert not {"quokkason", "quokkason laughed"} & set(fit_phrases([*EXAMPLES, rare], THEMES).vocabulary)


def test_the_half_that_tells_more_counts_more() -> None:
    dice = np.random.default_rng(7)
    raised = (dice.random((400, 2)) < 0.3).astype(np.float32)
    telling = (2 * raised - 1 + dice.normal(size=raised.shape)).astype(np.float32)
    noise = dice.normal(size=raised.shape).astype(np.float32)
    found = weigh(raised, telling, noise, 0.75)
    assert found.model > 1 > 5 * abs(found.phrases)
    turned = weigh(raised, noise, telling, 0.75)
    assert (turned.phrases, turned.model) == pytest.approx((found.model, found.phrases), abs=0.01)
    sure = 1 / (1 + np.exp(-(found.model * telling + found.phrases * noise + found.bias))) >= found.threshold
    assert raised[sure].mean() >= 0.74


def test_weighed_phrases_add_up_to_the_weighing() -> None:
    phrases = fit_phrases(EXAMPLES, THEMES)
    made = weighed(phrases, Weighing(model=0.6, phrases=0.5, bias=0.25, threshold=0.4))
    text = ["no agenda in May"]
    np.testing.assert_allclose(made.logits(text), 0.5 * phrases.logits(text) + 0.25, atol=1e-4)
    assert (made.share, made.threshold) == (0.6, 0.4)
