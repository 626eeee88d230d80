"""One agenda, from its briefing to what is stored and shown."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog

from coach.agenda.brief import Briefing, make_brief
from coach.agenda.choose import choose
from coach.agenda.compose import compose, notice
from coach.agenda.elsewhere import within_scope
from coach.agenda.must_haves import with_must_haves
from coach.agenda.own import cite_own
from coach.agenda.phrases import ended
from coach.agenda.plan import AgendaPlan, Slot, outline
from coach.agenda.prep import compose_prep, told_alone
from coach.agenda.progress import Progress, silent
from coach.agenda.reasons import reasons
from coach.agenda.understood import understand
from coach.agenda.words import MOST_PREP_STEPS, AgendaWords, ItemWords, PrepWords
from coach.agenda.write import Source, reason_of, write_agenda, write_prep
from coach.asking import Spent
from coach.errors import ModelError, ModelPaused
from coach.llm import LanguageModel
from coach.models import Agenda, new_id
from coach.retrieval.chunk import Passage
from coach.retrieval.library import Role
from coach.retrieval.own import ProgramPassages
from coach.retrieval.search import Search
from coach.sources import source_of
from coach.store.agendas import AgendaFacts
from coach.tracing import span
from coach.vocabulary import Vocabulary, stems, words_of

log = structlog.get_logger(__name__)

# Of the words of four letters and more, so many stand in what they rest on.
_RESTS_ON = 0.7


async def briefing_for(facts: AgendaFacts, search: Search) -> Briefing:
    """The briefing for a session, with what readers understand of what the two typed of themselves."""
    return make_brief(facts, await understand(facts.people, search))


@dataclass(frozen=True)
class MadeAgenda:
    """An agenda ready to be stored, and the starters that the pair has now been given."""

    row: Agenda
    starters: list[str]


@dataclass(frozen=True)
class _Outcome:
    words: AgendaWords
    source: Source
    reason: str | None
    prompt: str | None
    spent: Spent
    composed: tuple[str, ...] = ()


class AgendaMaker:
    """Makes agendas with one search, and a model or none."""

    def __init__(self, search: Search, model: LanguageModel | None, timeout_s: float) -> None:
        self._search = search
        self._model = model
        self._timeout_s = timeout_s

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        """Made for the first reply of a model: the composer does without."""
        return Vocabulary(self._search.passages)

    def _words_of(self, plan: AgendaPlan) -> Vocabulary:
        own = [slot.own for slot in plan.slots if slot.own is not None]
        return self._vocabulary.beside(own) if own else self._vocabulary

    async def make(
        self,
        briefing: Briefing,
        pair_id: str,
        program_id: str,
        *,
        own: ProgramPassages | None = None,
        composed: bool = False,
        budget_spent: bool = False,
        progress: Progress = silent,
    ) -> MadeAgenda:
        """The agenda of a session. It always comes: where the model fails, the composer writes, as `generator` says.

        `own` is what the program wrote for itself; where it is to be `composed`, no model is asked; `progress` is told
        each step as it begins.
        """
        progress("passages")
        briefing = await within_scope(briefing, self._search)
        with span("agenda passages"):
            plan = await choose(outline(briefing.brief), briefing, self._search)
            if own is not None:
                plan = await cite_own(plan, briefing, self._search, own)
        deadline, model = time.monotonic() + self._timeout_s, None if composed else self._model
        with span("agenda words") as under_way:
            outcome = await self._words(model, plan, briefing, deadline, budget_spent, progress)
            under_way.tell(source=outcome.source, reason=outcome.reason or "none")
        plan = with_must_haves(plan, outcome.words, briefing.brief)
        # Before the preps: what one of them costs would tell the partner that there is a private note.
        content = _content(plan, outcome, briefing, model)
        with span("agenda preps"):
            preps = await asyncio.gather(
                *(self._prep(role, plan, outcome, briefing, deadline) for role in ("mentor", "mentee"))
            )
        row = Agenda(
            id=new_id(),
            session_id=briefing.brief.session_id,
            pair_id=pair_id,
            program_id=program_id,
            version=0,
            brief=briefing.brief.model_dump(mode="json"),
            content=content,
            prep_mentor=preps[0],
            prep_mentee=preps[1],
            passage_ids=[passage.id for passage in _passages(plan)],
            activity_ids=[slot.activity.front.id for slot in plan.slots if slot.activity is not None],
            prompt=outcome.prompt,
            prompt_tokens=outcome.spent.prompt,
            completion_tokens=outcome.spent.completion,
        )
        # Also as the library has them: a model's rewording must not bring the same question back.
        asked = [starter["text"] for starter in content["starters"]] + [passage.text for passage in plan.starters]
        return MadeAgenda(row, list(dict.fromkeys(asked)))

    async def _words(
        self,
        model: LanguageModel | None,
        plan: AgendaPlan,
        briefing: Briefing,
        deadline: float,
        budget_spent: bool,
        progress: Progress,
    ) -> _Outcome:
        spent = Spent()
        if model is None:
            progress("composing")
            return _Outcome(compose(plan, briefing), "composer", None, None, spent)
        try:
            if budget_spent:
                raise ModelPaused("The program's model tokens for today are spent.")
            seconds = max(deadline - time.monotonic(), 0)
            written = await write_agenda(model, plan, briefing, self._words_of(plan), spent, seconds, progress)
        except (TimeoutError, ModelError) as error:
            reason = reason_of(error)
        else:
            if written.composed:
                log.warning("agenda.mended", reason=written.reason, session=briefing.brief.session_id)
            source: Source = "repaired" if written.repaired else "model"
            return _Outcome(written.words, source, written.reason, written.prompt, spent, written.composed)
        progress("composing")
        log.warning("agenda.fallback", reason=reason, session=briefing.brief.session_id)
        return _Outcome(compose(plan, briefing), "fallback", reason, None, spent)

    async def _prep(
        self, role: Role, plan: AgendaPlan, outcome: _Outcome, briefing: Briefing, deadline: float
    ) -> dict[str, Any]:
        """A person's prep; a model writes it only where that person told something that it can take up."""
        prep: PrepWords | None = None
        private = briefing.private(role)
        if self._model is not None and outcome.source in {"model", "repaired"} and private.note:
            try:
                async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
                    prep = await write_prep(
                        self._model, role, plan, outcome.words, briefing, self._words_of(plan), outcome.spent
                    )
            except (TimeoutError, ModelError) as error:
                log.warning("prep.fallback", reason=reason_of(error), session=briefing.brief.session_id)
        sources = [slot.passages[0].id for slot in plan.slots if slot.activity is not None and slot.passages]
        if prep is None:
            return {"role": role, "steps": list(compose_prep(role, plan, briefing).steps), "sources": sources}
        told = told_alone(role, plan, briefing)
        return {"role": role, "steps": [*prep.steps[: MOST_PREP_STEPS - len(told)], *told], "sources": sources}


