import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic_evals import Dataset

from coach.agenda.series import Carried
from coach.agenda.stages import stage_of
from coach.errors import EmbeddingError
from coach.retrieval.embed import Embedder
from coach.retrieval.library import Stage, read_library
from coach.retrieval.search import Search
from coach.untrusted import quotable
from evals.agendas import (
    METRICS,
    SCHEMA,
    About,
    AgendaCase,
    AvoidedAbsent,
    BecauseGiven,
    CitationsExist,
    CitationsSupport,
    GoalsNamed,
    GuardsPass,
    MentorsShare,
    MinutesSum,
    Output,
    StageMustHaves,
    StartersOpen,
    evaluate,
    read_dataset,
    schema,
)
from evals.parts import Metric, PartNotRun, registered
from evals.report import judge, read_gates
from tests.encoders import WordHashEncoder
from tests.evals.outputs import ACTIONS, GOALS, STARTERS, case, output
from tests.retrieval.documents import PLACES, write

Change = Callable[[dict[str, Any]], object]
Content = dict[str, Any]


@pytest.fixture(scope="module")
def dataset() -> Dataset[AgendaCase, Any, About]:
    return read_dataset()


def _item(index: int, **changes: object) -> Change:
    return lambda content: content["items"][index].update(changes)


def _starter(index: int, **changes: object) -> Change:
    return lambda content: content["starters"][index].update(changes)


@pytest.mark.parametrize("stage", get_args(Stage))
@pytest.mark.parametrize("metric", METRICS)
def test_an_agenda_without_fault_passes_every_metric(metric: type[Metric[AgendaCase, Output]], stage: Stage) -> None:
    good = case(stage, avoid=["layoff"], asked=["Where were you last week?"])
    assert metric().faults(good, output(good)) == []


# One broken place each: the metric, the stage, what is done to a faultless agenda, and what must be said of it.
_BAD: list[tuple[type[Metric[AgendaCase, Output]], Stage, Change, str]] = [
    (MinutesSum, "building", _item(2, minutes=34), "59 minutes planned for a session of 60"),
    (MinutesSum, "building", lambda c: (_item(0, minutes=1)(c), _item(1, minutes=19)(c)), "an item of 1 minutes"),
    (StageMustHaves, "kickoff", _item(1, title="Trust", description="Be nice to each other."), "no confidentiality"),
    (StageMustHaves, "kickoff", _item(2, title="Rules"), "no ground rules"),
    (StageMustHaves, "kickoff", _item(3, title="Wishes"), "no goals"),
    (StageMustHaves, "building", _item(2, kind="discussion"), "no something to do"),
    (StageMustHaves, "building", _item(1, description=f"Ada: “{ACTIONS[1]}”."), "due first is not reviewed"),
    (StageMustHaves, "midpoint", _item(2, title="Talk", description="How is it going?"), "no a review of the goals"),
    (StageMustHaves, "closing", _item(1, title="Talk", description="How was it?"), "no an evaluation"),
    (StageMustHaves, "closing", _item(2, kind="discussion"), "no a celebration"),
    (StageMustHaves, "building", lambda c: c["items"].pop(0), "does not open with a check-in"),
    (StageMustHaves, "building", lambda c: c["items"].pop(), "does not close with next steps"),
    (MentorsShare, "building", _item(2, led_by="both"), "the mentor leads 0 of 60 minutes"),
    (CitationsExist, "building", _item(1, sources=["k99"]), "item 2 cites k99, which is not in the library"),
    (CitationsExist, "building", lambda c: c["sources"].pop(0), "which is not among the sources"),
    (CitationsExist, "building", _item(2, sources=[]), "item 3 cites nothing"),
    (CitationsExist, "building", _starter(1, sources=[]), "starter 2 cites nothing"),
    (CitationsExist, "building", lambda c: c["sources"][0].update(references=[]), "rests on nothing"),
    (
        CitationsSupport,
        "building",
        _item(2, description="Nobel prize winners proved in Stockholm that weekly juggling doubles profits."),
        "of its words, without doubl, juggl, nobel",
    ),
    (BecauseGiven, "building", _item(1, because=""), "item 2 gives no reason"),
    (BecauseGiven, "building", _item(1, because="Both asked for"), "item 2 gives no reason"),
    (GoalsNamed, "midpoint", _item(2, description=f"How far is “{GOALS[0]}”?"), f"“{GOALS[1]}” is not named"),
    (GuardsPass, "building", _item(1, description="Talk about it for 50 minutes."), "minutes, item 2"),
    (GuardsPass, "building", _item(2, sources=["k99"]), "citations, item 3"),
    (StartersOpen, "building", _starter(0, text="Did you drop anything last year?"), "is no open question"),
    (StartersOpen, "building", _starter(0, text="Tell me about your week."), "is no open question"),
    (StartersOpen, "building", _starter(0, text=STARTERS[1].upper()), "was asked before"),
    (StartersOpen, "building", lambda c: c["starters"].pop(), "2 starters"),
]


