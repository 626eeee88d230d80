import importlib
import json
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from coach.models import ActionItem, Agenda, MentoringSession, Pair, Participant, Program, now
from coach.retrieval.index import IndexStatus
from coach.settings import Settings
from coach.store import Store
from coach.store.agendas import add_agenda, keep_agenda
from coach.store.audit import record
from coach.store.feedback import Given, put_feedback
from coach.store.tokens import new_token
from evals.bench.load import HOST
from evals.chaos.builds import wrong_with_index
from evals.chaos.disk import told_full, told_full_or_to_wait
from evals.chaos.killed_build import STEPS, Step
from evals.chaos.ledger import Kept, Ledger
from evals.chaos.model import ModelStub
from evals.chaos.outages import told_to_wait
from evals.chaos.outcome import ChaosError, Outcome, markdown
from evals.chaos.processes import Place
from evals.chaos.soak import HOUR_CALLS, slope
from evals.chaos.stored import half_written
from evals.chaos.world import Couple, wrong_with

COUPLE = Couple("pair", {"mentor": "token"}, 60)


def agenda_of(minutes: int) -> dict[str, Any]:
    part = {"sources": ["k1"]}
    items = [{**part, "minutes": minutes}]
    return {
        "minutes": 60,
        "items": items,
        "starters": [{**part, "text": "?"}],
        "prep": {"steps": ["a"]},
        "sources": [{"id": "k1"}],
    }


# What counts as whole


def test_an_agenda_is_right_only_whole() -> None:
    assert wrong_with(agenda_of(60), 60) == []
    assert wrong_with(agenda_of(55), 60)
    assert wrong_with(agenda_of(60), 45)
    assert wrong_with(agenda_of(60) | {"starters": []}, 60)
    assert wrong_with(agenda_of(60) | {"sources": [{"id": "k2"}]}, 60)


async def served(ledger: Ledger, *, done: bool) -> list[str]:
    """What the ledger makes of a service that shows one action."""

    def answer(request: httpx.Request) -> httpx.Response:
        rows = [{"id": "a1", "text": "Bring a chart", "done": done}] if request.url.path.endswith("actions") else []
        return httpx.Response(200, json={"items": rows, "next_cursor": None})

    async with httpx.AsyncClient(base_url="http://service", transport=httpx.MockTransport(answer)) as client:
        return await ledger.check(client)


async def test_what_was_acknowledged_must_be_served_and_what_was_not_may_be_either() -> None:
    kept = Kept(COUPLE, [("Bring a chart", False)])
    ledger = Ledger(actions={"a1": kept})
    assert await served(ledger, done=False) == []
    assert await served(ledger, done=True) != []

    kept.trying(("Bring a chart", True))
    assert await served(ledger, done=False) == await served(ledger, done=True) == []

    kept.acknowledged(("Bring a chart", True))
    assert await served(ledger, done=False) != []
    assert await served(Ledger(actions={"lost": kept}), done=True) != []


