"""Who reaches what, as one table: role by call by relation. `python -m api.access` writes it as Markdown.

The roles are those that the routes declare. What a relation opens follows from what the path names; a test tries every
cell, so that a route which lets in more or fewer than the table says is found.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.auth import allowed_roles
from coach.settings import AccessRole

Relation = Literal["own", "other pair", "other program", "former"]
Outcome = Literal["yes", "own", "no (403)", "hidden (404)", "signed out (401)"]

RELATIONS: dict[AccessRole, tuple[Relation, ...]] = {
    "participant": ("own", "other pair", "other program", "former"),
    "coordinator": ("own", "other program", "former"),
    "admin": ("own", "former"),
}
_HEADINGS: dict[tuple[AccessRole, Relation], str] = {
    ("participant", "own"): "participant: own pair",
    ("participant", "other pair"): "another pair of the program",
    ("participant", "other program"): "another program",
    ("participant", "former"): "former member",
    ("coordinator", "own"): "coordinator: own program",
    ("coordinator", "other program"): "another program",
    ("coordinator", "former"): "former coordinator",
    ("admin", "own"): "admin",
    ("admin", "former"): "former admin",
}
_INTRODUCTION = """# Who reaches what

Made by `python -m api.access > docs/access.md` from what the routes declare; a test tries every cell.

- **yes**: it is done. **own**: only the caller's own is shown, since nothing in the address says whose it is.
- **no (403)**: the token is of another role. **hidden (404)**: the reply is the same as if there were no such thing.
- **signed out (401)**: the token has ended. A former member is a person who was erased, or whose token was revoked.

What one of a pair tells the coach alone (private note, topics to avoid, needs, feedback that is not shared, the other's
prep) is in no reply to anybody else, whatever this table says of the call.
"""


@dataclass(frozen=True)
class Call:
    """A call of the interface and the roles that its route declares."""

    method: str
    path: str
    roles: frozenset[str]

    def outcome(self, role: AccessRole, relation: Relation) -> Outcome:
        """What comes of it where a caller of this role has this relation to what the path names."""
        if "anybody" in self.roles:
            return "yes"
        if relation == "former":
            return "signed out (401)"
        if role not in self.roles:
            return "no (403)"
        if "{" not in self.path:
            return "own" if self.path.startswith("/v1/me") else "yes"
        return "yes" if relation == "own" else "hidden (404)"


def calls(app: FastAPI) -> Iterator[Call]:
    """Every call that the interface describes, in its order."""
    described = app.openapi()["paths"]
    for context in iter_route_contexts(app.routes):
        dependant: Any = getattr(context, "dependant", None)
        if context.path in described and dependant is not None:
            for method in sorted(context.methods or ()):
                yield Call(method, str(context.path), allowed_roles(dependant))


def markdown(app: FastAPI) -> str:
    """The table as a page."""
    columns = [(role, relation) for role in reversed(get_args(AccessRole)) for relation in RELATIONS[role]]
    lines = ["| call | " + " | ".join(_HEADINGS[column] for column in columns) + " |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    for call in calls(app):
        cells = [call.outcome(*column) for column in columns]
        lines.append(f"| `{call.method} {re.sub('^/v1', '', call.path)}` | " + " | ".join(cells) + " |")
    return _INTRODUCTION + "\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    from api.app import create_app
    from coach.settings import Settings

    sys.stdout.write(markdown(create_app(Settings())))
