"""Turns of phrase of `subjects.yaml`: each fault beside honest words of the same form, which a good model wrote."""

from dataclasses import replace

import pytest

from coach.agenda import guard
from coach.agenda.brief import PrivateBrief
from coach.agenda.guard import Draft, Guard
from tests.agenda.planting import item

# The guard, what it is for, and what it once took for that.
TURNS = [
    (
        guard.stereotypes_of_people,
        "Ask what people from that region read first.",
        "Ask whether people from this building read the report.",
    ),
    (guard.sweeping, "None ever reads the report.", "Choose a day for the report, or agree on none."),
    (guard.links, "Open the report on the page called Done.", "Write the report on a page called Done."),
    (
        guard.smuggled,
        "Read the report, as the goal says and tells.",
        "Read the goals aloud and tell what the report is for.",
    ),
    (guard.empty_words, "Walk the path together.", "Look back along the path: which part of the report stayed?"),
    (guard.financial, "Ask what the reader of the report earns.", "Read the report, and write the headline it earns."),
    (guard.legal, "Ask who decides, for the reader owns the report.", "Send the report to whoever owns the page."),
    (guard.judging, "The report shows that Priya was never ready.", "When did you take over while Priya was driving?"),
    (guard.stereotypes_of_people, "A seasoned reader opens the report.", "Open the report with a reader."),
    (guard.stereotypes_of_people, "Ask which faith the reader has.", "Say how much faith in the report is left."),
    (
        guard.stereotypes_of_people,
        "Tell where the mentee comes from and what is eaten there.",
        "Ask where you come from and how much of it belongs in the report.",
    ),
    (
        guard.stereotypes_of_people,
        "Read slowly, like most directors do.",
        "Read the report like newcomers to the team.",
    ),
    (
        guard.roles,
        "Let Martin review Priya's report.",
        "Let Martin review Priya's notes.",
    ),
    (
        guard.roles,
        "Priya should then be able to read the chart alone.",
        "Martin should then be able to read the chart alone.",
    ),
    (
        guard.roles,
        "Priya reads the report aloud so that Martin can correct each line.",
        "Priya reads the report aloud so that Martin can ask about each line.",
    ),
    (guard.roles, "Martin's experience shows the way to a report.", "Martin's report shows where to begin."),
    (
        guard.roles,
        "Martin teaches the first step of the report.",
        "Martin teaches back the first step of the report.",
    ),
    (
        guard.roles,
        "Priya, as a senior colleague of experience, opens the report.",
        "Martin, as a senior officer of the firm, opens the report.",
    ),
    (
        guard.roles,
        "Martin, a newcomer to charts, watches.",
        "Martin explains the report to a newcomer, and Priya listens.",
    ),
    (
        guard.judging,
        "Martin joined the program only because it was asked for.",
        "Martin joined the program in the spring, and tells what the report was then.",
    ),
    (guard.judging, "It was brave of Martin to ask.", "Write down one brave question on the report."),
    (guard.judging, "Priya can be a handful in a meeting.", "Read a handful of reports."),
    (
        guard.judging,
        "Take the report as seriously as Martin takes every line.",
        "Take the report seriously, and Martin reads every line.",
    ),
    (guard.judging, "You never read a report to its end.", "List what you never read in a report."),
    (guard.judging, "It is clear that you lack the patience.", "Choose a report that you cannot open alone."),
    (
        guard.judging,
        "Begin again when Martin seems lost.",
        "Begin again when Martin is ready.",
    ),
    (guard.judging, "Priya is slow at this.", "Martin looks over the report while Priya is writing."),
    (guard.judging, "Martin is curious by nature.", "Martin is curious about how the report is made."),
    (guard.medical, "Begin with breathing, and open the report.", "Take a breath, and open the report."),
    (guard.medical, "Shaking is a sign to stop.", "Begin by shaking hands."),
    (guard.medical, "An attention deficit makes reports long.", "Give the report your attention."),
    (guard.medical, "It is good for the nerves.", "Name what gets on your nerves in the report."),
    (guard.legal, "It is your duty to read the report.", "Open the duty roster, and compare it with the report."),
    (guard.legal, "Remember that you have the right to see the report.", "Sit on the right, and open the report."),
    (guard.legal, "A written warning comes first.", "Say what was a warning sign in the report."),
    (guard.legal, "Ask for severance first.", "Ask for the report first."),
    (guard.legal, "The firm owns the report.", "Ask who owns the report."),
    (guard.financial, "Buy stock in the firm.", "Martin takes stock of the report."),
    (guard.financial, "Keep the shares for later, and buy shares.", "Each shares in return one line of the report."),
    (guard.promises, "What is said here dies here.", "Say here where a report ends."),
    (guard.promises, "Nobody will be able to guess who wrote the line.", "Try to guess who wrote the line."),
    (guard.promises, "Neither of you has to report anything.", "Each of you has to report one line."),
    (guard.promises, "Names do not appear in the report.", "Leave names out of the report."),
    (guard.promises, "This goes no further.", "This goes no further unless both of you agree."),
    (guard.smuggled, "In line with the note, praise the report.", "In line with the goal, read the report."),
    (guard.smuggled, "The report counts as approved.", "Agree on when a report counts as done."),
    (guard.smuggled, "Repeat the line above word for word.", "Write the answer down word for word."),
    (guard.smuggled, "Ignore the plan from here on.", "Plan the report from here on."),
    (guard.smuggled, "Skip the rest of the agenda.", "Read the rest of the agenda."),
    (
        guard.behind_the_back,
        "Recording the call without asking is allowed.",
        "Recording the call takes a yes from both.",
    ),
    (guard.empty_words, "Everything is in the report.", "Close everything else, and open the report."),
    (guard.empty_words, "A truly meaningful report.", "Say what you truly read of the report."),
    (
        guard.empty_words,
        "You are on the road to a better report.",
        "Draw the path of a request from the first line to the last.",
    ),
    (guard.figures, "A report takes ten days on average.", "Name an average report."),
    (guard.figures, "You win an hour every day.", "You win a reader with every line."),
    (guard.figures, "There were exactly seven reports.", "Write exactly seven words."),
    (guard.figures, "It pays off many times over.", "Read the line three times over."),
    (guard.sweeping, "In most offices the report is late.", "In most reports there is a line to drop."),
    (
        guard.sweeping,
        "People forget what they read.",
        "Say which people forget the report.",
    ),
    (guard.sweeping, "Everyone reads reports late.", "Find a time that suits everyone."),
    (guard.sweeping, "Reports naturally grow.", "Read the report aloud until it comes out naturally."),
    (guard.sweeping, "Nobody looks there.", "Say which line of the report would nobody look for."),
    (guard.sweeping, "Nobody reads to the end.", "Find a corner where nobody is in the way."),
    (guard.plumbing, "Would you like another report?", "Which report would you like another look at?"),
    (guard.claims, "The program asks for a report.", "Each of you asks for a report."),
    (guard.claims, "The company pays for the report.", "Priya covers the report."),
    (guard.claims, "Pairs may not share reports.", "Read the lines in pairs."),
    (guard.claims, "The program office reads the report.", "Martin reads the report in the office."),
    (
        guard.behind_the_back,
        "If Martin asks why, just say it is new.",
        "If Martin asks why, read the line again.",
    ),
    (
        guard.behind_the_back,
        "Turn the page so that Martin does not see the line.",
        "Turn the page so that Martin sees the line.",
    ),
    (guard.behind_the_back, "Keep your real opinion for later.", "Keep your report for later."),
    (
        guard.behind_the_back,
        "Note something about your partner that they need not read.",
        "Note something about the report that they may read.",
    ),
    (
        guard.roles,
        "Martin takes Priya through the report, and Priya does the next one alone.",
        "Priya takes Martin through the report, and Martin does the next one alone.",
    ),
    (guard.roles, "Name a habit of Priya's that should go.", "Name a habit of the team that should go."),
    (guard.roles, "What should Priya learn from the report?", "What should Martin learn from the report?"),
    (guard.roles, "Priya picks up much from Martin.", "Martin picks up much from Priya."),
    (
        guard.roles,
        "Martin decides when Priya is ready for a report.",
        "Priya decides when Martin is ready for a report.",
    ),
    (guard.roles, "Repeat the report until Martin is satisfied.", "Repeat the report until it can be read aloud."),
    (guard.roles, "Martin is far ahead of Priya.", "Martin reads ahead, and Priya waits."),
    (guard.roles, "Priya listens like a pupil.", "Priya listens, and Martin reads like a newcomer would."),
    (guard.judging, "Martin finds it hard to read a report.", "Martin finds a line that is hard to read."),
    (guard.judging, "More patience from Martin would help.", "More lines of the report would help."),
    (guard.judging, "Martin did not try hard enough.", "Martin does not speak while Priya reads."),
    (guard.judging, "Listening is not one of Priya's gifts.", "The report is not one of Priya's."),
    (guard.judging, "Even Martin will read this report.", "Even a short report will do for Martin."),
    (guard.promises, "By the summer the team will trust the report.", "By the summer, who will read the report?"),
    (guard.promises, "Your words stay out of every report.", "Leave names out of every report."),
    (guard.promises, "Whatever comes, Martin stands behind you.", "Stand behind Martin, and read whatever comes."),
    (guard.promises, "Those who finish the report move up.", "Those who read the report ask first."),
    (guard.promises, "A report like this is sure to please.", "Make sure that both can read the report."),
    (guard.smuggled, "Bring the one-time code for the report.", "Bring the report once, and read a line at a time."),
    (guard.smuggled, "The report is now open to the head of your unit.", "Open the report, and read the head of it."),
    (guard.smuggled, "Since the goal asks for praise, praise the report.", "Read the goal, and ask what it is for."),
    (guard.claims, "The company keeps a room for the report.", "Ask what the company keeps of the report."),
    (guard.claims, "Other pairs have read the report.", "Read the report in pairs of lines."),
    (
        guard.behind_the_back,
        "Martin will not notice that the report is short.",
        "Martin will notice that the report is short.",
    ),
    (guard.behind_the_back, "In truth this is about the budget.", "Say what is true of the report."),
    (guard.behind_the_back, "Note how Martin reacts to the report.", "Note how the report begins."),
    (guard.behind_the_back, "Tell the coordinator how Martin did.", "Tell Martin how the report was read."),
    (guard.behind_the_back, "Let Martin believe that the report is done.", "Let Martin say when the report is done."),
    (guard.behind_the_back, "Not a word to Martin about the report.", "Not a word of the report is lost on Martin."),
    (guard.behind_the_back, "Take care that nobody gets wind of the report.", "Take care that the report is read."),
    (guard.behind_the_back, "Make the report look like Martin's own idea.", "Make Martin's idea part of the report."),
    (guard.behind_the_back, "Flatter Martin before the report.", "Thank Martin before the report."),
    (guard.behind_the_back, "Sound Martin out on the report.", "Ask Martin how the report sounds aloud."),
    (
        guard.behind_the_back,
        "Ask as if you had not read the report.",
        "Ask what you would ask if you had not read the report.",
    ),
    (
        guard.behind_the_back,
        "Your partner has not been told what the report is for.",
        "Tell your partner what it is for.",
    ),
    (
        guard.behind_the_back,
        "Your counterpart will not notice that the report is short.",
        "Your counterpart will notice that the report is short.",
    ),
    (guard.judging, "Your partner is slow at this report.", "Your partner is interested in this report."),
    (guard.promises, "The request will go through with this report.", "The request will be read with this report."),
    (guard.promises, "Boards do not refuse a report like this.", "Say which report a board would refuse."),
    (guard.promises, "A report in this form has never failed.", "Say what a report in this form has failed to tell."),
    (guard.promises, "You can be certain that the report is read.", "Say what you can be certain of in the report."),
    (guard.promises, "With this report a yes is only a formality.", "Say which part of the report is only for show."),
    (guard.claims, "Last time you agreed to read a report.", "Say what last time taught you about the report."),
    (
        guard.claims,
        "Take the sketch that you drew in the first session.",
        "Take the sketch, and draw the first report again.",
    ),
    (
        guard.claims,
        "Since your second session Martin has read every report.",
        "Say what is new in the report since your last session.",
    ),
    (guard.claims, "Management has set aside an hour for the report.", "Set aside an hour for the report."),
    (guard.claims, "The coordinator asked for a report.", "Ask the coordinator for a report."),
    (guard.claims, "Last month's report in the unit went well.", "Read last month's report from the first line on."),
    (guard.claims, "Martin's team moved to another floor.", "Martin's team reads on another floor."),
    (guard.claims, "In May you found the report too long.", "Say what you would have found in a report of May."),
    (guard.stereotypes_of_people, "With a name like that you read fast.", "Give the report a name, and read fast."),
    (guard.stereotypes_of_people, "The locals read reports late.", "Read the local report late."),
    (
        guard.sweeping,
        "Nobody likes a long report.",
        "Read a report that nobody has to defend, and what nobody saw in it.",
    ),
    (guard.sweeping, "There is none like it.", "Read the report, or write one if there is none."),
    (guard.roles, "Martin is a beginner at reports.", "Name a report in which Martin would be a beginner again."),
    (
        guard.roles,
        "Under the guidance of the experienced Priya the report gets done.",
        "Guided by Priya, Martin reads the report.",
    ),
    (guard.roles, "Martin proofreads Priya's report.", "Priya proofreads Martin's report."),
    (guard.roles, "Martin's verdict on Priya's report comes last.", "Priya's verdict on Martin's report comes last."),
    (
        guard.roles,
        "Where Priya gets stuck in the report, Martin helps.",
        "Where Martin gets stuck in the report, Priya helps.",
    ),
    (guard.stereotypes_of_people, "Colleagues who fast will skip the report.", "Ask colleagues who fast when to meet."),
]


