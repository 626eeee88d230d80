"""What a run looks like: as Markdown, as a page, and beside another run."""

import re
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.baseline import Baseline
from evals.compare import comparison
from evals.markdown import as_markdown
from evals.page import as_page
from evals.parts import PartNotRun
from evals.plots import bar, dot_plot, histogram
from evals.results import (
    CaseResult,
    Change,
    Fault,
    Gate,
    Judged,
    PartResult,
    Run,
    Score,
    Shown,
    Times,
    Tokens,
    Verdict,
    as_json,
)

HOSTILE = '<script src="https://evil.example/x.js"></script><img src=x onerror=alert(1)> | **`bold`** ]]>'


def part(values: dict[str, float], name: str = "pairs", verdict: Verdict = "passed", inputs: str = "") -> PartResult:
    cases = {
        case: CaseResult(
            input=f"{case}{inputs}",
            groups={"stage": ("kickoff" if value < 1 else "closing",)},
            judged={"theirs": Judged(value=value)},
            tokens=Tokens(prompt=10, completion=2),
        )
        for case, value in values.items()
    }
    score = Score(
        metric="theirs",
        why=HOSTILE,
        score=0.5,
        interval=(0.25, 0.75),
        passed=sum(values.values()),
        cases=len(values),
        gate=Gate(floor=0.4),
        change=Change(before=0.6, difference=-0.1, interval=(-0.2, 0.0), cases=len(values)),
        verdict=verdict,
        red=HOSTILE if verdict == "failed" else None,
        faults=tuple(Fault(case=case, reason=HOSTILE) for case in values) if verdict == "failed" else (),
    )
    shown = tuple(Shown(case=case, input={"goal": HOSTILE}, output=HOSTILE, faults=(HOSTILE,)) for case in values)
    return PartResult(part=name, about="a test", cases=cases, scores=(score,), notes=HOSTILE, shown=shown)


def run(*parts: PartResult, **more: object) -> Run:
    times = {one.part: Times(whole=1.5, cases=dict.fromkeys(one.cases, 0.25)) for one in parts}
    return Run(parts=parts, times=times, **more)


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br", "line", "path", "circle", "rect"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    found.close()
    return found


# The page


