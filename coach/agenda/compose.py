"""The composer: the words of an agenda without a model, from the plan, the brief and the library."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date

from coach.agenda.brief import Briefing, OpenAction, SessionBrief
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.words import (
    MOST_PREP_STEPS,
    PREP_CHARACTERS,
    SUMMARY_CHARACTERS,
    TITLE_CHARACTERS,
    AgendaWords,
    ItemWords,
    PrepWords,
    StarterWords,
    description_characters,
)
from coach.retrieval.library import Role, TopicFrontMatter
from coach.untrusted import shorten

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[“\"A-Z0-9])")


def compose(plan: AgendaPlan, briefing: Briefing) -> AgendaWords:
    """Words for every slot and starter of the plan."""
    brief = briefing.brief
    used: list[str] = []
    items = []
    for number, slot in enumerate(plan.slots, start=1):
        title, description = _ITEMS[slot.purpose](slot, brief, used)
        description = _fit(_spare(description, briefing), description_characters(slot.minutes))
        if len(description) < 10:
            description = f"Use these minutes as the two of you see fit. {brief.mentor.first_name} suggests first."
        items.append(
            ItemWords(
                slot=number,
                title=shorten(_spare(title, briefing) or _PLAIN_TITLES[slot.kind], TITLE_CHARACTERS),
                description=description,
                sources=tuple(passage.id for passage in slot.passages),
            )
        )
    starters = tuple(
        StarterWords(starter=number, text=passage.text) for number, passage in enumerate(plan.starters, start=1)
    )
    return AgendaWords(
        title=shorten(_title(plan, brief), TITLE_CHARACTERS),
        summary=_fit(_summary(plan, brief), SUMMARY_CHARACTERS),
        items=tuple(items),
        starters=starters,
    )


def because(slot: Slot, brief: SessionBrief) -> str:
    """Why the slot is in this agenda: a goal, an open action, the session's focus or the stage."""
    mentor = brief.mentor.first_name
    if slot.purpose in {"exercise", "discussion"}:
        on_goal = slot.goal and (slot.activity is None or slot.activity.front.topic is not None)
        reason = f"Works on your goal “{slot.goal}”." if on_goal else _STAGE_REASONS[brief.stage]
        if slot.carried_from and brief.carried and slot.carried_from == brief.carried.session_id:
            reason += f" Carried over from session {brief.carried.session_number}, which did not take place."
        elif brief.focus and slot.purpose == "exercise":
            reason += f" You asked to focus on “{brief.focus}”."
        elif slot.purpose == "exercise" and (strength := _useful_strength(slot, brief)):
            reason += f" {mentor} can draw on a strength: “{strength}”."
        return reason
    if slot.purpose == "review-actions":
        count = len(brief.actions)
        return f"{_number(count).capitalize()} {'action is' if count == 1 else 'actions are'} still open between you."
    if slot.purpose == "next-steps" and brief.stage == "closing":
        return "Last sessions need it: an end that both have agreed on leaves no loose thread."
    if slot.purpose in {"goals", "review-goals", "evaluation"} and brief.goals:
        return f"Your goal{'s' if len(brief.goals) > 1 else ''}: {_quoted(brief.goals)}."
    return _PURPOSE_REASONS.get(slot.purpose, _STAGE_REASONS[brief.stage]).format(
        mentor=mentor, mentee=brief.mentee.first_name
    )


