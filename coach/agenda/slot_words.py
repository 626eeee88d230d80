"""The composer's words for each kind of slot: title and description."""

from collections.abc import Callable

from coach.agenda.brief import Person, SessionBrief
from coach.agenda.phrases import clause, curled, due_this_year, number, pick, quoted, stalest
from coach.agenda.plan import Slot
from coach.agenda.words import description_characters
from coach.retrieval.library import TopicFrontMatter
from coach.untrusted import shorten

# In fewer minutes nobody answers three questions and writes the answers down; or speaks about more than one goal.
_ROOM_FOR_THREE_RULES = 5
_ROOM_FOR_A_GOAL = 4
# From here on a turn of a minute each would leave most of a check-in empty.
_ROOM_FOR_LONG_TURNS = 8

# Each slot's words: a function of the slot, the brief, and what was already used in this agenda.
_Writer = Callable[[Slot, SessionBrief, list[str]], tuple[str, str]]


def _check_in(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    in_a_hurry = slot.minutes <= 2 and brief.focus and not brief.restart
    a_turn = "Half a minute each" if in_a_hurry else "One minute each"
    if slot.minutes >= _ROOM_FOR_LONG_TURNS:
        a_turn = "Three minutes each"
    if {"speech", "calm"} & set(brief.needs):
        a_turn = "Take turns without a clock"
    focus = ""
    if brief.focus and not brief.restart:
        focus = f" Then each says in one line what should come of “{shorten(brief.focus, 110)}” today."
    if brief.stage == "kickoff":
        wanted = brief.mentee.wants_to_learn
        hook = (
            f" {mentor} then asks {mentee} what is behind “{shorten(wanted[0], 80)}”."
            if wanted and slot.minutes > 4
            else ""
        )
        return "Who is in the room", (
            f"{mentor} goes first{_as(brief.mentor)}, then {mentee}{_as(brief.mentee)}: what do you do on an ordinary "
            f"Tuesday that no title tells, and what made you say yes to this? "
            f"{a_turn}, no interruptions.{focus or hook}"
        )
    if brief.stage == "closing":
        first = mentor if slot.led_by == "mentor" else mentee
        return "Arrive for the last time", (
            f"Each names one thing that is different at work since the two of you began, however small. {first} "
            f"goes first.{focus}"
        )
    options = (
        f"Each gives a headline for the weeks since you last met, as a newspaper would print it. {mentor} goes "
        f"first, {mentee} asks one question back.",
        f"{a_turn}, {mentor} first: what happened at work since you last met that belongs in this conversation?",
        f"Each names a moment since you last met in which {_a_goal(brief)} came up, or should have. {mentor} goes "
        f"first, {mentee} asks one question back.",
        f"{mentor} asks: what have you tried, or nearly tried, since we last met? {mentee} answers in two sentences "
        f"and asks it back.",
        f"Each tells of one thing since you last met that went otherwise than planned. {mentor} goes first; the other "
        f"one says what is familiar about it.",
        f"{mentee} tells what came of the last meeting in daily work, {mentor} what it looked like from the other "
        f"side. {a_turn}.",
    )
    # The last of them lets the senior begin.
    return "Check in", f"{pick(options if slot.led_by == 'both' else options[:-1], brief, 'check-in')}{focus}"


def _as(person: Person) -> str:
    """What somebody is at work, to follow the name."""
    return f" (“{shorten(person.role_title, 40)}”)" if person.role_title else ""


def _a_goal(brief: SessionBrief) -> str:
    """The goal whose turn it is, in short."""
    return f"“{clause(_next_goal(brief), 80)}”" if brief.goals else "what you meet for"


def _next_goal(brief: SessionBrief) -> str:
    return brief.goals[(brief.position - 1) % len(brief.goals)]


def _review_actions(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    limit = description_characters(slot.minutes)
    most = max(1, min(len(brief.actions), slot.minutes // 2, 5))
    for fits in range(most, 0, -1):
        for characters in (70, 40):
            text = _actions(brief, fits, characters)
            if len(text) <= limit:
                return "What you said you would do", text
    return "What you said you would do", shorten(text, limit)


def _actions(brief: SessionBrief, fits: int, characters: int) -> str:
    """The first `fits` actions by name, first due first, and the others as a group."""
    named = "; ".join(
        f"{brief.person(action.owner).first_name}: “{shorten(action.text, characters)}”"
        f"{due_this_year(action, brief.scheduled_on)}"
        for action in brief.actions[:fits]
    )
    rest = len(brief.actions) - fits
    others = "" if rest == 0 else " Say in one line how the last one stands."
    if rest > 1:
        others = f" Sort the other {number(rest)} in one go into done, next and drop."
    # What is stuck is then named, in a sentence of its own.
    stale = stalest(brief) is not None
    if len(brief.actions) == 1:
        return (
            f"{named}. What came of it: done, a next step, or let it go?"
            f"{'' if stale else ' If it is stuck, make it smaller or get help.'}"
        )
    return (
        f"First due first. {named}.{others} For each: done, next step, or let it go."
        f"{'' if stale else ' What is stuck gets smaller or gets help.'}"
    )


def _confidentiality(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    return "Confidentiality: what stays between you", (
        f"{mentee} says it first, since the senior has less to lose: “What you tell me here does not travel, and I "
        f"will not use it.” {mentor} answers in "
        "words of their own. Then agree on confidentiality in one written line: what stays here, what each may retell "
        "without names, and what nobody can "
        "promise to keep, such as danger to someone or a breach of law or policy."
    )


def _ground_rules(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if slot.minutes < _ROOM_FOR_THREE_RULES:
        return "A ground rule you can keep", (
            f"{mentor} holds the pen and asks: How do we say “stop” or “not that topic”? {mentee} answers first; write "
            f"down one rule. Two more questions can wait: what happens when a meeting has to move, and how to "
            f"disagree across your two levels."
        )
    return "Ground rules you can keep", (
        f"{mentor} holds the pen and asks three questions: How do we say “stop” or “not that topic”? What happens "
        f"when one of us has to move a "
        f"meeting? How do we disagree across our two levels? {mentee} answers first; write down one rule for each."
    )


def _goals(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if brief.new_goals:
        return _new_goals(slot, brief)
    if brief.stage != "kickoff" and brief.reached:
        done = "One goal is" if len(brief.reached) == 1 else f"{number(len(brief.reached)).capitalize()} goals are"
        return "Choose what comes next", (
            f"{done} done, so there is room for another. {mentor} asks {mentee} for two moments since you met "
            f"when knowing more would have helped, and writes each on a slip. Choose one, finish the sentence "
            f"“{_by_the_end(brief)}, I will have …” and enter it as the new goal."
        )
    if not brief.goals:
        return "Find a goal to work on", (
            f"{mentor} asks {mentee} for three moments in the last month when knowing more would have helped, and "
            f"writes each on a slip. Together choose "
            f"one and finish the sentence: “{_by_the_end(brief)}, I will have …”."
        )
    several = len(brief.goals) > 1
    seen = f"what will be different {_when(brief)}: something a third person could see"
    if several and slot.minutes < _ROOM_FOR_A_GOAL * len(brief.goals):
        return "Sharpen your goals", (
            f"{mentor} reads out {quoted(brief.goals)}. Begin with one: whoever brought it names a moment in the last "
            f"month that it comes from. Then write under it, with that name, {seen}. The others get theirs when their "
            f"turn comes."
        )
    return f"Sharpen your goal{'s' if several else ''}", (
        f"{mentor} reads out {quoted(brief.goals)}. Whoever brought {'a goal' if several else 'it'} names a moment in "
        f"the last month that it comes from. Then write under {'each' if several else 'it'}, with that name, "
        f"{seen}. {mentor} adds one thing to gain from this as well."
    )


def _new_goals(slot: Slot, brief: SessionBrief) -> tuple[str, str]:
    mentor, several = brief.mentor.first_name, len(brief.new_goals) > 1
    new = quoted(brief.new_goals)
    return f"Sharpen your new goal{'s' if several else ''}", (
        f"New on your list: {new}. Whoever brought {'a goal' if several else 'it'} tells in two sentences why now. "
        f"{mentor} asks what will be different {_when(brief)} that a third person could see, and writes the answer "
        f"under {'each' if several else 'it'}."
    )


def _when(brief: SessionBrief) -> str:
    """By when a goal is to be seen."""
    planned = brief.planned_sessions
    return f"by session {planned}" if planned > brief.position else "three months from now"


def _by_the_end(brief: SessionBrief) -> str:
    return "By our last session" if brief.planned_sessions > brief.position else "Three months from now"


def _review_goals(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if not brief.goals:
        return "Halfway: what is this for?", (
            f"Each writes for two minutes, alone: what have these meetings been good for, and what should the rest "
            f"be for? {mentor} reads "
            f"first. Turn what the two notes share into one goal for the remaining sessions; {mentee} words it."
        )
    return f"Halfway: your goal{'s' if len(brief.goals) > 1 else ''} on the table", (
        f"Take {quoted(brief.goals)}. {'For each, both' if len(brief.goals) > 1 else 'Both'} write down a number from "
        f"1 to 5 for how far you have come, then show them at the same moment. {mentor} tells first what the number "
        f"rests on. Keep, reword or replace the goal, and say what the second half is for."
    )


def _evaluation(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    about = f"For {quoted(brief.goals)}" if brief.goals else "For the whole series"
    return "Look back at what you set out to do", (
        f"{about}: {mentor} asks what is done differently now, and {mentee} shows or tells one thing. {mentor} says "
        f"where it was hard and what moved it. Write down what was reached, "
        "what was not, and what the program should know about how it went."
    )


def _celebration(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    return "Celebrate and say thanks", (
        f"{mentor} and {mentee} each finish two sentences aloud: “What I will keep from you is …” and “You may be "
        f"proud of …”. Then decide who "
        "else should hear of it, and who tells them."
    )


def _goal_reached(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    return f"Reached: celebrate {'it' if len(brief.reached) == 1 else 'them'}", (
        f"You have marked {quoted(brief.reached)} as reached. {mentee} tells what is done differently now, {mentor} "
        f"which moment turned it; then each says one thank-you that names a deed. Decide who should hear of it."
    )


def _restart(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if brief.stage == "closing":
        return "Once more, small", (
            f"{number(brief.missed).capitalize()} meetings fell through, and you need not explain why. {mentor} says "
            f"first what this last one should still be good for, and {mentee} adds one thing. Drop what you no longer "
            f"want."
        )
    return "Start small" if brief.stage == "kickoff" else "Start again, small", (
        f"{number(brief.missed).capitalize()} meetings fell through, and you need not explain why. {mentor} says first "
        f"what would make the next one easy to keep: another length, another day, another place. {mentee} answers with "
        f"what can be promised. Drop what you no longer want."
    )


def _break(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    return "Break", (
        "Leave what you are working on, and the screens with it. Move or rest, as each likes. Then each says in one "
        "word whether to go on as planned or change course."
    )


def _reflection(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    options = (
        f"{mentee} sums up in three sentences what was new, what was surprising and where it could fail at work. "
        f"{mentor} corrects what came across wrongly.",
        f"{mentee} writes one line that starts with “My next chance to try this is …” and reads it out. {mentor} says "
        f"what would make that easier.",
        f"{mentee} names the moment of this meeting that was hardest to follow. {mentor} says it again in other words.",
        f"{mentee} says in two sentences what a colleague who was not here should know of this. {mentor} adds what is "
        f"still missing.",
        f"{mentee} finishes two sentences: “Until today I thought …” and “From now on I will …”. {mentor} says what in "
        f"them comes as a surprise.",
    )
    return f"What {mentee} takes back", pick(options, brief, "reflection")


def _next_steps(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if brief.stage == "closing":
        return "After the last session", (
            f"Decide whether and how you stay in touch: one more talk, a message now and then, or a clean end; all "
            f"three are fine. {mentee} names one "
            f"person to whom {mentor}'s work should be known. Send the program its feedback."
        )
    if brief.ends:
        return "What comes after this", (
            f"This is the one meeting that is planned. Each takes on one thing that needs less than half an hour, with "
            f"a day; {mentor} reads both back. Then decide whether there is a second meeting, and if so {mentee} "
            f"enters its date while you are still together; a clean end is fine, too."
        )
    toward = f" toward {_a_goal(brief)}" if brief.goals else ""
    first, second = (mentor, mentee) if brief.heeds("level-the-table") else (mentee, mentor)
    options = (
        f"Each takes on one thing{toward} that needs less than half an hour, with a day. {mentor} says both back and "
        f"{mentee} enters the next date while you are still together. Add the actions to the coach so that they come "
        f"back.",
        f"{first} says first, then {second}: one thing to do{toward}, in less than half an hour, and the day. Write "
        f"both into the coach so that they come back, and enter the next date before you part.",
        f"Each finishes the sentence “I will …” with one small thing{toward}, and names the day. {mentor} asks of both "
        f"what could get in the way. Then agree on the next date, and add both sentences to the coach as actions.",
        f"Look back over this meeting: which one thing{toward} is worth half an hour of yours before the next? "
        f"{first} says first, then {second}, each with a day. Enter both into the coach as actions, and fix the "
        f"next date.",
        f"{mentor} writes down one deed for each of you{toward}, in the words of whoever will do it, with its day. "
        f"Read both out, add them to the coach so that they come back, and choose between two dates for the next "
        f"meeting.",
    )
    return "Next steps and next date", pick(options, brief, "next-steps")


def _activity(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if slot.activity is None or not isinstance(slot.activity.front, TopicFrontMatter):
        subject = f"“{slot.goal}”" if slot.goal else "a question that matters this week"
        return "Work on a real case", (
            f"{mentee} brings a real piece of work on {subject}. {mentor} takes it through the first step aloud, "
            f"then {mentee} "
            f"takes the next one while {mentor} watches and asks."
        )
    front = slot.activity.front
    text = curled(front.agenda_for(mentor, mentee))
    case = ""
    if brief.focus and slot.takes_focus:
        case = brief.focus
    elif slot.goal:
        case = slot.goal
    limit = 60 if case in used else 120
    used.append(case)
    place = (front.case or "").replace("{mentor}", mentor).replace("{mentee}", mentee) if case else ""
    return front.title, f"{text} {place.replace('{goal}', f'“{clause(case, limit)}”')}".strip()


WRITERS: dict[str, _Writer] = {
    "check-in": _check_in,
    "review-actions": _review_actions,
    "confidentiality": _confidentiality,
    "ground-rules": _ground_rules,
    "goals": _goals,
    "review-goals": _review_goals,
    "exercise": _activity,
    "discussion": _activity,
    "evaluation": _evaluation,
    "celebration": _celebration,
    "goal-reached": _goal_reached,
    "restart": _restart,
    "break": _break,
    "reflection": _reflection,
    "next-steps": _next_steps,
}
