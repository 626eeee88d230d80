"""What asks for no wish in feedback: what is good as it is, what is wanted the other way round, and other meanings."""

import pytest

from coach.feedback.said import asked_in
from coach.store.feedback import SharedFeedback
from coach.wish_words import Wish
from coach.wishes import read_wishes
from tests.test_wishes import said

# What only shares words with a wish: none of these asks an agenda for anything.
SHARES_WORDS = (
    "I watched a film about it afterwards",
    "Let me have the keyboard shortcuts list",
    "I need to practise my Spanish",
    "The office hours of the help desk are hard to find",
    "I could not focus on the email because of the heat",
    "It was a little quick win for us both",
    "The train was a bit quick today",
    "She explained Excel to me with no need to explain twice",
    "We went through the basics and it was good",
    "I have used it before in another company",
    "Two exercises in one, clever",
    "Stick to one password manager, she said",
    "I waited for ten minutes for the lift, funny",
    "I must go before the end of the month to the new office",
    "Our current report is with the auditors",
    "What I am working on is a secret",
    "Nothing to do with you, I was tired",
    "How it would look in French made us laugh",
    "I understand the reasons now",
    "We got to the bottom of it",
    "Each of us wrote before lunch",
    "My assistant came in with cake",
    "I was looking at my phone for the app we tried",
    "What happened to my old dashboard is a riddle",
    "We did not forget anything",
    "I remember last time well",
    "She knew me as a person from the choir",
    "We started with coffee and it was lovely",
    "Something new for me was the pivot table",
    "Same thing every month with the budget, but not with us",
    "I know what you took from it, you told me",
    "I would like to talk to someone in payroll about my contract",
    "We can bring our laptops in",
    "It is up in the air whether we move offices",
    "What do we do now with the winnings, haha",
    "We got around to our questions",
    "I prefer talk radio",
    "Ask anything was the name of the exercise",
    "I knew where we were going, well done",
    "The plan for the meeting room is ready",
    "The day before we met I had a cold",
    "Half an hour is enough for lunch",
    "We had a walk through the warehouse afterwards",
    "Open-plan offices were our topic",
    "We meet in my office, which suits us",
    "Mondays are bad for the whole company",
    "The team meets once a week",
    "Someone walked in with flowers",
    "I want to understand why people leave, she gave me ideas",
    "My real job is safe",
)
# What is good as it is, and what was asked for the other way round.
CONTENT = (
    "Nothing, the pace was perfect",
    "The structure was great, keep it",
    "Our goals are just right",
    "No need to slow down",
    "No rush, all good",
    "The demo was too short",
    "Longer demos please",
    "Show me how to edit a video",
    "Keep it up",
    "As always great!",
    "the same as last time please",
    "More of the same",
    "Alles gut",
    "Much better!",
    "It is too late to change the format",
    "I could not see why at first, now I do",
    "We finished late, which was fine",
    "He no longer interrupts me",
    "She never finishes my sentences, I like that",
    "In her day-to-day work she could use it",
    "Let them have the slides",
    "Please do my review earlier",
    "The hierarchy chart was a great example",
    "The boss-level of the game was fun",
    "He was never interrupting",
    "I was put down for the newsletter",
    "My secretary had never heard of it",
    "I would like a test of the new tool",
    "He let me lead and it worked",
    "I want to run the report myself",
    "She was the boss of the demo team in the story",
    "The demo was brief and good",
    "Our team has no plan for the merger yet, that was interesting",
    "We crashed a test server together, fun",
    "I have cutters who talk less and do more",
    "I was never lost",
    "Please contradict me more often, it helps",
    "At work we have far too many slides",
    "Our customers ask for shorter demos, I see why now",
    "My own team never starts on time",
    "The break was just right",
    "In a break she showed me her desk",
    "We break it down too rarely at home",
    "I will write the first draft on Monday",
    "He gave me feedback on the report",
    "I was a guest at her stand-up",
    "I will talk to other people about it",
    "My colleagues joined the pilot",
    "I already know Priya's manager",
    "I could be faster with shortcuts",
    "The hard part was logging in",
    "I sent her more details",
    "I was answering emails with it in ten minutes",
    "The phone number is on the page",
    "She pulled out a chart",
    "I go to work by train",
    "I found a new format for my report",
    "It reminded me of my time before this",
    "The real problem is the budget",
    "The figures show less than I feared",
    "She gave a tech talk in May",
    "I don't need more detail, thanks",
    "Fewer breaks please",
    "No need for small talk",
    "No slides today, hurrah",
)


