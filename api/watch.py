"""What operators can see of the service: counts by route, and a line and a span for each request. Never an id of
anything, never a text.

A route is told by its template, so that neither ids nor addresses that somebody made up get into a metric or a log.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import nullcontext
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from api.quiet import Quiet
from coach.tracing import span

log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NO_ROUTE = "none"
# Calls of which the partner is told nothing are counted only where they fail on our side.
_BLIND = ("feedback", "/private-note", "/me/export")
# One's own settings are changed by it, and nothing that the partner could see.
_BLIND_CALL = ("PATCH", "/v1/pairs/{pair_id}")
# Probes and metrics come however quiet it is.
_CALLS = "/v1/"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of this process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "coach_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "coach_request_seconds",
            "Seconds until the whole reply was sent.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.agendas = Counter(
            "coach_agendas", "Agendas by who wrote them, and why not the model.", ["source", "reason"],
            registry=self.registry,
        )  # fmt: skip
        self.model_tokens = Counter(
            "coach_model_tokens",
            "Tokens of the model for what both of a pair read; those of a prep are for its person's eyes.",
            ["kind"],
            registry=self.registry,
        )
        self.breaker_open = Gauge(
            "coach_breaker_open", "1 while the model is left alone because it failed.", registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    def count_agenda(self, generator: MutableMapping[str, Any]) -> None:
        """Count an agenda by its `generator`, whose words are all fixed ones."""
        self.agendas.labels(generator["source"], generator["reason"] or "none").inc()
        for kind in ("prompt", "completion"):
            self.model_tokens.labels(kind).inc(generator["tokens"][kind])

    def page(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self.registry)


class Watch:
    """Counts each request, traces it, and with `log_requests` writes a line of it."""

    def __init__(self, app: Callable[..., Awaitable[None]], metrics: Metrics, quiet: Quiet, log_requests: bool) -> None:
        self._app, self._metrics, self._quiet, self._log = app, metrics, quiet, log_requests

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, request_id = time.perf_counter(), 500, "?"

        async def noted_send(message: MutableMapping[str, Any]) -> None:
            nonlocal status, request_id
            if message["type"] == "http.response.start":
                status = message["status"]
                request_id = dict(message["headers"]).get(b"x-request-id", b"?").decode()
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "other"
        try:
            with span(method, http__request__method=method) as under_way:
                try:
                    with self._quiet.broken() if scope["path"].startswith(_CALLS) else nullcontext():
                        await self._app(scope, receive, noted_send)
                finally:
                    # The router knows the route, and the door the id, only once the request is through.
                    route = template_of(scope)
                    under_way.rename(f"{method} {route}")
                    under_way.tell(http__route=route, http__response__status_code=status, request_id=request_id)
        finally:
            route = template_of(scope)
            seconds = time.perf_counter() - began
            # Anybody may read the metrics: a count that rises would tell a person what the partner did in private.
            blind = any(word in route for word in _BLIND) or (method, route) == _BLIND_CALL
            if not blind or status >= 500:
                self._metrics.requests.labels(method, route, str(status)).inc()
                self._metrics.seconds.labels(method, route).observe(seconds)
            if self._log:
                log.info(
                    "request",
                    request_id=request_id,
                    method=method,
                    route=route,
                    status=status,
                    ms=round(seconds * 1000, 1),
                )


def template_of(scope: MutableMapping[str, Any]) -> str:
    """The template of the route that took the request, such as `/v1/pairs/{pair_id}`; `none` where none did."""
    context = (scope.get("fastapi") or {}).get("effective_route_context")
    found = getattr(context, "path_format", None) or getattr(scope.get("route"), "path", None)
    return found if isinstance(found, str) else NO_ROUTE
