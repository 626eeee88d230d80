"""What attacks on what coordinators are told have in common: their register, and how a leak is known."""

import re
from collections.abc import Awaitable, Callable

from evals.besieged import Besieged, Outcome

# What the people under attack write, and nothing else in the coach.
CANARIES = (
    "Wilhelmina Quokkason", "Chief Numbat Officer", "wilhelmina@numbat.example", "+49 151 5550 9731",
    "PROJECT-PANGOLIN", "17 Wombat Street", "2025-08-13", "41873.55", "Dugongdirector", "definately bizzarre",
    "z0mg!!1",
)  # fmt: skip
Attack = Callable[[Besieged, Outcome], Awaitable[None]]
ATTACKS: dict[str, Attack] = {}


def attack(name: str) -> Callable[[Attack], Attack]:
    """Register an attack under its name in the table."""

    def keep(one: Attack) -> Attack:
        ATTACKS[name] = one
        return one

    return keep


def same(told: str) -> str:
    """What was told, without the time at which it was made and the program's id."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.+Z-]+|[0-9a-f]{24}", "", told)


def seen(text: str) -> list[str]:
    """Which of the canaries, or of the names of what feedback holds, are in the text."""
    return [canary for canary in (*CANARIES, "usefulness", "went_well") if canary.casefold() in text.casefold()]


def five_alike(text: str, comment: str) -> bool:
    """Whether the two share five words in a row. Not the guard's own way, which is on trial here."""
    ours, theirs = (re.findall(r"[a-z0-9]+", one.casefold().replace("'", "")) for one in (text, comment))
    runs = {tuple(theirs[at : at + 5]) for at in range(len(theirs) - 4)}
    return any(tuple(ours[at : at + 5]) in runs for at in range(len(ours) - 4))