@pytest.mark.parametrize(("metric", "stage", "change", "said"), _BAD)
def test_a_metric_says_what_is_wrong(
    metric: type[Metric[AgendaCase, Output]], stage: Stage, change: Change, said: str
) -> None:
    found = metric().faults(case(stage), output(case(stage), change))
    assert found is not None
    assert said in "; ".join(found)


def test_a_building_session_names_at_least_one_goal() -> None:
    def forget(content: Content) -> None:
        for item in content["items"]:
            item.update(description="Talk about it together.", because="Both asked for it.")

    assert GoalsNamed().faults(case(goals=GOALS), output(case())) == []
    found = GoalsNamed().faults(case(), output(case(), forget))
    assert found == [f"the goal “{goal}” is not named" for goal in GOALS]


def test_a_starter_that_the_pair_has_had_is_found() -> None:
    asked = case(asked=[STARTERS[2].lower()])
    assert StartersOpen().faults(asked, output(asked)) == [f"“{STARTERS[2]}” was asked before"]


def test_an_activity_that_was_to_be_carried_over_is_missed() -> None:
    carried = Carried(activity_id="teach-back", session_id="before", session_number=1)
    found = StageMustHaves().faults(case(carried=carried), output(case(carried=carried)))
    assert found == ["the activity carried over from the session that did not take place is missing"]
    here = carried.model_copy(update={"activity_id": "weigh-a-trend"})
    assert StageMustHaves().faults(case(carried=here), output(case(carried=here))) == []


@pytest.mark.parametrize(
    "change",
    [
        _item(1, description="What did the Layoffs change for you?"),
        lambda content: content["sources"][0].update(references=["After the layoff (Press, 2020)"]),
        lambda content: content.update(title="Layoff talk"),
    ],
)
def test_an_avoided_phrase_is_found_wherever_it_is_shown(change: Change) -> None:
    avoiding = case(avoid=["layoff"])
    found = AvoidedAbsent().faults(avoiding, output(avoiding, change))
    assert found is not None
    assert found[0].startswith("“layoff” in “")


def test_an_avoided_phrase_is_found_in_either_persons_prep() -> None:
    avoiding = case(avoid=["layoff"])
    shown = output(avoiding)
    shown.preps["mentee"]["steps"].append("Think of the layoff.")
    assert AvoidedAbsent().faults(avoiding, shown) == ["“layoff” in “Think of the layoff.”"]


def test_an_avoided_topic_is_found_by_what_the_library_says_of_its_documents() -> None:
    avoiding = case(avoid=["innovation"])
    assert "weigh-a-trend is on innovation" in (AvoidedAbsent().faults(avoiding, output(avoiding)) or [])


