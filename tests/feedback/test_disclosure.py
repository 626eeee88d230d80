"""What may be shown of a period: people and pairs are counted, and told in bands."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.feedback.disclosure import (
    BANDS,
    CERTAINTY,
    REPORT_PAIRS,
    REPORT_PEOPLE,
    SIDE_PEOPLE,
    THEME_PAIRS,
    THEME_PEOPLE,
    Minimums,
    Shown,
    Voice,
    band_of,
    band_step,
    certainty_wanted,
    decide,
)
from tests.feedback.programs import KNOWN, person, program

TIME, RANK = "time-and-scheduling", "power-dynamics"
LABELS = {"3-5", "6-10", "11-20", "21-50", "51+"}


def shown(voices: list[Voice], minimums: Minimums | None = None) -> Shown:
    found = decide(voices, minimums or Minimums(), KNOWN)
    assert found is not None
    return found


def themes(voices: list[Voice], minimums: Minimums | None = None) -> dict[str, str]:
    return {theme.id: theme.people for theme in shown(voices, minimums).themes}


def test_ten_people_from_five_pairs_are_enough_and_nine_are_not() -> None:
    assert decide(program(10), Minimums(), KNOWN) is not None
    assert decide(program(9), Minimums(), KNOWN) is None
    assert decide([], Minimums(), KNOWN) is None


def test_ten_people_from_four_pairs_are_not_enough() -> None:
    crowded = [Voice(f"person {number}", f"pair {number % 4}", "mentor", {}) for number in range(10)]
    assert decide(crowded, Minimums(), KNOWN) is None


def test_people_are_counted_and_not_what_they_wrote() -> None:
    nine_who_write_much = [voice for voice in program(9) for _ in range(50)]
    assert decide(nine_who_write_much, Minimums(), KNOWN) is None
    two = program(12, {TIME: (0, 2)}) + [person(0, TIME)] * 80
    assert themes(two) == {}


def test_a_theme_is_listed_with_three_people_from_three_pairs() -> None:
    assert themes(program(12, {TIME: (0, 2, 4)})) == {TIME: "3-5"}
    assert themes(program(12, {TIME: (0, 2)})) == {}
    assert themes(program(12, {TIME: (0, 1, 2, 3)})) == {}, "four people of two pairs"


@pytest.mark.parametrize(
    ("count", "label"),
    [(3, "3-5"), (5, "3-5"), (6, "6-10"), (10, "6-10"), (11, "11-20"), (20, "11-20"), (21, "21-50"), (50, "21-50"),
     (51, "51+"), (5_000, "51+")],
)  # fmt: skip
def test_bands_are_told_and_no_numbers(count: int, label: str) -> None:
    assert band_of(count) == label
    assert themes(program(max(count, 12), {TIME: range(count)} if count > 5 else {TIME: range(0, 2 * count, 2)})) == {
        TIME: label
    }


def test_themes_stand_in_the_order_of_bands_and_ids_which_tells_nothing_of_numbers() -> None:
    listed = [
        theme.id
        for theme in shown(program(40, {"rapport": range(9), "digital-skills": range(7), TIME: range(30)})).themes
    ]
    assert listed == [TIME, "digital-skills", "rapport"]


def test_what_is_not_of_the_taxonomy_is_never_listed() -> None:
    assert themes(program(12, {"praise-the-director": range(12)})) == {}


def test_uncertain_findings_must_be_more_the_more_people_there_are() -> None:
    def doubtful(people: int, raised: int) -> list[Voice]:
        return [person(number, *([TIME] if number < raised else []), certainty=0.45) for number in range(people)]

    assert themes(doubtful(20, 3 + 1)) == {} == themes(doubtful(200, 5))
    assert themes(doubtful(20, 6)) == {TIME: "6-10"}
    assert themes(doubtful(200, 6)) == {}
    assert themes(doubtful(200, 17)) == {TIME: "11-20"}
    assert themes(doubtful(1_600, 20)) == {}
    wanted = [certainty_wanted(people) for people in range(1, 5_000)]
    assert wanted == sorted(wanted)
    assert certainty_wanted(800) == 2 * CERTAINTY[-1][1]


def test_one_who_is_surely_understood_tells_more_than_two_who_may_have_been() -> None:
    sure = [person(number, TIME, certainty=0.9) for number in (0, 2, 4)]
    unsure = [person(number, TIME, certainty=0.45) for number in range(0, 12, 2)]
    silent = program(40)[12:]
    assert sum(voice.themes[TIME] for voice in unsure) == pytest.approx(sum(voice.themes[TIME] for voice in sure))
    assert themes(silent + sure) == {TIME: "3-5"}
    assert themes(silent + unsure) == {}


def test_the_most_certain_of_a_persons_findings_counts_once() -> None:
    twice = [person(number, TIME, certainty=0.4) for number in (0, 2, 4)] * 9
    assert themes(program(12) + twice) == {}


# Mentors and mentees apart


def test_sides_are_told_apart_where_both_are_large_and_every_theme_is_on_both() -> None:
    both = {TIME: range(12), RANK: range(10, 24)}
    apart = shown(program(24, both)).sides
    assert [(side.role, side.respondents) for side in apart] == [("mentee", "11-20"), ("mentor", "11-20")]
    assert {theme.id: theme.people for theme in apart[0].themes} == {TIME: "6-10", RANK: "6-10"}


@pytest.mark.parametrize(
    ("people", "raised"),
    [
        (18, {TIME: range(18)}),
        (24, {TIME: range(0, 24, 2)}),
        (24, {TIME: range(12), RANK: (0, 2, 4, 6, 8, 1, 3)}),
    ],
    ids=["small sides", "a theme of one side", "one theme too rare on one side"],
)
def test_otherwise_no_side_is_told_of_any_theme(people: int, raised: Any) -> None:
    found = shown(program(people, raised))
    assert found.sides == ()
    assert found.themes


def test_what_is_left_of_a_total_less_one_side_is_never_below_a_minimum() -> None:
    voices = [voice for voice in program(40, {TIME: range(40)}) if voice.role == "mentor" or voice.person < "person 15"]
    mentees = {voice.person for voice in voices if voice.role == "mentee"}
    assert (shown(voices).sides != ()) is (len(mentees) >= REPORT_PEOPLE)


# Minimums that a program raised


def test_raised_minimums_hold() -> None:
    assert decide(program(14), Minimums(people=15), KNOWN) is None
    assert themes(program(30, {TIME: range(0, 12, 2)}), Minimums(theme_people=7)) == {}
    assert themes(program(30, {TIME: range(7)}), Minimums(theme_people=7)) == {TIME: "6-10"}


@pytest.mark.parametrize("minimum", range(4, 70))
def test_a_raised_minimum_never_makes_a_band_as_good_as_a_number(minimum: int) -> None:
    by_label: dict[str, list[int]] = {}
    for count in range(minimum, 200):
        by_label.setdefault(band_of(count, minimum), []).append(count)
    assert all(len(counts) >= 3 for counts in by_label.values())
    for label, counts in by_label.items():
        least, _, most = label.removesuffix("+").partition("-")
        assert int(least) <= counts[0]
        assert not most or int(most) == counts[-1]
        assert len({band_step(count, minimum) for count in counts}) == 1


# One person more or less


@st.composite
def programs(draw: st.DrawFn) -> list[Voice]:
    count = draw(st.integers(8, 70))
    people_in_pair = draw(st.sampled_from([1, 2, 2, 3]))
    shares = {theme: draw(st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.5, 0.9])) for theme in KNOWN}
    dice = draw(st.randoms(use_true_random=False))
    found = []
    for number in range(count):
        for _ in range(dice.choice((1, 1, 2, 5))):
            raised = {theme: dice.choice((0.55, 0.8, 0.99)) for theme, share in shares.items() if dice.random() < share}
            role = "mentee" if number % 2 else "mentor"
            found.append(Voice(f"p{number}", f"pair {number // people_in_pair}", role, raised))
    dice.shuffle(found)
    return found


def counts(voices: list[Voice], theme: str) -> tuple[int, int]:
    raised = [voice for voice in voices if theme in voice.themes]
    return len({voice.person for voice in raised}), len({voice.pair for voice in raised})


@settings(max_examples=150, deadline=None)
@given(programs(), st.integers(0, 10_000))
def test_one_person_more_or_less_changes_only_what_a_bands_edge_allows(voices: list[Voice], pick: int) -> None:
    people = sorted({voice.person for voice in voices})
    gone = people[pick % len(people)]
    less = [voice for voice in voices if voice.person != gone]
    own = {theme for voice in voices if voice.person == gone for theme in voice.themes}
    whole, part = decide(voices, Minimums(), KNOWN), decide(less, Minimums(), KNOWN)
    for one, of in ((whole, voices), (part, less)):
        number, pairs = len({voice.person for voice in of}), len({voice.pair for voice in of})
        assert (one is not None) is (number >= REPORT_PEOPLE and pairs >= REPORT_PAIRS)
        for theme in one.themes if one else ():
            raised, raising_pairs = counts(of, theme.id)
            assert raised >= THEME_PEOPLE
            assert raising_pairs >= THEME_PAIRS
            assert theme.people == band_of(raised)
            assert theme.people in LABELS
        for side in one.sides if one else ():
            own_side = [voice for voice in of if voice.role == side.role]
            assert len({voice.person for voice in own_side}) >= SIDE_PEOPLE
            assert one is not None
            assert [theme.id for theme in side.themes] == [theme.id for theme in one.themes]
            for theme in side.themes:
                raised, raising_pairs = counts(own_side, theme.id)
                assert raised >= THEME_PEOPLE
                assert raising_pairs >= THEME_PAIRS
                assert theme.people == band_of(raised)
    if whole is None or part is None:
        return
    count = len(people)
    assert (whole.respondents == part.respondents) is (band_step(count) == band_step(count - 1))
    then, now = ({theme.id: theme.people for theme in one.themes} for one in (part, whole))
    same_size = certainty_wanted(count) == certainty_wanted(count - 1)
    for name in KNOWN:
        if then.get(name) == now.get(name):
            continue
        if name in then and name in now:
            assert name in own
            assert counts(voices, name)[0] in {least for least, _ in BANDS}
        else:
            # It crossed a minimum with this person, or so did the size of the program.
            assert name in own or not same_size


@settings(max_examples=50, deadline=None)
@given(programs(), st.randoms(use_true_random=False))
def test_the_same_in_another_order_is_the_same(voices: list[Voice], dice: Any) -> None:
    other = list(voices)
    dice.shuffle(other)
    assert decide(other, Minimums(), KNOWN) == decide(voices, Minimums(), KNOWN)
