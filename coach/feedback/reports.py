"""A theme report: what may be shown of a period, in words that were written beforehand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from coach.feedback.disclosure import BANDS, REPORT_PAIRS, THEME_PAIRS, Minimums, Shown, ShownTheme, Voice, decide
from coach.feedback.periods import Period
from coach.feedback.quotes import Quoted
from coach.feedback.report_words import ReportTheme, ReportWords

Content = dict[str, Any]
MOST_ACTIONS = 3


def make_report(
    period: Period,
    voices: Iterable[Voice],
    comments: Iterable[str],
    minimums: Minimums,
    words: ReportWords,
    *,
    before: Mapping[str, Any] | None,
    made_at: datetime,
    second_reader: bool = False,
) -> Content:
    """The report as it is kept and shown; the same voices and comments in another order give the same.

    `second_reader` says that a model may have read comments, too: it is what is set, and does not depend on whether it
    did, since that would tell of single comments. `before` is the content of the program's last published report on an
    earlier period. `comments` are those that the voices wrote: no five words of one in a row come into the report.
    """
    shown = decide(voices, minimums, words.themes)
    if shown is None:
        return _content(period, made_at, "withheld", reason=_reason(minimums), notice=_WITHHELD)
    notice = _notice(minimums, second_reader)
    quoted = Quoted([*words.all_texts(), *notice], comments)
    themes = [_theme(one, shown, period, words.themes[one.id], quoted, before) for one in shown.themes]
    used = dict.fromkeys(source for theme in themes for action in theme["actions"] for source in action["sources"])
    return _content(
        period,
        made_at,
        "published",
        respondents=shown.respondents,
        themes=themes,
        by_role=_by_role(shown),
        sources=[_source(words.sources[source], quoted) for source in used],
        notice=" ".join(sentence for sentence in notice if not quoted.among(sentence)),
    )


def trend(theme: ShownTheme, respondents: str, before: Mapping[str, Any] | None) -> str | None:
    """Whether more or fewer of the people raised the theme than last time, told from bands alone.

    `up`, `down` or `flat` is how its band moved beside that of all who gave feedback; `new` if it was not listed then;
    None where no earlier report was published.
    """
    if before is None:
        return None
    then = next((listed["people"] for listed in before["themes"] if listed["id"] == theme.id), None)
    if then is None:
        return "new"
    moved = (_step(theme.people) - _step(respondents)) - (_step(then) - _step(before["respondents"]))
    return "up" if moved > 0 else "down" if moved < 0 else "flat"


def _step(label: str) -> int:
    """The place of the highest of our bands that a label reaches into."""
    most = label.rpartition("-")[2]
    return next((step for step, (_, end) in enumerate(BANDS) if str(end) == most), len(BANDS) - 1)


def _content(
    period: Period,
    made_at: datetime,
    status: str,
    *,
    notice: str,
    reason: str | None = None,
    respondents: str | None = None,
    themes: Sequence[Content] = (),
    by_role: Content | None = None,
    sources: Sequence[Content] = (),
) -> Content:
    return {
        "period": period.label,
        "status": status,
        "made_at": made_at.isoformat(),
        "reason": reason,
        "respondents": respondents,
        "themes": list(themes),
        "by_role": by_role,
        "sources": list(sources),
        "notice": notice,
    }


def _theme(
    one: ShownTheme,
    shown: Shown,
    period: Period,
    words: ReportTheme,
    quoted: Quoted,
    before: Mapping[str, Any] | None,
) -> Content:
    # Which summary comes first changes from period to period, so that its choice says nothing of any comment.
    turn = crc32(f"{period.label} {words.id}".encode()) % max(len(words.summaries), 1)
    summaries = [text for text in (*words.summaries[turn:], *words.summaries[:turn]) if not quoted.among(text)]
    actions = [text for text in words.actions if not quoted.among(text)]
    return {
        "id": words.id,
        "label": words.label,
        "kind": words.kind,
        "people": one.people,
        "trend": trend(one, shown.respondents, before),
        "summary": summaries[0] if summaries else "",
        "actions": [{"text": text, "sources": [words.source]} for text in actions[:MOST_ACTIONS]],
    }


def _by_role(shown: Shown) -> Content | None:
    if not shown.sides:
        return None
    return {
        side.role: {
            "respondents": side.respondents,
            "themes": [{"id": theme.id, "people": theme.people} for theme in side.themes],
        }
        for side in shown.sides
    }


def _source(source: Mapping[str, Any], quoted: Quoted) -> Content:
    references = [reference for reference in source["references"] if not quoted.among(reference)]
    title = "" if quoted.among(source["title"]) else source["title"]
    return {**source, "title": title, "references": references}


def _reason(minimums: Minimums) -> str:
    return (
        f"A report needs feedback that at least {minimums.people} people from at least {REPORT_PAIRS} pairs shared "
        "with coordinators. This period has less, or nothing. The answer stays the same, whatever comes in later."
    )


_WITHHELD = "Nothing is told of a period that is below a minimum: no number, no rating, no theme."


_READ_TWICE = (
    "A language model may have read comments, too, without names and numbers, to find themes that a classifier had "
    "thought possible; it wrote no word of this."
)


def _notice(minimums: Minimums, second_reader: bool) -> tuple[str, ...]:
    """Sentence by sentence, since one that repeats a comment is left out."""
    return (
        _READ_TWICE if second_reader else "Made without a language model.",
        "A classifier that was trained on other people's comments counted who raised which theme; it misses some, and "
        "takes some remarks for what they are not.",
        f"Counted are people who shared feedback with coordinators: {minimums.people} or more from {REPORT_PAIRS} or "
        f"more pairs, and for each theme {minimums.theme_people} or more from {THEME_PAIRS} or more pairs, "
        "told as bands.",
        "Summaries and actions are standard wording, never quotations.",
        "The report cannot tell who said what, and a theme that is missing may have been raised.",
        "It is final: feedback that comes later does not change it.",
    )
