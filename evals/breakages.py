"""What a mutation is, and what those of `evals.mutations` put in the place of production code: slips of the hand."""

# What each breaks is said once, in the list of mutations.
# ruff: noqa: D103

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coach.agenda import guard, pipeline, plan, write
from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.words import AgendaWords, ItemWords
from coach.feedback.head import Head
from coach.feedback.themes import ThemeReader
from coach.retrieval import rank

Patch = Callable[[Any, str, Any], None]


@dataclass(frozen=True)
class Mutation:
    """One way to break the coach: `breaks` in words, `expects` the gates as `part.metric`, all of which must turn red.

    Where the part that it belongs to is not there, `not_run` says why.
    """

    name: str
    breaks: str
    expects: tuple[str, ...]
    apply: Callable[[Patch], None] | None
    not_run: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts whose gates are expected to turn red."""
        return tuple(dict.fromkeys(gate.partition(".")[0] for gate in self.expects))


def becomes(owner: Any, name: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch(owner, name, value)


def wrapped(owner: Any, name: str, around: Callable[..., Any]) -> Callable[[Patch], None]:
    """`around` gets the original first, then what it was called with."""
    original = getattr(owner, name)

    def mutant(*args: Any, **kwargs: Any) -> Any:
        return around(original, *args, **kwargs)

    return lambda patch: patch(owner, name, mutant)


def wrapped_async(owner: Any, name: str, around: Callable[..., Any]) -> Callable[[Patch], None]:
    original = getattr(owner, name)

    async def mutant(*args: Any, **kwargs: Any) -> Any:
        return await around(original, *args, **kwargs)

    return lambda patch: patch(owner, name, mutant)


def each_item(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Patch], None]:
    """Changes the items of an agenda as it is stored."""

    def around(original: Any, *args: Any) -> Any:
        content = original(*args)
        change(content["items"])
        return content

    return wrapped(pipeline, "_content", around)


def each_starter(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Patch], None]:
    """Changes the starters of an agenda as it is stored."""

    def around(original: Any, *args: Any) -> Any:
        content = original(*args)
        change(content["starters"])
        return content

    return wrapped(pipeline, "_content", around)


def minutes_off(original: Any, *args: Any) -> list[int]:
    shares: list[int] = original(*args)
    shares[-1] += 1
    return shares


def repeated(original: Any, *args: Any) -> Any:
    chosen = original(*args)
    return (*chosen[:-1], chosen[0]) if len(chosen) > 1 else chosen


def forgets_asked(original: Any, rounds: Any, briefing: Briefing, count: int) -> Any:
    return original(rounds, replace(briefing, asked=frozenset()), count)


def previous_goals() -> Callable[[Patch], None]:
    kept: list[tuple[str, ...]] = []

    async def around(original: Any, maker: Any, briefing: Briefing, *args: Any, **kwargs: Any) -> Any:
        goals = briefing.brief.goals
        mixed = briefing.brief.model_copy(update={"goals": kept[-1] if kept else goals})
        kept.append(goals)
        return await original(maker, replace(briefing, brief=mixed), *args, **kwargs)

    return wrapped_async(pipeline.AgendaMaker, "make", around)


def shuffle_citations(items: list[dict[str, Any]]) -> None:
    sources = [item["sources"] for item in items]
    for item, moved in zip(items, [*sources[1:], sources[0]], strict=True):
        item["sources"] = moved


def drop_citations(items: list[dict[str, Any]]) -> None:
    for item in items:
        item["sources"] = []


def invent_citations(items: list[dict[str, Any]]) -> None:
    items[-1]["sources"] = ["k0123456789a"]


def without_reason(items: list[dict[str, Any]]) -> None:
    for item in items:
        item["because"], item["tied_to"] = "", []


def without_ties(items: list[dict[str, Any]]) -> None:
    for item in items:
        item["because"] = "It is a good thing to do together."


def without_legs(*names: str) -> Callable[[Patch], None]:
    def around(original: Any, legs: Any, weights: Any) -> Any:
        return original(legs, {name: 0.0 if name in names else weight for name, weight in weights.items()})

    return wrapped(rank, "fuse", around)


def mentee_leads(original: Any, purpose: str, told: SessionBrief) -> str:
    led: str = original(purpose, told)
    return "mentee" if led == "mentor" else led


def mentee_leads_all(patch: Patch) -> None:
    wrapped(plan, "_lead", mentee_leads)(patch)
    patch(plan, "_mentor_leads_half", list)


def note_in_prompt(original: Any, plan_: Any, briefing: Briefing) -> Any:
    told = briefing.brief.model_copy(update={"focus": f"{briefing.mentor.note} {briefing.mentee.note}"})
    return original(plan_, replace(briefing, brief=told))


def note_in_summary(original: Any, plan_: Any, briefing: Briefing) -> AgendaWords:
    words: AgendaWords = original(plan_, briefing)
    told = f"{briefing.mentor.note} {briefing.mentee.note}".strip()
    return words.model_copy(update={"summary": f"{words.summary} {told}".strip()})


def swapped_people(original: Any, plan_: Any, briefing: Briefing) -> AgendaWords:
    told = briefing.brief
    swapped = told.model_copy(update={"mentor": told.mentee, "mentee": told.mentor})
    words: AgendaWords = original(plan_, replace(briefing, brief=swapped))
    return words


def swapped_opening(original: Any, told: SessionBrief) -> Any:
    made = original(told)
    first, second, *rest = made.slots
    return replace(made, slots=(second, first, *rest))


def no_reviews(original: Any, told: SessionBrief) -> Any:
    made = original(told)
    reviews = [slot for slot in made.slots if slot.purpose == "review-actions"]
    kept = [slot for slot in made.slots if slot.purpose != "review-actions"]
    if reviews:
        kept[-1] = replace(kept[-1], minutes=kept[-1].minutes + sum(slot.minutes for slot in reviews))
    return replace(made, slots=tuple(kept))


def grand_words(original: Any, plan_: Any, briefing: Briefing) -> AgendaWords:
    words: AgendaWords = original(plan_, briefing)
    items = [
        ItemWords(
            slot=item.slot,
            title=item.title,
            description="Together you unlock synergies and embark on a transformative journey of growth.",
            sources=item.sources,
        )
        for item in words.items
    ]
    return words.model_copy(update={"items": tuple(items)})


def closed_questions(original: Any, *args: Any) -> Any:
    return tuple(replace(passage, text="Do you like your work?") for passage in original(*args)[:1]) * 3


def topics_open(original: Any, told: SessionBrief, topic: Any) -> Any:
    return [replace(narrowing, topics=None) for narrowing in original(told, topic)]


async def nothing_fits(*args: Any) -> list[Any]:
    return []


async def everything_fits(original: Any, search: Any, questions: Any, own: Any, least: float) -> list[Any]:
    return [(number, passage, 1.0) for number, passage, _ in await original(search, questions, own, -1.0)]


def guards_off(*rooms: Any) -> Callable[[Patch], None]:
    """Without the guards of these modules."""
    names = {room.__name__ for room in rooms}

    def apply(patch: Patch) -> None:
        for collection in ("AGENDA_GUARDS", "TEXT_GUARDS"):
            kept = tuple(one for one in getattr(guard, collection) if one.__module__ not in names)
            patch(guard, collection, kept)

    return apply


def one_guard_off(name: str) -> Callable[[Patch], None]:
    def apply(patch: Patch) -> None:
        for collection in ("AGENDA_GUARDS", "TEXT_GUARDS"):
            patch(guard, collection, tuple(one for one in getattr(guard, collection) if one.__name__ != name))

    return apply


def guards_asleep(patch: Patch) -> None:
    patch(write, "check_agenda", lambda draft: [])
    patch(write, "check_prep", lambda *args: [])


def refuses_all(draft: Any) -> list[guard.Violation]:
    return [guard.Violation("all", "title", "It is not good enough.")]


def guard_refuses_all(patch: Patch) -> None:
    for collection in ("AGENDA_GUARDS", "TEXT_GUARDS"):
        patch(guard, collection, (*getattr(guard, collection), refuses_all))


def pair_in_rules(original: Any, *args: Any, **values: Any) -> Any:
    rendered = original(*args, **values)
    return replace(rendered, system=f"{rendered.user[:300]}\n{rendered.system}")


def thresholds(value: float) -> Callable[[Patch], None]:
    def around(original: Any, reader: ThemeReader) -> Head:
        head: Head = original(reader)
        return replace(head, thresholds=np.full_like(head.thresholds, value))

    return wrapped(ThemeReader, "_ready", around)
