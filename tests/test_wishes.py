"""What the next agenda reads out of feedback."""

import time

import pytest

from coach.feedback.said import asked_in
from coach.store.feedback import SharedFeedback
from coach.wish_words import Wish
from coach.wishes import MOST_WISHES, opposed_wishes, read_wishes, stated_wishes


def said(to_change: str | None = None, *, safety: int | None = 4, themes: tuple[str, ...] = ()) -> SharedFeedback:
    return SharedFeedback("session-1", 1, "mentor", None, safety, None, None, to_change, themes)


# What is asked for less often than the rest, with words of its own.
SELDOM: tuple[tuple[str, Wish], ...] = (
    ("Could we have a short pause after half an hour", "breaks"),
    ("There was no break at all", "breaks"),
    ("Ninety minutes without a break is too much", "breaks"),
    ("We went too slowly for my taste", "quicker"),
    ("I already know most of that", "quicker"),
    ("Please skip the basics", "quicker"),
    ("Take an example from my team", "own-work"),
    ("Let's use my own spreadsheet", "own-work"),
    ("I'd like a real case instead", "own-work"),
    ("Link it more to my daily work", "own-work"),
    ("I'd like to write something down first", "write-first"),
    ("I need a minute to collect my thoughts", "write-first"),
    ("I think better on paper", "write-first"),
    ("It was a bit superficial", "deeper"),
    ("I'd like to go into more detail", "deeper"),
    ("Phones off please", "undisturbed"),
    ("She was checking her mail half the time", "undisturbed"),
    ("He took two calls", "undisturbed"),
    ("Can we start with our actions", "look-back"),
    ("Nobody came back to what we promised", "look-back"),
    ("A recap at the start would be nice", "recap"),
    ("Remind me where we stopped", "recap"),
    ("I'd like to get to know you better", "get-to-know"),
    ("A bit more small talk first", "get-to-know"),
    ("Always the same exercises", "something-new"),
    ("A little more variety please", "something-new"),
    ("I'd like some feedback on how I explain", "what-helped"),
    ("Tell me what was helpful and what was not", "what-helped"),
    ("Could an expert join us once", "somebody-else"),
    ("Maybe invite a colleague from sales", "somebody-else"),
    ("Could we meet someone from the works committee", "somebody-else"),
    ("No more powerpoint", "no-slides"),
    ("Could we do it without slides", "no-slides"),
    ("The demoes were too long", "shorter-demos"),
    ("Turn up on time please", "start-on-time"),
    ("Clearer takeaways would help", "firm-next-steps"),
    ("Nothing we do looks like my own work", "own-work"),
    ("He should drive next time", "more-doing"),
    ("Could I have a go myself", "more-doing"),
    ("A bit too quick for me", "slower"),
    ("Let's stick to one subject", "less-at-once"),
    ("I sat there alone for ten minutes", "start-on-time"),
    ("I had to leave before we were done", "end-on-time"),
    ("Half an hour would be enough for me", "other-arrangement"),
    ("can we cut it to 45 minutes?", "other-arrangement"),
    ("More space for my questions", "more-talk"),
    ("Give me a moment to think before I answer", "write-first"),
    ("Bring something you're working on", "own-work"),
    ("We only touched it", "deeper"),
    ("You kept looking at your phone", "undisturbed"),
    ("Check what came of our agreements", "look-back"),
    ("I couldn't remember what we did last time", "recap"),
    ("I still don't know anything about you as a person", "get-to-know"),
    ("Do something different for once", "something-new"),
    ("I would like to know what you took from it", "what-helped"),
    ("It ended a bit in the air", "firm-next-steps"),
    ("We spend too long on the easy stuff", "quicker"),
)


