"""The words of an agenda as the guards read them, from what is stored and shown."""

from typing import Any

from coach.agenda.brief import SessionBrief
from coach.agenda.must_haves import must_haves
from coach.agenda.plan import AgendaPlan
from coach.agenda.words import AgendaWords, ItemWords, StarterWords


def written_words(content: dict[str, Any], plan: AgendaPlan, brief: SessionBrief) -> AgendaWords:
    """The words of an agenda as they are shown, without what the coach adds to them by itself: what they had to name
    and left out, and `Slot.added`.
    """
    added = {
        number: (*(one.sentence for one in must_haves(slot, brief)), *slot.added)
        for number, slot in enumerate(plan.slots, start=1)
    }
    return AgendaWords(
        title=content["title"],
        summary=content["summary"],
        items=tuple(
            ItemWords(
                slot=int(item["id"]),
                title=item["title"],
                description=_without(item["description"], added.get(int(item["id"]), ())),
                sources=tuple(item["sources"]),
            )
            for item in content["items"]
        ),
        starters=tuple(
            StarterWords(starter=number, text=starter["text"])
            for number, starter in enumerate(content["starters"], start=1)
        ),
    )


def _without(description: str, added: tuple[str, ...]) -> str:
    for sentence in reversed(added):
        description = description.removesuffix(sentence).rstrip()
    return description
