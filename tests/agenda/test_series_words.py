"""What an agenda says of the meetings before it: what was begun, what drags on, what was reached, which goal is new."""

from dataclasses import replace
from datetime import datetime, timedelta

from coach.agenda.adapt import adapted
from coach.agenda.brief import Briefing, make_brief
from coach.agenda.compose import compose
from coach.agenda.outlines import Purpose
from coach.agenda.plan import AgendaPlan, outline
from coach.agenda.prep import compose_prep
from coach.agenda.reasons import because
from coach.models import ActionItem
from coach.retrieval.library import Library
from coach.store.agendas import AgendaFacts, PastAgenda
from tests.agenda.conftest import added
from tests.agenda.pairs import FIRST_DAY, GOALS, action, agenda_facts, briefing_of, missed


def _plan(briefing: Briefing) -> AgendaPlan:
    return adapted(outline(briefing.brief), briefing.brief)


def _said(briefing: Briefing, purpose: Purpose) -> str:
    """All words of the first slot with this purpose, and why it is there."""
    plan = _plan(briefing)
    place = next(place for place, slot in enumerate(plan.slots) if slot.purpose == purpose)
    item = compose(plan, briefing).items[place]
    why = because(plan.slots[place], briefing).text
    return " ".join([item.title, item.description, *plan.slots[place].added, why])


def _reached(facts: AgendaFacts, *goals: str, at: datetime) -> Briefing:
    facts.people.pair.reached = [{"text": goal, "at": at.isoformat()} for goal in goals]
    return make_brief(facts)


def _made_for(had: tuple[str, ...], **facts: object) -> Briefing:
    """The briefing of a pair whose first agenda was made for these goals."""
    return briefing_of(past=[PastAgenda("session-1", 1, "held", (), goals=had)], **facts)


def test_the_end_tells_of_what_was_reached_on_the_way() -> None:
    past = [PastAgenda("session-5", 5, "held", (), made_at=FIRST_DAY + timedelta(days=90))]
    facts = agenda_facts(position=6, planned=6, past=past)
    briefing = _reached(facts, "Write my own posts", at=FIRST_DAY)

    assert briefing.brief.stage == "closing"
    assert briefing.brief.reached == ()
    assert "On the way you reached “Write my own posts”" in _said(briefing, "evaluation")
    assert "Reached on the way: “Write my own posts”." in compose(_plan(briefing), briefing).summary


def test_two_goals_that_are_reached_are_two() -> None:
    briefing = _reached(agenda_facts(position=4, planned=12), "Write posts", "Read figures", at=FIRST_DAY)

    said = _said(briefing, "goals")
    assert "Two goals are done, so there is room for another." in said
    assert "“Write posts” and “Read figures” are reached" in said


def test_a_new_goal_is_looked_at_once_before_anybody_works_on_it() -> None:
    new = "Let juniors lead one negotiation"
    briefing = _made_for(GOALS, position=4, planned=12, goals=[new, GOALS[1]])

    assert briefing.brief.new_goals == (new,)
    purposes = [slot.purpose for slot in _plan(briefing).slots]
    assert purposes.index("goals") < purposes.index("exercise")
    assert f"Your new goal: “{new}”." in _said(briefing, "goals")
    assert _made_for((*GOALS, new), position=4, planned=12, goals=[new]).brief.new_goals == ()


def test_a_goal_in_other_words_is_not_new() -> None:
    reworded = "Ask much better questions of all dashboards"
    briefing = _made_for(GOALS, position=4, planned=12, goals=[reworded])

    assert briefing.brief.new_goals == ()
    assert all(slot.purpose != "goals" for slot in _plan(briefing).slots)


def test_who_put_a_goal_in_the_place_of_the_one_reached_is_not_asked_for_another() -> None:
    facts = agenda_facts(position=4, planned=12, goals=["Let juniors lead one negotiation"])
    facts = replace(facts, past=[PastAgenda("session-1", 1, "held", (), goals=GOALS)])
    briefing = _reached(facts, GOALS[0], at=FIRST_DAY)

    assert [slot.purpose for slot in _plan(briefing).slots].count("goals") == 1
    assert "Sharpen your new goal" in _said(briefing, "goals")
    assert "room for" not in _said(briefing, "goals")


