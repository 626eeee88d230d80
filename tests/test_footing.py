"""What people say of rank between the two, by whoever says it, and what only sounds like it."""

import pytest

from coach.store.feedback import SharedFeedback
from coach.wishes import read_wishes


def by_junior(to_change: str) -> SharedFeedback:
    return SharedFeedback("session-1", 1, "mentor", None, 4, None, None, to_change)


def by_senior(to_change: str) -> SharedFeedback:
    return SharedFeedback("session-1", 1, "mentee", None, 4, None, None, to_change)


SENIOR_OWNS = (
    "I caught myself lecturing",
    "Noticed that I was explaining again",
    "I slipped back into boss mode",
    "Next time I should ask more and tell less",
    "Too much of me",
    "I gave advice for most of it",
    "I should bite my tongue more often",
    "She still calls me Sir",
    "He waits for my permission",
    "My mentor softens everything before it reaches me",
    "She tells me what she believes I want to hear",
    "He never contradicts me",
    "She goes quiet when I disagree",
    "I suspect she is intimidated",
    "I'd like him to feel free to push back",
)


@pytest.mark.parametrize("to_change", SENIOR_OWNS)
def test_a_senior_who_kept_the_floor_or_sees_the_junior_hold_back_gives_the_junior_the_floor(to_change: str) -> None:
    assert read_wishes([by_senior(to_change)]) == ("level-the-table",)


@pytest.mark.parametrize(
    "to_change",
    [
        "She took the mouse and did it herself",
        "He goes quiet after each sentence, is it my turn?",
        "I would like to talk about power dynamics in our teams",
        "Could we discuss how seniority is seen by new people?",
        "Lead less with slides",
    ],
)
def test_a_senior_who_speaks_of_something_else_says_nothing_of_the_floor(to_change: str) -> None:
    assert not {"level-the-table", "safer-ground"} & set(read_wishes([by_senior(to_change)]))


@pytest.mark.parametrize(
    "to_change",
    [
        "It felt like a performance review",
        "I get tongue-tied in his office",
        "He was checking his mails while I was talking",
        "Hard to say no, but he is the managing director",
        "Nobody tells you so, but you don't correct a CFO",
        "I told her what she wanted to hear",
        "She gave me tasks for the next time",
        "It was mostly him talking",
        "There wasn't much room for my side",
        "Who is mentoring whom here?",
        "You will understand when you have been here longer, he said",
        "I was nervous to give feedback to her",
        "He is used to being obeyed",
    ],
)
def test_rank_is_heard_where_it_has_other_names(to_change: str) -> None:
    assert "level-the-table" in read_wishes([by_junior(to_change)])


@pytest.mark.parametrize(
    "to_change",
    [
        "I talked too much, she should have more time to try",
        "I would like to hear about hierarchy in other countries",
        "My team lead is in charge of the pilot, ask him",
    ],
)
def test_a_junior_who_speaks_of_something_else_complains_of_no_rank(to_change: str) -> None:
    assert "level-the-table" not in read_wishes([by_junior(to_change)])


def test_who_is_glad_that_rank_did_not_matter_complains_of_none() -> None:
    glad = SharedFeedback(
        "s", 1, "mentor", None, 4, None, "A director, but it never felt like it", None, ("power-dynamics",)
    )
    assert read_wishes([glad]) == ()
