"""Feedback that was kept elsewhere."""

from typing import Any

from api.schemas import Reply
from coach.feedback import MOST_CHARACTERS
from coach.feedback.imported import MOST_ROWS

_RATING = {"type": "integer", "minimum": 1, "maximum": 5}
_ANSWER = {"type": "string", "maxLength": MOST_CHARACTERS}
# Rows are checked in a thread and not by pydantic: a hundred thousand of them would hold up everybody else.
_ROWS: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_ROWS,
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["pair_id", "author", "held_at"],
        "properties": {
            "pair_id": {"type": "string"},
            "author": {"enum": ["mentor", "mentee"]},
            "held_at": {"type": "string", "description": "A past date or time in ISO 8601."},
            "ratings": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"usefulness": _RATING, "safety": _RATING, "progress": _RATING},
            },
            "went_well": _ANSWER,
            "to_change": _ANSWER,
        },
    },
}
IMPORT_SCHEMA: dict[str, Any] = {
    "oneOf": [
        {"type": "object", "additionalProperties": False, "required": ["rows"], "properties": {"rows": _ROWS}},
        _ROWS,
    ]
}


class FeedbackImported(Reply):
    """What became of the rows.

    `already_there` were imported before; a row that stands twice in one import is one row. `not_counted` of those
    imported were held in a period whose report is published; `comments` are answers still to be read for themes.
    """

    imported: int
    already_there: int
    not_counted: int
    comments: int
    notice: str
