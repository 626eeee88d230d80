"""How far the making of an agenda has come, told while it is made."""

from collections.abc import Callable
from typing import Literal

Step = Literal["brief", "passages", "writing", "checking", "repairing", "composing", "storing"]
Progress = Callable[[Step], None]

MESSAGES: dict[Step, str] = {
    "brief": "Gathering your goals, open actions and earlier sessions.",
    "passages": "Looking in the library for activities and conversation starters.",
    "writing": "A language model is writing the words.",
    "checking": "Checking what the model wrote.",
    "repairing": "Some of it did not pass the checks; the model is asked once more.",
    "composing": "Composing the agenda from the library and your own words.",
    "storing": "Storing the agenda.",
}


def silent(step: Step) -> None:
    """For a caller who only wants the agenda."""