@pytest.mark.parametrize(
    "to_change", [None, "", "Nothing, it was great", "See you in May!", "😀", "Más pan", *CONTENT, *SHARES_WORDS]
)
def test_what_asks_for_nothing_is_no_wish(to_change: str | None) -> None:
    assert read_wishes([said(to_change)]) == ()


# What people write who want the opposite of a wish, or who mean something else by its words.
OPPOSITES = [
    ("Fewer hands-on exercises please", "more-doing"),
    ("Less time on practice, I know it by now. No more practice please", "more-doing"),
    ("Too slow for me, please pick up the pace", "slower"),
    ("Too slowly for me", "slower"),
    ("The pace could be quicker", "slower"),
    ("It dragged. A better pace would be nice", "slower"),
    ("Please don't slow down for me", "slower"),
    ("We repeat ourselves a bit", "slower"),
    ("Less structure, just let it flow", "clear-structure"),
    ("It felt too structured", "clear-structure"),
    ("Explain the company structure to me", "clear-structure"),
    ("A little homework, not so much", "firm-next-steps"),
    ("Too many action items", "firm-next-steps"),
    ("Less talk of the committee", "firm-next-steps"),
    ("I don't want to prepare so much", "prepare-ahead"),
    ("Send me the slides afterwards", "prepare-ahead"),
    ("Let's not finish early again", "end-on-time"),
    ("We could build more trust over time", "end-on-time"),
    ("Longer demos and fewer breaks", "shorter-demos"),
    ("A shorter start and more demos", "shorter-demos"),
    ("We just talk, I expected exercises", "more-talk"),
    ("Fewer goals, one is plenty", "back-to-goals"),
    ("Link it more to my daily work", "test-the-tools"),
    ("More access to senior people", "test-the-tools"),
    ("I would like a more personal connection", "test-the-tools"),
    ("Cameras off please", "test-the-tools"),
    ("I was never afraid to ask, go on like that", "level-the-table"),
    ("The pace was perfect", "slower"),
    ("Start on time", "end-on-time"),
    ("Shorter meetings", "end-on-time"),
    ("Send the agenda a day before", "prepare-ahead"),
    ("We should begin a bit later in the day", "start-on-time"),
    ("Please stick to the agenda, we went through it earlier", "agenda-ahead"),
    ("Nothing, the structure was good", "clear-structure"),
]


@pytest.mark.parametrize(("to_change", "wish"), OPPOSITES)
def test_who_asks_for_the_opposite_is_not_said_to_have_asked(to_change: str, wish: Wish) -> None:
    assert wish not in read_wishes([said(to_change)])
    assert wish not in dict(asked_in(to_change))


@pytest.mark.parametrize("to_change", [None, "At work we have far too many slides", "The pace was just right."])
def test_a_theme_of_what_went_well_or_of_elsewhere_is_no_wish(to_change: str | None) -> None:
    assert read_wishes([said(to_change, themes=("mentor-preparation", "goals-and-progress"))]) == ()
    assert read_wishes([said(to_change, themes=("power-dynamics",))]) == ("level-the-table",)


def test_a_theme_does_not_stand_in_for_what_somebody_refused() -> None:
    assert read_wishes([said("Too slow for me", themes=("communication-style",))]) == ("quicker",)


def test_an_hour_without_interruptions_is_no_complaint_about_rank() -> None:
    senior = SharedFeedback("session-1", 1, "mentee", None, 4, None, None, "I want an hour without interruptions")
    assert read_wishes([senior]) == ("undisturbed",)
    assert read_wishes([said("I was interrupted all the time")]) == ("level-the-table",)


def test_more_time_for_demos_at_the_cost_of_something_else_is_no_wish_for_shorter_ones() -> None:
    for to_change in ("Less time for small talk, more time for demos", "More demos and less time for small talk"):
        assert "shorter-demos" not in read_wishes([said(to_change)])
    assert "more-doing" not in read_wishes([said("Less hands-on, more talk")])