def test_what_people_typed_never_becomes_part_of_the_page() -> None:
    found = read(as_page(run(part({HOSTILE: 0.5, "b": 1.0}, verdict="failed"))))
    assert found.open == []
    assert not {"script", "img", "link", "iframe", "object"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert found.text.count(HOSTILE) >= 6


def test_the_page_asks_nothing_of_any_network() -> None:
    page = as_page(run(part({"a": 0.5})))
    addresses = [
        value for name, value in read(page).attributes if name in {"src", "href", "action", "data", "xlink:href"}
    ]
    assert addresses
    assert all((value or "").startswith("#") for value in addresses)
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert not re.search(r"@import|url\(", page)


def test_the_page_reads_on_a_phone_by_keyboard_and_in_the_dark() -> None:
    page = as_page(run(part({"a": 0.5})))
    found = read(page)
    assert ("name", "viewport") in found.attributes
    assert "prefers-color-scheme: dark" in page
    assert found.tags.count("details") == found.tags.count("summary") >= 2
    assert all(value == "0" for name, value in found.attributes if name == "tabindex")
    drawn = re.findall(r"<svg[^>]*>", page)
    assert drawn
    assert all('role="img" aria-label="' in one for one in drawn)


def test_the_page_tells_each_score_with_its_interval_in_figures() -> None:
    one = part({"a": 0.5})
    scores = tuple(score.model_copy(update={"score": 0.5, "interval": (0.25, 0.75)}) for score in one.scores)
    text = read(as_page(run(one.model_copy(update={"scores": scores})))).text
    assert "0.5000.250 to 0.750" in text


def test_the_page_begins_with_the_gates_that_were_not_reached() -> None:
    page = as_page(run(part({"a": 0.5}), part({"a": 0.0}, name="series", verdict="failed")))
    head, _, _ = page.partition("<nav")
    assert "1 of 2 gates reached, 2 cases, " in read(head).text
    assert '<a href="#series">series theirs</a> ' in head
    assert "pairs theirs" not in head


def test_input_and_output_stand_side_by_side_and_the_worst_first() -> None:
    page = as_page(run(part({"worst case": 0.0, "better case": 0.5})))
    assert page.index("<summary>worst case") < page.index("<summary>better case")
    assert page.index("<h4>Input") < page.index("<h4>Output")


def test_a_red_gate_names_its_cases_on_the_page_also_those_that_are_not_shown_in_full() -> None:
    red = part({f"case {number}": 0.0 for number in range(30)}, verdict="failed")
    page = as_page(run(red.model_copy(update={"shown": red.shown[:1]})))
    assert "30 cases that fell short of theirs" in page
    assert all(f"<li>case {number}: " in page for number in range(30))


def test_the_page_has_stages_cost_and_latency() -> None:
    text = read(as_page(run(part({"a": 0.5, "b": 1.0})))).text
    for wanted in ("By stage", "kickoff", "closing", "Cost and latency", "20", "250 ms", "1.5"):
        assert wanted in text


def test_on_paper_nothing_is_folded_away_and_nothing_is_cut() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", as_page(run(part({"a": 0.5}))), re.DOTALL)
    _, _, on_paper = style.partition("@media print")
    assert re.search(r"details::details-content \{[^}]*content-visibility: visible", on_paper)
    assert re.search(r"pre \{[^}]*max-height: none", on_paper)
    assert re.search(r"\.wide \{[^}]*overflow: visible", on_paper)


def test_a_screen_reader_hears_the_name_of_each_column_and_of_all_that_takes_the_focus() -> None:
    page = as_page(run(part({"a": 0.5}, verdict="failed")))
    assert "<th scope='col'></th>" not in page
    assert all("aria-label=" in one for one in re.findall(r"<[^>]*tabindex[^>]*>", page))
    assert "abbr='theirs'" in page


def test_what_was_not_timed_case_by_case_is_no_0_ms() -> None:
    whole = run(part({"a": 0.5}))
    assert "250 ms" in as_page(whole)
    _, _, untimed = as_page(whole.model_copy(update={"times": {"pairs": Times(whole=1.5)}})).partition("id='cost'")
    assert "1.5" in untimed
    assert " ms" not in untimed
    assert "not timed one by one" in untimed


def test_a_part_that_was_not_run_says_why() -> None:
    broken = PartResult(part="pairs", error="no index <now>")
    assert "Not run: no index &lt;now&gt;" in as_page(run(broken))


@pytest.mark.parametrize(
    "drawing",
    [
        dot_plot(1.2, (-0.5, 2.0), None, None, "failed"),
        dot_plot(1, (0, 1), 1, 1, "passed"),
        bar(7, "x"),
        histogram([], "none"),
        histogram([0, 0], "zeros"),
    ],
)
def test_a_plot_stays_within_its_frame(drawing: str) -> None:
    width = float(re.findall(r'viewBox="0 0 ([\d.]+)', drawing)[0])
    places = [float(value) for value in re.findall(r'(?:x1|x2|cx|width)="(-?[\d.]+)"', drawing)]
    places += [float(value) for value in re.findall(r"[ML](-?[\d.]+) ", drawing)]
    assert all(0 <= place <= width for place in places)


# Markdown


def test_markdown_has_a_row_for_each_metric_and_what_is_red_with_the_command() -> None:
    shown = as_markdown(run(part({"a": 0.5, "b": 0.0}, verdict="failed")))
    assert "## Evals: not passed" in shown
    assert "| pairs | theirs | 0.500 | 0.250 to 0.750 | 0.40 | -0.100 | 2 | **failed** |" in shown
    assert "`python -m evals pairs --show theirs`" in shown
    recorded = as_markdown(run(part({"a": 0.5}, verdict="failed"), mode="recorded", again=" --recorded small"))
    assert "`python -m evals pairs --recorded small --show theirs`" in recorded
    live = as_markdown(run(part({"a": 0.5}, verdict="failed"), mode="live", again=None))
    assert "--show" not in live
    assert "--record FILE" in live
    assert "<script" not in shown
    assert "20 in, 4 out" in shown


# Two runs


def test_the_difference_of_two_runs_is_over_the_cases_that_both_have() -> None:
    before = run(part({f"case {n}": 0.25 for n in range(9)} | {"old": 1.0}))
    now = run(part({f"case {n}": 0.75 for n in range(9)} | {"new": 0.0}))
    told = comparison(before, now)
    assert "pairs theirs   0.250   0.750   +0.500  +0.500 to +0.500       9  *" in told
    assert "pairs: 1 case in A alone, 1 case in B alone." in told


@pytest.mark.parametrize(
    ("gained", "line"),
    [
        # Of 8 draws among 8 cases, how many fall on the one that gained is binomial: in 93.3 % of the times 2 at most,
        # in 98.9 % 3 at most. So 97.5 % lie at 3 of 8.
        (1, "pairs theirs   0.000   0.125   +0.125  +0.000 to +0.375       8"),
        # The same from the other end: 5 of 8 at the least.
        (7, "pairs theirs   0.000   0.875   +0.875  +0.625 to +1.000       8  *"),
    ],
)
def test_the_interval_of_a_difference_is_what_one_works_out_by_hand(gained: int, line: str) -> None:
    before = run(part({f"case {n}": 0.0 for n in range(8)}))
    now = run(part({f"case {n}": float(n < gained) for n in range(8)}))
    assert line in comparison(before, now).splitlines()


def test_what_is_hard_for_both_runs_does_not_widen_the_interval_of_their_difference() -> None:
    before = run(part({f"case {n}": n % 2 * 0.5 for n in range(8)}))
    now = run(part({f"case {n}": n % 2 * 0.5 + 0.25 for n in range(8)}))
    assert "pairs theirs   0.250   0.500   +0.250  +0.250 to +0.250       8  *" in comparison(before, now).splitlines()


def test_the_cases_that_changed_are_named_those_that_changed_most_first() -> None:
    before = run(part({"a": 1.0, "b": 0.5, "c": 0.0, "same": 0.5, "old": 1.0} | {f"n{n}": 1.0 for n in range(5)}))
    now = run(part({"a": 0.9, "b": 0.0, "c": 1.0, "same": 0.5, "new": 0.0} | {f"n{n}": 0.8 for n in range(5)}))
    told = comparison(before, now).splitlines()
    assert told[told.index("Cases that changed, the largest change first:") + 1] == (
        "  pairs theirs: lower in B: “b” (0.50, 0.00), “n0” (1.00, 0.80), “n1” (1.00, 0.80), “n2” (1.00, 0.80), "
        "“n3” (1.00, 0.80) and 2 more; higher in B: “c” (0.00, 1.00)."
    )
    assert "Cases that changed" not in comparison(before, before)


def test_what_is_apart_in_every_metric_is_told_once() -> None:
    def scored(cases: Sequence[str], judged: Mapping[str, Sequence[str]]) -> Run:
        one = part(dict.fromkeys(cases, 1.0))
        kept = {
            name: case.model_copy(
                update={"judged": {m: Judged(value=1.0) for m, names in judged.items() if name in names}}
            )
            for name, case in one.cases.items()
        }
        scores = tuple(one.scores[0].model_copy(update={"metric": metric}) for metric in judged)
        return run(one.model_copy(update={"cases": kept, "scores": scores}))

    every = ["a", "b", "c", "d"]
    before = scored(every, {"theirs": every, "no-orders": every, "short": every, "old": every})
    now = scored(every[:3], {"theirs": every[:3], "no-orders": every[:3], "short": every[:1], "new": every[:3]})
    _, _, told = comparison(before, now).partition("Not comparable:\n")
    assert told.splitlines() == [
        "  pairs: 1 case in A alone.",
        "  pairs short: judged in A alone: 2 cases.",
        "  pairs old: only A has this metric.",
        "  pairs new: only B has this metric.",
    ]


def test_what_cannot_be_compared_is_told() -> None:
    before = run(part({"a": 1.0}), part({"a": 1.0}, name="series"), PartResult(part="worst", error="no index"))
    now = run(part({"a": 1.0}, inputs="!"), PartResult(part="worst"), mode="recorded", writer="small")
    with pytest.raises(PartNotRun, match="nothing that can be compared") as caught:
        comparison(before, now)
    told = str(caught.value)
    for line in (
        "The agendas of A are by composer, those of B by recorded (small).",
        "pairs theirs: no case that both judged has the same input.",
        "series: only A has this part.",
        "worst: not run in A: no index",
    ):
        assert line in told


def test_the_command_compares_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file in files:
        file.write_text(as_json(run(part({"a": 0.5}))))
    assert main(["compare", *map(str, files)]) == 0
    assert "+0.000" in capsys.readouterr().out
    files[1].write_text(as_json(run(part({"a": 0.5}, inputs="!"))))
    assert main(["compare", *map(str, files)]) == 1
    told = capsys.readouterr()
    assert (told.out, "nothing that can be compared" in told.err) == ("", True)
    assert main(["compare", str(files[0])]) == 2
    assert main(["compare", str(files[0]), str(tmp_path / "none.json")]) == 1
    assert "none.json" in capsys.readouterr().err


def test_a_part_named_where_a_file_belongs_is_not_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--html", "agendas"], {}, Baseline()) == 2
    assert "before --html" in capsys.readouterr().err


@pytest.mark.parametrize("form", [as_markdown, as_page])
def test_it_is_told_whose_words_they_were_where_a_model_was_asked(form: Callable[[Run], str]) -> None:
    told = "who wrote the words in the end: fallback (invalid-reply) 8"
    result = part({"a": 1.0}).model_copy(update={"notes": told})
    shown = form(run(result, mode="recorded", writer="small"))
    assert "fallback (invalid-reply) 8" in shown.partition("<nav")[0]
    assert "not run" not in shown


@pytest.mark.parametrize("form", [as_markdown, as_page])
def test_a_command_that_shows_cases_stands_only_where_there_are_some(form: Callable[[Run], str]) -> None:
    red = part({"a": 0.5}, verdict="failed")
    assert "python -m evals pairs --show theirs" in form(run(red))
    bare = tuple(one.model_copy(update={"faults": (), "red": "nothing holds it"}) for one in red.scores)
    shown = form(run(red.model_copy(update={"scores": bare})))
    assert "nothing holds it" in shown
    assert "--show" not in shown
