from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from pydantic import ValidationError

from coach.agenda.guard import AGENDA_GUARDS, Draft, check_agenda
from coach.agenda.words import AgendaWords, ItemWords, StarterWords
from coach.vocabulary import Vocabulary
from evals import sound_texts
from evals.parts import registered
from evals.plants import (
    GOOD,
    GUARDS,
    HALVES,
    METRICS,
    SETS,
    EveryKindCaught,
    FaultsCaught,
    GoodLeftAlone,
    GuardsAtWork,
    Plant,
    SoundTextsPass,
    Tally,
    by_guards,
    evaluate,
    read_plants,
    refusals,
    table,
)
from evals.plants_in_code import STRUCTURAL
from evals.report import judge, read_gates
from evals.sound_texts import SoundRow, SoundText, filled, read_sound, refused_sound_texts
from tests.evals.outputs import case, output

# The kinds of planted faults that each guard is for: a new guard brings its plants.
PLANTS_OF = {
    "structure": ("item missing", "item doubled", "items out of order"),
    "citations": ("unknown id", "id of another slot"),
    "minutes": ("minutes too many",),
    "leads": ("lead swapped",),
    "length": ("too long",),
    "starters": ("closed question", "starter asked before"),
    "close_to_its_starter": ("starter of its own",),
    "repetition": ("line repeated",),
    "on_the_plan": ("off the plan", "for any two people"),
    "broken": ("badly put",),
    "addressed": ("starter to who asks",),
    "support": ("claim beside its citation",),
    "claims": ("claim without citation", "invented-figure"),
    "avoided": ("avoided topic",),
    "private_words": ("private words shared",),
    "markup": ("markup",),
    "links": ("invented-link",),
    "names": ("invented-person",),
    "pronouns": ("pronouns",),
    "figures": ("invented-figure",),
    "sweeping": ("unsupported-claim",),
    "roles": ("swapped-roles",),
    "stereotypes_of_people": ("stereotype-age", "stereotype-generation", "stereotype-gender", "stereotype-origin"),
    "exclusive": ("exclusive-terms",),
    "judging": ("judging-a-person",),
    "behind_the_back": ("other-audience",),
    "medical": ("medical-advice",),
    "legal": ("legal-advice",),
    "financial": ("financial-advice",),
    "promises": ("confidentiality-promise",),
    "smuggled": ("smuggled-instruction",),
    "plumbing": ("first-person", "smuggled-instruction"),
    "first_person": ("first-person",),
    "other_language": ("other-language",),
    "empty_words": ("empty-words",),
    "grounding": ("unsupported-claim", "invented-person"),
}


@pytest.fixture
def draft() -> Draft:
    made = output(case("building")).draft
    library = [passage for slot in made.plan.slots for passage in slot.passages]
    return replace(made, vocabulary=Vocabulary([*library, *made.plan.starters]))


def test_every_guard_has_plants_and_every_kind_has_a_guard() -> None:
    kinds = set(STRUCTURAL) | {plant.kind for plant in read_plants("built")} - {GOOD}
    of_the_sixth = {plant.kind for plant in read_plants("sixth")}
    planted = {kind for of_a_guard in PLANTS_OF.values() for kind in of_a_guard}

    assert set(PLANTS_OF) == {guard.__name__ for guard in AGENDA_GUARDS}
    assert kinds <= planted <= kinds | of_the_sixth


@pytest.mark.parametrize("half", HALVES)
def test_a_half_holds_as_many_faults_of_each_of_twenty_kinds_and_good_texts_beside_them(half: str) -> None:
    counted = Counter(plant.kind for plant in read_plants(half))

    assert counted.pop(GOOD) >= 80
    # Newer than the halves: 24 of what was built with, and held out are none.
    assert counted.pop("pronouns", 0) == (24 if half == "built" else 0)
    assert len(counted) == 20
    assert len(set(counted.values())) == 1
    assert min(counted.values()) >= 26
    assert len(read_sound(half)) >= 30


@pytest.mark.parametrize(("writer", "sound"), [("sixth", 60), ("seventh", 100), ("eighth", 60)])
def test_a_writer_planted_as_many_faults_of_each_of_twenty_kinds_and_wrote_sound_texts(writer: str, sound: int) -> None:
    counted = Counter(plant.kind for plant in read_plants(writer))

    assert set(counted.values()) == {16 if writer == "eighth" else 15}
    assert len(counted) == 20
    assert len(read_sound(writer)) == sound


def test_no_two_sound_texts_bring_their_passages_under_one_key() -> None:
    brought = [
        one.key for writer in ("sixth", "seventh", "eighth") for one in read_sound(writer) if one.place == "activity"
    ]

    assert len(set(brought)) == len(brought)


def test_no_text_stands_in_two_sets() -> None:
    texts = [{plant.text for plant in read_plants(name)} for name in SETS]

    assert not any(one & other for one, other in combinations(texts, 2))


def test_what_retells_a_private_note_is_refused_only_where_that_note_was_written(draft: Draft) -> None:
    text = "Take the Rotterdam post as an example of a short talk."
    retold = Plant("private-words", "description", text, "I applied for a post in Rotterdam.", "mentee")

    assert "private words" in refusals(retold, draft, append=True)
    assert "private words" not in refusals(replace(retold, note=""), draft, append=True)


