"""Attacks on what the service gives away beside its replies: the time that they take, and its traces.

Publishing is done once for each period: an attacker has one reading of the clock for it, and the attack on statements
shows that the same ones run. Reading a report can be asked for without end, so its time is looked at here.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from coach import tracing
from coach.models import now
from evals.attacks import CANARIES, attack, seen
from evals.besieged import EASE, FORMS, PERIOD, RANK, TIME, Besieged, Desk, Outcome

# So many programs of each kind, each asked so often for its report and the list: what one program's place in the
# database costs shows in one of eight, and a moment in which the machine is busy in a few of the rounds.
_PROGRAMS, _ROUNDS = 8, 24
# Of all ways to deal sixteen programs into two halves, so few may differ as much as the two kinds do.
_CHANCE = 0.0005
# A delay that the clock must show, or the machine was too busy to say anything.
_PLAIN_TO_SEE_S = 0.005

Times = list[float]


def chance_of(one: Sequence[float], other: Sequence[float]) -> float:
    """How likely a difference of means at least as large is where the kind makes none: an exact permutation test.

    Each number is a program's own; their kinds are dealt anew in every way that there is (Fisher, The Design of
    Experiments, 1935). From 0 to 1.
    """
    all_of_them = [*one, *other]
    total, count = sum(all_of_them), len(all_of_them)

    def apart(first: float) -> float:
        return abs(first / len(one) - (total - first) / (count - len(one)))

    found = apart(sum(one)) - 1e-12
    ways = [apart(sum(dealt)) >= found for dealt in combinations(all_of_them, len(one))]
    return sum(ways) / len(ways)


async def times_to_read(kinds: Mapping[str, Sequence[Desk]], rounds: int, seed: int) -> dict[str, Times]:
    """For each program its typical time to be read, in seconds, beside what others took in the same round.

    In each round every program is asked once, in an order of its own, for its report or its list, in one of the forms.
    """
    chance = random.Random(seed)
    everybody = [desk for desks in kinds.values() for desk in desks]
    taken: dict[str, Times] = {desk.program_id: [] for desk in everybody}
    for number in range(rounds):
        path, form = ("", f"/{PERIOD}")[number % 2], FORMS[number // 2 % len(FORMS)]
        chance.shuffle(everybody)
        took = {}
        for desk in everybody:
            began = time.perf_counter()
            await desk.coordinator.call("GET", f"{desk.path}{path}", accept=form)
            took[desk.program_id] = time.perf_counter() - began
        middle = statistics.median(took.values())
        for program, one in took.items():
            taken[program].append(one - middle)
    return {kind: [statistics.median(taken[desk.program_id]) for desk in desks] for kind, desks in kinds.items()}


async def _programs(at: Besieged, ways: Mapping[str, Callable[[], Any]]) -> dict[str, list[Desk]]:
    """Programs of each kind with their reports published, made in turns so that no kind lies together on the disk."""
    found: dict[str, list[Desk]] = {kind: [] for kind in ways}
    for number in range(_PROGRAMS):
        kinds = list(ways)
        for kind in kinds if number % 2 else reversed(kinds):
            desk: Desk = await ways[kind]()
            await desk.publish()
            found[kind].append(desk)
    return found


@attack("time that tells of a withheld theme")
async def wall_clock(at: Besieged, out: Outcome) -> None:
    """However often somebody reads a report, the clock does not tell what was too little to be in it.

    A report without a theme and one where two people raised it are alike by the clock, and so are a report that was
    withheld and one on which nobody wrote. What differs is measured once more before it counts. The same readings with
    a delay added must differ, or nothing was tried. A listed theme is told openly, by the report itself.
    """
    ways = {
        "no such comment": lambda: at.program(14, {TIME: range(6), RANK: ()}),
        "withheld theme": lambda: at.program(14, {TIME: range(6), RANK: (0, 2)}),
        "listed theme": lambda: at.program(14, {TIME: range(6), RANK: range(0, 8, 2)}),
        "nobody wrote": lambda: at.program(0),
        "withheld report": lambda: at.program(9, {TIME: range(6)}),
    }
    desks = await _programs(at, ways)
    listed = [RANK in (await desk.coordinator.call("GET", desk.path)).text for desk in desks["listed theme"]]
    out.tried(not all(listed), "the theme that should be listed is not, so nothing was compared")
    first = await times_to_read(desks, _ROUNDS, seed=1)
    for without, with_it in (("no such comment", "withheld theme"), ("nobody wrote", "withheld report")):
        delayed = [one + _PLAIN_TO_SEE_S for one in first[with_it]]
        out.tried(chance_of(first[without], delayed) > _CHANCE, f"{with_it}: a delay of 5 ms could not be seen")
        told = chance_of(first[without], first[with_it]) <= _CHANCE
        if told:
            again = await times_to_read({kind: desks[kind] for kind in (without, with_it)}, _ROUNDS, seed=2)
            told = chance_of(again[without], again[with_it]) <= _CHANCE
        out.tried(told, f"{with_it} is told from {without} by the clock")


@attack("traces")
async def traces(at: Besieged, out: Outcome) -> None:
    """What a collector of traces gets has no word of anybody's, and tells no withheld theme from none."""
    exporter = InMemorySpanExporter()
    provider = tracing.start("http://127.0.0.1:4317", exporter)
    try:
        without = await _traced(at, exporter, ())
        below = await _traced(at, exporter, (0, 2))
        out.tried(not without, "nothing was traced, so nothing was tried")
        out.tried(without != below, "a theme of two people is told from one of none")
        exporter.clear()
        await _everything_fails(at)
        for text in _told(exporter):
            out.tried(bool(seen(text)), f"trace: {text[:80]}")
    finally:
        tracing.stop(provider)


async def _traced(at: Besieged, exporter: InMemorySpanExporter, who: Sequence[int]) -> list[str]:
    """The spans of publishing and reading a report, without their times and ids."""
    desk = await at.program(14, {TIME: range(6), RANK: who})
    exporter.clear()
    await desk.told()
    found = []
    for span in exporter.get_finished_spans():
        attributes = {key: value for key, value in (span.attributes or {}).items() if key != "request_id"}
        found.append(f"{span.name} {attributes} {span.status.status_code}")
    return found


def _told(exporter: InMemorySpanExporter) -> Iterator[str]:
    return (span.to_json() for span in exporter.get_finished_spans())


async def _everything_fails(at: Besieged) -> None:
    """Calls with feedback in them, some of which break."""
    desk = await at.desk(8)
    sessions = [await desk.give(person, f"{' '.join(CANARIES)} {{{EASE}}}") for person in range(14)]
    person = await desk.person(0)
    body: dict[str, Any] = {"ratings": {}, "went_well": " ".join(CANARIES), "share_with_partner": True}
    at.reader.fails = True
    try:
        await desk.publish()
        await person.call("PUT", f"sessions/{sessions[0]}/feedback", body)
    finally:
        at.reader.fails = False
    await desk.publish()
    await desk.publish(f"{now():%Y-%m}")
    await person.call("GET", "me/export")
    await person.call("GET", f"sessions/{sessions[0]}/feedback")
    await person.call("GET", f"pairs/{desk.pairs[0].id}/feedback-summary")
