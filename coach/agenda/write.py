"""Writing with a model: ask, read, guard, one repair turn, mend what strayed, and otherwise leave it to the composer.

What both people will read is asked for with what both may know. What one person told in private goes into a call of
its own, whose answer only that person reads.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Literal

from coach.agenda.brief import Briefing, Person
from coach.agenda.guard import Draft, Violation, check_agenda, check_prep
from coach.agenda.mend import mend
from coach.agenda.must_haves import must_haves
from coach.agenda.plan import AgendaPlan
from coach.agenda.progress import Progress, silent
from coach.agenda.words import (
    MOST_PREP_STEPS,
    PREP_CHARACTERS,
    STARTER_CHARACTERS,
    TITLE_CHARACTERS,
    AgendaWords,
    PrepWords,
    description_characters,
)
from coach.asking import Spent, ask, wire_schema
from coach.errors import ModelError
from coach.llm import LanguageModel
from coach.prompts import Rendered, Untrusted, load
from coach.retrieval.library import Role
from coach.sources import source_of
from coach.untrusted import shorten
from coach.vocabulary import Vocabulary

MOST_AGENDA_TOKENS = 1_500
MOST_PREP_TOKENS = 400
_PASSAGE_CHARACTERS = 500

_AGENDA_SCHEMA = wire_schema(AgendaWords)
_PREP_SCHEMA = wire_schema(PrepWords)


@dataclass(frozen=True)
class Written:
    """Words that passed the guards; `repaired` when it took more than the first answer; `prompt` is the prompt's name
    and version.

    In the places `composed` the words are the coach's own, for the `reason` for which the model's did not come to that.
    """

    words: AgendaWords
    repaired: bool
    prompt: str
    composed: tuple[str, ...] = ()
    reason: str | None = None


async def write_agenda(
    model: LanguageModel,
    plan: AgendaPlan,
    briefing: Briefing,
    vocabulary: Vocabulary,
    spent: Spent,
    seconds: float,
    progress: Progress = silent,
) -> Written:
    """The words of the agenda, from the model, in at most so many seconds. `progress` hears of each turn.

    Raises ModelError or TimeoutError: the model did not answer in time, or not in a way that can be used.
    """
    prompt = agenda_prompt(plan, briefing)
    read: list[tuple[Draft, list[Violation]]] = []

    def check(words: AgendaWords) -> list[Violation]:
        draft = Draft(words, plan, briefing, vocabulary)
        violations = check_agenda(draft)
        read.append((draft, violations))
        return violations

    try:
        async with asyncio.timeout(seconds):
            # Models add keys of their own, minutes or notes. Nobody reads these, so they cost nobody the words.
            words, repaired = await ask(
                model,
                prompt,
                AgendaWords,
                _AGENDA_SCHEMA,
                MOST_AGENDA_TOKENS,
                check,
                spent,
                progress,
                unasked="ignore",
            )
    except (ModelError, TimeoutError) as error:
        # The last answer first: it was written with the problems of the one before it named.
        for draft, violations in reversed(read):
            if (mended := mend(draft, violations)) is not None:
                progress("composing")
                return Written(mended.words, True, prompt.label, mended.places, reason_of(error))
        raise
    return Written(words, repaired, prompt.label)


def reason_of(error: ModelError | TimeoutError) -> str:
    """Why the composer had to step in, as `generator.reason` tells it."""
    return error.reason if isinstance(error, ModelError) else "timeout"


async def write_prep(
    model: LanguageModel,
    role: Role,
    plan: AgendaPlan,
    words: AgendaWords,
    briefing: Briefing,
    vocabulary: Vocabulary,
    spent: Spent,
) -> PrepWords:
    """One person's prep, shaped by what that person told in private. Raises ModelError."""
    brief, private = briefing.brief, briefing.private(role)
    meeting = {
        "you": _person(brief.person(role)),
        "partner": _person(brief.person("mentee" if role == "mentor" else "mentor")),
        "stage": brief.stage,
        "goals": brief.goals,
        "your_open_actions": [action.text for action in brief.actions if action.owner == role][:3],
        "slots": [
            {
                "minutes": slot.minutes,
                "led_by": slot.led_by,
                "purpose": slot.purpose,
                **({"activity": slot.activity.front.title} if slot.activity else {}),
            }
            for slot in plan.slots
        ],
    }
    prompt = load("prep").render(
        role=role,
        steps=MOST_PREP_STEPS - 1,
        prep_characters=PREP_CHARACTERS,
        meeting=Untrusted(_json(meeting)),
        private=Untrusted(f"{private.note}\n{private.accessibility}".strip()),
    )

    def check(prep: PrepWords) -> list[Violation]:
        return check_prep(prep, Draft(words, plan, briefing, vocabulary), private)

    # Nobody hears of the progress: a prep is written only where there is a private note, and the one who waits for the
    # agenda may be the partner.
    prep, _ = await ask(model, prompt, PrepWords, _PREP_SCHEMA, MOST_PREP_TOKENS, check, spent, unasked="ignore")
    return prep


def agenda_prompt(plan: AgendaPlan, briefing: Briefing) -> Rendered:
    """The prompt for the words that both will read: nothing private, nothing of what either asked to avoid."""
    brief = briefing.brief
    about = {
        "program": brief.program,
        "session": {
            "number": brief.number,
            "of": brief.planned_sessions,
            "stage": brief.stage,
            "minutes": brief.minutes,
        },
        **({"format": brief.format} if brief.format else {}),
        **({"focus": brief.focus} if brief.focus else {}),
        "mentor": _person(brief.mentor),
        "mentee": _person(brief.mentee),
        "goals": brief.goals,
        "open_actions": [
            {
                "owner": brief.person(action.owner).first_name,
                "text": shorten(action.text, 75),
                **({"due": action.due_on.isoformat()} if action.due_on else {}),
            }
            for action in brief.actions[:8]
        ],
        **({"more_open_actions": len(brief.actions) - 8} if len(brief.actions) > 8 else {}),
    }
    leads = {"mentor": brief.mentor.first_name, "mentee": brief.mentee.first_name, "both": "both"}
    slots = [
        {
            "slot": number,
            "purpose": slot.purpose,
            "minutes": slot.minutes,
            "led_by": leads[slot.led_by],
            "most_characters": min(description_characters(slot.minutes), 420),
            **({"goal": shorten(slot.goal, 120)} if slot.goal else {}),
            **({"activity": slot.activity.front.title} if slot.activity else {}),
            **({"must_name": named} if (named := [one.named for one in must_haves(slot, brief)]) else {}),
            "sources": [passage.id for passage in slot.passages],
        }
        for number, slot in enumerate(plan.slots, start=1)
    ]
    starters = [
        {"starter": number, "asked_by": leads.get(passage.asked_by or "", "either"), "text": passage.text}
        for number, passage in enumerate(plan.starters, start=1)
    ]
    passages = {passage.id: passage for slot in plan.slots for passage in slot.passages}
    return load("agenda").render(
        title_characters=TITLE_CHARACTERS,
        starter_characters=STARTER_CHARACTERS,
        brief=Untrusted(_json(about)),
        plan=Untrusted("\n".join(_json(line) for line in [*slots, *starters])),
        passages=Untrusted(
            "\n".join(
                f"[{key}] {source_of(p)['title']}: {shorten(' '.join(p.text.split()), _PASSAGE_CHARACTERS)}"
                for key, p in passages.items()
            )
        ),
    )


def _person(person: Person) -> dict[str, Any]:
    return {key: value for key, value in person.model_dump().items() if value}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


Source = Literal["model", "repaired", "fallback", "composer"]
