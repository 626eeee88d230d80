"""Faults of form, planted into an agenda by code: each kind gives several agendas that a guard must refuse."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from coach.agenda.avoidance import Avoidance
from coach.agenda.brief import PrivateBrief
from coach.agenda.guard import Draft
from coach.agenda.words import ItemWords, StarterWords, description_characters
from coach.store.agendas import starter_key

_NOTES = (
    "I have been offered a post at Quillon and have told nobody yet",
    "the Zebrano migration keeps me up and I dread the steering round about it",
)
_AVOIDED = ("lighthouse", "harbor project")
_CLOSED = ("Do you like the plan?", "Have you tried it yet, and was it good?", "Is there a better way?")


def _with(draft: Draft, **changes: Any) -> Draft:
    return replace(draft, words=draft.words.model_copy(update=changes))


def _item(draft: Draft, place: int, **changes: Any) -> Draft:
    items = list(draft.words.items)
    items[place] = items[place].model_copy(update=changes)
    return _with(draft, items=tuple(items))


def _starter(draft: Draft, text: str) -> Draft:
    first = StarterWords(starter=1, text=text)
    return _with(draft, starters=(first, *draft.words.starters[1:]))


def _activities(draft: Draft) -> list[int]:
    return [place for place, slot in enumerate(draft.plan.slots) if slot.activity is not None]


def item_missing(draft: Draft) -> Iterator[Draft]:
    """One item is left out: the first, the last."""
    yield _with(draft, items=draft.words.items[1:])
    yield _with(draft, items=draft.words.items[:-1])


def item_doubled(draft: Draft) -> Iterator[Draft]:
    """One item comes twice."""
    yield _with(draft, items=(*draft.words.items, draft.words.items[-1]))
    yield _with(draft, items=(draft.words.items[0], *draft.words.items))


def items_out_of_order(draft: Draft) -> Iterator[Draft]:
    """Two items have changed places, or all of them run backward."""
    first, second, *rest = draft.words.items
    yield _with(draft, items=(second, first, *rest))
    yield _with(draft, items=tuple(reversed(draft.words.items)))


def minutes_too_many(draft: Draft) -> Iterator[Draft]:
    """An item asks for a minute more than its slot has."""
    for place in _activities(draft)[:2]:
        more = draft.plan.slots[place].minutes + 1
        item = draft.words.items[place]
        yield _item(draft, place, description=f"Take {more} minutes. {_first_sentence(item)}")
        yield _item(draft, place, title=f"A {more}-minute try")


def lead_swapped(draft: Draft) -> Iterator[Draft]:
    """The one who does not lead the slot is made to lead it."""
    brief = draft.briefing.brief
    for place, slot in enumerate(draft.plan.slots):
        if slot.led_by == "both":
            continue
        other = brief.person("mentee" if slot.led_by == "mentor" else "mentor").first_name
        item = draft.words.items[place]
        yield _item(draft, place, description=f"{other} leads. {_first_sentence(item)}")
        yield _item(draft, place, description=f"In this part {other} runs the talk. {_first_sentence(item)}")


def unknown_id(draft: Draft) -> Iterator[Draft]:
    """An id that no passage has."""
    for place in _activities(draft)[:1]:
        yield _item(draft, place, sources=("kffffffffffff",))
        yield _item(draft, place, sources=("1",))


def id_of_another_slot(draft: Draft) -> Iterator[Draft]:
    """An id that was offered for another slot, or for a starter."""
    for place in _activities(draft)[:1]:
        own = {passage.id for passage in draft.plan.slots[place].passages}
        offered = [passage.id for slot in draft.plan.slots for passage in slot.passages if passage.id not in own]
        offered += [passage.id for passage in draft.plan.starters]
        for other in offered[:2]:
            yield _item(draft, place, sources=(other,))


def claim_without_citation(draft: Draft) -> Iterator[Draft]:
    """A fact with nothing cited behind it."""
    for place in _activities(draft)[:1]:
        item = draft.words.items[place]
        for claim in ("Research shows that this helps.", "According to a study of 2019 most pairs like it."):
            yield _item(draft, place, sources=(), description=f"{_first_sentence(item)} {claim}")


def claim_beside_its_citation(draft: Draft) -> Iterator[Draft]:
    """A fact that the cited passage does not tell."""
    for place in _activities(draft)[:1]:
        item = draft.words.items[place]
        for claim in (
            "Studies show that pairs who draw agree on more goals.",
            "A survey found that mail eats days.",
        ):
            yield _item(draft, place, description=f"{_first_sentence(item)} {claim}")


def private_words_shared(draft: Draft) -> Iterator[Draft]:
    """Words of one person's note stand where both read them."""
    first, second = (PrivateBrief(note, "", 0) for note in _NOTES)
    of_the_mentor = replace(draft.briefing, mentor=first)
    of_the_mentee = replace(draft.briefing, mentee=second)
    for briefing, note in zip((of_the_mentor, of_the_mentee), _NOTES, strict=True):
        told = replace(draft, briefing=briefing)
        yield _item(told, 0, description=f"{told.words.items[0].description} Talk about how {note}.")
        yield _with(told, summary=f"{_short(told.words.summary)} It is about {' '.join(note.split()[-5:])}.")


