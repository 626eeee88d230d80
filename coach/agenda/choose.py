"""Choosing: for each slot of a plan an activity and passages from the library, and starters that the pair has not
had.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import get_args

from coach.agenda.adapt import adapted
from coach.agenda.avoidance import Avoidance
from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.circumstances import Need
from coach.agenda.elsewhere import within_scope
from coach.agenda.outlines import Purpose
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.questions import GUIDANCE, activity_query, goal_queries, starter_queries, strengths_query
from coach.agenda.series import Carried
from coach.models import EXPERIENCE_LIMIT
from coach.retrieval.chunk import AT_A_GLANCE, Passage
from coach.retrieval.find import Hit, Narrowing
from coach.retrieval.library import Kind, Role, Topic, TopicFrontMatter
from coach.retrieval.search import Search
from coach.store.agendas import starter_key

_ACTIVITIES: dict[Purpose, Kind] = {"exercise": "exercise", "discussion": "topic"}
# An activity of the slot's own kind, or one on a topic rather than one for all occasions, is preferred unless another's
# fused score for the goal is higher by this much; similarity to the mentor's strengths counts for a share of such a
# score. Chosen by reading agendas when scores were similarities, and stretched threefold since; not measured.
_OWN_KIND = 0.12
_STRENGTHS_SHARE = 0.75
_OWN_TOPIC = 0.25
# From this similarity on an activity is said to work on the goal itself; below the lower one the goal is not even taken
# for an example of it. Chosen by reading some forty of 202 activities beside their goals, by similarity.
_SERVES_GOAL = 0.25
_TIED_TO_GOAL = 0.12
# A slot so many times as long as an activity at its longest would be half empty.
_STRETCHED = 1.5
_MOST_STARTERS_OF_ONE_DOCUMENT = 2
# Activities and questions on these topics draw on what the junior has lived through.
_LIVED: frozenset[Topic | None] = frozenset({"inclusion", "generational-differences"})
# What cannot be done on foot, or by voice alone.
_NEEDS_A_SCREEN = re.compile(
    r"\b(?:screens?|keyboards?|laptops?|spreadsheets?|sheets?|slides?|clicks?|dashboards?|folders?|files?|devices?|apps?"
    r"|draw(?:s|n|ing)?|sketch\w*|cards|pages?|map|phone|messages?|emails?|requests sent|saves?)\b",
    re.IGNORECASE,
)
_BY_EAR = r"\blooks? away\b|\beyes (?:closed|shut)\b|\bby ear\b|\bcomputer read\b"
_ON_A_SCREEN = r"\b(?:screens?|keyboards?|slides?|spreadsheets?|sheet)\b"
_BY_EYE = r"\b(?:draws?(?! in secret)|sketch(?:es)?|circles?|arrows|marks a cross|raised card|colors?|looks away)\b"
# An activity so told leaves out who has this need: it drops the eyes of who must see to follow (a captioned screen, a
# face, an interpreter), or hangs on a drawing, a screen, a phone, a part to play.
_LEAVES_OUT_WORDS: dict[Need, str] = {
    "hearing": _BY_EAR,
    "signing": _BY_EAR,
    "sight": _BY_EYE,
    "screen-reader": _BY_EYE,
    "color": r"\bcolors?\b",
    "hands": r"\b(?:draws?(?! in secret)|sketch(?:es)?)\b",
    "light": _ON_A_SCREEN,
    "connection": _ON_A_SCREEN,
    "devices": rf"{_ON_A_SCREEN}|\b(?:phones?|laptops?|apps?|inbox)\b",
    "calm": r"\bplay(?:s|ed|ing)\b",
}
_LEAVES_OUT = {need: re.compile(words, re.IGNORECASE) for need, words in _LEAVES_OUT_WORDS.items()}
# Sections that tell how an exercise is done elsewhere or otherwise.
_VARIANTS = {"Remote", "Accessible"}


async def choose(plan: AgendaPlan, briefing: Briefing, search: Search) -> AgendaPlan:
    """The plan with activities, passages to cite, and starters.

    What either person asked to avoid is passed over, and so is what the pair had lately. Where that leaves nothing,
    narrowing gives way step by step, for activities stage, then topic, then freshness, which `dry` reports.
    """
    brief = briefing.brief
    by_goals, by_starters = goal_queries(brief), starter_queries(brief)
    activities = Narrowing(kinds=frozenset(_ACTIVITIES.values()), at_a_glance=True)
    guidance = Narrowing(kinds=frozenset({"guidance"}), stage=brief.stage, audience="mentor", at_a_glance=False)
    asked = [(strengths_query(brief), activities)]
    asked += [(query, activities) for query in by_goals]
    asked += [(query, narrowing) for narrowing in _starter_narrowings(brief, None) for query in by_starters]
    asked += [(GUIDANCE[slot.purpose], guidance) for slot in plan.slots if slot.purpose in GUIDANCE]
    found = iter(await search.find_all([query for query, _ in asked], [narrowing for _, narrowing in asked]))

    by_strength = {hit.passage.id: hit.similarity for hit in next(found)}
    by_goal = {query: list(next(found)) for query in by_goals}
    rounds = [[next(found) for _ in by_starters] for _ in _starter_narrowings(brief, None)]

    taken = set(brief.recent_activities)
    rested = rests(briefing, search)
    if rested:
        by_goal = {query: _not_lived(hits) for query, hits in by_goal.items()}
        rounds = [[iter(_not_lived(hits)) for hits in rankings] for rankings in rounds]
    carried = list(brief.to_take_up)
    in_vain = {one.activity_id: one.session_id for one in brief.planned_in_vain}
    dry: list[str] = []
    slots = []
    for slot in plan.slots:
        if slot.purpose in _ACTIVITIES:
            ranked = _ranked(by_goal[activity_query(brief, slot.goal)], by_strength, _ACTIVITIES[slot.purpose])
            slot, passage = _carried(slot, carried, briefing, search)
            if passage is None:
                passage = _activity(slot, ranked, briefing, taken)
                if passage is not None:
                    slot = replace(slot, carried_from=in_vain.get(passage.document.front.id))
                    dry += ["new activities"] if passage.document.front.id in brief.done_before else []
            if passage is None and (passage := _activity(slot, ranked, briefing, set())):
                dry.append("activities")
            if passage is not None:
                taken.add(passage.document.front.id)
                near = _similarity(passage, by_goal[activity_query(brief, slot.goal)])
                slot = replace(slot, serves_goal=near >= _SERVES_GOAL, goal=slot.goal if _ties(passage, near) else None)
                cited = (passage, *_background(passage, search, briefing))
                variants = tuple(p for p in search.passages_of(passage.document_id) if p.section in _VARIANTS)
                slot = replace(slot, activity=passage.document, passages=cited, variants=variants)
        elif slot.purpose in GUIDANCE:
            fitting = (hit.passage for hit in next(found) if may_be_shown(hit.passage, briefing.avoid))
            slot = replace(slot, passages=tuple(passage for passage, _ in zip(fitting, range(1), strict=False)))
        slots.append(slot)

    count = _starter_count(plan.minutes)
    starters = choose_starters(rounds, briefing, count)
    if len(starters) < count or _had_all(starters, briefing, search):
        dry.append("starters")
    slots = _give_focus(slots, brief)
    chosen = replace(plan, slots=tuple(slots), starters=starters, dry=tuple(dict.fromkeys(dry)), rested=rested)
    return adapted(chosen, brief)


def _give_focus(slots: list[Slot], brief: SessionBrief) -> list[Slot]:
    """What the two asked to focus on becomes the case of one exercise: the first that brings no case of its own.

    At a kickoff, a midpoint or a closing it is mostly the meeting itself that they name; the check-in takes it up.
    """
    if brief.focus is None or brief.stage != "building" or brief.restart:
        return slots
    open_to_it = [
        place
        for place, slot in enumerate(slots)
        if slot.purpose == "exercise"
        and slot.carried_from is None
        and slot.activity is not None
        and isinstance(slot.activity.front, TopicFrontMatter)
        and slot.activity.front.case is not None
    ]
    return [replace(slot, takes_focus=place in open_to_it[:1]) for place, slot in enumerate(slots)]


def rests(briefing: Briefing, search: Search) -> frozenset[Role]:
    """Who has been the example often enough: as many meetings in a row as that person's limit drew on their life, or
    the last feedback said that it weighs, or a goal rests for the mentor's sake.
    """
    brief = briefing.brief
    limits = {role: briefing.private(role).experience_limit for role in get_args(Role)}
    looked_at = brief.held_activities[: max(limits.values())]
    drew = [any(_is_lived(activity, search) for activity in activities) for activities in looked_at]
    found: set[Role] = set(brief.weighed_on) | ({"mentor"} if brief.goals_at_rest else set())
    for role, limit in limits.items():
        # It is the junior who is asked to be the example; the senior's limit counts where the senior set one.
        if (role == "mentor" or limit < EXPERIENCE_LIMIT) and len(drew) >= limit and all(drew[:limit]):
            found.add(role)
    return frozenset(found)


def _is_lived(activity_id: str, search: Search) -> bool:
    return any(passage.document.front.topic in _LIVED for passage in search.passages_of(activity_id)[:1])


def _not_lived(hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.passage.document.front.topic not in _LIVED]


async def more_starters(
    briefing: Briefing, search: Search, count: int, topic: Topic | None = None
) -> tuple[Passage, ...]:
    """Starters beyond those of the agenda, for one topic or for the pair's."""
    briefing = await within_scope(briefing, search)
    queries = starter_queries(briefing.brief)
    narrowings = _starter_narrowings(briefing.brief, topic)
    asked = [(query, narrowing) for narrowing in narrowings for query in queries]
    found = iter(await search.find_all([query for query, _ in asked], [narrowing for _, narrowing in asked]))
    rounds = [[_of_topic(next(found), topic) for _ in queries] for _ in narrowings]
    if topic is None and rests(briefing, search):
        # Who asks for a topic by its name is given it; unasked, nobody is made the example again.
        rounds = [[iter(_not_lived(hits)) for hits in rankings] for rankings in rounds]
    return choose_starters(rounds, briefing, count)


