"""Requests made up from the OpenAPI, sound ones and broken ones, and each reply held against it.

All checks of schemathesis: no 5xx, no status, type, header or shape that is not described, 405 with Allow for other
methods, 401 without a token, nothing refused that is described and nothing taken that is not.
"""

import asyncio
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.python import asgi

from api.app import create_app
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store import Store
from coach.store.tokens import AccessRole, issue_token
from tests.api.conftest import PAIR

RANDOM_CASES = 10
NO_LIMIT = 10**9
Case = schemathesis.Case[Any]


class Doorway:
    """Where made-up requests go. They are made before the application of the run is."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class World:
    """What exists, and who may ask for it in turn."""

    def __init__(self, client: Any, data: Settings) -> None:
        self._client, self._data = client, data
        self.tokens = {"admin": self.token("admin")}
        self.ids = self._made()
        self.callers = cycle(self.tokens.values())

    def token(self, role: AccessRole, program_id: str | None = None, participant_id: str | None = None) -> str:
        async def issue() -> str:
            store = Store(self._data)
            async with store.write() as db:
                token = await issue_token(db, role, program_id=program_id, participant_id=participant_id)
            await store.close()
            return token

        return asyncio.run(issue())

    def id_of(self, name: str, case: Case) -> str:
        """What stands for a part of the path; a program that is closed takes its people with it at the next start."""
        return self.ids["closable"] if (case.method, name) == ("PATCH", "program_id") else self.ids[name]

    def _post(self, path: str, body: Any, role: str = "admin") -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        reply = self._client.post(f"/v1{path}", json=body, headers=headers)
        assert reply.status_code == 201, reply.text
        return reply.json()

    def _made(self) -> dict[str, str]:
        program = self._post("/programs", {"name": "Bridge"})["id"]
        pair, others = (self._post(f"/programs/{program}/pairs", PAIR) for _ in range(2))
        self.tokens["coordinator"] = self.token("coordinator", program_id=program)
        self.tokens["participant"] = self.token("participant", participant_id=pair["mentor"]["id"])
        at = {"scheduled_at": "2026-12-01T10:00:00Z"}
        session = self._post(f"/pairs/{pair['id']}/sessions", at, "participant")["id"]
        self._post(f"/sessions/{session}/agenda", {}, "participant")
        action = self._post(f"/pairs/{pair['id']}/actions", {"owner": "mentor", "text": "Draw it."}, "participant")
        rules = {"title": "Rules", "text": "Paste no customer names."}
        return {
            "program_id": program,
            "pair_id": pair["id"],
            "session_id": session,
            "action_id": action["id"],
            "document_id": self._post(f"/programs/{program}/documents", rules)["id"],
            # What may be deleted without anything else going with it.
            "participant_id": others["mentor"]["id"],
            "token_id": self._post("/tokens", {"role": "admin"})["id"],
            "closable": self._post("/programs", {"name": "Crossing"})["id"],
            "period": "2026-Q2",
        }


DOORWAY = Doorway()
CONFIG = SchemathesisConfig(seed=1)
# What a request means, no schema can say: a goal must be one of the pair's, a time be near. `refused_for_its_form`
# below sees to it that nothing sound is refused for its form.
CONFIG.projects.default.checks.positive_data_acceptance.expected_statuses = [
    "2xx", "401", "403", "404", "406", "409", "415", "422",
]  # fmt: skip
# An address that is too long is refused before anybody reads it; a 5xx would be no way to refuse.
CONFIG.projects.default.checks.negative_data_rejection.expected_statuses = [
    "400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422", "428", "429",
]  # fmt: skip
# Said in words: "must not hold the character NUL".
CONFIG.projects.default.generation.allow_x00 = False
schema = schemathesis.openapi.from_dict(create_app(Settings()).openapi(), config=CONFIG)
schema.app = DOORWAY


def refused_for_its_form(ctx: Any, response: Any, case: Case) -> None:
    """Fails where a sound request was refused by what reads it, rather than by what it means."""
    sound = case.meta is not None and case.meta.generation.mode.is_positive
    if sound and response.status_code == 422 and b"The request cannot be used." in response.content:
        raise AssertionError(f"{case.operation.label} refused a sound request: {response.text}")


@pytest.fixture(scope="module")
def world(words_search: Search, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data = Settings(
        data_dir=tmp_path_factory.mktemp("made-up"),
        failed_tokens_per_minute=NO_LIMIT,
        requests_per_minute=0,
        address_requests_per_minute=0,
    )
    DOORWAY.app = create_app(data, search=words_search)
    with asgi.get_client(DOORWAY) as client:
        client.get("/healthz")
        made = World(client, data)
        yield made
        # Still there: requests that found nothing would have shown little.
        headers = {"Authorization": f"Bearer {made.tokens['participant']}"}
        assert client.get(f"/v1/pairs/{made.ids['pair_id']}", headers=headers).status_code == 200
    asgi.shutdown_lifespans()


@schema.parametrize()
@settings(
    max_examples=RANDOM_CASES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_replies_are_as_described(case: Case, world: World) -> None:
    assert case.meta is not None
    if not case.meta.is_negative_at(ParameterLocation.PATH):
        # Ids that were made up find nothing.
        case.path_parameters = {name: world.id_of(name, case) for name in case.path_parameters or {}}
    case.call_and_validate(headers=_signed_in(case, next(world.callers)), additional_checks=[refused_for_its_form])


def _signed_in(case: Case, token: str) -> dict[str, str]:
    """The header with the token, but for cases that are about what comes without one."""
    assert case.meta is not None
    about = getattr(case.meta.phase.data, "parameter", None)
    missing = about == "Authorization" or (about is None and case.meta.is_negative_at(ParameterLocation.HEADER))
    return {} if missing else {"Authorization": f"Bearer {token}"}