def avoided_topic(draft: Draft) -> Iterator[Draft]:
    """What one of the two asked to keep out stands in a title, a summary or an item."""
    for phrase in _AVOIDED:
        kept_out = replace(draft, briefing=replace(draft.briefing, avoid=Avoidance([phrase])))
        yield _with(kept_out, title=f"Session on the {phrase}")
        yield _item(kept_out, -1, description=f"{kept_out.words.items[-1].description} Name one step for the {phrase}.")


def too_long(draft: Draft) -> Iterator[Draft]:
    """A description that is longer than its slot bears."""
    for place in (0, len(draft.plan.slots) - 1):
        item, most = draft.words.items[place], description_characters(draft.plan.slots[place].minutes)
        text = item.description
        while len(text) <= most:
            text += f" {item.description}"
        yield _item(draft, place, description=text)


def closed_question(draft: Draft) -> Iterator[Draft]:
    """A starter that yes or no answers."""
    for text in _CLOSED:
        yield _starter(draft, text)


def starter_asked_before(draft: Draft) -> Iterator[Draft]:
    """A starter that the pair has had, or that comes twice."""
    text = draft.words.starters[0].text
    yield replace(draft, briefing=replace(draft.briefing, asked=frozenset({starter_key(text)})))
    second = StarterWords(starter=2, text=text.upper())
    yield _with(draft, starters=(draft.words.starters[0], second))


def line_repeated(draft: Draft) -> Iterator[Draft]:
    """Two items, or all of them, say the same."""
    yield _item(draft, -1, description=draft.words.items[0].description)
    one = draft.words.items[0].description
    yield _with(draft, items=tuple(item.model_copy(update={"description": one}) for item in draft.words.items))


def off_the_plan(draft: Draft) -> Iterator[Draft]:
    """An activity of its own instead of the one that was chosen."""
    for place in _activities(draft)[:1]:
        yield _item(draft, place, title="Bread", description="Bake bread with flour, salt and a lot of patience.")
        yield _item(draft, place, title="A walk", description="Walk twice round the block and say nothing at all.")


def badly_put(draft: Draft) -> Iterator[Draft]:
    """No sentence as people write them: small or all capitals, broken off, in a heap, with pictures or a gap."""
    for place in _activities(draft)[:1]:
        text = draft.words.items[place].description
        heap = " ".join(sorted(text.split()))
        for put in (text.lower(), text.upper(), text.title(), text[:97].rstrip(".!?:; "), heap):
            yield _item(draft, place, description=put)
        first = _first_sentence(draft.words.items[place])
        for more in (
            "\U0001f680\U0001f525",
            "Ask [insert name].",
            "Look at it ____.",
            "The the of a.",
            "\u202eti kooL\u202c.",
        ):
            yield _item(draft, place, description=f"{first} {more}")
    yield _with(draft, summary=draft.words.summary.lower())


def for_any_two_people(draft: Draft) -> Iterator[Draft]:
    """An activity without a word of what was chosen for the two."""
    for place in _activities(draft)[:1]:
        for text in (
            "Talk about what matters to both of you, ask each other questions, and agree on one thing to try.",
            "You look at one example together and choose what to do with it next.",
        ):
            yield _item(draft, place, title="A good talk", description=text)


def starter_to_who_asks(draft: Draft) -> Iterator[Draft]:
    """A question in the mouth of one of the two that speaks to this one."""
    brief = draft.briefing.brief
    people = {"mentor": brief.mentor, "mentee": brief.mentee}
    for number, passage in enumerate(draft.plan.starters, start=1):
        if (who := people.get(passage.asked_by or "")) is not None:
            asked = f"{who.first_name}, {passage.text[0].lower()}{passage.text[1:]}"
            yield _with(draft, starters=(StarterWords(starter=number, text=asked),))


def starter_of_its_own(draft: Draft) -> Iterator[Draft]:
    """A good question, and not the one that was offered."""
    yield _starter(draft, "Which season do you like best, and why is that so?")
    yield _starter(draft, "What would you cook if everybody came round?")


def _first_sentence(item: ItemWords) -> str:
    return item.description.split(". ")[0].rstrip(".") + "."


def _short(text: str) -> str:
    return text.split(". ")[0][:200].rstrip(".") + "."


STRUCTURAL: dict[str, Callable[[Draft], Iterator[Draft]]] = {
    planted.__name__.replace("_", " "): planted
    for planted in (
        item_missing,
        item_doubled,
        items_out_of_order,
        minutes_too_many,
        lead_swapped,
        unknown_id,
        id_of_another_slot,
        claim_without_citation,
        claim_beside_its_citation,
        private_words_shared,
        avoided_topic,
        too_long,
        closed_question,
        starter_asked_before,
        line_repeated,
        off_the_plan,
        badly_put,
        for_any_two_people,
        starter_to_who_asks,
        starter_of_its_own,
    )
}