@pytest.mark.parametrize(
    ("to_change", "wish"),
    [
        ("Shorter demos please, I lose track after ten minutes", "shorter-demos"),
        ("The screen sharing was too long", "shorter-demos"),
        ("He talked over me twice", "level-the-table"),
        ("I couldn't get a word in", "level-the-table"),
        ("Let me try it out myself next time", "more-doing"),
        ("I would like to try the tool myself, not only look", "more-doing"),
        ("could we end five minutes earlier, bus", "end-on-time"),
        ("More time to talk, fewer slides", "more-talk"),
        ("Too fast, and too much jargon", "slower"),
        ("Too many topics in one hour", "less-at-once"),
        ("Less at once please.", "less-at-once"),
        ("We drifted again", "clear-structure"),
        ("We ran over by twenty minutes", "end-on-time"),
        ("Write down who does what by when", "firm-next-steps"),
        ("I no longer know what this is for: our goals?", "back-to-goals"),
        ("I don't want to speak for every trainee here", "less-of-one-story"),
        ("Send me the question beforehand", "prepare-ahead"),
        ("The demo dragged on", "shorter-demos"),
        ("The demo was good but too long", "shorter-demos"),
        ("Please keep the demos short", "shorter-demos"),
        ("No more than five minutes of slides", "shorter-demos"),
        ("The pace was too high for me", "slower"),
        ("The video kept freezing", "test-the-tools"),
        ("I couldn't hear you: the sound was bad", "test-the-tools"),
        ("The structure was fine but we ran over", "end-on-time"),
        ("It would be good if the demos were shorter", "shorter-demos"),
        ("The link failed and half the time was gone", "test-the-tools"),
        ("We started 15 minutes late", "start-on-time"),
        ("Be punctual please", "start-on-time"),
        ("Don't be late next time", "start-on-time"),
        ("Send the agenda a day before", "agenda-ahead"),
        ("I would like the agenda in advance", "agenda-ahead"),
        ("I'd rather we met in person", "other-arrangement"),
        ("not at 8 am", "other-arrangement"),
        ("Shorter meetings", "other-arrangement"),
        ("The cafe was too loud", "other-arrangement"),
        ("She cancelled twice", "dates-that-hold"),
        ("could we have the notes in bigger type", "see-and-hear"),
        ("Could you speak up", "see-and-hear"),
        ("I did not dare disagree", "level-the-table"),
        ("It is hard to say no to him", "level-the-table"),
        ("I only got to speak at the end", "level-the-table"),
        ("Oh sure, another forty minutes of slides, loved it", "shorter-demos"),
        ("Not always me as the young one", "less-of-one-story"),
        ("He finishes my sentences", "level-the-table"),
        ("I nod because he signs my leave", "level-the-table"),
        ("It is always Gordon who decides what we talk about", "level-the-table"),
        ("He tells me how it was in his day instead of listening", "level-the-table"),
        ("I swallowed what I wanted to say, twice", "level-the-table"),
        ("When I disagree the room gets cold", "level-the-table"),
        ("Mostly he spoke. I had ten minutes maybe.", "level-the-table"),
        ("Not easy to be frank with somebody four levels up", "level-the-table"),
        ("I let him win the argument", "level-the-table"),
        ("Could he ask before he jumps in?", "level-the-table"),
        ("I laughed at his jokes because he is my boss's boss", "level-the-table"),
        ("Talks down to me a little", "level-the-table"),
        ("I feel like a pupil again in there", "level-the-table"),
        ("I never get to finish", "level-the-table"),
        ("He corrects me in front of others", "level-the-table"),
        ("It felt like a report to my boss", "level-the-table"),
        ("I hardly said anything", "level-the-table"),
        ("She does most of the talking", "level-the-table"),
        ("It was more like a status meeting than mentoring", "level-the-table"),
        ("My ideas get brushed aside", "level-the-table"),
        ("I was too nervous to disagree", "level-the-table"),
        ("It is hard to speak up to a vice president", "level-the-table"),
        ("I keep quiet because of his position", "level-the-table"),
        ("I felt talked down to", "level-the-table"),
        ("The power gap was in the room", "level-the-table"),
        ("I wasn't taken seriously because I am young", "level-the-table"),
        ("I was not heard", "level-the-table"),
        ("He answered his own questions", "level-the-table"),
        ("He makes all the decisions about what we do", "level-the-table"),
        ("He treats me as his assistant", "level-the-table"),
        ("I want to be asked, not told", "level-the-table"),
        ("Let me run the meeting for once", "level-the-table"),
        ("Less slides please", "shorter-demos"),
        ("Keep the demo brief", "shorter-demos"),
        ("15 minutes of demo is plenty, not 30", "shorter-demos"),
        ("Could the walkthrough be quicker", "shorter-demos"),
        ("the demo could be half the length", "shorter-demos"),
        ("Let me try on my own laptop", "more-doing"),
        ("Too much theory", "more-doing"),
        ("I want to click through it myself", "more-doing"),
        ("We didn't get to my questions", "more-talk"),
        ("More Q&A", "more-talk"),
        ("It went over my head", "slower"),
        ("Too technical for me", "slower"),
        ("Please use simple language", "slower"),
        ("One topic would have been enough", "less-at-once"),
        ("It was a lot for one hour", "less-at-once"),
        ("We had no plan", "clear-structure"),
        ("The talk went in all directions", "clear-structure"),
        ("We need to watch the time", "end-on-time"),
        ("We never agreed what to do next", "firm-next-steps"),
        ("We talk a lot but nothing follows", "firm-next-steps"),
        ("What are we trying to achieve?", "back-to-goals"),
        ("I'm tired of being the example for all young people", "less-of-one-story"),
        ("I'd like to see the agenda before", "agenda-ahead"),
        ("I came unprepared because I didn't know the topic", "prepare-ahead"),
        ("Teams kept crashing", "test-the-tools"),
        ("The projector didn't work", "test-the-tools"),
        ("The screen was too far away", "see-and-hear"),
        ("Mornings would be better for me", "other-arrangement"),
        ("I can't get to the end of a thought with him", "level-the-table"),
        ("She doesn't let me talk", "level-the-table"),
        ("He never asks what I think", "level-the-table"),
        ("I feel inferior", "level-the-table"),
        ("We slipped into boss and employee", "level-the-table"),
        ("Please listen more and talk less", "level-the-table"),
        ("Can we take turns speaking", "level-the-table"),
        ("Martin monopolised the conversation", "level-the-table"),
        ("I would like to be treated with more respect", "level-the-table"),
        ("She makes me feel like a beginner", "level-the-table"),
        ("He took the mouse out of my hand", "level-the-table"),
        ("I censored myself", "level-the-table"),
        ("I live in fear of the consequences", "level-the-table"),
        ("Please find somebody else to ask what Gen Z thinks", "less-of-one-story"),
        ("I had to defend all Muslims for half an hour", "less-of-one-story"),
        ("Always me who has to explain what it is like", "less-of-one-story"),
        *SELDOM,
    ],
)
def test_what_should_change_is_read_as_a_wish(to_change: str, wish: Wish) -> None:
    assert wish in read_wishes([said(to_change)])


