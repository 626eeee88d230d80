"""Spans: what was done and how it ended, where that is set; and never who or what."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from coach import tracing
from coach.errors import ModelUnreachable
from coach.settings import Settings
from tests.api.conftest import Serve, Service
from tests.api.test_watch import CANARY, talk
from tests.scripted_model import ScriptedModel


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What is sent to the collector."""
    exporter = InMemorySpanExporter()
    provider = tracing.start("http://127.0.0.1:4317", exporter)
    yield exporter
    tracing.stop(provider)


async def test_an_agenda_is_told_step_by_step_beneath_its_request(serve: Serve, spans: InMemorySpanExporter) -> None:
    service = await serve(ScriptedModel("no agenda", ModelUnreachable("down")))
    pair = await service.pair()
    session_id = await pair.session()
    await service.state.jobs.drain()
    spans.clear()
    await pair.agenda(session_id)
    found = {span.name: span for span in spans.get_finished_spans()}
    request = found.pop("POST /v1/sessions/{session_id}/agenda")
    assert request.attributes is not None
    assert {key: request.attributes[key] for key in ("http.route", "http.response.status_code")} == {
        "http.route": "/v1/sessions/{session_id}/agenda",
        "http.response.status_code": 201,
    }
    assert request.parent is None
    assert {"agenda passages", "search", "agenda words", "model", "agenda preps", "agenda storing"} <= found.keys()
    assert request.context is not None
    assert {span.context.trace_id for span in found.values() if span.context} == {request.context.trace_id}
    words = found["agenda words"].attributes
    assert words is not None
    assert (words["source"], words["reason"]) == ("fallback", "unreachable")


async def test_a_call_of_the_model_tells_its_outcome_and_tokens(serve: Serve, spans: InMemorySpanExporter) -> None:
    service = await serve(ScriptedModel("no agenda", ModelUnreachable("down"), prompt_tokens=12, completion_tokens=3))
    pair = await service.pair()
    await pair.agenda(await pair.session())
    first, second = [dict(span.attributes or {}) for span in spans.get_finished_spans() if span.name == "model"]
    assert first["turn"] == "first"
    assert first["outcome"] == "answered"
    assert (first["gen_ai.usage.input_tokens"], first["gen_ai.usage.output_tokens"]) == (12, 3)
    assert (second["turn"], second["error.type"]) == ("repair", "ModelUnreachable")


async def test_nothing_of_a_person_or_a_token_is_in_spans(serve: Serve, spans: InMemorySpanExporter) -> None:
    service = await serve(ScriptedModel(ModelUnreachable(CANARY)))
    await talk(service)
    pair = await service.pair()
    trace = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "tracestate": f"v={CANARY}", "baggage": f"who={CANARY}"}
    await pair.mentor.get(f"/pairs/{pair.id}", headers=trace)
    await service.state.jobs.drain()
    sent = spans.get_finished_spans()
    text = "".join(span.to_json() for span in sent).casefold()
    assert len(sent) > 20
    assert "/v1/pairs/{pair_id}" in text
    for secret in (CANARY, pair.id, pair.program_id, pair.mentor.id, pair.mentor.token, "raman", "a" * 32):
        assert secret is not None
        assert secret.casefold() not in text


async def test_without_a_collector_nothing_is_traced(service: Service) -> None:
    assert (await service.client.get("/healthz")).status_code == 200
    with tracing.span("one", who="nobody") as one, tracing.span("two") as two:
        assert one is two


def test_the_setting_falls_back_to_the_standard_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert Settings().otel_endpoint is None
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317")
    assert Settings().otel_endpoint == "http://127.0.0.1:4317"
    monkeypatch.setenv("COACH_OTEL_ENDPOINT", "http://127.0.0.1:4318")
    assert Settings().otel_endpoint == "http://127.0.0.1:4318"
    with pytest.raises(ValueError, match="http://host:port"):
        Settings(otel_endpoint="collector")


class Collector(TraceServiceServicer):
    """A collector on loopback that keeps the names of what it is sent."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._server = grpc.server(ThreadPoolExecutor(1))
        add_TraceServiceServicer_to_server(self, self._server)  # type: ignore[no-untyped-call]
        self.url = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Export(self, request: Any, context: Any) -> ExportTraceServiceResponse:  # noqa: N802
        for scope in (scope for resource in request.resource_spans for scope in resource.scope_spans):
            self.names += [span.name for span in scope.spans]
        return ExportTraceServiceResponse()

    def stop(self) -> None:
        self._server.stop(0).wait()


def test_spans_come_to_the_collector_that_is_set() -> None:
    collector = Collector()
    provider = tracing.start(collector.url)
    with tracing.span("outer"), tracing.span("inner"):
        assert collector.names == []
    tracing.stop(provider)
    assert sorted(collector.names) == ["inner", "outer"]
    collector.stop()


async def test_a_collector_that_is_gone_holds_nobody_up(serve: Serve) -> None:
    service = await serve(otel_endpoint="http://127.0.0.1:1")
    admin = await service.caller("admin")
    began = time.monotonic()
    assert (await admin.get("/me")).status_code == 200
    assert time.monotonic() - began < 2


def test_a_service_ends_though_its_collector_is_gone() -> None:
    provider = tracing.start("http://127.0.0.1:1")
    with tracing.span("one"):
        pass
    began = time.monotonic()
    tracing.stop(provider)
    assert time.monotonic() - began < 10