def choose_starters(rounds: Sequence[Sequence[Iterator[Hit]]], briefing: Briefing, count: int) -> tuple[Passage, ...]:
    """Up to `count` starters that the pair has never had, the mentor's first.

    Each round is a list of rankings that are taken in turn; a later round is only used when the earlier ones run
    dry. Variety gives way before that: at most two starters of one document, and no more than a fair share for each
    side to ask.
    """
    chosen: list[Passage] = []
    taken = set(briefing.asked)
    for rankings in rounds:
        passed_over: list[Passage] = []
        for passage in chain(_in_turn(rankings), passed_over):
            if len(chosen) == count:
                break
            key = starter_key(passage.text)
            if key in taken or not may_be_shown(passage, briefing.avoid):
                continue
            same = sum(other.document.front.id == passage.document.front.id for other in chosen)
            asking = sum(other.asked_by == passage.asked_by for other in chosen)
            if passage not in passed_over and (same >= _MOST_STARTERS_OF_ONE_DOCUMENT or asking > count // 3):
                passed_over.append(passage)
                continue
            chosen.append(passage)
            taken.add(key)
    order = {"mentor": 0, "either": 1, "mentee": 2}
    return tuple(sorted(chosen, key=lambda passage: order[passage.asked_by or "either"]))


def _starter_narrowings(brief: SessionBrief, topic: Topic | None) -> list[Narrowing]:
    """Where starters may come from, first choice first."""
    kinds: frozenset[Kind] = frozenset({"starters"})
    topics = frozenset({topic}) if topic else frozenset(brief.topics) or None
    # Never of another stage: what looks back on the meetings is no question for the first one.
    narrowings = [Narrowing(kinds, topics, brief.stage)]
    return narrowings if topic else [*narrowings, Narrowing(kinds, stage=brief.stage)]


def _of_topic(hits: Iterator[Hit], topic: Topic | None) -> Iterator[Hit]:
    return (hit for hit in hits if topic is None or hit.passage.document.front.topic == topic)


def _off_topic(passage: Passage, brief: SessionBrief) -> bool:
    """Whether it is on a topic that the two did not choose."""
    topic = passage.document.front.topic
    return bool(brief.topics) and topic is not None and topic not in brief.topics


def _had_all(starters: Sequence[Passage], briefing: Briefing, search: Search) -> bool:
    """Whether some of these had to come from other topics because the pair has had all on its own.

    Those that are kept out for one of the two are still there: that is nobody else's business.
    """
    brief = briefing.brief
    if not any(_off_topic(passage, brief) for passage in starters):
        return False
    had = briefing.asked.union(starter_key(passage.text) for passage in starters)
    return all(
        starter_key(passage.text) in had
        for passage in search.passages
        if passage.kind == "starters"
        and brief.stage in passage.document.front.stages
        and not _off_topic(passage, brief)
    )


def _similarity(passage: Passage, hits: list[Hit]) -> float:
    """How close the passage is to the goal; 1 where the index could not say, so that goals are kept then."""
    similarity = next((hit.similarity for hit in hits if hit.passage.id == passage.id), 0.0)
    return similarity if any(hit.similarity for hit in hits) else 1.0


def _ties(passage: Passage, near: float) -> bool:
    """Whether an activity so near to the goal can say that it has to do with it.

    What is on no topic is a form for any goal; where no goal has a place in it, it must be about the goal.
    """
    front = passage.document.front
    if not isinstance(front, TopicFrontMatter) or front.case is None:
        return near >= _SERVES_GOAL
    return front.topic is None or near >= _TIED_TO_GOAL


def _ranked(hits: Iterable[Hit], by_strength: dict[str, float], own_kind: Kind) -> list[Passage]:
    """Activities by how well they serve the goal, a little also by the mentor's strengths and the slot's kind."""

    def worth(hit: Hit) -> float:
        bonus = _OWN_KIND * (hit.passage.kind == own_kind) + _OWN_TOPIC * (hit.passage.document.front.topic is not None)
        return hit.score + _STRENGTHS_SHARE * by_strength.get(hit.passage.id, 0.0) + bonus

    return [hit.passage for hit in sorted(hits, key=worth, reverse=True)]


def _activity(slot: Slot, ranked: list[Passage], briefing: Briefing, taken: set[str]) -> Passage | None:
    """The best activity that fits the slot, the stage and the topics, and that the pair has not had; where all of
    those were done, the one done longest ago. Stage, then topic, give way where none fits.
    """
    brief = briefing.brief
    done_at = {activity: place for place, activity in enumerate(brief.done_before)}
    again: Passage | None = None
    off_place: Passage | None = None
    off_length: Passage | None = None
    off_stage: Passage | None = None
    off_topic: Passage | None = None
    for passage in ranked:
        front = passage.document.front
        if not isinstance(front, TopicFrontMatter) or front.id in taken:
            continue
        if not _runs_in(passage, slot.minutes) or not may_be_shown(passage, briefing.avoid):
            continue
        if brief.topics and front.topic is not None and front.topic not in brief.topics:
            off_topic = off_topic or passage
        elif brief.stage not in front.stages:
            off_stage = off_stage or passage
        elif _does_not_suit(front.agenda, brief):
            off_place = off_place or passage
        elif front.id in done_at:
            again = min(again or passage, passage, key=lambda one: done_at[one.document.front.id])
        elif slot.minutes > _STRETCHED * front.minutes.most:
            off_length = off_length or passage
        else:
            return passage
    return off_length or again or off_place or off_stage or off_topic


def _does_not_suit(told: str, brief: SessionBrief) -> bool:
    """Whether an activity so told cannot be done where the two meet, or as one of them can."""
    if brief.nothing_shown and _NEEDS_A_SCREEN.search(told):
        return True
    return any(need in _LEAVES_OUT and _LEAVES_OUT[need].search(told) for need in brief.needs)


def _carried(slot: Slot, carried: list[Carried], briefing: Briefing, search: Search) -> tuple[Slot, Passage | None]:
    """The slot with the first activity, of those still to be done, that has room in it; it is no longer to be done.

    Without one, nothing of another session is in the slot after all.
    """
    for one in carried:
        for passage in search.passages_of(one.activity_id):
            if passage.section != AT_A_GLANCE or not may_be_shown(passage, briefing.avoid):
                continue
            # What was begun needs no more than the time that is left of it.
            if one in briefing.brief.unfinished or _runs_in(passage, slot.minutes):
                carried.remove(one)
                return replace(slot, carried_from=one.session_id), passage
    return replace(slot, carried_from=None), None


def _background(passage: Passage, search: Search, briefing: Briefing) -> Iterator[Passage]:
    """The section of the same document that says why, or what is known: it may be cited beside the activity."""
    for other in search.passages_of(passage.document.front.id):
        if other.section in {"Why it helps", "What is known"} and may_be_shown(other, briefing.avoid):
            yield other
            return


def _runs_in(passage: Passage, minutes: int) -> bool:
    front = passage.document.front
    return isinstance(front, TopicFrontMatter) and front.minutes.least <= minutes


def may_be_shown(passage: Passage, avoid: Avoidance) -> bool:
    """Whether nothing that would be shown of the passage touches what either person asked to avoid."""
    front = passage.document.front
    if avoid.is_empty:
        return True
    if passage.id in avoid.passages or front.topic in avoid.topics:
        return False
    shown = [front.title, passage.section, passage.text, *passage.references]
    if isinstance(front, TopicFrontMatter):
        shown += [front.agenda, front.prep.mentor, front.prep.mentee]
    return not any(map(avoid.touches, shown))


def _in_turn(rankings: Sequence[Iterator[Hit]]) -> Iterator[Passage]:
    """The best of each ranking, then the second best of each, and so on, without repeats."""
    seen: set[str] = set()
    for level in zip_longest(*rankings):
        for hit in level:
            if hit is not None and hit.passage.id not in seen:
                seen.add(hit.passage.id)
                yield hit.passage


def _starter_count(minutes: int) -> int:
    return 3 if minutes < 30 else 4 if minutes < 60 else 5 if minutes < 90 else 6
