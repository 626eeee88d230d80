"""The metrics of the part `own-documents`, on outputs made by hand."""

from typing import Any

import pytest

from evals import own_documents
from evals.own_documents import HALVES, Named, OwnFits, OwnKeptOut, OwnNamed, OwnPair, OwnProgram, Situation, situations
from evals.parts import PartNotRun

TRAVEL = "# Our travel tool\n\nTrips are booked in Tripla."


def situation(**pair: Any) -> Situation:
    known = {"name": "trips", "goals": ["Book my trips"], "topics": [], "fits": ["travel"]} | pair
    program = OwnProgram(program="a program", documents={"travel": TRAVEL}, pairs=())
    return Situation(program, OwnPair.model_validate(known), "built")


def named(*keys: str) -> Named:
    return Named(keys, {"items": []})


def test_a_document_that_fits_and_is_not_named_is_a_fault() -> None:
    assert OwnNamed().faults(situation(), named("travel", "parking")) == []
    assert OwnNamed().faults(situation(), named("parking")) == ["travel is not named"]
    assert OwnNamed().faults(situation(fits=[]), named()) is None


def test_a_document_that_is_named_and_does_not_fit_is_a_fault() -> None:
    assert OwnFits().faults(situation(may=["parking"]), named("travel", "parking")) == []
    assert OwnFits().faults(situation(), named("travel", "parking")) == ["parking does not fit"]
    assert OwnFits().faults(situation(fits=[]), named()) == []


def test_a_document_on_what_somebody_keeps_out_is_a_fault() -> None:
    kept_out = situation(fits=[], avoid=["digital-tools"])
    assert OwnKeptOut().faults(kept_out, named()) == []
    assert OwnKeptOut().faults(kept_out, named("travel")) == ["travel is on digital-tools"]
    assert OwnKeptOut().faults(situation(), named("travel")) is None
    assert any(one.pair.avoid for one in situations())


def test_the_title_of_a_document_is_its_first_line() -> None:
    (document,) = situation().program.read()
    assert (document.front.id, document.front.title) == ("travel", "Our travel tool")
    assert document.body.strip() == "Trips are booked in Tripla."


def test_every_document_that_a_pair_should_name_is_its_programs() -> None:
    every = list(situations())
    assert {one.half for one in every} == set(HALVES)
    assert len(every) >= 50
    for one in every:
        assert {*one.pair.fits, *one.pair.may} <= one.program.documents.keys(), one.pair.name
    assert sum(not one.pair.fits for one in every) >= 20


def test_a_file_of_another_form_is_not_run(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_documents, "FOLDER", tmp_path)
    (tmp_path / "built.yaml").write_text("- program: 1\n")
    with pytest.raises(PartNotRun, match="built"):
        own_documents.read_programs("built")


def test_a_document_that_the_program_does_not_have_is_told(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "- program: a mill\n  documents: {travel: '# Travel'}\n  pairs:\n"
    pair = "  - {name: trips, goals: [Book my trips], topics: [], fits: [travel], may: [parking]}\n"
    (tmp_path / "built.yaml").write_text(f"{program}{pair}", "utf-8")
    monkeypatch.setattr(own_documents, "FOLDER", tmp_path)
    with pytest.raises(PartNotRun, match=r"built\.yaml:1: .*“trips” names parking, and the documents are travel"):
        own_documents.read_programs("built")
