"""Reports as Markdown and CSV: whole, and nothing in them that runs or brings in markup."""

import csv
import io
import re
from typing import Any

import pytest

from coach.feedback.report_forms import COLUMNS, markdown, table


def report(**more: Any) -> dict[str, Any]:
    return {
        "period": "2026-Q3",
        "status": "published",
        "made_at": "2026-10-09T00:00:00+00:00",
        "reason": None,
        "respondents": "21-50",
        "themes": [theme()],
        "by_role": None,
        "sources": [
            {"id": "rapport", "title": "Ease", "section": "What helps", "evidence": "practitioner",
             "updated": "2026-01-01", "references": ["Toolkit (Portsmouth, 2020)"]}
        ],
        "notice": "Made without a model.",
        **more,
    }  # fmt: skip


def theme(**more: Any) -> dict[str, Any]:
    return {
        "id": "rapport",
        "label": "Ease between the two",
        "kind": "gain",
        "people": "6-10",
        "trend": "up",
        "summary": "The two get on well.",
        "actions": [{"text": "Ask one harder question.", "sources": ["rapport"]}],
        **more,
    }


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1",
             "=HYPERLINK(\"http://x\")", "＝1+1", "\x00=1"]
)  # fmt: skip
def test_no_cell_can_be_run_as_a_formula(text: str) -> None:
    evil = report(themes=[theme(label=text, summary=text, actions=[{"text": text, "sources": [text]}])], notice=text)
    (row,) = rows(table([evil]))
    for value in row.values():
        assert not value.lstrip(" \0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")), value


def test_csv_has_a_row_for_each_theme_and_keeps_commas_quotes_and_lines() -> None:
    awkward = 'Say "no", then\nsay why'
    text = table([report(themes=[theme(summary=awkward), theme(id="x")]), report(period="2026-Q4")])
    assert [row["period"] for row in rows(text)] == ["2026-Q3", "2026-Q3", "2026-Q4"]
    assert rows(text)[0]["summary"] == awkward
    assert text.split("\r\n")[0] == ",".join(COLUMNS)
    assert rows(text)[0]["people"] == "6-10 people"


def test_reports_without_themes_are_told_too() -> None:
    withheld = report(status="withheld", reason="Too few.", themes=[], respondents=None, sources=[])
    (row,) = rows(table([withheld]))
    assert (row["status"], row["note"], row["respondents"], row["theme"]) == ("withheld", "Too few.", "", "")
    assert "Too few." in markdown([withheld])
    assert "people" not in markdown([withheld]).replace("Too few.", "")
    assert "No theme" in markdown([report(themes=[])])


def test_markdown_tells_everything() -> None:
    side = {"respondents": "11-20", "themes": [{"id": "rapport", "people": "3-5"}]}
    text = markdown([report(by_role={"mentor": side, "mentee": side})])
    for line in (
        "# Feedback themes, 2026-Q3",
        "Feedback from 21-50 people.",
        "## Gains",
        "### Ease between the two",
        "6-10 people, more than last time. The two get on well.",
        "- Ask one harder question.",
        "| theme | mentors | mentees |",
        "| Ease between the two | 3-5 | 3-5 |",
        "- Ease (rapport, evidence: practitioner, updated 2026-01-01). Rests on: Toolkit (Portsmouth, 2020).",
        "*Made without a model.*",
    ):
        assert line in text.splitlines(), line


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "![x](http://x.example/a.png)", "[x](http://x.example)", "# Heading", "a | b",
             "http://x.example", "**bold**", "`code`", "- item"]
)  # fmt: skip
def test_no_text_brings_in_markup_of_its_own(text: str) -> None:
    found = markdown([report(themes=[theme(label=text, summary=text)])])
    shown = re.sub(r"\\.", "", found)
    for mark in ("<script", "![x", "[x]", "http://", "**bold", "`code", "\n# Heading", " | b"):
        assert mark not in shown