def _content(plan: AgendaPlan, outcome: _Outcome, briefing: Briefing, model: LanguageModel | None) -> dict[str, Any]:
    """The shared part of the agenda as it is stored and shown: the words, in the frame that the plan holds."""
    brief, words = briefing.brief, outcome.words
    # What the program has of its own is named in `because`, so it is a source whether or not the words rest on it.
    named = [(slot.own.id,) if slot.own is not None else () for slot in plan.slots]
    cited = {key for item in words.items for key in item.sources}.union(*named)
    cited |= {slot.passages[0].id for slot in plan.slots if slot.activity is not None and slot.passages}
    rewritten = {starter.starter: starter.text for starter in words.starters}
    return {
        "stage": plan.stage,
        "minutes": plan.minutes,
        "title": words.title,
        "summary": words.summary,
        "items": [
            {
                "id": f"{number}",
                "kind": slot.kind,
                "title": item.title,
                "minutes": slot.minutes,
                "led_by": slot.led_by,
                "description": ended(" ".join([item.description, *_spared(slot.added, briefing)])),
                "goal": slot.goal,
                "because": reason.text,
                "tied_to": list(reason.ties),
                "activity": slot.activity.front.id if slot.activity is not None else None,
                "carried_over_from": slot.carried_from,
                "sources": list(dict.fromkeys([*item.sources, *_told_of(slot, item), *own])),
            }
            for number, (slot, item, reason, own) in enumerate(
                zip(plan.slots, words.items, reasons(plan, briefing), named, strict=True), start=1
            )
        ],
        "starters": [
            {
                # A starter that the model left out stays as the library has it.
                "text": rewritten.get(number, passage.text),
                "asked_by": passage.asked_by,
                "topic": passage.document.front.topic,
                "sources": [passage.id],
            }
            for number, passage in enumerate(plan.starters, start=1)
        ],
        "sources": [
            source_of(passage) for passage in _passages(plan) if passage.id in cited or passage in plan.starters
        ],
        "people": {"mentor": brief.mentor.first_name, "mentee": brief.mentee.first_name},
        "generator": {
            "source": outcome.source,
            "model": model.name if model and outcome.source in {"model", "repaired"} else None,
            "prompt": outcome.prompt,
            "tokens": {"prompt": outcome.spent.prompt, "completion": outcome.spent.completion},
            "reason": outcome.reason,
        },
        "notice": notice(outcome.source, model.name if model else None, plan, outcome.composed),
    }


def _told_of(slot: Slot, item: ItemWords) -> list[str]:
    """The passage that tells of the slot's activity, where the words rest on it and cite nothing."""
    if slot.activity is None or item.sources or not slot.passages:
        return []
    passage = slot.passages[0]
    said = {stem for stem in stems(words_of(item.description)) if len(stem) > 3}
    told = stems(words_of(f"{slot.activity.body} {passage.text} {getattr(slot.activity.front, 'agenda', '')}"))
    return [passage.id] if len(said.intersection(told)) >= _RESTS_ON * len(said) else []


def _spared(sentences: Iterable[str], briefing: Briefing) -> Iterator[str]:
    return (sentence for sentence in sentences if not briefing.avoid.touches(sentence))


def _passages(plan: AgendaPlan) -> list[Passage]:
    """Every passage that the agenda may cite, each once, in the order of the plan."""
    every = [*(passage for slot in plan.slots for passage in slot.passages), *plan.starters]
    return list({passage.id: passage for passage in every}.values())
