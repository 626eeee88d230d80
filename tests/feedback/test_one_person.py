"""What one person more or less changes of a whole report, as it is kept and as coordinators read it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.feedback.disclosure import (
    BANDS,
    SIDE_PEOPLE,
    THEME_PAIRS,
    THEME_PEOPLE,
    Minimums,
    Voice,
    certainty_wanted,
)
from coach.feedback.periods import parse_period
from coach.feedback.report_forms import markdown, table
from coach.feedback.report_words import ReportWords, report_words
from coach.feedback.reports import Content, make_report
from coach.retrieval.library import Library
from tests.feedback.test_disclosure import counts, programs

JULY, AUGUST = parse_period("2026-07"), parse_period("2026-08")
AT = datetime(2026, 9, 9, tzinfo=UTC)
EDGES = {least for least, _ in BANDS}
# What a theme says beside how many raised it; nobody's feedback has a part in it.
OWN_WORDS = ("id", "label", "kind", "summary", "actions")


@pytest.fixture(scope="module")
def words(library: Library) -> ReportWords:
    return report_words(library)


def report(voices: Sequence[Voice], words: ReportWords, before: Content | None = None) -> Content:
    said = [f"{voice.person} of {voice.pair} says this and nothing else at all" for voice in voices]
    period = AUGUST if before else JULY
    return make_report(period, voices, said, Minimums(), words, before=before, made_at=AT)


def people(voices: Sequence[Voice]) -> int:
    return len({voice.person for voice in voices})


def below_a_minimum(voices: Sequence[Voice], theme: str) -> bool:
    raised, pairs = counts(list(voices), theme)
    return raised < THEME_PEOPLE or pairs < THEME_PAIRS


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs(), st.none() | programs(), st.integers(0, 10_000))
def test_one_person_changes_a_report_only_where_a_band_or_a_minimum_has_its_edge(
    words: ReportWords, voices: list[Voice], earlier: list[Voice] | None, pick: int
) -> None:
    who = sorted({voice.person for voice in voices})
    gone = who[pick % len(who)]
    less = [voice for voice in voices if voice.person != gone]
    theirs = [voice for voice in voices if voice.person == gone]
    own, own_roles = {theme for voice in theirs for theme in voice.themes}, {voice.role for voice in theirs}
    last = report(earlier, words) if earlier else None
    before = last if last and last["status"] == "published" else None
    whole, part = report(voices, words, before), report(less, words, before)
    _never_below_a_minimum(whole, voices)
    _never_below_a_minimum(part, less)
    if whole["status"] != part["status"]:
        assert whole["status"] == "published"
        assert part["themes"] == []
        assert part["respondents"] is None
        assert part["by_role"] is None
        return
    assert whole["notice"] == part["notice"]
    if whole["status"] == "withheld":
        assert whole == part
        return
    same_band = people(voices) not in EDGES
    assert (whole["respondents"] == part["respondents"]) is same_band
    same_size = certainty_wanted(people(voices)) == certainty_wanted(people(less))
    now, then = ({theme["id"]: theme for theme in one["themes"]} for one in (whole, part))
    for name in now.keys() | then.keys():
        if name not in now or name not in then:
            assert name in own or not same_size
            continue
        assert [now[name][key] for key in OWN_WORDS] == [then[name][key] for key in OWN_WORDS]
        if now[name]["people"] != then[name]["people"]:
            assert name in own
            assert counts(voices, name)[0] in EDGES
        elif same_band:
            assert now[name]["trend"] == then[name]["trend"]
    if now == then and whole["by_role"] and part["by_role"]:
        for role in whole["by_role"].keys() - own_roles:
            assert whole["by_role"][role] == part["by_role"][role]
    if whole == part:
        assert (markdown([whole]), table([whole])) == (markdown([part]), table([part]))


def _never_below_a_minimum(content: Content, voices: Sequence[Voice]) -> None:
    for theme in content["themes"]:
        assert not below_a_minimum(voices, theme["id"])
    sides: dict[str, Any] = content["by_role"] or {}
    for role, side in sides.items():
        of_side = [voice for voice in voices if voice.role == role]
        assert people(of_side) >= SIDE_PEOPLE
        assert [theme["id"] for theme in side["themes"]] == [theme["id"] for theme in content["themes"]]
        assert not any(below_a_minimum(of_side, theme["id"]) for theme in side["themes"])
