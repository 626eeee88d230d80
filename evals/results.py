"""What comes of a run, as it is written to a file and read again: parts, metrics, and the value of every case.

Nothing here says when or how fast: the same run twice gives the same results. Times stand beside them, in `Run.times`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.bootstrap import Interval, score
from evals.parts import PartNotRun
from evals.rows import in_words, read_text

FORMAT: Literal[2] = 2

Verdict = Literal["passed", "failed", "not run"]
Mode = Literal["composer", "recorded", "live"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Gate(_Frozen):
    """What a metric must reach.

    `floor` is the share of its cases that must pass, or the mean grade, from 0 to 1; `drop` how far the score may fall
    below the accepted baseline; `case_drop` how far that of any single case may, for metrics of few large cases.
    """

    floor: Annotated[float, Field(gt=0, le=1)]
    drop: Annotated[float, Field(ge=0, le=1)] = 0.02
    case_drop: Annotated[float | None, Field(ge=0, le=1)] = None


class Judged(_Frozen):
    """What a metric gave one case: 0 to 1, and how much that weighs."""

    value: Annotated[float, Field(ge=0, le=1)]
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0


class Tokens(_Frozen):
    """Model tokens that were used."""

    prompt: int = 0
    completion: int = 0


class CaseResult(_Frozen):
    """One case: a digest of its input, the groups it belongs to (stage, topic …), and its value by metric."""

    input: str
    groups: dict[str, tuple[str, ...]] = {}
    judged: dict[str, Judged] = {}
    tokens: Tokens = Tokens()


class Fault(_Frozen):
    """A case that a metric did not pass, and why."""

    case: str
    reason: str


class Change(_Frozen):
    """How a score differs from the accepted baseline, over the cases that both have with the same input.

    `worst` is the case that lost most, with its loss; `gone` and `altered` are cases that cannot be compared.
    """

    before: float
    difference: float
    interval: Interval
    cases: int
    worst: tuple[str, float] | None = None
    gone: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


class Score(_Frozen):
    """One metric: what it gave the `cases` that it judged, against its gate; None where it has none.

    `passed` is the sum of their values; `why` says why the metric matters; `red` in words why it failed.
    """

    metric: str
    why: str = ""
    score: float | None
    interval: Interval | None = None
    passed: float
    cases: int
    gate: Gate | None
    change: Change | None = None
    verdict: Verdict
    red: str | None = None
    faults: tuple[Fault, ...] = ()


class Shown(_Frozen):
    """A case in full: what went in, what came out, and what was found wrong."""

    case: str
    input: Any
    output: Any
    faults: tuple[str, ...] = ()


class PartResult(_Frozen):
    """What came of one part; `error` says why it could not run, `shown` holds its worst cases in full."""

    part: str
    about: str = ""
    cases: dict[str, CaseResult] = {}
    error: str | None = None
    scores: tuple[Score, ...] = ()
    notes: str | None = None
    shown: tuple[Shown, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the part has metrics, and all of them passed."""
        return bool(self.scores) and all(score.verdict == "passed" for score in self.scores)

    @property
    def tokens(self) -> Tokens:
        """Model tokens of all cases."""
        return Tokens(
            prompt=sum(case.tokens.prompt for case in self.cases.values()),
            completion=sum(case.tokens.completion for case in self.cases.values()),
        )

    def values(self, metric: str) -> dict[str, tuple[float, float]]:
        """Value and weight of each case that the metric judged."""
        return {
            name: (case.judged[metric].value, case.judged[metric].weight)
            for name, case in self.cases.items()
            if metric in case.judged
        }

    def by_group(self, metric: str, key: str) -> dict[str, tuple[float, int]]:
        """For each group, such as each stage: the metric's score there, and of how many cases."""
        found: dict[str, list[tuple[float, float]]] = {}
        for case in self.cases.values():
            if metric in case.judged:
                one = case.judged[metric]
                for group in case.groups.get(key, ()):
                    found.setdefault(group, []).append((one.value, one.weight))
        return {group: (score(cases), len(cases)) for group, cases in sorted(found.items())}


class Times(_Frozen):
    """Seconds, of a part as a whole and of each case."""

    whole: float
    cases: dict[str, float] = {}


class Run(_Frozen):
    """A run of some or all parts. `mode` says who wrote the agendas; `writer` names the model where there was one.

    `again` follows `python -m evals PART` where somebody wants to see the same once more; None where that would ask a
    model anew.
    """

    format: Literal[2] = FORMAT
    mode: Mode = "composer"
    writer: str | None = None
    again: str | None = ""
    parts: tuple[PartResult, ...]
    times: dict[str, Times] = {}

    @property
    def passed(self) -> bool:
        """Whether there are parts, and all of them passed."""
        return bool(self.parts) and all(part.passed for part in self.parts)


def as_json(run: Run) -> str:
    """The run as JSON. What takes time is under `times` alone."""
    whole = run.model_dump(mode="json")
    for part, result in zip(whole["parts"], run.parts, strict=True):
        # Of a case only what it has: there are thousands.
        part["cases"] = {
            name: case.model_dump(mode="json", exclude_defaults=True) for name, case in result.cases.items()
        }
    return json.dumps({"passed": run.passed, **whole}, indent=1, ensure_ascii=False)


def read_run(file: Path) -> Run:
    """A run that was written with `--json`. Raises PartNotRun where the file is missing or not one."""
    no_run = f"{file} is not a run written with `python -m evals --json FILE`"
    try:
        whole = json.loads(read_text(file))
    except (ValueError, RecursionError) as error:
        raise PartNotRun(f"{no_run}: it is no JSON ({error}).") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("parts"), list):
        raise PartNotRun(f"{no_run}: it has no list of parts.")
    if (form := whole.get("format")) != FORMAT:
        raise PartNotRun(f"{file} is a run of another format ({form}, and this is {FORMAT}): run it anew with --json.")
    whole.pop("passed", None)
    try:
        return Run.model_validate(whole)
    except ValidationError as error:
        raise PartNotRun(f"{no_run}: {in_words(error)}") from error


def plain(value: object) -> Any:
    """The value as JSON can hold it; an object that has a method `shown` decides for itself what is worth showing."""
    if callable(show := getattr(value, "shown", None)):
        return plain(show())
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, set | frozenset):
        return sorted((plain(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return str(value)


def digest(value: object) -> str:
    """A short name for exactly this input."""
    text = json.dumps(plain(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
