"""What a model may read of feedback: nothing that says who, where, when or how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.feedback.redact import redactor
from coach.models import Pair, Participant
from coach.store.pairs import PairPeople
from coach.vocabulary import stems

KNOWN = frozenset(stems(["shorter", "project"]))


def people(mentor: str = "Priya Raman", mentee: str = "Martin Olsen") -> PairPeople:
    return PairPeople(
        pair=Pair(id="p", program_id="g", mentor_id="a", mentee_id="b", planned_sessions=6),
        mentor=Participant(program_id="g", name=mentor, role_title="Data analyst", department="Logistics"),
        mentee=Participant(program_id="g", name=mentee, role_title="Director of logistics"),
    )


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Priya let me drive.", "the mentor let me drive."),
        ("PRIYA RAMAN helped, and martin listened", "the mentor helped, and the mentee listened"),
        ("The data analyst explained it", "The the mentor explained it"),
        ("All of Logistics was there", "All of [place] was there"),
        ("Write to ann.lee@corp.example or call +45 20 30 40 50", "Write to [address] or call [number]"),
        ("See https://corp.example/x?y=1 and intra.corp.com/wiki", "See [link] and [link]"),
        ("On 14 March at 10:30, and on 2026-03-14", "On [date] at [number], and on [date]"),
        ("On Tuesday Anneliese came along", "On [date] [name] came along"),
        ("Project Zebrafish and code XQ-17 and mySys", "Project [name] and code [name] and [name]"),
        ("We ran over by 20 minutes", "We ran over by [number] minutes"),
        ("Shorter demos, please. The pace was fine.", "Shorter demos, please. The pace was fine."),
    ],
)
def test_what_points_at_somebody_is_replaced(text: str, redacted: str) -> None:
    assert redactor(people(), KNOWN)(text) == redacted


def test_a_name_that_is_an_everyday_word_stays_one_where_it_is_written_small() -> None:
    redact = redactor(people("Will Mark", "Grace Olsen"))
    assert redact("Will said he will mark it") == "the mentor said he will mark it"


@given(
    st.text(max_size=80), st.sampled_from(["Priya", "Martin", "4711", "ann@corp.example", "www.corp.com", "Zebrafish"])
)
def test_wherever_it_stands_it_is_replaced(text: str, secret: str) -> None:
    assert secret not in redactor(people())(f"{text} {secret} {text}")
