"""Faithful rewordings of what agendas hold, as a good model writes them: the guards must let them pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coach.agenda.compose import compose
from coach.agenda.guard import Draft, check_agenda, check_prep
from coach.agenda.words import AgendaWords, PrepWords
from coach.retrieval.chunk import Passage
from coach.retrieval.library import PrepLines
from coach.vocabulary import Vocabulary
from evals.rows import distinct, json_rows

FOLDER = Path(__file__).with_name("datasets") / "plants"
# What an exercise is called that a sound text brings along, and what is to be prepared for it.
_OWN_TITLE = "An exercise for two"
_NO_PREP = PrepLines(mentor="Bring an example.", mentee="Bring an example.")
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
    """A faithful rewording of what the plan has in a place `for` something, or of the `passage` that it brings along.

    Without a title of its own an item keeps the one that it has.
    """

    place: Literal["title", "summary", "activity", "purpose", "starter", "prep"]
    key: Annotated[str, Field(alias="for")] = ""
    title: str = ""
    text: Annotated[str, Field(min_length=1)]
    passage: str = ""

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if self.place in {"activity", "purpose", "starter"} and not self.key and not self.passage:
            raise ValueError("it must say what it is `for`, or bring its `passage`")
        return self


@dataclass(frozen=True)
class SoundText:
    """A faithful rewording, as a good model writes it, of what the plan has in a `place` `for` something.

    Where it brings a `passage`, an exercise or a starter of these words is added to the library under that key.
    """

    place: str
    key: str
    title: str
    text: str
    passage: str = ""


def read_sound(half: str) -> list[SoundText]:
    """The sound rewordings of a half. Raises PartNotRun where the file is missing or broken."""
    sounds = []
    for number, row in enumerate(plant_rows(f"sound_{half}", SoundRow)):
        found = SoundRow.model_validate(row)
        key = found.key or (found.passage if found.place == "starter" else f"brought-{half}-{number}")
        sounds.append(SoundText(found.place, key, found.title, found.text, found.passage))
    return sounds


def plant_rows(name: str, form: type[BaseModel]) -> list[dict[str, Any]]:
    """The rows of a file of `datasets/plants`, each of the form. Raises PartNotRun with the line that is broken."""
    rows = list(json_rows(FOLDER / f"{name}.jsonl"))
    distinct(form, rows, "text")
    return [row for _, row in rows]


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
                dump["items"][number].update(title=title or dump["items"][number]["title"], description=text)
                break
        else:
            return None
    return replace(draft, words=AgendaWords.model_validate(dump))


def refused_sound_texts(
    half: str, drafts: Sequence[Draft], passages: Sequence[Passage] = ()
) -> Iterator[tuple[str, set[str]]]:
    """Each sound text that has a place in one of the drafts, or that gets one, and the guards that object to it."""
    sounds = read_sound(half)
    drafts, passages = with_what_they_bring(sounds, drafts, passages)
    for sound in sounds:
        ready = () if sound.passage else drafts
        changed = next((found for draft in ready if (found := with_sound_text(sound, draft)) is not None), None)
        if changed is None and (made := _draft_for(sound, drafts, passages)) is not None:
            changed = with_sound_text(sound, made)
        if isinstance(changed, PrepWords):
            yield sound.text, {violation.guard for violation in check_prep(changed, drafts[0])}
        elif changed is not None:
            yield sound.text, {violation.guard for violation in check_agenda(changed)}


def with_what_they_bring(
    sounds: Sequence[SoundText], drafts: Sequence[Draft], passages: Sequence[Passage]
) -> tuple[Sequence[Draft], Sequence[Passage]]:
    """The library's passages and those that the sound texts bring along, and the drafts with the words of both."""
    brought = [_brought(sound, drafts) for sound in sounds if sound.passage]
    if not brought:
        return drafts, passages
    vocabulary = Vocabulary((*passages, *brought))
    return [replace(draft, vocabulary=vocabulary) for draft in drafts], (*passages, *brought)


def _draft_for(sound: SoundText, drafts: Sequence[Draft], passages: Sequence[Passage]) -> Draft | None:
    """An agenda with the exercise or the starter in the place of another one; None where the library has it not."""
    draft = drafts[0] if sound.place == "starter" else next(draft for draft in drafts if _exercise(draft) is not None)
    if sound.place == "starter":
        own = [passage for passage in passages if passage.asked_by and passage.text == sound.key]
    else:
        own = [passage for passage in passages if passage.document.front.id == sound.key]
    if not own:
        return None
    if sound.place == "starter":
        # Its words are those of the starter before, until the sound text stands there.
        return replace(draft, plan=replace(draft.plan, starters=(*own[:1], *draft.plan.starters[1:])))
    slots, place = list(draft.plan.slots), _exercise(draft) or 0
    if sound.place in {"title", "summary"}:
        # These rest on all that the agenda has; its items stay as they are.
        slots[place] = replace(slots[place], passages=(*own, *slots[place].passages))
        return replace(draft, plan=replace(draft.plan, slots=tuple(slots)))
    slots[place] = replace(slots[place], activity=own[0].document, passages=tuple(own[:OFFERED]), variants=())
    plan = replace(draft.plan, slots=tuple(slots))
    return replace(draft, plan=plan, words=compose(plan, draft.briefing))


def _exercise(draft: Draft) -> int | None:
    return next((number for number, slot in enumerate(draft.plan.slots) if slot.activity), None)


def _brought(sound: SoundText, drafts: Sequence[Draft]) -> Passage:
    """The passage that a sound text brings along, as an exercise that says nothing else, or as a starter."""
    document = next(slot.activity for draft in drafts for slot in draft.plan.slots if slot.activity)
    own = {"id": sound.key, "title": _OWN_TITLE, "agenda": sound.passage, "prep": _NO_PREP}
    document = document.model_copy(update={"front": document.front.model_copy(update=own), "body": sound.passage})
    asked_by = "either" if sound.place == "starter" else None
    return Passage(f"k{sound.key}", document, _OWN_TITLE, sound.passage, asked_by)
