"""What was measured, as a table that also shows the rows that lose."""

import os
import platform
import statistics
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

AT_ONCE = (1, 16, 64)
CONDITIONS = {
    "first": "a pair's first agenda, planned on the running server",
    "next": "the next session of the same pair",
    "cold": "planned before the server was restarted",
}
CROWD = 200
CROWD_DELAY_S = 3.0

# What issue 2 wants: at most (p50, memory, median of the crowd) or at least (requests a second).
P50_RATIO, RATE_RATIO, MEMORY_RATIO, CROWD_MEDIAN_S = 0.6, 2.0, 1.0, 4.5

_PACKAGES = (
    *("fastapi", "uvicorn", "chromadb", "torch", "sentence-transformers", "openai"),
    *("langchain-core", "langchain-chroma", "langchain-openai"),
)


@dataclass
class Measured:
    """Figures of one side: for each name one value a round."""

    title: str
    rounds: dict[str, list[float]] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, name: str, value: float) -> None:
        """Note one round's value."""
        self.rounds.setdefault(name, []).append(value)

    def median(self, name: str) -> float:
        """The median over rounds."""
        return statistics.median(self.rounds[name])


@dataclass(frozen=True)
class Row:
    """One line of the table. `goal` is a bound on the ratio, or on the service's own value where `absolute`."""

    label: str
    name: str
    unit: str
    better: Literal["less", "more"] = "less"
    goal: float | None = None
    absolute: bool = False


@dataclass(frozen=True)
class Line:
    """A row with its figures."""

    row: Row
    service: float
    chain: float

    @property
    def ratio(self) -> float:
        """Service to chain."""
        return self.service / self.chain if self.chain else float("nan")

    @property
    def verdict(self) -> str:
        """Whether the goal is reached; without a goal, whether the service is the better one."""
        if self.row.goal is None:
            if abs(self.ratio - 1) < 0.005:
                return "even"
            ahead = self.ratio < 1 if self.row.better == "less" else self.ratio > 1
            return "ahead" if ahead else "**behind**"
        value = self.service if self.row.absolute else self.ratio
        reached = value <= self.row.goal if self.row.better == "less" else value >= self.row.goal
        return "reached" if reached else "**missed**"

    @property
    def goal_text(self) -> str:
        """The goal in words."""
        if self.row.goal is None:
            return ""
        bound = "at most" if self.row.better == "less" else "at least"
        return f"{bound} {self.row.goal:g}{f' {self.row.unit}' if self.row.absolute else ' ×'}"


def rows() -> list[Row]:
    """Every line of the table, in order."""
    listed = []
    for condition, meaning in CONDITIONS.items():
        for count in AT_ONCE:
            label, name = f"{condition} ({meaning}), {count} at once", f"{condition}/{count}"
            listed += [
                Row(f"{label}: p50", f"{name}/p50", "ms", goal=P50_RATIO),
                Row(f"{label}: p99", f"{name}/p99", "ms"),
                Row(f"{label}: rate", f"{name}/rate", "requests/s", better="more", goal=RATE_RATIO),
                Row(f"{label}: processor time each", f"{name}/processor", "ms"),
            ]
    crowd = f"model takes {CROWD_DELAY_S:g} s, {CROWD} at once"
    return [
        *listed,
        Row(f"{crowd}: median", "crowd/median", "s", goal=CROWD_MEDIAN_S, absolute=True),
        Row(f"{crowd}: slowest", "crowd/slowest", "s"),
        Row("processor time to plan a pair and its two sessions", "plan", "ms"),
        Row("peak memory of the process", "memory", "MiB", goal=MEMORY_RATIO),
        Row("import of the app's module", "import", "s"),
        Row("start until /healthz answers", "start/healthz", "s"),
        Row("start until the first agenda", "start/agenda", "s"),
        Row("model calls for one agenda", "calls", ""),
    ]


def lines(service: Measured, chain: Measured) -> list[Line]:
    """The rows with the medians over rounds."""
    return [Line(row, service.median(row.name), chain.median(row.name)) for row in rows() if row.name in service.rounds]


def machine(folder: Path) -> dict[str, str]:
    """What it was measured on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    disk = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True).stdout.strip()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": cpu,
        "cores": str(len(os.sched_getaffinity(0))),
        "python": platform.python_version(),
        "file system": disk,
        "load before": f"{os.getloadavg()[0]:.2f}",
        "packages": ", ".join(f"{package} {version(package)}" for package in _PACKAGES),
    }


def markdown(service: Measured, chain: Measured, about: dict[str, str], command: str, rounds: int) -> str:
    """The report."""
    table = [
        f"| | {service.title} | {chain.title} | ratio | goal | |",
        "|---|---:|---:|---:|---|---|",
        *(
            f"| {line.row.label} | {_figure(line.service, line.row.unit)} | {_figure(line.chain, line.row.unit)} "
            f"| {line.ratio:.2f} | {line.goal_text} | {line.verdict} |"
            for line in lines(service, chain)
        ),
    ]
    measured = (
        f"Measured on {about['date']} with `{command}`: {about['processor']}, {about['cores']} cores, Python "
        f"{about['python']}, files on {about['file system']}, load average before the run {about['load before']}. "
        f"{about['packages']}."
    )
    how = (
        f"Each figure is the median of {rounds} round{'s' if rounds > 1 else ''} with fresh server processes; within a "
        "round the two take turns. The same passages, embedding model, load generator and model stub (without a delay "
        "unless a row names one), one server process each. The service also checks a token, reads and writes its "
        "database and guards what the stub wrote; the chain does none of this. A pair is planned days before its "
        "agenda is asked for, and the service embeds its goals then; the chain is told them with the request. After a "
        "restart (cold) the service has what it kept. The ratio is service to chain."
    )
    shares = (
        f"Words of {service.title} by source: {_shares(service.sources)}. Statuses: {service.title} "
        f"{_shares(service.statuses)}; {chain.title} {_shares(chain.statuses)}."
    )
    failures = [f"First failure of {side.title}: {side.failures[0]}" for side in (service, chain) if side.failures]
    return "\n\n".join([measured, how, "\n".join(table), shares, *failures]) + "\n"


def as_json(service: Measured, chain: Measured, about: dict[str, str], command: str) -> dict[str, Any]:
    """The report for programs: the medians, and every round."""
    return {
        "command": command,
        "machine": about,
        "rows": [
            {
                "name": line.row.name,
                "label": line.row.label,
                "unit": line.row.unit,
                "service": line.service,
                "chain": line.chain,
                "ratio": line.ratio,
                "goal": line.goal_text,
                "verdict": line.verdict.strip("*"),
            }
            for line in lines(service, chain)
        ],
        "rounds": {"service": service.rounds, "chain": chain.rounds},
        "sources": service.sources,
        "statuses": {"service": service.statuses, "chain": chain.statuses},
        "failures": {"service": service.failures, "chain": chain.failures},
    }


def _figure(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def _shares(counts: dict[str, int]) -> str:
    total = sum(counts.values()) or 1
    return ", ".join(f"{name} {100 * count / total:.1f}% of {total}" for name, count in sorted(counts.items()))
