"""Every route says who may call it."""

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Route

from api.app import create_app
from api.auth import Admin, allowed_roles, public
from coach.settings import Settings

# The pages that describe the interface hold nothing of anybody.
DESCRIPTION = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/static-offline-docs"}


def undeclared(app: FastAPI) -> list[str]:
    """Paths of routes that do not say who may call them. FastAPI keeps included routers whole: this walks into them."""
    return [
        context.path or "?"
        for context in iter_route_contexts(app.routes)
        if context.path not in DESCRIPTION and not roles_of(context)
    ]


def roles_of(context: object) -> frozenset[str]:
    dependant = getattr(context, "dependant", None)
    return allowed_roles(dependant) if dependant is not None else frozenset()


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


async def _answer() -> None: ...


def test_every_route_declares_who_may_call_it(app: FastAPI) -> None:
    assert undeclared(app) == []


def test_the_walk_sees_every_documented_path(app: FastAPI) -> None:
    walked = {context.path for context in iter_route_contexts(app.routes)}
    assert set(app.openapi()["paths"]) <= walked
    assert len(walked) > 15


def test_the_walk_tells_the_declared_roles_apart(app: FastAPI) -> None:
    declared = {context.path: roles_of(context) for context in iter_route_contexts(app.routes)}
    assert declared["/v1/tokens"] == {"admin"}
    assert declared["/v1/sessions/{session_id}/agenda"] == {"participant"}
    assert declared["/v1/knowledge/search"] == {"admin", "coordinator", "participant"}
    assert declared["/healthz"] == {"anybody"}


def test_the_walk_finds_an_undeclared_route_however_deep_it_lies(app: FastAPI) -> None:
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer")
    inner.add_api_route("/bare", _answer)
    inner.add_api_route("/declared", _answer, dependencies=[Depends(public)])
    outer.include_router(inner)
    app.include_router(outer)
    app.add_api_route("/flat", _answer)
    assert sorted(undeclared(app)) == ["/flat", "/outer/inner/bare"]


def test_the_walk_finds_mounted_applications_and_websockets(app: FastAPI) -> None:
    app.mount("/other", FastAPI())
    app.add_api_websocket_route("/socket", _answer)
    app.router.routes.append(Route("/plain", FastAPI()))
    assert sorted(undeclared(app)) == ["/other", "/plain", "/socket"]


def test_a_declaration_deeper_in_the_dependencies_counts(app: FastAPI) -> None:
    async def through(caller: Admin) -> None: ...

    app.add_api_route("/indirect", _answer, dependencies=[Depends(through)])
    assert undeclared(app) == []
