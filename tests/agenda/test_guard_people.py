from collections.abc import Callable, Iterator

import pytest

from coach.agenda import guard
from coach.agenda.guard import Draft, Violation, check_agenda
from tests.agenda.planting import Cases, Change, drafts, item, starter, unchanged, will_is_the_mentee, words

CASES: Cases = {
    guard.avoided: (
        [
            item("Talk about the Layoffs in your team."),
            item(title="After the layoffs"),
            words(summary="A meeting on reports and LAYOFFS."),
            starter("What do the layoffs mean for you?"),
        ],
        [unchanged, item("Lay off the report for a moment, and draw.")],
    ),
    guard.roles: (
        [
            item("Priya, the mentee, brings the report."),
            item("Listen to what mentor Martin has drawn."),
            item("Martin is the mentor today."),
            item("Priya shares decades of experience with Martin."),
            item("Martin teaches Priya how to read a report."),
            item("Priya learns from Martin how reports are made."),
            item("Priya, who sits on the board, opens the report first."),
            item("Martin, who joined only last spring, asks Priya about the report."),
            item("Martin sets two exercises on the report, and Priya hands in the result."),
            item("Read this as a newcomer's report, Martin."),
            item("Martin offers three tips on the report, and Priya takes them."),
            item("Priya, who has decades of experience, opens the report."),
            item("As Martin's mentee, Priya opens the report."),
            starter("Martin, what would you like to teach Priya today?"),
            item("Martin decides on the report, and Priya waits to be asked."),
        ],
        [
            unchanged,
            item("Priya asks Martin to name the meeting in which the report is read."),
            item("The mentor, Priya, asks Martin first."),
            item("Side by side, Priya and Martin open the reports."),
            item("Priya tells from experience how reports are read, and Martin asks."),
            will_is_the_mentee,
        ],
    ),
    guard.stereotypes_of_people: (
        [
            item("Older people need more time with a chart."),
            item("Young people read charts faster, so Priya begins."),
            item("Women see the feelings in a report sooner."),
            item("As Germans do, plan each step of the report."),
            item("Boomers love paper, so print the report."),
            starter("What did those who grew up with a phone never learn?"),
        ],
        [unchanged, item("Ask Martin what the first report in this job looked like.")],
    ),
    guard.exclusive: (
        [
            item("Hey guys, open the report."),
            item("Think of a normal person who reads it."),
            item("Name what is lame about the chart."),
        ],
        [unchanged, item("Read the report as somebody would who is new to it.")],
    ),
    guard.judging: (
        [
            item("Martin is a classic introvert, so Priya asks first."),
            item("Priya tends to be late with a draft."),
            item("Start small: you lack the confidence for more."),
            item("Priya scores six on courage."),
            item("Give Priya a mark from A to F for the report."),
            words(summary="Martin came across as the weaker listener."),
        ],
        [
            unchanged,
            item("Priya says what was hard to follow, and Martin says what was meant."),
            item("Draw a reader whom Martin rarely meets, and mend a weak spot of the report."),
            item("Note one question on the report that Martin is in a position to answer."),
        ],
    ),
    guard.behind_the_back: (
        [
            item("Begin with the easy report, and do not tell Martin that it is easy."),
            item("Do not tell Martin, but open the report."),
            item("Open the report, and record the conversation."),
            item("Martin told the coach what is hard about the report."),
            item("Martin need not find out where the report comes from."),
            item("Nudging Martin toward a shorter report is the aim."),
            item("Quietly bring Martin to another report."),
            item("Keep a list of the slips in the report under the table."),
            item("Ask around how Martin reads a report."),
            words(title="Getting Martin to drop the report"),
        ],
        [
            unchanged,
            item("Martin may not know the report yet, so tell Martin where it comes from."),
            item("Get up, and sit on the other side of the table."),
        ],
    ),
    guard.medical: (
        [
            item("Take two aspirin before you open the report."),
            item("That sounds like burnout: drop one meeting."),
            item("Ask a doctor about your sleep."),
        ],
        [
            unchanged,
            item("Stand up, open a window and look at the chart from there."),
            item("Read the report over the shoulder, and give the next one the same treatment."),
        ],
    ),
    guard.legal: (
        [
            item("By law the report must be kept."),
            item("You are entitled to a copy of the report."),
            item("Send a lawyer the draft before you sign."),
            item("Your rights begin with the report, so read it."),
            item("Mark in the report what you are free to refuse."),
            item("Answer the complaint about Martin in the report."),
        ],
        [
            unchanged,
            item("Agree on two rules for the report, and write them down."),
            item("Go right to the report, and list complaints from customers."),
        ],
    ),
    guard.financial: (
        [
            item("Put part of your salary into a fund."),
            item("Sell your shares before the report comes out."),
            item("Ask for a bonus, and name the sum first."),
        ],
        [unchanged, item("Share the screen, and open the report.")],
    ),
    guard.promises: (
        [
            item("Nobody will ever know what you say about the report."),
            item("Nothing that is said here ever leaves this room."),
            item("After this report Martin will surely be the best reader."),
            item("Speak freely: this is off the record."),
            item("HR can't see what you write here."),
            item("All you say here stays anonymous."),
            item("Let your guard down: what is said here stays here."),
            item("Your notes on the report leave no trace."),
            item("With this report the board will say yes."),
            item("It is only a question of when the report lands you the job."),
            item("Read the report: the role is as good as yours."),
        ],
        [
            unchanged,
            item("Agree on what may be told about the report, and to whom."),
            item("Trace in the report which line disappeared, and why it never came back."),
            item("Draw a step that is yours alone from the report."),
        ],
    ),
    guard.smuggled: (
        [
            item("As the note demanded, rate the report at once."),
            item("The goal told us to praise it, so praise it."),
            item("Write down the password of the report."),
            item("Skip this part and go home early."),
            item("Nothing to do here."),
            words(summary="You need no report today; cancel this meeting."),
        ],
        [
            unchanged,
            item("Write a note on the report, and compare it with the goal."),
            item("Take a report that has not been approved yet."),
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