def _open_since(session: int) -> ActionItem:
    agreed = action("Show one draft to the team", session_id=f"session-{session}")
    agreed.created_at = FIRST_DAY + timedelta(weeks=3 * session, hours=1)
    return agreed


def test_an_action_that_comes_back_a_third_time_is_made_smaller_handed_over_or_dropped() -> None:
    for session, told in ((4, False), (3, False), (2, True)):
        said = _said(briefing_of(position=5, planned=9, actions=[_open_since(session)]), "review-actions")

        assert ("is on the list for the third time" in said) is told
        assert ("If it is stuck" in said) is not told


def test_meetings_that_fell_through_do_not_count_against_an_action() -> None:
    briefing = missed(["held", "held", "cancelled", "held"], planned=9, actions=[_open_since(2)])

    assert briefing.brief.actions[0].carried == 1


def test_what_was_begun_goes_on_where_it_stopped(library: Library) -> None:
    begun = next(one for one in library.documents if one.front.id == "teach-back")
    facts = agenda_facts(position=3, planned=8, past=[PastAgenda("session-2", 2, "held", ("teach-back",))])
    facts.sessions[1].unfinished = ["teach-back"]
    briefing = make_brief(facts)
    slots = outline(briefing.brief).slots
    plan = replace(
        outline(briefing.brief),
        slots=tuple(replace(slot, activity=begun) if slot.carried_from == "session-2" else slot for slot in slots),
    )
    plan = adapted(plan, briefing.brief)

    assert added(plan).count("You began this in session 2: go on where you stopped.") == 1
    for role in ("mentor", "mentee"):
        first = compose_prep(role, plan, briefing).steps[0]
        assert first.startswith("For “Teach it back”: you began it in session 2.")


def test_what_was_planned_in_vain_more_than_once_names_the_first_session_it_was_planned_for() -> None:
    past = [
        PastAgenda("session-1", 1, "cancelled", ("other",)),
        PastAgenda("session-2", 2, "held", ("other",)),
        PastAgenda("session-3", 3, "cancelled", ("other",)),
        PastAgenda("session-4", 4, "cancelled", ("other",)),
        PastAgenda("session-5", 5, "held", ("another",)),
        PastAgenda("session-6", 6, "held", ("a third",)),
    ]
    brief = make_brief(agenda_facts(position=7, planned=12, past=past)).brief

    assert [(one.activity_id, one.session_number) for one in brief.planned_in_vain] == [("other", 3)]


def test_what_is_carried_over_says_so_beside_what_was_asked_for() -> None:
    briefing = missed(["held", "cancelled"], past=[PastAgenda("session-2", 2, "cancelled", ("teach-back",))], goals=[])
    slot = next(slot for slot in outline(briefing.brief).slots if slot.purpose == "exercise")
    why = because(replace(slot, answers=("You asked for less at once: one thing today.",)), briefing).text

    assert "Carried over from session 2, which did not take place." in why
    assert "You asked for less at once" in why


def test_who_has_never_met_does_not_begin_again() -> None:
    briefing = missed(["cancelled", "cancelled"])

    said = _said(briefing, "restart")
    assert "Start small" in said
    assert "so this one is short." in said
    assert "again" not in said


def test_no_two_meetings_in_a_row_share_their_ways_to_begin_think_back_and_prepare() -> None:
    def words(position: int) -> set[str]:
        briefing = briefing_of(position=position, planned=20)
        plan = _plan(briefing)
        items = zip(plan.slots, compose(plan, briefing).items, strict=True)
        told = {item.description for slot, item in items if slot.purpose in {"check-in", "reflection", "next-steps"}}
        preps = {step for role in ("mentor", "mentee") for step in compose_prep(role, plan, briefing).steps}
        return told | preps

    for position in range(2, 9):
        assert not words(position) & (words(position + 1) | words(position + 2) | words(position + 3))
