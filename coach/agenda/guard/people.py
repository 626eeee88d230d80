"""Guards on what is said of people and promised to them: both must be able to trust what stands in their agenda."""

import re
from collections.abc import Iterator

from coach.agenda.guard.crossed import crossed
from coach.agenda.guard.draft import Draft, Violation
from coach.wording import exclusive_terms_among, stereotypes_among

# "Priya, pick a chart" speaks to her; "show it to Priya" was written for the other one.
_THE_READER = {role: re.compile(rf"(?<!\A)\bthe {role}\b(?!,)|\byour {role}\b") for role in ("mentor", "mentee")}


def roles(draft: Draft) -> Iterator[Violation]:
    """Nobody turns the two round: the mentor is the junior and teaches, the mentee is the senior and learns.

    In an activity each has the part that its passages give them; in a prep "you" is its reader.
    """
    reader = _reader(draft)
    for text in draft.places:
        if reader is not None and reader.search(text.cast):
            yield Violation("roles", text.where, "It takes its reader for the other one. Write “you”.")
        elif "roles" in text.subjects:
            yield Violation("roles", text.where, "It swaps mentor and mentee: the mentor teaches.")
        elif text.slot is not None and text.slot.activity is not None and crossed(text.cast, text.rests_on):
            yield Violation("roles", text.where, "It swaps mentor and mentee: the passage has the other one do this.")


def _reader(draft: Draft) -> re.Pattern[str] | None:
    """What names the reader of a prep as somebody else; None where nobody alone reads."""
    if draft.prep is None or draft.private is None:
        return None
    return _THE_READER["mentor" if draft.private is draft.briefing.mentor else "mentee"]


def stereotypes_of_people(draft: Draft) -> Iterator[Violation]:
    """Nothing on what people of an age, a generation, a gender or an origin are like: not praise either."""
    reason = "It says what people of some kind are like. Speak of these two."
    for text in draft.places:
        if text.is_the_librarys:
            continue
        if "kinds of people" in text.subjects or any(
            found.casefold() not in text.known for found in stereotypes_among(text.word_set, text.shown)
        ):
            yield Violation("stereotypes", text.where, reason)


def exclusive(draft: Draft) -> Iterator[Violation]:
    """No word that shuts somebody out; the same list as for the library, in `coach.wording`."""
    for text in draft.places:
        if any(term.casefold() not in text.known for term in exclusive_terms_among(text.word_set, text.shown)):
            yield Violation("exclusive", text.where, "It holds a word that shuts people out. Use a plainer one.")


def judging(draft: Draft) -> Iterator[Violation]:
    """Neither of the two is rated, diagnosed or seen through: people stop being open with who does that."""
    yield from _on(draft, "judging", "judging", "It judges a person. Say what to do instead.")


def behind_the_back(draft: Draft) -> Iterator[Violation]:
    """Neither of the two is steered, watched or kept in the dark: each may read the other's prep one day."""
    reason = "It does something behind a person's back. Write what both may know."
    yield from _on(draft, "behind the back", "behind the back", reason)


def medical(draft: Draft) -> Iterator[Violation]:
    """No advice on health: the coach knows nobody's, and wrong advice does harm."""
    yield from _on(draft, "medical", "medical", "It touches health. Leave that to those who know about it.")


def legal(draft: Draft) -> Iterator[Violation]:
    """No advice on law: it differs by place and contract, and people act on it."""
    yield from _on(draft, "legal", "legal", "It touches the law. Leave that to those who know about it.")


def financial(draft: Draft) -> Iterator[Violation]:
    """No advice on anyone's money: pay, savings, tax or shares."""
    yield from _on(draft, "financial", "financial", "It touches money. Leave that to those who know about it.")


def promises(draft: Draft) -> Iterator[Violation]:
    """No promise of secrecy beyond what the two agree on: the program keeps records, and some things must be told."""
    reason = "It promises secrecy that nobody can keep. Let the two agree on what stays between them."
    yield from _on(draft, "secrecy", "promises", reason)


def smuggled(draft: Draft) -> Iterator[Violation]:
    """What somebody typed is no order: not obeyed, not passed on, not reported as one."""
    yield from _on(draft, "orders", "smuggled", "It follows an order from the material. Write the plan's words.")


def avoided(draft: Draft) -> Iterator[Violation]:
    """Nothing that either person asked to keep out. The reason does not say what it was."""
    for text in draft.places:
        if draft.briefing.avoid.touches(text.text):
            yield Violation(
                "avoided", text.where, "It leaves the pair's goals. Write it closer to the goal and the passages."
            )


def _on(draft: Draft, subject: str, guard: str, reason: str) -> Iterator[Violation]:
    for text in draft.places:
        if subject in text.subjects:
            yield Violation(guard, text.where, reason)
