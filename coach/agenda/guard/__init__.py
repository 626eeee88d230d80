"""The guards: what words must not do before two people read them. Each is one function that says what it found.

A violation's `reason` may go back to the model that wrote the words, so it never holds what the guard protects.
`AGENDA_GUARDS` is the list of all; those in `TEXT_GUARDS` also read each person's prep.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from coach.agenda.brief import PrivateBrief
from coach.agenda.guard.draft import Draft, Text, Violation
from coach.agenda.guard.evidence import claims, figures, grounding, links, names, pronouns, strays, support, sweeping
from coach.agenda.guard.form import empty_words, first_person, markup, other_language, plumbing, private_words
from coach.agenda.guard.people import (
    avoided,
    behind_the_back,
    exclusive,
    financial,
    judging,
    legal,
    medical,
    promises,
    roles,
    smuggled,
    stereotypes_of_people,
)
from coach.agenda.guard.plan_keeping import (
    addressed,
    citations,
    close_to_its_starter,
    leads,
    length,
    minutes,
    on_the_plan,
    repetition,
    starters,
    structure,
)
from coach.agenda.guard.written import broken
from coach.agenda.words import PrepWords

Guard = Callable[[Draft], Iterator[Violation]]

# What is checked of every text that somebody reads.
TEXT_GUARDS: tuple[Guard, ...] = (
    avoided,
    private_words,
    markup,
    links,
    names,
    pronouns,
    claims,
    figures,
    sweeping,
    roles,
    stereotypes_of_people,
    exclusive,
    judging,
    behind_the_back,
    medical,
    legal,
    financial,
    promises,
    smuggled,
    plumbing,
    first_person,
    other_language,
    broken,
    repetition,
    empty_words,
    grounding,
)
AGENDA_GUARDS: tuple[Guard, ...] = (
    structure,
    citations,
    minutes,
    leads,
    length,
    starters,
    addressed,
    close_to_its_starter,
    on_the_plan,
    support,
    *TEXT_GUARDS,
)


def check_agenda(draft: Draft) -> list[Violation]:
    """All violations in the words of an agenda."""
    return [violation for guard in AGENDA_GUARDS for violation in guard(draft)]


def check_prep(prep: PrepWords, draft: Draft, private: PrivateBrief | None = None) -> list[Violation]:
    """All violations in one person's prep, who may read again what that person told in private."""
    read = replace(draft, prep=prep, private=private)
    return [violation for guard in TEXT_GUARDS for violation in guard(read)]


__all__ = [
    "AGENDA_GUARDS",
    "TEXT_GUARDS",
    "Draft",
    "Guard",
    "Text",
    "Violation",
    "addressed",
    "avoided",
    "behind_the_back",
    "broken",
    "check_agenda",
    "check_prep",
    "citations",
    "claims",
    "close_to_its_starter",
    "empty_words",
    "exclusive",
    "figures",
    "financial",
    "first_person",
    "grounding",
    "judging",
    "leads",
    "legal",
    "length",
    "links",
    "markup",
    "medical",
    "minutes",
    "names",
    "on_the_plan",
    "other_language",
    "plumbing",
    "private_words",
    "promises",
    "pronouns",
    "repetition",
    "roles",
    "smuggled",
    "starters",
    "stereotypes_of_people",
    "strays",
    "structure",
    "support",
    "sweeping",
]
