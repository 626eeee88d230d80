"""Faithful rewordings of what agendas hold, as a good model writes them: the guards must let them pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from coach.agenda.compose import compose
from coach.agenda.guard import Draft, check_agenda, check_prep
from coach.agenda.words import AgendaWords, PrepWords
from coach.retrieval.chunk import Passage
from evals.rows import checked, json_rows

FOLDER = Path(__file__).with_name("datasets") / "plants"
# How many passages of a document a slot is given, as `coach.agenda.choose` gives it about as many.
OFFERED = 4


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlantRow(_Row):
    """A fault, or a good text, and the place that it was written for.

    A text that retells a private `note` says `whose` it is.
    """

    kind: Annotated[str, Field(min_length=1)]
    where: Literal["title", "summary", "description", "because", "starter", "prep"]
    text: Annotated[str, Field(min_length=1)]
    note: str = ""
    whose: Literal["mentor", "mentee"] = "mentor"


class SoundRow(_Row):
    """A faithful rewording of what the plan has in a place for something."""

    place: Literal["title", "summary", "activity", "purpose", "starter", "prep"]
    key: Annotated[str, Field(alias="for")]
    title: str
    text: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class SoundText:
    """A faithful rewording, as a good model writes it, of what the plan has in a `place` `for` something."""

    place: str
    key: str
    title: str
    text: str


def read_sound(half: str) -> list[SoundText]:
    """The sound rewordings of a half. Raises PartNotRun where the file is missing or broken."""
    rows = plant_rows(f"sound_{half}", SoundRow)
    return [SoundText(row["place"], row["for"], row["title"], row["text"]) for row in rows]


def plant_rows(name: str, form: type[BaseModel]) -> list[dict[str, Any]]:
    """The rows of a file of `datasets/plants`, each of the form. Raises PartNotRun with the line that is broken."""
    rows = []
    for where, row in json_rows(FOLDER / f"{name}.jsonl"):
        checked(form, where, row)
        rows.append(row)
    return rows


def filled(text: str, draft: Draft) -> str:
    """The text with the names of the pair, and their goal where it asks for one."""
    brief = draft.briefing.brief
    goal = brief.goals[0] if brief.goals else brief.program
    values = {"{mentor}": brief.mentor.first_name, "{mentee}": brief.mentee.first_name, "{number}": str(brief.number)}
    for key, value in (values | {"{goal}": goal}).items():
        text = text.replace(key, value)
    return text


def with_sound_text(sound: SoundText, draft: Draft) -> Draft | PrepWords | None:
    """The agenda with the rewording where it belongs; the prep it makes; None where the agenda has no such place."""
    text, title = filled(sound.text, draft), filled(sound.title, draft)
    dump = draft.words.model_dump()
    if sound.place == "prep":
        return PrepWords(steps=(text,))
    if sound.place in {"title", "summary"}:
        dump[sound.place] = text
    elif sound.place == "starter":
        texts = [passage.text for passage in draft.plan.starters]
        if sound.key not in texts:
            return None
        dump["starters"][texts.index(sound.key)]["text"] = text
    else:
        for number, slot in enumerate(draft.plan.slots):
            key = slot.activity.front.id if sound.place == "activity" and slot.activity else slot.purpose
            if key == sound.key:
                dump["items"][number].update(title=title, description=text)
                break
        else:
            return None
    return replace(draft, words=AgendaWords.model_validate(dump))


def refused_sound_texts(
    half: str, drafts: Sequence[Draft], passages: Sequence[Passage] = ()
) -> Iterator[tuple[str, set[str]]]:
    """Each sound text that has a place in one of the drafts, or that gets one, and the guards that object to it."""
    for sound in read_sound(half):
        changed = next((found for draft in drafts if (found := with_sound_text(sound, draft)) is not None), None)
        if changed is None and (made := _draft_for(sound, drafts, passages)) is not None:
            changed = with_sound_text(sound, made)
        if isinstance(changed, PrepWords):
            yield sound.text, {violation.guard for violation in check_prep(changed, drafts[0])}
        elif changed is not None:
            yield sound.text, {violation.guard for violation in check_agenda(changed)}


def _draft_for(sound: SoundText, drafts: Sequence[Draft], passages: Sequence[Passage]) -> Draft | None:
    """An agenda with the exercise or the starter in the place of another one; None where the library has it not."""
    if sound.place == "starter":
        draft = drafts[0]
        own = [passage for passage in passages if passage.asked_by and passage.text == sound.key]
        plan = replace(draft.plan, starters=(*own[:1], *draft.plan.starters[1:]))
    else:
        draft = next(draft for draft in drafts if any(slot.activity for slot in draft.plan.slots))
        own = [passage for passage in passages if passage.document.front.id == sound.key]
        slots = list(draft.plan.slots)
        place = next(number for number, slot in enumerate(slots) if slot.activity)
        if own:
            offered = tuple(own[:OFFERED])
            slots[place] = replace(slots[place], activity=own[0].document, passages=offered, variants=())
        plan = replace(draft.plan, slots=tuple(slots))
    return replace(draft, plan=plan, words=compose(plan, draft.briefing)) if own else None
