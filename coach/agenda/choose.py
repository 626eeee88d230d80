"""Choosing: for each slot of a plan an activity and passages from the library, and starters that the pair has not "
"had."""

from collections.abc import Iterator
from dataclasses import replace

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.plan import AgendaPlan, Purpose, Slot
from coach.retrieval.chunk import AT_A_GLANCE, Passage
from coach.retrieval.library import Topic, TopicFrontMatter
from coach.retrieval.search import Hit, Narrowing, Search
from coach.store.agendas import starter_key
from coach.untrusted import shorten

# What the library is asked for the slots that every stage has; the same words for every pair, so the answers are cached.
_GUIDANCE: dict[Purpose, str] = {
    "check-in": "opening a meeting with a check-in",
    "review-actions": "going through open actions from last time",
    "confidentiality": "what stays between the two and where a promise of confidentiality ends",
    "ground-rules": "agreeing on ground rules for the meetings",
    "goals": "setting goals for the mentoring sessions",
    "review-goals": "midpoint review of the goals",
    "evaluation": "closing a mentoring series, looking back at the goals",
    "celebration": "celebrating and saying thanks at the end of a mentoring series",
    "reflection": "closing a meeting, what to take back to work",
    "next-steps": "agreeing on next steps and the next date",
}
_MOST_STARTERS_OF_ONE_DOCUMENT = 2


def activity_query(brief: SessionBrief, goal: str | None) -> str:
    """What the library is asked for an activity: the goal or the focus, and what the mentor is good at."""
    wanted = [text for text in (brief.focus, goal) if text]
    if not wanted:
        wanted = [
            ", ".join(brief.mentee.wants_to_learn) or ", ".join(topic.replace("-", " ") for topic in brief.topics)
        ]
    strengths = ", ".join(shorten(text, 60) for text in brief.mentor.strengths[:3])
    return ". ".join(text for text in (*wanted, strengths) if text) or "working together"


def questions(brief: SessionBrief) -> list[str]:
    """Every query that an agenda of this pair may ask, so that they can be embedded before they are needed."""
    return list(dict.fromkeys(activity_query(brief, goal) for goal in brief.goals or (None,)))


async def choose(plan: AgendaPlan, briefing: Briefing, search: Search, starter_count: int | None = None) -> AgendaPlan:
    """The plan with activities, passages to cite, and starters.

    What either person asked to avoid is passed over, and so is what the pair had lately. Where that leaves nothing, narrowing gives
    way step by step: stage, then topic, then freshness, which `dry` reports.
    """
    brief = briefing.brief
    topics = frozenset(brief.topics) or None
    queries = [
        activity_query(brief, slot.goal)
        if slot.purpose in {"exercise", "discussion"}
        else _GUIDANCE.get(slot.purpose, "")
        for slot in plan.slots
    ]
    narrowings = [_narrowing(slot, brief) for slot in plan.slots]
    goal_queries = questions(brief)
    starters_of = Narrowing(kinds=frozenset({"starters"}), topics=topics, stage=brief.stage)
    found = await search.find_all([*queries, *goal_queries], [*narrowings, *(starters_of for _ in goal_queries)])

    taken = set(brief.recent_activities)
    dry: list[str] = []
    slots = []
    for slot, hits in zip(plan.slots, found, strict=False):
        if slot.purpose in {"exercise", "discussion"}:
            passage = _carried(slot, briefing, search) or _activity(slot, hits, briefing, taken)
            if passage is None:
                passage = _activity(slot, hits, briefing, set())
                dry += ["activities"] if passage is not None else []
            if passage is not None:
                taken.add(passage.document.front.id)
                slot = replace(
                    slot, activity=passage.document, passages=(passage, *_background(passage, search, briefing))
                )
        elif slot.purpose in _GUIDANCE:
            slot = replace(slot, passages=tuple(hit.passage for hit in hits if _fit(hit.passage, briefing))[:1])
        slots.append(slot)

    count = _starter_count(plan.minutes) if starter_count is None else starter_count
    starters = choose_starters(found[len(slots) :], briefing, count)
    if len(starters) < count:
        dry.append("starters")
    return replace(plan, slots=tuple(slots), starters=starters, dry=tuple(dict.fromkeys(dry)))


