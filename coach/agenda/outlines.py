"""What a meeting of each stage holds, in which order, and how each part of it takes up time."""

from dataclasses import dataclass
from typing import Literal

from coach.retrieval.library import Stage
from coach.wish_words import Wish

Kind = Literal["check-in", "review", "exercise", "discussion", "reflection", "next-steps"]
Lead = Literal["mentor", "mentee", "both"]
Purpose = Literal[
    "check-in",
    "review-actions",
    "confidentiality",
    "ground-rules",
    "goals",
    "review-goals",
    "exercise",
    "discussion",
    "evaluation",
    "celebration",
    "goal-reached",
    "restart",
    "break",
    "reflection",
    "next-steps",
]

SHORTEST_SLOT = 2
SHORTEST_ACTIVITY = 5


@dataclass(frozen=True)
class Form:
    """How a purpose takes up time: minutes from `least` to `most`, and the share it asks for."""

    kind: Kind
    led_by: Lead
    least: int
    most: int
    weight: int


FORMS: dict[Purpose, Form] = {
    "check-in": Form("check-in", "both", 2, 10, 5),
    "review-actions": Form("review", "both", 2, 20, 5),
    "confidentiality": Form("discussion", "both", 2, 12, 7),
    "ground-rules": Form("discussion", "mentor", 2, 12, 7),
    "goals": Form("discussion", "mentor", 4, 30, 14),
    "review-goals": Form("review", "both", 4, 25, 15),
    "exercise": Form("exercise", "mentor", SHORTEST_ACTIVITY, 35, 22),
    "discussion": Form("discussion", "both", SHORTEST_ACTIVITY, 25, 14),
    "evaluation": Form("review", "both", 3, 25, 15),
    "celebration": Form("reflection", "both", 2, 15, 8),
    "goal-reached": Form("reflection", "both", 2, 10, 6),
    "restart": Form("discussion", "mentor", 3, 10, 8),
    "break": Form("check-in", "both", 5, 15, 4),
    "reflection": Form("reflection", "mentee", 2, 10, 4),
    "next-steps": Form("next-steps", "both", 2, 10, 5),
}

# What doubles the share of the time that a purpose asks for.
ASKS_FOR_TIME: dict[Purpose, Wish] = {
    "discussion": "more-talk",
    "next-steps": "firm-next-steps",
    "review-actions": "look-back",
    "check-in": "get-to-know",
}

# What the mentor leads besides where that is needed for half of the minutes: first what is talked through, then what
# opens and closes the meeting. What the mentee takes back stays the mentee's.
MAY_LEAD: tuple[Purpose, ...] = (
    "discussion",
    "review-goals",
    "evaluation",
    "check-in",
    "next-steps",
    "review-actions",
    "confidentiality",
    "goal-reached",
    "celebration",
    "break",
)

# A break comes between two of these.
LONG_PARTS: frozenset[Purpose] = frozenset({"exercise", "discussion", "review-goals", "evaluation", "goals"})

# What a meeting of each stage holds, in order. The number says when a part gives way to shortage of time: 0 never.
OUTLINES: dict[Stage, tuple[tuple[Purpose, int], ...]] = {
    "kickoff": (
        ("check-in", 0),
        ("confidentiality", 0),
        ("ground-rules", 0),
        ("review-actions", 2),
        ("goals", 0),
        ("exercise", 3),
        ("reflection", 4),
        ("next-steps", 0),
    ),
    "building": (
        ("check-in", 0),
        ("review-actions", 0),
        ("exercise", 0),
        ("discussion", 3),
        ("reflection", 4),
        ("next-steps", 0),
    ),
    "midpoint": (
        ("check-in", 0),
        ("review-actions", 0),
        ("review-goals", 0),
        ("exercise", 2),
        ("reflection", 4),
        ("next-steps", 0),
    ),
    "closing": (
        ("check-in", 0),
        ("review-actions", 1),
        ("evaluation", 0),
        ("exercise", 3),
        ("celebration", 0),
        ("next-steps", 0),
    ),
}

# After missed meetings: first what got in the way, then one small thing, and a date that holds.
RESTART: dict[Stage, tuple[tuple[Purpose, int], ...]] = {
    "kickoff": (
        ("check-in", 0),
        ("restart", 1),
        ("confidentiality", 0),
        ("ground-rules", 0),
        ("goals", 0),
        ("next-steps", 0),
    ),
    "building": (("check-in", 0), ("restart", 0), ("review-actions", 1), ("exercise", 2), ("next-steps", 0)),
    "midpoint": (("check-in", 0), ("restart", 0), ("review-actions", 1), ("review-goals", 0), ("next-steps", 0)),
    "closing": (
        ("check-in", 0),
        ("restart", 2),
        ("review-actions", 1),
        ("evaluation", 0),
        ("celebration", 0),
        ("next-steps", 0),
    ),
}
