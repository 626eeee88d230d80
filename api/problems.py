"""Every error as RFC 9457 problem+json, with a stable type and a detail that a person can act on."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from api.oidc import IssuerUnreachable, NoRole
from api.rates import TooManyRequests
from coach import errors

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TOO_LONG = "The {} of a request may have at most {:,} bytes. Send less of it."

# A subclass comes before its parent: the first match decides. `test_problems.py` holds this against the tree.
STATUS: tuple[tuple[type[errors.CoachError], int, str], ...] = (
    (errors.NotFound, 404, "not-found"),
    (errors.IdempotencyConflict, 422, "idempotency-key-reused"),
    (errors.Conflict, 409, "conflict"),
    (errors.Forbidden, 403, "forbidden"),
    (errors.InvalidInput, 422, "invalid-input"),
    (errors.StoreBusy, 503, "database-busy"),
    (errors.StoreFull, 507, "disk-full"),
    (errors.StoreError, 503, "database-unavailable"),
    (errors.RetrievalError, 503, "library-unavailable"),
    (errors.LibraryError, 503, "library-unavailable"),
    (errors.ModelError, 503, "model-unavailable"),
    (errors.UnsafeModelAddress, 503, "model-unavailable"),
    (errors.CoachError, 500, "unexpected"),
)


class ProblemResponse(JSONResponse):
    """A problem+json reply."""

    media_type = MEDIA_TYPE


def problem(
    status: int,
    kind: str,
    detail: str,
    *,
    fields: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> ProblemResponse:
    """One problem. `kind` is the last part of its type and never changes; `fields` name what is wrong in the
    request.
    """
    body: dict[str, Any] = {
        "type": f"urn:session-coach:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if fields:
        body["errors"] = list(fields)
    return ProblemResponse(body, status_code=status, headers=headers)


class Unauthorized(Exception):
    """No token, or one that nobody was given."""


def install(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(errors.CoachError)
    async def _coach(request: Request, error: errors.CoachError) -> Response:
        return problem_of(request, error)

    @app.exception_handler(Unauthorized)
    async def _unauthorized(request: Request, error: Unauthorized) -> Response:
        return problem(401, "unauthorized", str(error), headers={"WWW-Authenticate": "Bearer"})

    @app.exception_handler(NoRole)
    async def _no_role(request: Request, error: NoRole) -> Response:
        return problem(403, "forbidden", str(error))

    @app.exception_handler(IssuerUnreachable)
    async def _issuer_unreachable(request: Request, error: IssuerUnreachable) -> Response:
        return problem(503, "sign-in-unavailable", _NO_ISSUER, headers={"Retry-After": "10"})

    @app.exception_handler(TooManyRequests)
    async def _too_many(request: Request, error: TooManyRequests) -> Response:
        return too_many(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        fields = [{"field": _path(detail), "message": _message(detail)} for detail in error.errors()]
        if any(detail["loc"][:1] == ("path",) for detail in error.errors()):
            return problem(404, "not-found", "There is nothing with this id, or it is not yours.")
        first = f"{fields[0]['field']}: {fields[0]['message']}" if fields else "the request"
        more = f" ({len(fields) - 1} more in errors)" if len(fields) > 1 else ""
        return problem(422, "invalid-input", f"The request cannot be used. {first}{more}", fields=fields[:50])

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        kind, detail = _HTTP.get(error.status_code, ("http", str(error.detail)))
        headers = dict(error.headers) if error.headers else None
        if error.status_code == 405:
            headers = {"Allow": ", ".join(_allowed_methods(app, request.url.path))}
        return problem(error.status_code, kind, detail or str(error.detail), headers=headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        return unexpected(request.scope, error)


def problem_of(request: Request, error: Exception) -> ProblemResponse:
    """The reply to an error that the coach raised, or to one that nobody foresaw; what is our fault is logged."""
    if not isinstance(error, errors.CoachError):
        return unexpected(request.scope, error)
    status, kind = next((status, kind) for cls, status, kind in STATUS if isinstance(error, cls))
    fields = [{"field": field, "message": message} for field, message in _fields(error)]
    if status >= 500:
        log.error("request.failed", kind=kind, error=type(error).__name__, route=_route(request))
    headers = {"Retry-After": "2"} if status == 503 else None
    # What the library or an index says of itself may hold paths of the server: only the log has it.
    detail = str(error) if status < 500 or isinstance(error, errors.StoreError) else _HIDDEN.get(kind, _UNEXPECTED)
    return problem(status, kind, detail, fields=fields, headers=headers)


def _fields(error: errors.CoachError) -> list[tuple[str, str]]:
    if isinstance(error, errors.InvalidRows):
        return error.problems
    return [(error.field, str(error))] if isinstance(error, errors.InvalidInput) else []


def too_many(error: TooManyRequests) -> ProblemResponse:
    """The reply to one who must wait."""
    return problem(429, "too-many-requests", str(error), headers={"Retry-After": str(error.retry_after)})


def unexpected(scope: Any, error: BaseException) -> ProblemResponse:
    """The reply to what nobody foresaw; the log names the error's class and place, never its text."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    log.error("request.unexpected", error=type(error).__name__, place=place, path=scope.get("route_path"))
    return problem(500, "unexpected", _UNEXPECTED)


_UNEXPECTED = (
    "Something went wrong on our side. Nothing was stored by this request; please try again, and tell your coordinator "
    "if it stays."
)
_NO_ISSUER = (
    "It cannot be checked right now who you are: the sign-in service of your organization does not answer. "
    "Try again in a moment."
)
_HIDDEN = {
    "library-unavailable": (
        "The knowledge library cannot be searched right now. Try again in a moment; /readyz tells the operator more."
    ),
    "model-unavailable": "The language model cannot be reached right now. Try again in a moment.",
}
_HTTP = {
    400: ("bad-request", "The request could not be read. Check that the body is valid JSON."),
    404: ("not-found", "There is nothing at this address. /docs lists the calls."),
    405: ("method-not-allowed", "This address does not take that method. The Allow header lists those it takes."),
    406: ("not-acceptable", ""),
    413: ("too-large", ""),
    415: ("unsupported-media-type", ""),
}


def _allowed_methods(app: FastAPI, path: str) -> list[str]:
    """Every method that the address takes; the framework names only those of the first route that matches."""
    return sorted(
        method.upper()
        for template, calls in app.openapi()["paths"].items()
        if compile_path(template)[0].match(path)
        for method in calls
    )


def _route(request: Request) -> str:
    route = request.scope.get("route")
    return getattr(route, "path", "?")


def _path(detail: dict[str, Any]) -> str:
    """The field's path as a person writes it: `goals.0`, without where FastAPI found it."""
    if detail["type"] == "json_invalid":
        return "body"
    parts = [str(part) for part in detail["loc"]]
    return ".".join(parts[1:] if len(parts) > 1 and parts[0] in {"body", "query", "path", "header"} else parts)


def _message(detail: dict[str, Any]) -> str:
    if detail["type"] == "extra_forbidden":
        return "unknown field; check its spelling, or leave it out"
    if detail["type"] == "json_invalid":
        return "the body is not valid JSON"
    if detail["type"] == "model_attributes_type":
        if isinstance(detail["input"], bytes):
            # What no header calls JSON is not read as such, however much it looks like it.
            return "is read as JSON only with the header Content-Type: application/json"
        return "must be a JSON object"
    return str(detail["msg"]).removeprefix("Value error, ")
