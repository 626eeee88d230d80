"""Spans for OpenTelemetry: what was done, for how long and how it ended. Never an id of a person, never a text.

Off unless an endpoint is set; then `span` gives one object that does nothing, and OpenTelemetry is not even imported.
Exceptions are told by their class alone, since their words may be a person's. A trace begins here: what a caller says
of a trace of its own is not read, and nothing of ours is told to the model's server.
"""

from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

NAME = "session-coach"
# What waits for a collector that does not answer is dropped after so long, also when the service stops.
_EXPORT_TIMEOUT_S = 5

Value = str | int | float | bool


class Span(Protocol):
    """A span that is under way."""

    def tell(self, **attributes: Value) -> None:
        """Add attributes; two underscores in a name stand for a dot."""

    def rename(self, name: str) -> None:
        """Give it the name that was not known when it began."""


class _Nothing:
    def tell(self, **attributes: Value) -> None:
        pass

    def rename(self, name: str) -> None:
        pass


_NOTHING = nullcontext(_Nothing())
_tracer: "Tracer | None" = None


def span(name: str, **attributes: Value) -> AbstractContextManager[Span]:
    """A span round a block, beneath the one that is under way; where nothing is traced, nothing."""
    return _NOTHING if _tracer is None else _recorded(_tracer, name, attributes)


@contextmanager
def _recorded(tracer: "Tracer", name: str, attributes: dict[str, Value]) -> "Iterator[Span]":
    from opentelemetry.trace import StatusCode

    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as recorded:

        class _Span:
            def tell(self, **more: Value) -> None:
                for key, value in more.items():
                    recorded.set_attribute(key.replace("__", "."), value)

            def rename(self, name: str) -> None:
                recorded.update_name(name)

        under_way = _Span()
        under_way.tell(**attributes)
        try:
            yield under_way
        except BaseException as error:
            under_way.tell(error__type=type(error).__name__)
            recorded.set_status(StatusCode.ERROR)
            raise


def start(endpoint: str, exporter: "SpanExporter | None" = None) -> "TracerProvider":
    """Trace from now on, for the whole process, and send the spans to a collector that speaks OTLP over gRPC, such as
    `http://127.0.0.1:4317`. An `exporter` takes its place. To be ended with `stop`.
    """
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": NAME}), shutdown_on_exit=False)
    if exporter is None:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        # Sent by a thread of its own: no request waits for it.
        otlp = OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT_S)
        provider.add_span_processor(BatchSpanProcessor(otlp, export_timeout_millis=_EXPORT_TIMEOUT_S * 1000))
    else:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    _tracer = provider.get_tracer(NAME)
    return provider


def stop(provider: "TracerProvider") -> None:
    """Trace no more, and send what waits. Blocks for a few seconds at most."""
    global _tracer
    _tracer = None
    provider.shutdown()
