"""Whether the service is alive, and whether it can work."""

import math
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from api.auth import public
from api.state import State
from api.watch import CONTENT_TYPE
from coach.errors import StoreError
from coach.llm import OpenAIModel

router = APIRouter(tags=["health"], dependencies=[Depends(public)])


@router.get("/healthz")
async def read_health() -> dict[str, str]:
    """Alive."""
    return {"status": "ok"}


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def read_metrics(state: State) -> Response:
    """Counts for Prometheus: by route template and outcome, never by person."""
    paused = isinstance(state.model, OpenAIModel) and state.model.breaker.is_open
    state.metrics.breaker_open.set(paused)
    return Response(state.metrics.page(), media_type=CONTENT_TYPE)


@router.get("/readyz")
async def read_readiness(state: State) -> JSONResponse:
    """Database, index and model, each reachable or not. Without a model, or with one that fails, the composer
    works: still ready.
    """
    parts: dict[str, Any] = {}
    try:
        await state.store.check()
        parts["database"] = {"ok": True, "detail": None}
    except StoreError as error:
        parts["database"] = {"ok": False, "detail": str(error)}

    wrong = state.not_ready if state.search is None else await state.search.in_thread(state.search.check)
    parts["index"] = {"ok": wrong is None, "detail": wrong}
    if wrong is not None and state.search is not None:
        state.jobs.enqueue("heal-index")

    if state.model is None:
        parts["model"] = {"ok": True, "detail": "No model is set: the composer writes."}
    else:
        breaker = state.model.breaker if isinstance(state.model, OpenAIModel) else None
        paused = breaker is not None and breaker.is_open
        parts["model"] = {
            "ok": not paused,
            "detail": "The model fails and is left alone for a while: the composer writes." if paused else None,
            "breaker": breaker.state if breaker is not None else "closed",
            "retry_after_s": math.ceil(breaker.seconds_left) if breaker is not None else 0,
        }
    ready = parts["database"]["ok"] and parts["index"]["ok"]
    return JSONResponse({"status": "ready" if ready else "not ready", **parts}, status_code=200 if ready else 503)