def test_a_metric_passes_no_verdict_where_there_is_nothing_to_judge() -> None:
    assert GoalsNamed().faults(case(goals=()), output(case(goals=()))) is None
    assert AvoidedAbsent().faults(case(), output(case())) is None


def test_every_metric_is_tried_on_something_bad() -> None:
    tried = {metric for metric, *_ in _BAD} | {AvoidedAbsent}
    assert tried == set(METRICS)


def test_the_schema_beside_the_dataset_is_that_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == schema(), (
        'Write it anew: python -c "import json; from evals.agendas import *; '
        "SCHEMA.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + '\\n')\""
    )


def test_a_broken_dataset_is_refused_with_its_file_and_place(tmp_path: Path) -> None:
    file = tmp_path / "agendas.yaml"
    file.write_text("name: agendas\ncases:\n- name: one\n  inputs: {brief: {minutes: many}}\n")
    with pytest.raises(PartNotRun, match=r"agendas\.yaml:3 \(one\): .*minutes \(line 4\): “many” is no whole number"):
        read_dataset(file)


def test_the_briefs_cover_all_stages_and_what_is_hard(dataset: Dataset[AgendaCase, Any, About]) -> None:
    inputs = [row.inputs for row in dataset.cases]
    briefs = [one.brief for one in inputs]
    assert len(briefs) >= 16
    assert {brief.stage for brief in briefs} == set(get_args(Stage))
    assert {min(brief.minutes for brief in briefs), max(brief.minutes for brief in briefs)} == {15, 120}
    for fact in ("goals", "actions", "focus", "carried"):
        assert {bool(getattr(brief, fact)) for brief in briefs} == {True, False}, fact
    assert any(one.avoid for one in inputs)
    assert any(brief.mentor.first_name.split()[0] == brief.mentee.first_name.split()[0] for brief in briefs)
    assert any(row.metadata and row.metadata.typed_goals for row in dataset.cases)


def test_the_briefs_are_such_as_the_service_makes(dataset: Dataset[AgendaCase, Any, About]) -> None:
    for row in dataset.cases:
        brief, avoid = row.inputs.brief, row.inputs.briefing().avoid
        assert brief.stage == stage_of(brief.position, brief.planned_sessions), row.name
        typed = (row.metadata.typed_goals if row.metadata else ()) or brief.goals
        assert [quotable(goal, 160) for goal in typed] == list(brief.goals), row.name
        assert not any(avoid.touches(text) for text in (*brief.goals, *(a.text for a in brief.actions))), row.name
        assert not avoid.topics & set(brief.topics), row.name


def test_the_briefs_name_what_is_in_the_library(dataset: Dataset[AgendaCase, Any, About], search: Search) -> None:
    starters = {passage.text for passage in search.passages if passage.asked_by}
    for row in dataset.cases:
        brief = row.inputs.brief
        assert set(row.inputs.asked) <= starters, row.name
        for activity in (*brief.recent_activities, *([brief.carried.activity_id] if brief.carried else [])):
            assert search.passages_of(activity), activity


async def test_the_composers_agendas_reach_every_gate(dataset: Dataset[AgendaCase, Any, About], search: Search) -> None:
    result = judge(registered()["agendas"], await evaluate(dataset, search), read_gates())
    missed = {score.metric: score.faults for score in result.scores if score.verdict != "passed"}
    assert not missed


async def test_agendas_made_while_the_index_fails_count_as_not_run(
    dataset: Dataset[AgendaCase, Any, About], tmp_path: Path
) -> None:
    encoder, library = WordHashEncoder(), read_library(write(tmp_path / "knowledge", dict(PLACES)))
    search = Search.open(library, Embedder(encoder), chroma_dir=tmp_path / "chroma")
    search.build()
    encoder.script.append(EmbeddingError("The model is gone."))
    try:
        with pytest.raises(PartNotRun, match="index failed"):
            await evaluate(dataset, search)
    finally:
        search.close()