async def tokens_found(ledger: Ledger, status: str, lets_in: int) -> list[str]:
    """What the ledger makes of a service that lists one token, and answers it so at the door."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/tokens":
            return httpx.Response(200, json={"items": [{"id": "t1", "status": status}], "next_cursor": None})
        return httpx.Response(lets_in, json={})

    async with httpx.AsyncClient(base_url="http://service", transport=httpx.MockTransport(answer)) as client:
        return await ledger.check(client)


async def test_a_token_that_was_given_opens_the_door_and_one_that_was_revoked_does_not() -> None:
    given, revoked = Kept(COUPLE, ["active"]), Kept(COUPLE, ["revoked"])
    assert await tokens_found(Ledger(tokens={"t1": given}, secrets={"t1": "s"}), "active", 200) == []
    assert await tokens_found(Ledger(tokens={"t1": given}, secrets={"t1": "s"}), "active", 401) != []
    assert await tokens_found(Ledger(tokens={"t2": given}, secrets={"t2": "s"}), "active", 401) != []
    assert await tokens_found(Ledger(tokens={"t1": revoked}, secrets={"t1": "s"}), "revoked", 401) == []
    assert await tokens_found(Ledger(tokens={"t1": revoked}, secrets={"t1": "s"}), "active", 200) != []


async def found_in(settings: Settings, broken: str) -> list[str]:
    """What is found half-written in a database with one of each, in which one thing is broken."""
    store = Store(settings)
    await store.migrate()
    async with store.write() as db:
        program = Program(name="Bridge")
        db.add(program)
        await db.flush()
        people = [Participant(program_id=program.id, name=name) for name in ("Priya", "Martin")]
        db.add_all(people)
        await db.flush()
        pair = Pair(program_id=program.id, mentor_id=people[0].id, mentee_id=people[1].id, planned_sessions=6)
        db.add(pair)
        await db.flush()
        session = MentoringSession(pair_id=pair.id, number=1, scheduled_at=now(), minutes=60, held_at=now())
        db.add(session)
        token = (await new_token(db, "participant", participant_id=people[0].id)).row
        await db.flush()
        content = agenda_of(60) if broken != "items" else agenda_of(60) | {"items": [], "minutes": 0}
        content["starters"][0]["text"] = "What surprised you?"
        agenda = Agenda(
            session_id=session.id,
            pair_id=pair.id,
            program_id=program.id,
            version=0,
            brief={},
            content=content,
            prep_mentor={},
            prep_mentee={},
        )
        await add_agenda(db, agenda, ["Another one" if broken == "starters" else "What surprised you?"])
        if broken != "key":
            keep_agenda(db, token.id, "key", "POST agenda", agenda.id)
        given = Given(4, 4, 4, "It went well", None, False, False)
        feedback = await put_feedback(db, session, pair, people[0].id, given, now())
        if broken == "comment":
            feedback.went_well = "It went badly"
        if broken == "revoked":
            token.revoked_at = now()
        if broken == "action":
            db.add(ActionItem(pair_id=pair.id, owner="mentor", text="Bring a chart"))
        for action, ids in (
            ("session.create", {"session_id": session.id, "pair_id": pair.id}),
            ("token.create", {"token_id": token.id}),
            ("agenda.create", {"agenda_id": agenda.id, "session_id": session.id}),
            ("feedback.write", {"session_id": session.id}),
        ):
            if action != broken:
                await record(db, "command", action, **ids)
    await store.close()
    return await half_written(Place(settings.data_dir.parent), keyed=True)


@pytest.mark.parametrize(
    "broken",
    [
        "nothing",
        "items",
        "starters",
        "key",
        "comment",
        "revoked",
        "action",
        "session.create",
        "token.create",
        "agenda.create",
        "feedback.write",
    ],
)
async def test_a_row_without_what_belongs_to_it_is_found(tmp_path: Path, broken: str) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url=None)

    found = await found_in(settings, broken)

    assert len(found) == (0 if broken == "nothing" else 1), found


# What a killed build may leave


def test_a_killed_build_leaves_the_index_before_or_the_new_one_whole() -> None:
    old, new = IndexStatus("old", 90, "m", 1.0), IndexStatus("new", 93, "m", 2.0)
    before, swap, after = (next(one for one in STEPS if one.serves == serves) for serves in ("old", "either", "new"))

    assert not wrong_with_index(before, old, old, new)
    assert not wrong_with_index(swap, old, old, new)
    assert not wrong_with_index(swap, old, new, new)
    assert not wrong_with_index(after, old, new, new)
    assert wrong_with_index(before, old, new, new)
    assert wrong_with_index(after, old, old, new)
    assert wrong_with_index(swap, old, IndexStatus("new", 50, "m", 2.0), new)
    assert wrong_with_index(swap, old, IndexStatus(None, 0, None, None), new)
    assert wrong_with_index(swap, old, old, old)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_of_a_build_is_a_call_that_there_is(step: Step) -> None:
    module, _, name = step.owner.partition(":")
    assert callable(getattr(getattr(importlib.import_module(module), name), step.call))


# What a caller may be told


def test_an_outage_is_told_by_a_503_that_says_when_to_come_back() -> None:
    problem = {"content-type": "application/problem+json"}
    assert told_to_wait(httpx.Response(503, headers={**problem, "retry-after": "2"})) is None
    assert told_to_wait(httpx.Response(503, headers=problem))
    assert told_to_wait(httpx.Response(503, headers={"retry-after": "2"}))
    assert told_to_wait(httpx.Response(500, headers={**problem, "retry-after": "2"}))


def test_a_database_that_ended_for_want_of_space_may_be_waited_for() -> None:
    away = {"content-type": "application/problem+json", "retry-after": "2"}
    assert told_full_or_to_wait(httpx.Response(503, headers=away)) is None
    assert told_full_or_to_wait(httpx.Response(503, headers={"retry-after": "2"}))
    assert told_full_or_to_wait(httpx.Response(500, headers=away, json={"type": "urn:session-coach:problem:x"}))


def test_a_full_disk_is_told_as_such() -> None:
    assert told_full(httpx.Response(507, json={"type": "urn:session-coach:problem:disk-full"})) is None
    assert told_full(httpx.Response(507, json={"type": "urn:session-coach:problem:unexpected"}))
    assert told_full(httpx.Response(500, json={"type": "urn:session-coach:problem:disk-full"}))


# Growth


def test_growth_is_found_in_noise_and_level_figures_show_none() -> None:
    chance = random.Random(3)
    calls = [float(number) for number in range(600)]
    level = slope(calls, [300 + chance.gauss(0, 1) for _ in calls])
    grown = slope(calls, [300 + 0.05 * call + chance.gauss(0, 1) for call in calls])

    assert level.low < 0 < level.high
    assert grown.low < 0.05 * HOUR_CALLS < grown.high
    assert grown.low > 0


def test_too_few_samples_make_no_slope() -> None:
    with pytest.raises(ChaosError, match="longer"):
        slope([1.0] * 23, [1.0] * 23)


# The model that misbehaves


async def test_garbage_is_never_a_reply_that_fits() -> None:
    request: dict[str, Any] = {"model": "stub", "messages": [{"role": "user", "content": "?"}]}
    form = {"type": "object", "properties": {"title": {"type": "string"}, "items": {"type": "array"}}}
    request["response_format"] = {"type": "json_schema", "json_schema": {"schema": form}}
    seen = []
    async with ModelStub("garbage") as model, httpx.AsyncClient(base_url=f"http://{HOST}:{model.port}") as client:
        for _ in range(40):
            seen.append((await client.post("/v1/chat/completions", json=request)).content)
        model.mood = "good"
        good = (await client.post("/v1/chat/completions", json=request)).json()
    assert set(json.loads(good["choices"][0]["message"]["content"])) == {"title", "items"}
    assert len(set(seen)) > 5
    for content in seen:
        with pytest.raises((ValueError, LookupError, TypeError, RecursionError)):
            json.loads(json.loads(content)["choices"][0]["message"]["content"])


@pytest.mark.parametrize("mood", ["hangs", "drips", "resets"])
async def test_a_model_in_this_mood_gives_no_answer(mood: Any) -> None:
    request = {"model": "stub", "messages": [{"role": "user", "content": "?"}]}
    async with ModelStub(mood) as model, httpx.AsyncClient(base_url=f"http://{HOST}:{model.port}", timeout=1) as client:
        with pytest.raises((httpx.TransportError, TimeoutError)):
            async with client.stream("POST", "/v1/chat/completions", json=request) as reply:
                async for _ in reply.aiter_raw():
                    if mood == "drips":
                        raise TimeoutError
    assert model.asked == 1


# The table


def test_what_was_not_run_is_never_called_passed() -> None:
    rows = [
        Outcome("one", "a", "b"),
        Outcome("two", "a", "b", not_run="not run: no disk"),
        Outcome("three", "a", "b", ("lost | gone",)),
    ]

    text = markdown(rows, "command", 60)

    assert [row.verdict for row in rows] == ["passed", "not run", "failed"]
    assert "1 passed, 1 failed, 1 not run; 60 s in all." in text
    assert "| two | a | not run: no disk | **not run** |" in text
    assert "lost \\| gone" in text
