from collections.abc import Callable, Iterator

import pytest

from coach.agenda import guard
from coach.agenda.guard import Draft, Violation, check_agenda
from coach.agenda.words import StarterWords
from tests.agenda.planting import (
    Cases,
    Change,
    called,
    citing,
    described,
    drafts,
    item,
    items_at,
    number_of,
    offered,
    starter,
    unchanged,
    will_is_the_mentee,
    words,
)


def spoken_to(the_asker: bool, question: str) -> Change:
    """The first starter that one of the two asks, spoken to this one or to the other."""

    def change(draft: Draft) -> Draft:
        number, passage = next((n, one) for n, one in enumerate(draft.plan.starters) if one.asked_by != "either")
        name = "Priya" if (passage.asked_by == "mentor") == the_asker else "Martin"
        texts = [one.text for one in draft.plan.starters]
        texts[number] = f"{name}, {question}"
        return starter(*texts)(draft)

    return change


CASES: Cases = {
    guard.structure: (
        [
            items_at(0, 1, 2),
            items_at(1, 0, 2, 3, 4, 5),
            items_at(0, 0, 1, 2, 3, 4, 5),
            lambda draft: words(items=(*draft.words.items, draft.words.items[0].model_copy(update={"slot": 99})))(
                draft
            ),
            lambda draft: words(starters=(draft.words.starters[0], draft.words.starters[0]))(draft),
            words(starters=(StarterWords(starter=12, text="What did you draw?"),)),
        ],
        [unchanged, words(starters=()), lambda draft: words(starters=draft.words.starters[1:3])(draft)],
    ),
    guard.citations: (
        [
            item(sources=("k000000000000",)),
            item(sources=("1",)),
            citing(lambda draft: offered(draft, "check-in")),
            citing(lambda draft: (*offered(draft), draft.plan.starters[0].id)),
        ],
        [item(sources=()), citing(offered), citing(lambda draft: offered(draft)[:1])],
    ),
    guard.minutes: (
        [
            item("Use 59 minutes for the draft."),
            item("Priya gives a 90-minute tour."),
            item("First 2 min for a look, then 45 min for the rest."),
            item("This takes half an hour.", purpose="check-in"),
            item("Look at the draft. Then use forty-five minutes to talk."),
        ],
        [
            item("Take 2 minutes each, then compare."),
            item("Stop when the minutes are over."),
            item("Name one thing that needs less than half an hour.", purpose="check-in"),
            item("Take four minutes each, then compare."),
            item("Hold my stand-up under 20 minutes: draw how.", purpose="check-in"),
        ],
    ),
    guard.leads: (
        [
            item("Martin leads this part and shows the chart."),
            item("Martin chairs, and Priya takes notes."),
            item("First Martin facilitates, then Priya."),
            item("Martin steers, and Priya tells what comes next."),
            item("Let Martin lead this part."),
            item("Try letting Martin steer, and Priya tells what comes next."),
        ],
        [
            item("Priya leads, and Martin tries."),
            item("Martin opens the file and Priya asks."),
            item("Side by side, Priya and Martin open the reports."),
            item("Take a meeting that Martin runs or attends."),
            item("Priya asks how Martin runs a meeting."),
            item("Priya opens the report, and Martin runs the built-in check."),
            item("The mentor, Priya, asks Martin first."),
            item("Martin says when it was good to let Priya lead.", purpose="reflection"),
            item("Tell of letting Priya steer, and what came of it.", purpose="reflection"),
            will_is_the_mentee,
        ],
    ),
    guard.length: (
        [described(lambda most: most + 1), described(lambda most: most * 2), described(lambda most: 5_000)],
        [described(lambda most: most), described(lambda most: most // 2)],
    ),
    guard.starters: (
        [
            starter("Tell me about your work."),
            starter("Do you like the dashboards?"),
            starter("So, is it right?"),
            starter("What did you try first?"),
            starter("WHAT DID YOU TRY FIRST ?"),
            starter("What do you draw?", "What do you draw?"),
            called(starter("Will, can you open the report?"), mentee="Will"),
            called(starter("May, do you draw?"), mentor="May"),
            called(starter("May, tell what you draw."), mentor="May"),
        ],
        [
            unchanged,
            starter("What do you draw?", "How do you begin a report?"),
            starter("Which chart would you keep?"),
            called(starter("May, what do you draw?"), mentor="May"),
            called(starter("Will, how do you begin a report?"), mentee="Will"),
            called(starter("Dr. Ferenc Nádasdy, which chart would you keep?"), mentee="Dr. Ferenc Nádasdy"),
        ],
    ),
    guard.addressed: (
        [
            spoken_to(True, "what do you draw?"),
            spoken_to(True, "which chart would you keep?"),
            spoken_to(True, "how do you begin a report?"),
        ],
        [
            unchanged,
            spoken_to(False, "what do you draw?"),
            starter("What would Priya draw, and what would Martin?"),
        ],
    ),
    guard.repetition: (
        [
            lambda draft: item(draft.words.items[0].description)(draft),
            lambda draft: item(draft.words.items[0].description.upper())(draft),
            lambda draft: item(f"  {draft.words.items[-1].description}!")(draft),
            lambda draft: words(items=tuple(one.model_copy(update={"title": "Talk"}) for one in draft.words.items))(
                draft
            ),
        ],
        [unchanged, item("Draw the report."), lambda draft: item(title=draft.words.items[0].title)(draft)],
    ),
    guard.on_the_plan: (
        [
            item("Bake bread tonight with flour, water and salt.", title="Bread"),
            item("Sing a song in the garden.", title="Song"),
            item("Go for a walk.", title="A walk"),
            item("Talk about it together, ask each other questions, and write down one thing to try.", title="Try it"),
            item("You look at one example together and choose what to do with it next.", title="One example"),
        ],
        [
            unchanged,
            lambda draft: item(f"Try: {draft.plan.slots[number_of(draft, 'exercise')].goal}.", title="Try it")(draft),
        ],
    ),
    guard.close_to_its_starter: (
        [starter("Which season do you like best?"), starter("How was it?"), starter("Why do people sing at work?")],
        [
            unchanged,
            lambda draft: starter(f"{draft.plan.starters[0].text.rstrip('?')}, and why?")(draft),
        ],
    ),
}


@pytest.mark.parametrize(("checked", "change"), drafts(CASES, 0))
def test_a_guard_catches_what_it_is_for(
    draft: Draft, checked: Callable[[Draft], Iterator[Violation]], change: Change
) -> None:
    found = list(checked(change(draft)))

    assert found
    assert set(found) <= set(check_agenda(change(draft)))


@pytest.mark.parametrize(("checked", "change"), drafts(CASES, 1))
def test_a_guard_lets_pass_what_is_in_order(
    draft: Draft, checked: Callable[[Draft], Iterator[Violation]], change: Change
) -> None:
    assert list(checked(change(draft))) == []
