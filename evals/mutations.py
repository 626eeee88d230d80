"""Known ways to break the coach, and the gates that must turn red for each.

Each is one patch of the production code, of the kind that a slip of the hand makes. Where one leaves every gate green,
the evals are what has to be mended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coach import prompts
from coach.agenda import adapt, brief, choose, guard, pipeline, plan, series, write
from coach.agenda.brief import Avoidance, Briefing, SessionBrief
from coach.agenda.guard import evidence, form, people, plan_keeping
from coach.agenda.words import AgendaWords, ItemWords
from coach.feedback.head import Head
from coach.feedback.themes import ThemeReader
from coach.retrieval import find, rank

# Puts something in the place of an attribute: `setattr`, or a test's monkeypatch.
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


def _becomes(owner: Any, name: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch(owner, name, value)


def _wrapped(owner: Any, name: str, around: Callable[..., Any]) -> Callable[[Patch], None]:
    """`around` gets the original first, then what it was called with."""
    original = getattr(owner, name)

    def mutant(*args: Any, **kwargs: Any) -> Any:
        return around(original, *args, **kwargs)

    return lambda patch: patch(owner, name, mutant)


def _wrapped_async(owner: Any, name: str, around: Callable[..., Any]) -> Callable[[Patch], None]:
    original = getattr(owner, name)

    async def mutant(*args: Any, **kwargs: Any) -> Any:
        return await around(original, *args, **kwargs)

    return lambda patch: patch(owner, name, mutant)


def _each_item(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Patch], None]:
    """Changes the items of an agenda as it is stored."""

    def around(original: Any, *args: Any) -> Any:
        content = original(*args)
        change(content["items"])
        return content

    return _wrapped(pipeline, "_content", around)


def _minutes_off(original: Any, *args: Any) -> list[int]:
    shares: list[int] = original(*args)
    shares[-1] += 1
    return shares


def _repeated(original: Any, *args: Any) -> Any:
    chosen = original(*args)
    return (*chosen[:-1], chosen[0]) if len(chosen) > 1 else chosen


def _forgets_asked(original: Any, rounds: Any, briefing: Briefing, count: int) -> Any:
    return original(rounds, replace(briefing, asked=frozenset()), count)


def _previous_goals() -> Callable[[Patch], None]:
    kept: list[tuple[str, ...]] = []

    async def around(original: Any, maker: Any, briefing: Briefing, *args: Any, **kwargs: Any) -> Any:
        goals = briefing.brief.goals
        mixed = briefing.brief.model_copy(update={"goals": kept[-1] if kept else goals})
        kept.append(goals)
        return await original(maker, replace(briefing, brief=mixed), *args, **kwargs)

    return _wrapped_async(pipeline.AgendaMaker, "make", around)


def _shuffle_citations(items: list[dict[str, Any]]) -> None:
    sources = [item["sources"] for item in items]
    for item, moved in zip(items, [*sources[1:], sources[0]], strict=True):
        item["sources"] = moved


def _drop_citations(items: list[dict[str, Any]]) -> None:
    for item in items:
        item["sources"] = []


def _invent_citations(items: list[dict[str, Any]]) -> None:
    items[-1]["sources"] = ["k0123456789a"]


def _without_reason(items: list[dict[str, Any]]) -> None:
    for item in items:
        item["because"], item["tied_to"] = "", []


def _without_ties(items: list[dict[str, Any]]) -> None:
    for item in items:
        item["because"] = "It is a good thing to do together."


def _without_legs(*names: str) -> Callable[[Patch], None]:
    def around(original: Any, legs: Any, weights: Any) -> Any:
        return original(legs, {name: 0.0 if name in names else weight for name, weight in weights.items()})

    return _wrapped(rank, "fuse", around)


def _mentee_leads(original: Any, purpose: str, told: SessionBrief) -> str:
    led: str = original(purpose, told)
    return "mentee" if led == "mentor" else led


def _mentee_leads_all(patch: Patch) -> None:
    _wrapped(plan, "_lead", _mentee_leads)(patch)
    patch(plan, "_mentor_leads_half", list)


def _note_in_prompt(original: Any, plan_: Any, briefing: Briefing) -> Any:
    told = briefing.brief.model_copy(update={"focus": f"{briefing.mentor.note} {briefing.mentee.note}"})
    return original(plan_, replace(briefing, brief=told))


def _note_in_summary(original: Any, plan_: Any, briefing: Briefing) -> AgendaWords:
    words: AgendaWords = original(plan_, briefing)
    told = f"{briefing.mentor.note} {briefing.mentee.note}".strip()
    return words.model_copy(update={"summary": f"{words.summary} {told}".strip()})


def _swapped_people(original: Any, plan_: Any, briefing: Briefing) -> AgendaWords:
    told = briefing.brief
    swapped = told.model_copy(update={"mentor": told.mentee, "mentee": told.mentor})
    words: AgendaWords = original(plan_, replace(briefing, brief=swapped))
    return words


def _swapped_opening(original: Any, told: SessionBrief) -> Any:
    made = original(told)
    first, second, *rest = made.slots
    return replace(made, slots=(second, first, *rest))


def _no_reviews(original: Any, told: SessionBrief) -> Any:
    made = original(told)
    reviews = [slot for slot in made.slots if slot.purpose == "review-actions"]
    kept = [slot for slot in made.slots if slot.purpose != "review-actions"]
    if reviews:
        kept[-1] = replace(kept[-1], minutes=kept[-1].minutes + sum(slot.minutes for slot in reviews))
    return replace(made, slots=tuple(kept))


def _grand_words(original: Any, plan_: Any, briefing: Briefing) -> AgendaWords:
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


def _closed_questions(original: Any, *args: Any) -> Any:
    return tuple(replace(passage, text="Do you like your work?") for passage in original(*args)[:1]) * 3


def _topics_open(original: Any, told: SessionBrief, topic: Any) -> Any:
    return [replace(narrowing, topics=None) for narrowing in original(told, topic)]


def _guards_off(*rooms: Any) -> Callable[[Patch], None]:
    """Without the guards of these modules."""
    names = {room.__name__ for room in rooms}

    def apply(patch: Patch) -> None:
        for collection in ("AGENDA_GUARDS", "TEXT_GUARDS"):
            kept = tuple(one for one in getattr(guard, collection) if one.__module__ not in names)
            patch(guard, collection, kept)

    return apply


def _one_guard_off(name: str) -> Callable[[Patch], None]:
    def apply(patch: Patch) -> None:
        for collection in ("AGENDA_GUARDS", "TEXT_GUARDS"):
            patch(guard, collection, tuple(one for one in getattr(guard, collection) if one.__name__ != name))

    return apply


def _guards_asleep(patch: Patch) -> None:
    patch(write, "check_agenda", lambda draft: [])
    patch(write, "check_prep", lambda *args: [])


def _thresholds(value: float) -> Callable[[Patch], None]:
    def around(original: Any, reader: ThemeReader) -> Head:
        head: Head = original(reader)
        return replace(head, thresholds=np.full_like(head.thresholds, value))

    return _wrapped(ThemeReader, "_ready", around)


_LATER = "The part that holds it is not in the suite yet."

MUTATIONS: Sequence[Mutation] = (
    Mutation(
        "minutes off by one",
        "the last slot gets a minute too many",
        ("agendas.minutes-sum",),
        _wrapped(plan, "_share_out", _minutes_off),
    ),
    Mutation(
        "starter repeated",
        "the last starter is the first again",
        ("agendas.starters-open", "series.no-starter-twice"),
        _wrapped(choose, "choose_starters", _repeated),
    ),
    Mutation(
        "starters forgotten",
        "what the pair was asked before is not remembered",
        ("agendas.starters-open", "series.no-starter-twice"),
        _wrapped(choose, "choose_starters", _forgets_asked),
    ),
    Mutation(
        "closed questions",
        "starters can be answered by yes or no",
        ("agendas.starters-open",),
        _wrapped(choose, "choose_starters", _closed_questions),
    ),
    Mutation(
        "exercises forgotten",
        "what the pair did lately is not remembered",
        ("series.no-exercise-soon",),
        _becomes(series, "recent", lambda facts: ()),
    ),
    Mutation(
        "dry library hidden",
        "nobody is told that the library has no more",
        ("series.dry-told",),
        _wrapped(pipeline, "notice", lambda original, *args: "Made by the coach."),
    ),
    Mutation(
        "wrong pair's goals",
        "the goals are those of the pair before",
        ("agendas.goals-named", "pairs.theirs"),
        _previous_goals(),
    ),
    Mutation(
        "goals not given",
        "activities serve no goal",
        ("pairs.every-item-tied",),
        _each_item(_without_ties),
    ),
    Mutation(
        "citations shuffled",
        "each item cites what the next one rests on",
        ("agendas.guards-pass",),
        _each_item(_shuffle_citations),
    ),
    Mutation(
        "citations dropped",
        "no item cites anything",
        ("agendas.citations-exist",),
        _each_item(_drop_citations),
    ),
    Mutation(
        "citation invented",
        "an item cites what does not exist",
        ("agendas.citations-exist",),
        _each_item(_invent_citations),
    ),
    Mutation(
        "words leg dropped",
        "the search goes by meaning alone",
        ("retrieval.found-first",),
        _without_legs("words", "whole_words", "document_words"),
    ),
    Mutation(
        "meaning leg dropped",
        "the search goes by words alone",
        ("retrieval.found-first",),
        _without_legs("similarity", "document_similarity", "document_asked", "section_asked"),
    ),
    Mutation(
        "questions leg dropped",
        "what people ask of documents and sections is not compared with the question",
        ("retrieval.found-first",),
        _without_legs("document_asked", "section_asked"),
    ),
    Mutation(
        "sections' places ignored",
        "a section on sources counts as much as one that says what to do",
        ("retrieval.found-first",),
        _becomes(rank.Ranker, "_with_priors", lambda self, scores: scores),
    ),
    Mutation(
        "every question answered",
        "the search never says that it has no answer",
        ("retrieval.no-answer-said",),
        _becomes(find, "ANSWERED", -1.0),
    ),
    Mutation(
        "no question answered",
        "the search says too often that it has no answer",
        ("retrieval.no-answer-said", "retrieval.found-first"),
        _becomes(find, "ANSWERED", 0.6),
    ),
    Mutation(
        "topic narrowing off",
        "starters come from any topic",
        ("pairs.topics-kept",),
        _wrapped(choose, "_starter_narrowings", _topics_open),
    ),
    Mutation(
        "avoided topic let through",
        "what somebody asked to keep out is not looked for",
        ("pairs.avoided-nowhere",),
        _becomes(Avoidance, "touches", lambda self, text: False),
    ),
    Mutation(
        "carry-over lost",
        "what was prepared for a meeting that fell through is forgotten",
        ("agendas.stage-must-haves",),
        _becomes(choose, "_carried", lambda *args: None),
    ),
    Mutation(
        "open actions forgotten",
        "what was promised last time is not asked about",
        ("agendas.stage-must-haves",),
        _wrapped(choose, "adapted", lambda original, made, told: _no_reviews(lambda _: original(made, told), told)),
    ),
    Mutation(
        "mentor's share ignored",
        "the mentee leads what the mentor should",
        ("agendas.mentors-share",),
        _mentee_leads_all,
    ),
    Mutation(
        "listening dropped",
        "nobody is asked to listen",
        ("pairs.senior-listens",),
        _becomes(adapt, "_give_listening", lambda *args: None),
    ),
    Mutation(
        "private note in the shared prompt",
        "the model that writes for both reads what one told in private",
        ("worst.secrets-kept",),
        _wrapped(write, "agenda_prompt", _note_in_prompt),
    ),
    Mutation(
        "private note in the summary",
        "the composer repeats what one told in private",
        ("pairs.own-words-kept",),
        _wrapped(pipeline, "compose", _note_in_summary),
    ),
    Mutation(
        "fence removed",
        "what people typed stands in the prompt without its marks",
        ("worst.attack-fenced",),
        _becomes(prompts, "fence", lambda name, text: text),
    ),
    Mutation(
        "orders taken for goals",
        "what gives orders to a model is quoted like any goal",
        ("pairs.no-orders",),
        _becomes(brief, "quotable", lambda text, limit: text[:limit]),
    ),
    Mutation(
        "guards asleep",
        "whatever the model writes is taken",
        ("worst.no-bad-words", "worst.worst-is-guarded"),
        _guards_asleep,
    ),
    Mutation(
        "guards of evidence off",
        "claims, figures, names and links go unchecked",
        ("plants.faults-caught", "plants.guards-at-work"),
        _guards_off(evidence),
    ),
    Mutation(
        "guards of form off",
        "markup, private words, other languages and empty words go unchecked",
        ("plants.faults-caught", "plants.guards-at-work"),
        _guards_off(form),
    ),
    Mutation(
        "guards of people off",
        "roles, stereotypes, advice and promises go unchecked",
        ("plants.faults-caught", "plants.guards-at-work"),
        _guards_off(people),
    ),
    Mutation(
        "guards of the plan off",
        "structure, citations, minutes and starters go unchecked",
        ("plants.every-kind-caught", "plants.guards-at-work"),
        _guards_off(plan_keeping),
    ),
    Mutation(
        "one guard off",
        "medical advice goes unchecked",
        ("plants.guards-at-work",),
        _one_guard_off("medical"),
    ),
    Mutation(
        "because missing",
        "no item says why it is there",
        ("agendas.because-given", "pairs.every-item-tied"),
        _each_item(_without_reason),
    ),
    Mutation(
        "stage fixed",
        "every meeting is a building session",
        ("pairs.stage-fits",),
        _becomes(brief, "stage_of", lambda position, planned: "building"),
    ),
    Mutation(
        "opening order swapped",
        "the check-in comes second",
        ("agendas.stage-must-haves",),
        _wrapped(pipeline, "outline", _swapped_opening),
    ),
    Mutation(
        "restart ignored",
        "after missed meetings the agenda is as long as ever",
        ("pairs.restart-after-missed",),
        _becomes(SessionBrief, "restart", property(lambda self: False)),
    ),
    Mutation(
        "feedback wish ignored",
        "what feedback asked for is read and not done",
        ("pairs.feedback-taken-up",),
        _becomes(adapt, "_grant_wishes", lambda *args: None),
    ),
    Mutation(
        "boundary not set",
        "a complaint or an illness becomes a goal like any other",
        ("pairs.boundary-set",),
        _becomes(brief, "beyond", lambda texts: ()),
    ),
    Mutation(
        "empty words composed",
        "the composer writes grand words",
        ("agendas.guards-pass",),
        _wrapped(pipeline, "compose", _grand_words),
    ),
    Mutation(
        "mentor and mentee swapped",
        "the composer takes the mentor for the mentee",
        ("agendas.guards-pass",),
        _wrapped(pipeline, "compose", _swapped_people),
    ),
    Mutation(
        "classifier threshold off",
        "every theme is found in every comment",
        ("themes.precision",),
        _thresholds(0.0),
    ),
    Mutation(
        "classifier too strict",
        "hardly any theme is found",
        ("themes.micro-f1",),
        _thresholds(0.999),
    ),
    Mutation("minimum lowered", "a report names what one person said", ("reports.minimum",), None, _LATER),
    Mutation("redaction off", "a report quotes a comment with a name in it", ("disclosure.redacted",), None, _LATER),
)
