"""Programs that never were: what each of their people raised."""

from collections.abc import Iterable, Mapping, Sequence

from coach.feedback.disclosure import Voice

KNOWN = ("digital-skills", "power-dynamics", "rapport", "time-and-scheduling")


def person(number: int, *themes: str, certainty: float = 1.0) -> Voice:
    """Person 0 and 1 are pair 0, mentor and mentee; 2 and 3 are pair 1, and so on."""
    role = "mentee" if number % 2 else "mentor"
    return Voice(f"person {number}", f"pair {number // 2}", role, dict.fromkeys(themes, certainty))


def program(people: int, raised: Mapping[str, Iterable[int]] | None = None) -> list[Voice]:
    """So many people, of whom the numbered ones raised each theme with full certainty."""
    by_person: dict[int, list[str]] = {number: [] for number in range(people)}
    for theme, numbers in (raised or {}).items():
        for number in numbers:
            by_person[number].append(theme)
    return [person(number, *themes) for number, themes in by_person.items()]


def everyone(count: int) -> Sequence[int]:
    return range(count)
