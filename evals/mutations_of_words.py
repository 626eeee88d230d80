"""Known ways to spoil how an agenda reads, who asks in it and what it rests on: more of `evals.mutations`."""

# What each breaks is said once, in the list of mutations.
# ruff: noqa: D103

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from coach import wishes
from coach.agenda import choose, elsewhere, mend, pipeline, plan, understood, write
from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.words import AgendaWords
from coach.learned import Learned
from evals.breakages import Mutation, Patch, becomes, each_starter, wrapped


def each_description(change: Callable[[str, Slot], str]) -> Callable[[Patch], None]:
    """Changes what the composer has the two do."""

    def around(original: Any, plan: AgendaPlan, briefing: Briefing) -> AgendaWords:
        words: AgendaWords = original(plan, briefing)
        items = tuple(
            item.model_copy(update={"description": change(item.description, slot)})
            for item, slot in zip(words.items, plan.slots, strict=True)
        )
        return words.model_copy(update={"items": items})

    return wrapped(pipeline, "compose", around)


def wound(text: str, slot: Slot) -> str:
    return f"{text[:-1].replace('. ', ', whereupon ').replace('? ', ', whereupon ').replace(': ', ', namely ')}."


def whole_document(text: str, slot: Slot) -> str:
    return text if slot.activity is None else f"{text} {slot.activity.body}"


def nobody_asks(starters: list[dict[str, Any]]) -> None:
    for starter in starters:
        starter["asked_by"] = None


def senior_asks(starters: list[dict[str, Any]]) -> None:
    for starter in starters:
        starter["asked_by"] = "mentee"


def sources_of_another(original: Any, chosen: AgendaPlan, told: SessionBrief) -> AgendaPlan:
    plan: AgendaPlan = original(chosen, told)
    places = [place for place, slot in enumerate(plan.slots) if slot.activity is not None]
    slots = list(plan.slots)
    for place, other in zip(places, [*places[1:], *places[:1]], strict=True):
        slots[place] = replace(plan.slots[place], passages=plan.slots[other].passages)
    return replace(plan, slots=tuple(slots))


async def nothing_read(*args: Any) -> dict[str, Any]:
    return {}


def next_label(original: Any, reader: Learned, chances: Any) -> tuple[str, ...]:
    labels = reader.phrases.themes[:-1]
    found: tuple[str, ...] = original(reader, chances)
    return tuple(labels[(labels.index(label) + 1) % len(labels)] for label in found)


MUTATIONS_OF_WORDS: Sequence[Mutation] = (
    Mutation(
        "feedback read by its words alone",
        "what an answer means is not read",
        ("typed.wishes-understood",),
        becomes(wishes, "_chances", lambda said: {}),
    ),
    Mutation(
        "goals read by their words alone",
        "what a goal means is not read",
        ("typed.goals-sent-on",),
        becomes(elsewhere, "read", nothing_read),
    ),
    Mutation(
        "private words taken at their word",
        "what somebody means who tells of a need, or keeps a subject out, is not read",
        ("told.needs-understood", "told.subjects-kept-out"),
        becomes(understood, "read", nothing_read),
    ),
    Mutation(
        "near things shown",
        "activities on what somebody keeps out are shown, so long as they do not name it",
        ("told.touched-passed-over",),
        becomes(understood, "_near", nothing_read),
    ),
    Mutation(
        "half the library kept out",
        "what is only a little like what somebody keeps out is passed over",
        ("told.library-left",),
        becomes(understood, "_ABOUT", 0.2),
    ),
    Mutation(
        "sent to the wrong place",
        "a goal that belongs elsewhere is sent to another place than its own",
        ("typed.right-place",),
        wrapped(Learned, "found", next_label),
    ),
    Mutation(
        "readers too ready",
        "what is hardly likely is found in what pairs type",
        (
            "typed.wishes-right",
            "typed.content-left-alone",
            "typed.goals-kept",
            "told.needs-right",
            "told.no-need-invented",
            "told.subjects-right",
            "told.harmless-left-alone",
        ),
        becomes(Learned, "threshold", property(lambda self: 0.05)),
    ),
    Mutation(
        "pages refused for a word",
        "a word too many is held against a whole page, as what people must not read is",
        ("pages.page-arrives", "pages.written-page-arrives"),
        # To count them as doubtful no longer does it: an honest page has too few.
        becomes(mend, "_BEYOND_MENDING", mend._BEYOND_MENDING | mend._OF_WORDING),
    ),
    Mutation(
        "every word is strange",
        "where one place strays, the model's words go from every other one that shares a word with it",
        ("pages.words-kept", "pages.written-words-kept"),
        becomes(mend, "strays", lambda text: text.stems),
    ),
    Mutation(
        "one activity in an hour",
        "a meeting under an hour and a quarter has one activity, so that what was written for two has no place",
        ("pages.written-page-fits",),
        becomes(plan, "TWO_ACTIVITIES_FROM", 75),
    ),
    Mutation(
        "winding sentences",
        "the composer puts into one sentence what took five",
        ("pairs.reading-level",),
        each_description(wound),
    ),
    Mutation(
        "whole document in an item",
        "an item holds all of its activity's document instead of what to do",
        ("pairs.short-enough",),
        each_description(whole_document),
    ),
    Mutation(
        "guys in a template",
        "an item greets both as guys",
        ("pairs.inclusive",),
        each_description(lambda text, slot: f"You guys, this is for both. {text}"),
    ),
    Mutation(
        "layoffs in a template",
        "an item speaks of layoffs, also to who asked to keep that out",
        ("agendas.avoided-absent",),
        each_description(lambda text, slot: f"{text} Layoffs are a case to think of."),
    ),
    Mutation(
        "same end to every item",
        "one sentence stands under every item",
        ("pairs.no-repetition",),
        each_description(lambda text, slot: f"{text} Write down what each of you takes from this."),
    ),
    Mutation(
        "nobody does anything",
        "an item says what it is about and not who does what",
        ("pairs.specific",),
        each_description(lambda text, slot: "Discuss the topic and see what comes of it."),
    ),
    Mutation(
        "who asks lost",
        "starters do not say who asks them",
        ("starters.who-asks",),
        each_starter(nobody_asks),
    ),
    Mutation(
        "only the senior asks",
        "every starter is the senior's to ask",
        ("starters.who-asks",),
        each_starter(senior_asks),
    ),
    Mutation(
        "sources of another activity",
        "an activity cites what another one rests on",
        ("agendas.citations-support",),
        wrapped(choose, "adapted", sources_of_another),
    ),
    Mutation(
        "answer cut off",
        "a model may write half of what an agenda takes",
        ("prompts.answer-fits",),
        becomes(write, "MOST_AGENDA_TOKENS", 400),
    ),
    Mutation(
        "answer without end",
        "a model may write twice as much as a program wants to pay",
        ("prompts.answer-fits",),
        becomes(write, "MOST_AGENDA_TOKENS", 3_000),
    ),
)