def choose_starters(rankings: list[list[Hit]], briefing: Briefing, count: int) -> tuple[Passage, ...]:
    """Up to `count` starters that the pair has never had, from the rankings in turn, asked by each side in turn."""
    chosen: list[Passage] = []
    texts: set[str] = set()
    for limit in (_MOST_STARTERS_OF_ONE_DOCUMENT, count):
        for passage in _in_turn(rankings):
            if len(chosen) == count:
                break
            key = starter_key(passage.text)
            same = sum(other.document.front.id == passage.document.front.id for other in chosen)
            asking = sum(other.asked_by == passage.asked_by for other in chosen)
            if (
                key in briefing.asked
                or key in texts
                or same >= limit
                or asking > count // 3
                or not _fit(passage, briefing)
            ):
                continue
            chosen.append(passage)
            texts.add(key)
    # In the order in which they can be asked: the mentor first.
    order = {"mentor": 0, "either": 1, "mentee": 2}
    return tuple(sorted(chosen, key=lambda passage: order[passage.asked_by or "either"]))


async def more_starters(
    briefing: Briefing, search: Search, count: int, topic: Topic | None = None
) -> tuple[Passage, ...]:
    """Starters beyond those of the agenda: for one topic or for the pair's, from any stage where this one has run "
    "dry."""
    brief = briefing.brief
    topics = frozenset({topic}) if topic else frozenset(brief.topics) or None
    kinds = Narrowing(kinds=frozenset({"starters"}), topics=topics)
    queries = questions(brief)
    narrowings = [replace(kinds, stage=brief.stage), kinds]
    rankings = await search.find_all([query for query in queries for _ in narrowings], narrowings * len(queries))
    if topic:
        rankings = [[hit for hit in hits if hit.passage.document.front.topic == topic] for hits in rankings]
    return choose_starters([*rankings[::2], *rankings[1::2]], briefing, count)


def _narrowing(slot: Slot, brief: SessionBrief) -> Narrowing:
    if slot.purpose == "exercise":
        return Narrowing(kinds=frozenset({"exercise"}), at_a_glance=True)
    if slot.purpose == "discussion":
        return Narrowing(kinds=frozenset({"topic"}), at_a_glance=True)
    return Narrowing(kinds=frozenset({"guidance"}), audience="mentor", at_a_glance=False)


def _activity(slot: Slot, hits: list[Hit], briefing: Briefing, taken: set[str]) -> Passage | None:
    """The best activity that fits the slot, the stage and the topics; stage, then topic, give way where none does."""
    brief = briefing.brief
    fitting = [
        hit.passage
        for hit in hits
        if hit.passage.document.front.id not in taken
        and _runs_in(hit.passage, slot.minutes)
        and _fit(hit.passage, briefing)
    ]

    def on_stage(passage: Passage) -> bool:
        return brief.stage in passage.document.front.stages

    def on_topic(passage: Passage) -> bool:
        topic = passage.document.front.topic
        return not brief.topics or topic is None or topic in brief.topics

    for accepted in (lambda p: on_stage(p) and on_topic(p), on_topic, lambda p: True):
        for passage in fitting:
            if accepted(passage):
                return passage
    return None


def _carried(slot: Slot, briefing: Briefing, search: Search) -> Passage | None:
    """The activity that was prepared for a session that did not take place."""
    carried = briefing.brief.carried
    if carried is None or slot.carried_from != carried.session_id:
        return None
    for passage in search.passages:
        if passage.section == AT_A_GLANCE and passage.document.front.id == carried.activity_id:
            return passage if _fit(passage, briefing) and _runs_in(passage, slot.minutes) else None
    return None


def _background(passage: Passage, search: Search, briefing: Briefing) -> Iterator[Passage]:
    """The section of the same document that says why, or what is known: it may be cited beside the activity."""
    for other in search.passages:
        if (
            other.document is passage.document
            and other.section in {"Why it helps", "What is known"}
            and _fit(other, briefing)
        ):
            yield other
            return


def _runs_in(passage: Passage, minutes: int) -> bool:
    front = passage.document.front
    return isinstance(front, TopicFrontMatter) and front.minutes.least <= minutes


def _fit(passage: Passage, briefing: Briefing) -> bool:
    """Whether nothing that would be shown of the passage touches what either person asked to avoid."""
    front = passage.document.front
    if front.topic is not None and front.topic in briefing.avoid.topics:
        return False
    shown = [front.title, passage.section, passage.text, *passage.references]
    if isinstance(front, TopicFrontMatter):
        shown += [front.agenda, front.prep.mentor, front.prep.mentee]
    return not any(briefing.avoid.touches(text) for text in shown)


def _in_turn(rankings: list[list[Hit]]) -> Iterator[Passage]:
    """The best of each ranking, then the second best of each, and so on, without repeats."""
    seen: set[str] = set()
    for position in range(max(map(len, rankings), default=0)):
        for hits in rankings:
            if position < len(hits) and hits[position].passage.id not in seen:
                seen.add(hits[position].passage.id)
                yield hits[position].passage


def _starter_count(minutes: int) -> int:
    return 3 if minutes < 30 else 4 if minutes < 60 else 5 if minutes < 90 else 6
