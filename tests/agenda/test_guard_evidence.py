from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from coach.agenda import guard
from coach.agenda.guard import Draft, Violation, check_agenda, strays
from coach.agenda.guard.draft import Text
from coach.vocabulary import stems
from tests.agenda.planting import Cases, Change, drafts, item, offered, starter, unchanged, words


def citing_a_study(description: str) -> Change:
    """A description beside the citations that the exercise has."""
    return lambda draft: item(description, sources=offered(draft))(draft)


def wanting(draft: Draft, text: str) -> Draft:
    """The draft for a mentee who wants to learn this."""
    brief = draft.briefing.brief
    mentee = brief.mentee.model_copy(update={"wants_to_learn": (text,)})
    return replace(draft, briefing=replace(draft.briefing, brief=brief.model_copy(update={"mentee": mentee})))


CASES: Cases = {
    guard.claims: (
        [
            item("Studies show that a drawing helps the mentor.", sources=()),
            item("According to experts the mentor learns most.", sources=()),
            item("In 2014 this was the first program of its kind.", sources=()),
            item("Most, about 80 percent, stop here.", sources=()),
            item("It takes 73 trials until the chart is right."),
            item("After the merger the report became longer."),
            item("Your company introduced the report, so read it."),
            item("The program requires a report from each of you."),
            item("Read the report on which, in the first session, Martin asked for more."),
            item("In session two Priya promised a report: open it."),
            words(summary="A meeting that 4 of 77 leaders ask for."),
            words(title="Session 41"),
            words(summary="After your meetings in June you go on with the report."),
            item("Look at the report that came last August."),
        ],
        [
            item("Draw 3 boxes, and put a card into each.", sources=()),
            item("Priya shows the draft of the report for March 2027.", sources=()),
            item("Say what you have read in a study, and who found it.", sources=()),
            item("Look at what you agreed on in the last session, and open the report."),
            item("Ask which meetings can be shorter with this report, in your program or elsewhere."),
            words(title="Session 2 of 6"),
            words(summary="60 minutes on the report that is due by March 2027."),
        ],
    ),
    guard.names: (
        [
            item("Ask Sandra from sales to join you for the chart."),
            item("Bogdan opens the file, and you compare."),
            item("Write to Mr Huber what you found."),
            item("Ask a colleague called Brenda about the report."),
            # Claude is a tool as well, so that only “called” tells that somebody is meant.
            item("Ask a colleague called Claude about the report."),
            starter("What would Zebediah have done with the chart?"),
        ],
        [
            item("On Tuesday Priya's chart and Martin's report lie side by side."),
            item("“I'm stuck” is a fine answer, says Priya."),
            item("Compare the AI draft with the report from March."),
            item("Put the report into a list called Done."),
            item("Priya asks, “Is this right?” Adjust the report now if it is not."),
            item("Priya opens the report, and he reads it."),
        ],
    ),
    guard.pronouns: (
        [
            item("Priya opens the report, and he reads it."),
            item("She opens the report."),
            item("Is the report his?"),
            item("Each opens his or her report."),
            item("Martin reads the report by himself."),
            words(title="Priya and hers"),
            words(summary="Martin asks, and Priya shows him the report."),
            starter("What did she draw?"),
        ],
        [
            unchanged,
            item("Priya opens the report, and they read it."),
            lambda draft: item("Read what she wrote.")(wanting(draft, "what she wrote in the report")),
        ],
    ),
    guard.support: (
        [
            item("Studies show that a walk in the wood helps the chart along.", sources=()),
            citing_a_study("Studies show that singing at noon lifts the mood of choirs."),
            citing_a_study("A survey found that gardens calm bankers."),
            citing_a_study("According to sailors a knot is worth two ropes."),
        ][1:],
        [
            unchanged,
            item("Priya opens the report, and Martin asks where the numbers come from."),
            # The year is the pair's own: its goal says it.
            citing_a_study("Priya shows on a garden fence how choirs have the report done by March 2027."),
        ],
    ),
    guard.figures: (
        [
            item("Half of all managers skip this, so begin there."),
            item("Three out of four people stop here."),
            item("It saves you about two hours a week."),
            item("Every other report is never read."),
            item("It takes about three weeks for a report to settle."),
            item("The report gives you back half a day each week."),
            item("Two questions double what the report says."),
            words(summary="Meetings have doubled within two years."),
        ],
        [
            item("Every other week one of you brings a report, for a quarter of an hour."),
            item("Take five minutes for the report, and come back after two weeks."),
            unchanged,
            item("Read the first half of the report, then the second."),
            item("Ask twice, and write three lines."),
        ],
    ),
    guard.sweeping: (
        [
            item("It is well known that a drawing helps."),
            item("Most teams prefer a short report."),
            item("Experts agree that the first line counts."),
            words(summary="Nobody reads a long report."),
        ],
        [
            unchanged,
            item("Write down what most of your report is about."),
            item("Say what you would like to prove."),
            item("If nobody could be blamed, which report would you drop, and who is told of everyone in it?"),
        ],
    ),
    guard.links: (
        [
            item("Open https://example.org/report and read it."),
            item("Open report.example.com and read it."),
            item("Write to coach@example.org about it."),
            item("Call the desk on 0800 555 0142 and ask."),
            item("Join with @dailycharts and read one."),
            lambda draft: item("Call +44 20 7946 0123 about it.")(wanting(draft, "a call to +44 20 7946 0123")),
            item("Look it up on charts dot org, then compare."),
            item("You will find the report in the channel named daily, at the top."),
            item("Ask the bot, and read the report that is listed in the catalog."),
        ],
        [
            unchanged,
            item("Martin wants to learn “what JSON does for booking.com”: draw it."),
            item("Compare, e.g. on paper, draft one with draft two."),
        ],
    ),
    guard.grounding: (
        [
            item("Priya rows across the lagoon while the choir rehearses an anthem."),
            words(summary="Galloping through pine forests sharpens appetite and stamina."),
            item("Sift flour, whisk eggs and glaze the pastry before guests arrive."),
        ],
        [
            unchanged,
            item("Priya opens the report, and Martin marks one line that is hard to follow."),
            item("Martin takes back what an auditor and a customer asked.", purpose="reflection"),
            item("He reads the report by himself, and she hers."),
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


def resting(text: str, *on: str, besides: tuple[str, ...] = ()) -> Text:
    """A text that rests on these words, and may use others besides."""
    return Text("item 1", text, (frozenset(stems(on)),), "", ("Priya", "Martin"), besides=frozenset(stems(besides)))


def test_words_of_another_place_may_be_used_and_excuse_nothing_that_is_said_with_them() -> None:
    words = ("anthem", "salary")
    text = "Name the anthem and the salary."

    assert strays(resting(text)) == set(stems(words))
    assert not strays(resting(text, besides=words))
    assert "financial" in resting(text, besides=words).subjects
    assert "financial" not in resting(text, *words).subjects


@pytest.mark.parametrize(("british", "american"), [("harbour", "harbor"), ("paralysed", "paralyzed")])
def test_a_word_of_the_passages_may_be_spelled_the_british_way(british: str, american: str) -> None:
    assert strays(resting(british))
    assert not strays(resting(british, american))
    assert not strays(resting(british, besides=(american,)))