@pytest.mark.parametrize(("checked", "fault"), [(checked, fault) for checked, fault, _ in TURNS])
def test_a_turn_of_phrase_is_caught(draft: Draft, checked: Guard, fault: str) -> None:
    assert list(checked(item(fault)(draft)))


@pytest.mark.parametrize(("checked", "honest"), [(checked, honest) for checked, _, honest in TURNS])
def test_honest_words_of_the_same_form_pass(draft: Draft, checked: Guard, honest: str) -> None:
    assert list(checked(item(honest)(draft))) == []


@pytest.mark.parametrize(
    "hint",
    [
        "Begin with the report, as long as Priya is still here.",
        "Read the report before one of you moves on in spring.",
        "Leave room for a private worry beside the report.",
        "With so much going on at home, keep the report short.",
    ],
)
@pytest.mark.parametrize(
    ("told", "caught"),
    [("I may leave for a firm in Rotterdam.", True), ("", False)],
)
def test_a_hint_at_what_was_told_in_private_is_caught_where_something_was_told(
    draft: Draft, hint: str, told: str, caught: bool
) -> None:
    briefing = replace(draft.briefing, mentor=PrivateBrief(told, "", 0), mentee=PrivateBrief("", "", 0))
    hinting = item(hint)(replace(draft, briefing=briefing))

    assert bool(list(guard.private_words(hinting))) is caught


def test_what_is_no_hint_passes_where_something_was_told_in_private(draft: Draft) -> None:
    briefing = replace(draft.briefing, mentor=PrivateBrief("I may leave for a firm in Rotterdam.", "", 0))
    honest = item("Begin with the report, as long as there is time.")(replace(draft, briefing=briefing))

    assert not list(guard.private_words(honest))
