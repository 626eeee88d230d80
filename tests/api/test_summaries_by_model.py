"""The pair's summary in the words of a model: of nothing but what was shared, and never waited for."""

import json
from typing import Any

from coach.errors import ModelUnreachable
from coach.feedback.summarize import TRY_AGAIN_AFTER
from coach.models import FeedbackSummary, now
from coach.store.agendas import tokens_today
from tests.api.conftest import Serve
from tests.api.giving import CHANGE, WELL, lines, sent, shared_by_both, summary
from tests.scripted_model import ScriptedModel, SilentModel

GOOD: Any = {
    "sessions": [
        {
            "session": 1,
            "what_works": [
                {"text": "Trying the chart on real data.", "rests_on": ["s1-mentor-well"]},
                {"text": "Being explained things step by step by the mentor.", "rests_on": ["s1-mentee-well"]},
            ],
            "what_to_change": [
                {"text": "Shorter demos, so that nobody loses track.", "rests_on": ["s1-mentor-change"]},
                {"text": "Not to have it run over again.", "rests_on": ["s1-mentee-change"]},
            ],
        }
    ],
    "series": {"what_works": [{"text": "Trying the chart.", "rests_on": ["s1-mentor-well"]}], "what_to_change": []},
}
BAD = json.dumps(GOOD).replace("Trying the chart on", "Martin felt proud of 12 charts on")
SHARED_WELL = "Priya explained it step by step."
WORDED = json.dumps(GOOD).replace("so that nobody loses track", "please").replace("Not to have it run", "It ran")


async def test_a_model_words_what_was_shared_without_knowing_who_they_are(serve: Serve) -> None:
    model = ScriptedModel(WORDED)
    pair = await (await serve(model)).pair()
    session_id = await pair.held()
    await sent(pair.mentor, session_id, went_well=WELL, to_change=f"{CHANGE} Write to ann@corp.example, Zebrafish.")
    await sent(pair.mentee, session_id, went_well=SHARED_WELL, to_change="We ran over again.")
    found = await summary(pair)
    assert found["generator"]["source"] == "model", found["generator"]
    assert found["generator"]["prompt"] == "feedback_summary@1"
    (session,) = found["sessions"]
    assert lines(session["what_works"]) == [
        "Trying the chart on real data.",
        "Being explained things step by step by Priya.",
    ]
    assert not any(line["quote"] for line in session["what_works"])
    assert session["what_works"][1]["rests_on"] == [{"session": 1, "by": "mentee", "question": "went_well"}]
    assert "(scripted)" in found["notice"]

    asked = model.asked()
    for known in ("Priya", "Raman", "Martin", "Olsen", "corp.example", "Zebrafish", "analyst", pair.id):
        assert known not in asked
    assert "the mentor explained it step by step." in asked
    user = model.requests[0].turns[1].text
    outside = user[: user.index("<data")] + user[user.index("</data>") :]
    assert "step by step" in user
    assert "step by step" not in outside
    assert await summary(pair) == found
    assert len(model.requests) == 1


async def test_words_that_say_more_than_was_shared_are_repaired_once_and_then_composed(serve: Serve) -> None:
    for script, source in (((BAD, WORDED), "repaired"), ((BAD, BAD), "fallback"), (("no", "{}"), "fallback")):
        model = ScriptedModel(*script)
        pair = await (await serve(model)).pair()
        await shared_by_both(pair)
        found = await summary(pair)
        assert found["generator"]["source"] == source
        assert len(model.requests) == 2
        assert "proud" not in str(found)
        if source == "fallback":
            assert found["generator"]["reason"] == "invalid-reply"
            assert lines(found["sessions"][0]["what_works"])[0] == WELL
            assert "did not pass the checks" in found["notice"]
        # What a model got wrong once is not asked for again.
        assert await summary(pair) == found


async def test_a_model_out_of_reach_is_asked_again_later(serve: Serve) -> None:
    model = ScriptedModel(ModelUnreachable("gone"), WORDED)
    service = await serve(model)
    pair = await service.pair()
    await shared_by_both(pair)
    first = await summary(pair)
    assert (first["generator"]["source"], first["generator"]["reason"]) == ("fallback", "unreachable")
    assert await summary(pair) == first
    async with service.state.store.write() as db:
        row = await db.get(FeedbackSummary, pair.id)
        assert row is not None
        row.created_at -= TRY_AGAIN_AFTER
    assert (await summary(pair))["generator"]["source"] == "model"


async def test_a_model_that_does_not_answer_is_not_waited_for(serve: Serve) -> None:
    pair = await (await serve(SilentModel(), llm_timeout_s=0.2)).pair()
    await shared_by_both(pair)
    assert (await summary(pair))["generator"]["reason"] == "timeout"


async def test_its_tokens_count_for_the_programs_day(serve: Serve) -> None:
    model = ScriptedModel(WORDED, prompt_tokens=90, completion_tokens=20)
    service = await serve(model, llm_tokens_per_day=100)
    first = await service.pair()
    await shared_by_both(first)
    assert (await summary(first))["generator"]["tokens"] == {"prompt": 90, "completion": 20}
    second = await service.pair(first.program_id)
    await shared_by_both(second)
    assert (await summary(second))["generator"]["reason"] == "paused"
    async with service.state.store.read() as db:
        assert await tokens_today(db, first.program_id, now()) == 110