def compose_prep(role: Role, plan: AgendaPlan, briefing: Briefing) -> PrepWords:
    """Five minutes' preparation for one of the two; what that person told in private shapes this alone."""
    brief, private = briefing.brief, briefing.private(role)
    partner = brief.person("mentee" if role == "mentor" else "mentor").first_name
    steps: list[str] = []
    for slot in plan.slots:
        if slot.activity is not None and isinstance(slot.activity.front, TopicFrontMatter):
            front = slot.activity.front
            line = front.prep.mentor if role == "mentor" else front.prep.mentee
            steps.append(f"For “{front.title}”: {line[0].lower() + line[1:] if _is_plain_word(line) else line}")
    own = [action for action in brief.actions if action.owner == role]
    if own:
        more = f" The other {_number(len(own) - 1)} can be told in one line each." if len(own) > 1 else ""
        steps.append(
            f"You took on “{shorten(own[0].text, 120)}”{_due(own[0])}. Note in one sentence what came of it.{more}"
        )
    steps.append(_STAGE_PREP[brief.stage][role].format(partner=partner, first=_first_goal(brief)))
    if len(plan.starters) > 1:
        steps.append("Read the starters once and mark the one you would most like to ask, or be asked.")
    shared = [step for step in steps if not briefing.avoid.touches(step)][:4]

    own_steps = []
    if private.note:
        own_steps.append(
            f"From your private note, which only you see: “{shorten(private.note, 160)}” "
            f"Decide before you meet whether {partner} should hear of it, and with which first sentence."
        )
    if private.accessibility:
        own_steps.append(
            f"You told the coach: “{shorten(private.accessibility, 120)}”. Check that the room or the call allows "
            f"for it; "
            "it is yours to mention or not."
        )
    if private.set_aside:
        own_steps.append(
            "Something in your shared goals or actions touches what you asked to keep out, so this agenda leaves it "
            "aside. "
            f"{partner} is not told why. Change your list if you want it back."
        )
    room = MOST_PREP_STEPS - len(own_steps)
    return PrepWords(steps=tuple(_fit(step, PREP_CHARACTERS) for step in [*shared[:room], *own_steps]))


def notice(source: str, model: str | None, plan: AgendaPlan) -> str:
    """What was made by a model, in words; and where the library had too little that is new for this pair."""
    if source in {"model", "repaired"}:
        text = (
            f"The wording was written by a language model ({model}); times, order, leads and sources were set by the "
            f"coach. "
            "Check anything that matters before you rely on it."
        )
    elif source == "fallback":
        text = (
            "No language model wrote this: one was asked, but its answer was late, missing or did not pass the "
            "checks, so the coach "
            "composed the agenda from its library and your own words."
        )
    else:
        text = "No language model was used: the coach composed this from its library and your own words."
    if "starters" in plan.dry:
        text += " The library has no more starters on these topics that you have not had yet."
    if "activities" in plan.dry:
        text += " The library had no activity for every slot that you have not done lately, so one comes back."
    return text


# Each slot's words: a function of the slot, the brief, and what was already used in this agenda.
_Writer = Callable[[Slot, SessionBrief, list[str]], tuple[str, str]]


