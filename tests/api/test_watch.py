"""What operators see of the service: how often and how long, and never who or what."""

import re

import httpx
import pytest

from coach.errors import ModelTimeout, ModelUnreachable
from coach.llm import CircuitBreaker, OpenAIModel
from coach.settings import Settings
from tests.api.conftest import FEEDBACK, Serve, Service
from tests.scripted_model import ScriptedModel

CANARY = "zqcanary"


async def metrics(service: Service) -> dict[str, float]:
    reply = await service.client.get("/metrics")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line.rpartition(" ") for line in reply.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_requests_are_counted_by_the_template_of_their_route(service: Service) -> None:
    pair = await service.pair()
    for _ in range(3):
        await pair.mentor.get(f"/pairs/{pair.id}")
    await pair.mentor.get(f"/pairs/{'0' * 24}")
    await service.client.get("/v1/wp-admin.php")
    await service.client.request("BREW", f"/{CANARY}")
    found = await metrics(service)
    assert found['coach_requests_total{method="GET",route="/v1/pairs/{pair_id}",status="200"}'] == 3
    assert found['coach_requests_total{method="GET",route="/v1/pairs/{pair_id}",status="404"}'] == 1
    assert found['coach_requests_total{method="GET",route="none",status="404"}'] == 1
    assert any(name.startswith('coach_requests_total{method="other"') for name in found)
    assert found['coach_request_seconds_count{method="GET",route="/v1/pairs/{pair_id}"}'] == 4
    assert found["process_open_fds"] > 0
    assert not any(text in str(found) for text in (pair.id, pair.mentor.id, CANARY, "wp-admin"))


@pytest.mark.parametrize(
    ("error", "reason"), [(ModelUnreachable("down"), "unreachable"), (ModelTimeout("slow"), "timeout")]
)
async def test_agendas_are_counted_by_who_wrote_them_and_why(serve: Serve, error: Exception, reason: str) -> None:
    service = await serve(ScriptedModel(error))
    pair = await service.pair()
    await pair.agenda(await pair.session())
    assert (await metrics(service))[f'coach_agendas_total{{reason="{reason}",source="fallback"}}'] == 1


async def test_an_agenda_of_the_composer_is_counted_as_such(service: Service) -> None:
    pair = await service.pair()
    await pair.agenda(await pair.session())
    assert (await metrics(service))['coach_agendas_total{reason="none",source="composer"}'] == 1


async def test_an_open_breaker_shows(serve: Serve) -> None:
    breaker = CircuitBreaker(failures=1)
    service = await serve(OpenAIModel(Settings(llm_model="m", llm_base_url="http://127.0.0.1:1/v1"), breaker))
    assert (await metrics(service))["coach_breaker_open"] == 0
    breaker.failed()
    assert (await metrics(service))["coach_breaker_open"] == 1


async def test_two_services_in_one_process_count_for_themselves(serve: Serve) -> None:
    one, other = await serve(), await serve()
    await one.client.get("/healthz")
    name = 'coach_requests_total{method="GET",route="/healthz",status="200"}'
    assert (await metrics(one))[name] == 1
    assert name not in await metrics(other)


async def talk(service: Service) -> list[httpx.Response]:
    """Say the canary wherever something can be said, well and badly."""
    pair = await service.pair(mentor={"name": f"{CANARY} Raman", "email": f"{CANARY}@example.org"}, goals=[CANARY])
    mentor = pair.mentor
    session_id = await pair.session(focus=CANARY)
    await pair.agenda(session_id, headers={"Idempotency-Key": CANARY})
    return [
        await mentor.put(f"/pairs/{pair.id}/private-note", {"text": CANARY}),
        await mentor.patch(f"/pairs/{pair.id}", {"goals": [CANARY], CANARY: CANARY}),
        await mentor.post(f"/pairs/{pair.id}/actions", {"owner": CANARY, "text": CANARY}),
        await mentor.get("/knowledge/search", params={"q": CANARY}),
        await mentor.get(f"/{CANARY}", params={CANARY: CANARY}),
        await mentor.get("/me", headers={"Authorization": f"Bearer {CANARY}", "X-Forwarded-For": CANARY}),
        await mentor.put(f"/sessions/{session_id}/feedback", {**FEEDBACK, "went_well": CANARY}),
        await mentor.call(CANARY.upper(), f"/pairs/{CANARY}"),
        await mentor.get("/me/export"),
        await mentor.delete(f"/participants/{mentor.id}"),
    ]


async def test_nothing_of_a_person_or_a_token_is_in_logs_metrics_or_errors(
    serve: Serve, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    service = await serve(ScriptedModel(ModelUnreachable(CANARY)), log_requests=True)
    replies = await talk(service)
    await service.state.jobs.drain()
    captured = capsys.readouterr()
    said = captured.out + captured.err + caplog.text
    assert len(re.findall(r"request .*route=/v1/pairs/\{pair_id\}", said)) >= 2
    assert replies[0].headers["x-request-id"] in said
    page = (await service.client.get("/metrics")).text
    for text in (said, page, *(reply.text for reply in replies if reply.is_error)):
        # The name of an unknown field comes back in the error that tells its sender of it, and nowhere else.
        assert CANARY not in text.casefold().replace(f'"field":"{CANARY}"', "").replace(f"used. {CANARY}:", "")
    assert "coach_" not in re.sub(r"coach_(requests|request_seconds|agendas|model_tokens|breaker_open)", "", page)


async def test_requests_are_not_logged_unless_that_is_set(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    await service.client.get("/healthz")
    assert "route=" not in "".join(capsys.readouterr())


async def test_nobody_learns_from_the_metrics_that_a_partner_has_sent_feedback(service: Service) -> None:
    pair = await service.pair()
    session = (await pair.mentor.made(f"/pairs/{pair.id}/sessions", {"scheduled_at": "2026-01-05T10:00:00Z"}))["id"]
    await pair.mentor.patch(f"/sessions/{session}", {"status": "held"})
    ratings = {"usefulness": 4, "safety": 4, "progress": 4}
    body = {"ratings": ratings, "share_with_partner": True, "share_with_coordinators": True}
    assert (await pair.mentor.put(f"/sessions/{session}/feedback", body)).status_code == 200
    page = (await service.client.get("/metrics")).text
    assert "/v1/sessions/{session_id}" in page
    assert "feedback" not in page


async def test_nobody_learns_from_the_metrics_what_a_partner_told_the_coach_alone(service: Service) -> None:
    pair = await service.pair()
    assert (await pair.mentee.put(f"/pairs/{pair.id}/private-note", {"text": "I fear the review."})).status_code == 204
    assert (await pair.mentee.patch(f"/pairs/{pair.id}", {"avoid_topics": ["layoffs"]})).status_code == 200
    assert (await pair.mentee.get("/me/export")).status_code == 200
    await pair.mentor.get(f"/pairs/{pair.id}")
    page = (await service.client.get("/metrics")).text
    assert 'method="GET",route="/v1/pairs/{pair_id}"' in page
    for told in ("private-note", "export", 'method="PATCH"'):
        assert told not in page
