"""What a pair could try next: passages of the library that go with what the two asked to change."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.feedback.said import asks_for_nothing
from coach.feedback.summary import Remark, SummaryPlan
from coach.names import named
from coach.retrieval.chunk import Passage
from coach.retrieval.find import Hit, Narrowing
from coach.retrieval.library import ThemeFrontMatter, TopicFrontMatter
from coach.retrieval.search import Search
from coach.untrusted import quotable, shorten
from coach.wish_words import Wish
from coach.wishes import ASKED

MOST_SUGGESTIONS = 3
_TEXT_CHARACTERS = 320
_NARROWING = Narrowing(kinds=frozenset({"exercise", "topic", "guidance"}))
# Words of a person that come no nearer to any passage than this are no ground for a suggestion.
_NEAR = 0.35
_LOOKED_AT = 60
# A document that goes with a wish by its theme is taken before others that come nearer, if it is among so many.
_BY_THEME = 15
# A passage that begins so goes on from one that is not shown.
_GOES_ON = re.compile(r"(?:It|This|That|These|Those|They|Then|But|And|So|Too|Still|Also)\b")
# Guidance also tells coordinators what to do, and where its advice comes from: neither is something to try.
_NOT_TO_TRY = re.compile(r"coordinator|program|where .* from|evidence|research|stud(?:y|ies)|guide", re.IGNORECASE)
# The theme of the library whose related documents go with a wish, and what to search among them.
_WISHES: dict[Wish, tuple[str, str]] = {
    "level-the-table": ("power-dynamics", "both have an equal say: write first, the mentor speaks first"),
    "safer-ground": ("power-dynamics", "a leader who learns may not know, ask anything and pass"),
    "shorter-demos": ("session-structure", "show less and try out more in a meeting"),
    "no-slides": ("session-structure", "show the thing itself instead of slides"),
    "more-doing": ("session-structure", "learn by doing: the mentee tries it with their own hands"),
    "own-work": ("session-structure", "work on a real case from the mentee's own work"),
    "more-talk": ("communication-style", "room for questions and conversation"),
    "slower": ("communication-style", "go step by step in plain words and say back what was understood"),
    "write-first": ("power-dynamics", "both write before they speak"),
    "quicker": ("session-structure", "begin with what is known already and skip it"),
    "less-at-once": ("session-structure", "one main thing in a meeting"),
    "deeper": ("session-structure", "ask again and go deeper into one question"),
    "clear-structure": ("session-structure", "an agenda with times and somebody who watches the clock"),
    "start-on-time": ("time-and-scheduling", "be there when the meeting begins and keep the time"),
    "end-on-time": ("time-and-scheduling", "end on time and protect the last minutes"),
    "breaks": ("session-structure", "pace a long meeting with a break"),
    "undisturbed": ("time-and-scheduling", "protect the meeting from phones and interruptions"),
    "look-back": ("goals-and-progress", "look again at what was agreed last time"),
    "recap": ("goals-and-progress", "begin with what came of the last meeting"),
    "firm-next-steps": ("goals-and-progress", "write next steps with a name and a day, and look at them again"),
    "back-to-goals": ("goals-and-progress", "come back to the goals and see what moved"),
    "less-of-one-story": ("emotional-load", "nobody has to speak for a group"),
    "get-to-know": ("communication-style", "get to know each other at the beginning of a meeting"),
    "something-new": ("session-structure", "change the form of a meeting"),
    "what-helped": ("mentor-preparation", "give feedback on what helped and what to change"),
    "agenda-ahead": ("session-structure", "have the agenda before the meeting"),
    "prepare-ahead": ("mentor-preparation", "prepare a session and send the main thing the day before"),
    "test-the-tools": ("tools-and-access", "remote meeting, screen and tools that work for both"),
    "see-and-hear": ("tools-and-access", "make what is shown large and let everybody see and hear it"),
    "dates-that-hold": ("time-and-scheduling", "fixed dates, and what to do when a meeting has to move"),
    "other-arrangement": ("time-and-scheduling", "choose time, place and rhythm that suit both"),
    "somebody-else": ("match-fit", "bring in somebody else who knows more"),
}


@dataclass(frozen=True)
class Suggestion:
    """Something to try, why, and the passage that it is taken from."""

    title: str
    text: str
    because: str
    passage: Passage


async def suggest(plan: SummaryPlan, search: Search) -> tuple[Suggestion, ...]:
    """At most `MOST_SUGGESTIONS`, for what was asked last first; nothing where nobody asked for anything."""
    related = {
        document.front.id: frozenset(document.front.related)
        for document in search.library.documents
        if isinstance(document.front, ThemeFrontMatter)
    }
    grounds = list(_grounds(plan))
    found = await search.find_all([query for query, *_ in grounds], [_NARROWING] * len(grounds))
    chosen: dict[str, Suggestion] = {}
    for (_, theme, because), hits in zip(grounds, found, strict=True):
        if len(chosen) == MOST_SUGGESTIONS:
            break
        fitting = [hit for _, hit in zip(range(_LOOKED_AT), hits, strict=False) if _fits(hit, plan, chosen)]
        hit = _best(fitting, related.get(theme or "", frozenset()), by_theme=theme is not None)
        if hit is not None:
            front = hit.passage.document.front
            chosen[front.id] = Suggestion(front.title, _how(hit.passage, plan), because, hit.passage)
    return tuple(chosen.values())


def _grounds(plan: SummaryPlan) -> Iterator[tuple[str, str | None, str]]:
    """What to search for, the theme that goes with it if there is one, and why: each wish once, newest first."""
    seen: set[Wish] = set()
    rest: list[Remark] = []
    for meeting in plan.meetings:
        for asked in meeting.asked:
            if asked.wish not in seen:
                seen.add(asked.wish)
                theme, query = _WISHES[asked.wish]
                yield query, theme, f"{plan.people[asked.by]} asked {ASKED[asked.wish]} in session {meeting.number}."
        spoken = {asked.by for asked in meeting.asked}
        rest += [
            one
            for one in meeting.remarks
            if one.question == "to_change" and one.by not in spoken and not asks_for_nothing(one.text)
        ]
    for remark in rest:
        quote = shorten(remark.text, 120)
        yield remark.text, None, f"{plan.people[remark.by]} wrote in session {remark.session}: “{quote}”"


def _fits(hit: Hit, plan: SummaryPlan, chosen: dict[str, Suggestion]) -> bool:
    """For the two to do or to read, not suggested already, and nothing that either asked to keep out."""
    front, text = hit.passage.document.front, hit.passage.embedded_text.casefold()
    if hit.passage.kind == "guidance" and _NOT_TO_TRY.search(f"{hit.passage.section} {hit.passage.text}"):
        return False
    if set(front.stages) == {"kickoff"} or (
        not isinstance(front, TopicFrontMatter) and _GOES_ON.match(hit.passage.text.lstrip())
    ):
        # Who looks back on a meeting has had the first one.
        return False
    return (
        not {"mentor", "mentee"}.isdisjoint(front.audience)
        and front.id not in chosen
        and not hit.passage.text.lstrip().startswith("|")
        and not any(topic.casefold() in text for topic in plan.avoid)
    )


def _best(hits: Sequence[Hit], related: frozenset[str], *, by_theme: bool) -> Hit | None:
    if by_theme:
        near = hits[:_BY_THEME]
        return next((hit for hit in near if hit.passage.document.front.id in related), next(iter(hits), None))
    return next((hit for hit in hits if hit.similarity >= _NEAR), None)


def _how(passage: Passage, plan: SummaryPlan) -> str:
    """What to do, in the library's words."""
    front = passage.document.front
    if isinstance(front, TopicFrontMatter):
        text = " ".join(front.agenda_for(plan.people["mentor"], plan.people["mentee"]).split())
        return f"{shorten(text, _TEXT_CHARACTERS)} ({front.minutes.least} to {front.minutes.most} minutes)"
    # The heading is half of what a passage says: “Who watches the clock: …”.
    text = named(f"{passage.section}: {passage.text}", plan.people["mentor"], plan.people["mentee"])
    return quotable(text, _TEXT_CHARACTERS)