def _check_in(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if brief.stage == "kickoff":
        wanted = brief.mentee.wants_to_learn
        hook = (
            f" {mentor} then asks {mentee} what is behind “{shorten(wanted[0], 80)}”."
            if wanted and slot.minutes > 4
            else ""
        )
        return "Who is in the room", (
            f"{mentor} goes first, then {mentee}: what do you do on an ordinary Tuesday, and what made you say yes "
            f"to this? "
            f"One minute each, no interruptions.{hook}"
        )
    if brief.stage == "closing":
        return "Arrive for the last time", (
            f"Each names one thing that is different at work since the two of you began, however small. {mentee} "
            f"goes first."
        )
    options = (
        f"Each gives a headline for the weeks since you last met, as a newspaper would print it. {mentor} goes "
        f"first, {mentee} asks one question back.",
        f"One minute each, {mentor} first: what happened at work since you last met that belongs in this conversation?",
        f"{mentee} tells what came of the last meeting in daily work, {mentor} what it looked like from the other "
        f"side. A minute each.",
    )
    return "Check in", _pick(options, brief, "check-in")


def _review_actions(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    fits = max(1, min(len(brief.actions), slot.minutes // 2, 5))
    named = "; ".join(
        f"{brief.person(a.owner).first_name}: “{shorten(a.text, 70)}”{_due(a)}" for a in brief.actions[:fits]
    )
    rest = len(brief.actions) - fits
    grouped = (
        f" Sort the other {_number(rest)} in one go into done, next and drop."
        if rest > 1
        else " Say in one line how the last one stands."
        if rest
        else ""
    )
    return "What you said you would do", (
        f"First due first. {named}.{grouped} For each: done, next step, or let it go. What is stuck gets smaller or "
        f"gets help."
    )


def _confidentiality(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    return "Confidentiality: what stays between you", (
        f"{mentee} says it first, since the senior has less to lose: “What you tell me here does not travel, and I "
        f"will not use it.” {mentor} answers in "
        "own words. Then agree on confidentiality in one written line: what stays here, what each may retell without "
        "names, and what nobody can "
        "promise to keep, such as danger to someone or a breach of law or policy."
    )


def _ground_rules(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    return "Ground rules you can keep", (
        f"{mentor} holds the pen and asks three questions: How do we say “stop” or “not that topic”? What happens "
        f"when one of us has to move a "
        f"meeting? How do we disagree across our two levels? {mentee} answers first; write down one rule for each."
    )


def _goals(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if not brief.goals:
        return "Find your first goal", (
            f"{mentor} asks {mentee} for three moments in the last month when knowing more would have helped, and "
            f"writes each on a slip. Together choose "
            "one and finish the sentence: “By our last session, I will have …”."
        )
    each = "each one comes from" if len(brief.goals) > 1 else "it comes from"
    lead = f"{mentor} reads out {_quoted(brief.goals)} and asks {mentee} for a moment in the last month that {each}."
    return f"Sharpen your goal{'s' if len(brief.goals) > 1 else ''}", (
        f"{lead} Then write under each: “By session {brief.planned_sessions}, {mentee} will have …”, something a "
        f"third person could see. "
        f"{mentor} adds one thing to gain from this as well."
    )


def _review_goals(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if not brief.goals:
        return "Halfway: what is this for?", (
            f"Each writes for two minutes, alone: what have these meetings been good for, and what should the rest "
            f"be for? {mentor} reads "
            f"first. Turn what the two notes share into one goal for the remaining sessions; {mentee} words it."
        )
    return f"Halfway: your goal{'s' if len(brief.goals) > 1 else ''} on the table", (
        f"Take {_quoted(brief.goals)}. For each, both write down a number from 1 to 5 for how far you have come, "
        f"then turn the papers over together. "
        f"{mentor} tells first what the number rests on. Keep, reword or replace the goal, and say what the second "
        f"half is for."
    )


def _evaluation(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    about = f"For {_quoted(brief.goals)}" if brief.goals else "For the whole series"
    return "Look back at what you set out to do", (
        f"{about}: {mentee} shows or tells one thing that is done differently now, {mentor} says where it was hard "
        f"and what moved it. Write down what was reached, "
        "what was not, and what the program should know about how it went."
    )


def _celebration(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    return "Celebrate and say thanks", (
        f"{mentor} and {mentee} each finish two sentences aloud: “What I will keep from you is …” and “You may be "
        f"proud of …”. Then decide who "
        "else should hear of it, and who tells them."
    )


def _break(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    return "Break", (
        "Stand up, get something to drink, no screens. On the way back each says in one word whether to go on as "
        "planned or change course."
    )


def _reflection(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    options = (
        f"{mentee} sums up in three sentences what was new, what was surprising and where it could fail at work. "
        f"{mentor} corrects what came across wrongly.",
        f"{mentee} writes one line that starts with “Before Friday I could try …” and reads it out. {mentor} says "
        f"what would make that easier.",
        f"{mentee} names the moment of this meeting that was hardest to follow. {mentor} says it again in other words.",
    )
    return f"What {mentee} takes back", _pick(options, brief, "reflection")


def _next_steps(slot: Slot, brief: SessionBrief, used: list[str]) -> tuple[str, str]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if brief.stage == "closing":
        return "After the last session", (
            f"Decide whether and how you stay in touch: one more coffee, a message now and then, or a clean end; all "
            f"three are fine. {mentee} names one "
            f"person to whom {mentor}'s work should be known. Send the program its feedback."
        )
    return "Next steps and next date", (
        f"Each takes on one thing that needs less than half an hour, with a day. {mentor} reads both back and "
        f"{mentee} enters the next date "
        "while you are still together. Add the actions to the coach so that they come back."
    )


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
    text = front.agenda_for(mentor, mentee)
    hook = ""
    if brief.focus and "focus" not in used and slot.purpose == "exercise":
        used.append("focus")
        hook = f"Keep to what you asked for, “{shorten(brief.focus, 120)}”."
    elif slot.goal and slot.goal not in used and front.topic is not None:
        used.append(slot.goal)
        goal = shorten(slot.goal, 120)
        hook = _pick(
            (
                f"Choose the example so that it serves “{goal}”.",
                f"Take the example from “{goal}”.",
                f"Let “{goal}” decide which example you take.",
            ),
            brief,
            slot.goal,
        )
    return front.title, f"{text} {hook}".strip()


_ITEMS: dict[str, _Writer] = {
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
    "break": _break,
    "reflection": _reflection,
    "next-steps": _next_steps,
}

_PLAIN_TITLES = {
    "check-in": "Check in",
    "review": "Look back",
    "exercise": "Try something together",
    "discussion": "Talk it through",
    "reflection": "Think back",
    "next-steps": "Next steps",
}

_STAGE_REASONS = {
    "kickoff": "A first meeting goes better when you have done something together, however small.",
    "building": "You are in the working part of the series: most minutes go to doing.",
    "midpoint": "Half of your sessions are done: time to see what works.",
    "closing": "This is your last planned session: what stays should be tried once more.",
}

_PURPOSE_REASONS = {
    "check-in": "A minute each at the start gets both voices into the room.",
    "confidentiality": "First meetings need it: {mentor} can be candid only after hearing what stays between you.",
    "ground-rules": "First meetings need it: rules agreed early are easier to point to later.",
    "goals": "There is no goal to work on yet, and a series without one drifts.",
    "review-goals": "Halfway is the moment to find out what the rest is for.",
    "evaluation": "Last sessions need it: what is not said now is not said.",
    "celebration": "Last sessions need it: an end that is marked lasts longer.",
    "break": "After an hour and a half of attention nobody learns much without one.",
    "reflection": "Saying it in {mentee}'s own words shows both what has arrived.",
    "next-steps": "What has a day and an owner gets done.",
}

_STAGE_PREP: dict[str, dict[Role, str]] = {
    "kickoff": {
        "mentor": "Think of one thing about your work that {partner} could not know from an org chart. You will be "
        "asked for it early, and you know it better than anyone.",
        "mentee": "Close your mail before you go in. Have one question ready for {partner} to which you do not know "
        "the answer.",
    },
    "building": {
        "mentor": "Decide in one sentence what {partner} should be able to do after this meeting. That sentence is "
        "your plan; the rest may change.",
        "mentee": "Have a real, current piece of work at hand{first}. When you notice that you explain, stop and ask "
        "{partner} a question instead.",
    },
    "midpoint": {
        "mentor": "Note one thing that has gone well and one you would do differently. You may say both: {partner} "
        "is asked for the same.",
        "mentee": "Note one thing that {partner} taught you and that you used since, and one thing you would like "
        "more of.",
    },
    "closing": {
        "mentor": "Choose one thing that you learned from {partner} and say it in the meeting; this went both ways.",
        "mentee": "Find one thing that you do differently since the first session and can show, not just name.",
    },
}


def _title(plan: AgendaPlan, brief: SessionBrief) -> str:
    main = _main_goal(plan, brief)
    subject = {"kickoff": "Getting started", "midpoint": "Halfway", "closing": "Looking back, and on"}.get(brief.stage)
    subject = subject or (shorten(brief.focus or main or "", 60) or "Working session")
    return f"Session {brief.number}: {subject}"


def _summary(plan: AgendaPlan, brief: SessionBrief) -> str:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    goal = _main_goal(plan, brief)
    about = f" with “{shorten(goal, 120)}” at the center" if goal and brief.stage == "building" else ""
    opening = {
        "kickoff": f"The first of {_number(brief.planned_sessions)} sessions: {mentor} and {mentee} agree on how to "
        f"work together and on what it is for.",
        "building": f"{brief.minutes} minutes for {mentor} and {mentee}{about}; {mentor} leads most of it"
        f"{_from_strength(brief)}.",
        "midpoint": f"Half of the sessions of {mentor} and {mentee} are done: look at what moved, and decide what "
        f"the rest is for.",
        "closing": f"The last planned session of {mentor} and {mentee}: what was reached, what stays, and a proper "
        f"thank-you.",
    }[brief.stage]
    if brief.actions:
        count = len(brief.actions)
        opening += f" It picks up {_number(count)} open {'action' if count == 1 else 'actions'}."
    if brief.stage in {"kickoff", "closing"} and brief.goals:
        opening += f" Goal{'s' if len(brief.goals) > 1 else ''}: {_quoted(brief.goals)}."
    return opening


def _useful_strength(slot: Slot, brief: SessionBrief) -> str | None:
    """The mentor's strength that shares most words with the goal and the activity; None where none shares any."""
    about = f"{slot.goal or ''} {slot.passages[0].embedded_text if slot.passages else ''}"
    wanted = _long_words(about)
    best = max(brief.mentor.strengths, key=lambda text: len(wanted & _long_words(text)), default=None)
    return best if best is not None and wanted & _long_words(best) else None


def _long_words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"\w{4,}", text.casefold())}


def _main_goal(plan: AgendaPlan, brief: SessionBrief) -> str | None:
    """The goal that the meeting serves first: that of its first activity, or the one whose turn it is."""
    named = (slot.goal for slot in plan.slots if slot.purpose in {"exercise", "discussion"} and slot.goal)
    return next(named, brief.goals[(brief.position - 1) % len(brief.goals)] if brief.goals else None)


def _from_strength(brief: SessionBrief) -> str:
    return f" and can start from “{shorten(brief.mentor.strengths[0], 80)}”" if brief.mentor.strengths else ""


def _quoted(texts: Sequence[str]) -> str:
    quoted = [f"“{shorten(text, 110)}”" for text in texts]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _due(action: OpenAction) -> str:
    return f" (due {_day(action.due_on)})" if action.due_on else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _first_goal(brief: SessionBrief) -> str:
    return f" for “{shorten(brief.goals[(brief.position - 1) % len(brief.goals)], 90)}”" if brief.goals else ""


def _number(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[count] if count < len(words) else str(count)


def _is_plain_word(line: str) -> bool:
    """Whether the first word may lose its capital: not "I", not an acronym."""
    return len(line) > 1 and line[1].islower()


def _pick(options: Sequence[str], brief: SessionBrief, salt: str) -> str:
    """One of the options: the same for the same session, another for the next one."""
    digest = hashlib.sha256(f"{brief.mentor.first_name}{brief.mentee.first_name}{salt}".encode()).digest()
    return options[(digest[0] + brief.position) % len(options)]


def _spare(text: str, briefing: Briefing) -> str:
    """The text without the sentences that touch what either person asked to keep out."""
    if not briefing.avoid.touches(text):
        return text
    kept = [part for part in _SENTENCE_END.split(text) if not briefing.avoid.touches(part)]
    return " ".join(kept)


def _fit(text: str, limit: int) -> str:
    """The text in at most `limit` characters: whole sentences go before half ones."""
    if len(text) <= limit:
        return text
    kept = ""
    for part in _SENTENCE_END.split(text):
        if len(kept) + len(part) + 1 > limit:
            break
        kept = f"{kept} {part}".strip()
    return kept or shorten(text, limit)