def test_a_sound_text_is_tried_also_where_no_draft_has_its_exercise(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = list(draft.plan.slots)
    place = next(number for number, slot in enumerate(slots) if slot.activity)
    has, library = slots[place].activity, slots[place].passages
    assert has
    other = has.model_copy(update={"front": has.front.model_copy(update={"id": "another"})})
    slots[place] = replace(slots[place], activity=other, passages=())
    without = replace(draft, plan=replace(draft.plan, slots=tuple(slots)))
    text = "{mentor} juggles seven flaming torches, and {mentee} whistles an anthem."
    monkeypatch.setattr(sound_texts, "read_sound", lambda half: [SoundText("activity", has.front.id, "Torches", text)])

    assert [found for _, found in refused_sound_texts("built", [without], library) if "grounding" in found]
    assert not list(refused_sound_texts("built", [without]))


@pytest.mark.parametrize("place", ["activity", "starter", "summary"])
def test_a_sound_text_that_brings_its_passage_is_held_against_that_one(
    draft: Draft, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    passage = "The mentor juggles seven flaming torches for the mentee, and both whistle an anthem."
    text = "Which flaming torches would you juggle while an anthem is whistled?"
    library = [*draft.plan.starters, *(passage for slot in draft.plan.slots for passage in slot.passages)]
    refused = {}
    for brought in (passage, passage.replace("flaming torches", "cards").replace("an anthem", "aloud")):
        monkeypatch.setattr(
            sound_texts, "read_sound", lambda half, said=brought: [SoundText(place, said, "", text, said)]
        )
        [(_, refused[brought])] = refused_sound_texts("built", [draft], library)

    assert "grounding" not in refused.pop(passage)
    assert all("grounding" in found for found in refused.values())


def test_a_sound_row_says_what_it_rests_on() -> None:
    SoundRow(place="activity", text="Open the report.", passage="Both open a report.")
    with pytest.raises(ValidationError, match="bring its `passage`"):
        SoundRow(place="activity", text="Open the report.")


def test_names_and_goal_are_filled_in(draft: Draft) -> None:
    assert filled("{mentor} and {mentee}, session {number}: {goal}", draft) == (
        f"Ada and Ben, session {draft.briefing.brief.number}: {draft.briefing.brief.goals[0]}"
    )


@pytest.mark.parametrize("append", [False, True])
@pytest.mark.parametrize("where", ["title", "summary", "description", "because", "starter", "prep"])
def test_a_fault_is_found_in_every_place_it_can_stand(draft: Draft, where: str, append: bool) -> None:
    plant = replace(read_plants("built")[0], where=where, text="Older people never learn, <b>{mentee}</b>.")

    assert {"markup", "schema"} & refusals(plant, draft, append=append)


@pytest.mark.parametrize("kind", STRUCTURAL)
def test_what_is_planted_in_code_differs_from_what_was_there(draft: Draft, kind: str) -> None:
    words = AgendaWords(
        title=draft.words.title,
        summary=draft.words.summary,
        items=tuple(ItemWords(**item.model_dump()) for item in draft.words.items),
        starters=tuple(StarterWords(**starter.model_dump()) for starter in draft.words.starters),
    )
    planted = list(STRUCTURAL[kind](replace(draft, words=words)))

    assert all(one.words != words or one.briefing is not draft.briefing for one in planted)
    assert all(check_agenda(one) for one in planted)


def _tally(half: str, kind: str, refused: int, count: int = 10) -> Tally:
    return Tally(half, kind, count, refused, ("x",) * (count - refused))


def test_the_metrics_count_what_they_are_for() -> None:
    caught, missed = _tally("heldout", "markup", 9), _tally("heldout", "markup", 8)

    assert FaultsCaught().grade("", caught) == 0.9
    assert FaultsCaught().grade("", _tally("built", "markup", 9)) is None
    assert EveryKindCaught().faults("", caught) == []
    assert EveryKindCaught().faults("", missed) == ["8 of 10 caught"]
    assert EveryKindCaught().faults("", _tally("in code", "too long", 8)) == ["8 of 10 caught"]
    assert EveryKindCaught().faults("", _tally("heldout", GOOD, 1)) is None
    assert GoodLeftAlone().faults("", _tally("composed", "good agendas", 0)) == []
    assert GoodLeftAlone().faults("", _tally("composed", "good agendas", 1)) == ["1 of 10 refused"]
    assert SoundTextsPass().grade("", _tally("heldout", "sound texts", 2)) == 0.8


def test_a_guard_that_refuses_nothing_of_all_that_is_planted_is_named() -> None:
    planted = Tally("heldout", "markup", 10, 9, (), (("markup", 9),))
    sound = Tally("heldout", "sound texts", 10, 9, (), (("links", 9),))
    at_work = {tally.kind: GuardsAtWork().faults("", tally) for tally in by_guards([planted, sound])}
    assert at_work["markup"] == []
    assert at_work["links"] == ["refused nothing of all that was planted"]
    assert GuardsAtWork().faults("", planted) is None
    assert all(EveryKindCaught().faults("", tally) is None for tally in by_guards([planted]))


def test_every_guard_is_known_by_the_name_in_its_violations() -> None:
    assert len(GUARDS) == len(set(GUARDS)) == len(AGENDA_GUARDS)


def test_the_report_shows_the_table_and_is_gated() -> None:
    tallies = [
        _tally("heldout", "markup", 5),
        _tally("heldout", "sound texts", 0),
        _tally("composed", "good agendas", 0),
    ]
    result = judge(registered()["plants"], evaluate(tallies), read_gates())

    assert result.notes == table(tallies)
    assert "5/10" in table(tallies)
    assert {score.metric: score.verdict for score in result.scores} == {
        metric.metric(): "passed" if metric in {GoodLeftAlone, SoundTextsPass} else "failed" for metric in METRICS
    }