@pytest.mark.parametrize(
    ("to_change", "wish"),
    [
        ("There was no hands-on part, and too much theory", "more-doing"),
        ("Less theory and more practice", "more-doing"),
        ("Not enough hands-on", "more-doing"),
        ("We don't do anything hands-on", "more-doing"),
        ("Why don't we end a bit earlier?", "end-on-time"),
        ("We were ten minutes over time", "end-on-time"),
        ("Too fast, so slow down please", "slower"),
        ("A slower pace", "slower"),
        ("The pace was too fast for me", "slower"),
        ("I could not keep up", "slower"),
        ("We have no structure at all", "clear-structure"),
        ("We never get to next steps", "firm-next-steps"),
        ("Please don't do too many topics in one hour", "less-at-once"),
        ("The link to the call did not open", "test-the-tools"),
        ("The sound was not good", "test-the-tools"),
        ("It froze whenever I turned the camera on, so I read aloud", "test-the-tools"),
        ("He talks at the pace of an auctioneer", "slower"),
        ("Nothing came of our next steps", "firm-next-steps"),
        ("I was afraid to disagree", "level-the-table"),
    ],
)
def test_a_complaint_that_something_is_missing_is_a_wish(to_change: str, wish: Wish) -> None:
    assert wish in read_wishes([said(to_change)])
    assert wish in dict(asked_in(to_change))


def test_a_promise_that_nobody_came_back_to_asks_to_come_back_to_it_and_for_nothing_else() -> None:
    assert read_wishes([said("We said we would both try it and never spoke about it again")]) == ("look-back",)


def test_a_senior_who_means_to_listen_more_gives_the_junior_the_floor() -> None:
    senior = SharedFeedback("session-1", 1, "mentee", None, 4, None, None, "I should listen more")
    assert read_wishes([senior]) == ("level-the-table",)


def test_a_pace_that_one_wants_slower_and_the_other_quicker_is_told_once() -> None:
    senior = SharedFeedback("session-1", 1, "mentee", None, 4, None, None, "I already know most of this")
    both = [said("Too fast for me"), senior]
    assert read_wishes(both) == ("slower",)
    assert opposed_wishes(both) == {"slower"}


def test_a_low_rating_of_safety_levels_the_table_without_a_word() -> None:
    assert read_wishes([said(None, safety=2)]) == ("level-the-table",)
    assert read_wishes([said(None, safety=3)]) == ()


def test_what_a_classifier_read_between_the_lines_counts_where_the_words_say_nothing() -> None:
    assert read_wishes([said("I rehearsed that sentence and then said another", themes=("power-dynamics",))]) == (
        "level-the-table",
    )
    assert read_wishes([said("Too fast", themes=("tools-and-access",))]) == ("slower",)


def test_both_are_heard_and_no_more_than_an_agenda_can_take_up() -> None:
    wishes = read_wishes(
        [said("Shorter demos, we ran over, no structure"), said("He talked over me; send it beforehand")]
    )
    assert len(wishes) == MOST_WISHES
    assert wishes[0] == "level-the-table"


def test_only_words_state_a_wish() -> None:
    assert stated_wishes([said("Too fast", safety=1, themes=("power-dynamics", "session-structure"))]) == {"slower"}
    assert stated_wishes([said(None, safety=1), said("The pace was just right")]) == frozenset()


def test_a_senior_who_wants_to_lead_complains_of_no_rank() -> None:
    senior = SharedFeedback("session-1", 1, "mentee", None, 4, None, None, "I would like to lead more of it")
    assert read_wishes([senior]) == ()


def test_a_senior_who_was_silenced_is_not_answered_by_more_floor_for_the_junior() -> None:
    senior = SharedFeedback("session-1", 1, "mentee", None, 2, None, None, "He interrupted me", ("power-dynamics",))
    assert read_wishes([senior]) == ("safer-ground",)


@pytest.mark.parametrize(
    "text", ["w " * 10_000, "the pace was good " * 1_000, "was good but only too " * 900, "a" * 20_000]
)
def test_no_comment_however_long_holds_up_an_agenda(text: str) -> None:
    began = time.process_time()
    read_wishes([said(text)])
    stated_wishes([said(text)])
    assert time.process_time() - began < 2
