from dataclasses import replace

import pytest

from coach.agenda import write
from evals.parts import Metric
from evals.prompts import MOST_PROMPT, AnswerFits, Cost, PromptFits, StablePartFirst, count, with_shared_beginning

COST = Cost(text="Rules. Mia", system=2, prompt=900, completion=400)


def test_tokens_are_counted_beyond_what_the_embedding_model_takes() -> None:
    assert count("word " * 2_000) == 2_000


def test_only_the_beginning_that_all_prompts_share_is_counted_as_stable() -> None:
    costs = with_shared_beginning({"a": COST, "b": replace(COST, text="Rules. David")})
    assert {cost.stable for cost in costs.values()} == {count("Rules. ")}


@pytest.mark.parametrize(
    ("metric", "bad"),
    [
        (PromptFits(), replace(COST, stable=2, prompt=MOST_PROMPT + 1)),
        (AnswerFits(), replace(COST, stable=2, completion=1_501)),
        (StablePartFirst(), replace(COST, stable=1)),
    ],
)
def test_each_metric_tells_a_good_cost_from_a_bad_one(metric: Metric[str, Cost], bad: Cost) -> None:
    assert metric.faults("pair", replace(COST, stable=2)) == []
    assert metric.faults("pair", bad)


def test_an_answer_that_would_be_cut_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "MOST_AGENDA_TOKENS", COST.completion)
    assert AnswerFits().faults("pair", COST) == []
    monkeypatch.setattr(write, "MOST_AGENDA_TOKENS", COST.completion - 1)
    assert AnswerFits().faults("pair", COST) == ["400 tokens, and cut off at 399"]
