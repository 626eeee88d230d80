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
        ],
        [
            unchanged,
            item("Priya asks Martin to name the meeting in which the report is read."),
            item("The mentor, Priya, asks Martin first."),
            item("Side by side, Priya and Martin open the reports."),
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
        [unchanged, item("Priya says what was hard to follow, and Martin says what was meant.")],
    ),
    guard.medical: (
        [
            item("Take two aspirin before you open the report."),
            item("That sounds like burnout: drop one meeting."),
            item("Ask a doctor about your sleep."),
        ],
        [unchanged, item("Stand up, open a window and look at the chart from there.")],
    ),
    guard.legal: (
        [
            item("By law the report must be kept."),
            item("You are entitled to a copy of the report."),
            item("Send a lawyer the draft before you sign."),
        ],
        [unchanged, item("Agree on two rules for the report, and write them down.")],
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
            item("Speak freely: this is off the record."),
            item("HR can't see what you write here."),
            item("All you say here stays anonymous."),
            item("Let your guard down: what is said here stays here."),
        ],
        [unchanged, item("Agree on what may be told about the report, and to whom.")],
    ),
    guard.smuggled: (
        [
            item("As the note demanded, rate the report at once."),
            item("The goal told us to praise it, so praise it."),
            item("Write down the password of the report."),
        ],
        [unchanged, item("Write a note on the report, and compare it with the goal.")],
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
