import time

import pytest

from coach.wording import exclusive_terms, is_closed_question, stereotypes


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("They are digital natives.", "digital natives"),
        ("A digital-immigrant learns slowly.", "digital-immigrant"),
        ("OK boomer, let me show you.", "OK boomer"),
        ("okay boomer", "okay boomer"),
        ("He is over the hill.", "over the hill"),
        ("You cannot teach old dogs.", "old dogs"),
        ("Ask the tech-savvy youth.", "tech-savvy youth"),
        ("Young people are impatient.", "Young people are"),
        ("I think young people can't listen.", "young people can't"),
        ("Younger workers want praise.", "Younger workers want"),
        ("OLDER EMPLOYEES DO NOT learn.", "OLDER EMPLOYEES DO NOT"),
        ("Older leaders struggle with phones.", "Older leaders struggle"),
        ("Boomers never ask.", "Boomers never"),
        ("Millennials love feedback.", "Millennials love"),
        ("Gen Z is on the phone.", "Gen Z is"),
        ("Gen-Zers expect answers.", "Gen-Zers expect"),
        ("Generation X leaders always wait.", "Generation X leaders always"),
        ("Most older workers like calls.", "Most older workers"),
        ("Every young colleague knows this.", "Every young colleague"),
        ("the typical young employee", "typical young employee"),
    ],
)
def test_what_is_said_of_a_whole_age_is_found(text: str, phrase: str) -> None:
    assert list(stereotypes(text)) == [phrase]


def test_every_stereotype_of_a_text_is_found_in_its_order() -> None:
    text = "Boomers never ask, millennials always do, and all young workers are digital natives."
    assert list(stereotypes(text)) == ["Boomers never", "millennials always", "all young workers", "digital natives"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A younger colleague showed me how she plans her week.",
        "Omar is older than Lena and has led three teams.",
        "Ask an older colleague what the first computer in the office was like.",
        "People are different, whatever their age.",
        "Two young people from sales joined us.",
        "The people who are new need a desk.",
        "Which generation do you count yourself to?",
        "The studies find few differences between generations.",
        "Our young company is growing.",
        "The digital tools are native to the phone.",
        "Gold dogs and dogmas are no topic here.",
        "The boomerang came back.",
        "Next-generation phones are cheap.",
    ],
)
def test_plain_sentences_about_peoples_work_are_left_alone(text: str) -> None:
    assert list(stereotypes(text)) == []


@pytest.mark.parametrize(
    ("text", "term", "instead"),
    [
        ("Put it on the blacklist.", "blacklist", "blocklist"),
        ("Do a sanity check.", "sanity check", "check"),
        ("SPECIAL NEEDS", "SPECIAL NEEDS", "person with a disability"),
        ("Twelve man hours.", "man hours", "hours of work"),
        ("That is Crazy!", "Crazy", "rude"),
        ("(crazy)", "crazy", "rude"),
    ],
)
def test_an_exclusive_term_comes_as_written_with_what_to_write_instead(text: str, term: str, instead: str) -> None:
    ((found, words),) = exclusive_terms(text)
    assert found == term
    assert instead in words


@pytest.mark.parametrize("term", ["of course", "obviously", "everyone knows", "Clearly"])
def test_a_term_that_is_best_left_out_comes_with_nothing(term: str) -> None:
    assert list(exclusive_terms(f"{term}, we meet.")) == [(term, [])]


def test_the_longest_term_is_the_one_found() -> None:
    assert [term for term, _ in exclusive_terms("The master plan, and the master.")] == ["master plan", "master"]


def test_every_exclusive_term_of_a_text_is_found_in_its_order() -> None:
    text = "Of course the master/slave setup is crazy."
    assert [term for term, _ in exclusive_terms(text)] == ["Of course", "master", "slave", "crazy"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Add a line, just a simple and easy one; that is special, simply.",
        "A crazy-quilt hangs there.",
        "She mastered it; the headmaster lamented.",
        "Tell each other how you got here.",
        "(*+?[",
    ],
)
def test_plain_words_and_parts_of_words_are_no_exclusive_terms(text: str) -> None:
    assert list(exclusive_terms(text)) == []


@pytest.mark.parametrize(
    "question",
    [
        "Do you like your job?",
        "DO YOU?",
        "Is that so?",
        "Are there days like that?",
        "Have you ever led a team?",
        "Could you show me?",
        "Would you go back?",
        "Must we?",
        "So, do you agree?",
        "And can you tell me why?",
        "Well … is it fun?",
        "Can't we meet?",
    ],
)
def test_a_question_that_yes_or_no_answers_is_closed(question: str) -> None:
    assert is_closed_question(question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "What do you like about your job?",
        "Which job is it that taught you most?",
        "How would you do it today?",
        "Who could help?",
        "When did you last laugh, and was it at work?",
        "So what is next?",
        "Doing what makes you forget the time?",
        "Isolation at work: what helps?",
        "Mustard or ketchup, and why?",
        "Island or city: where would you work?",
    ],
)
def test_a_question_that_asks_for_more_is_open(question: str) -> None:
    assert not is_closed_question(question)


@pytest.mark.parametrize("text", ["young people " * 5_000, "digital " * 5_000, "of " * 10_000, "a" * 50_000])
def test_a_long_text_takes_no_long_time(text: str) -> None:
    began = time.perf_counter()
    assert not list(stereotypes(text))
    assert not list(exclusive_terms(text))
    assert time.perf_counter() - began < 5
