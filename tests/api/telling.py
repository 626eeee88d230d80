"""A person who has told the coach something everywhere, in words that nobody else has ever written."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from coach.feedback import ThemeFound
from coach.retrieval.search import Search
from tests.api.conftest import FEEDBACK, PairOfPeople, Serve, Service
from tests.feedback.readers import WordReader


def word() -> str:
    """A word that nobody has ever written, of letters alone."""
    return "zq" + "".join(secrets.choice("bcdfghjklmnprstvwxz") for _ in range(10))


class ForgetfulReader(WordReader):
    """Keeps nothing of what it read, as the real one."""

    async def read(self, texts: Sequence[str]) -> list[tuple[list[ThemeFound], bytes]]:
        found = await super().read(texts)
        self.read_texts.clear()
        return found


@dataclass(frozen=True)
class Told:
    """A pair whose mentor has told the coach something everywhere; each trace holds one of `canaries`."""

    service: Service
    pair: PairOfPeople
    first: str
    last: str
    secret: str
    partner_secret: str
    session_id: str

    @property
    def canaries(self) -> tuple[str, ...]:
        return self.first.casefold(), self.last.casefold(), self.secret


async def tell_everything(serve: Serve, search: Search) -> Told:
    """Have a pair's mentor use every call that keeps something, on a service with the `search` of its own."""
    service = await serve(own_search=search, reader=ForgetfulReader())
    first, last, secret, partner_secret = word().title(), word().title(), word(), word()
    person = {
        "name": f"{first} {last}",
        "email": f"{last}@example.org",
        "role_title": f"{secret} analyst",
        "department": f"Department of {secret}",
        "strengths": [f"drawing {secret} charts"],
        "wants_to_learn": [f"how {secret} budgets are made"],
    }
    pair = await service.pair(mentor=person, goals=[f"Read {secret} charts", f"Help {first} to present"])
    mentor, mentee = pair.mentor, pair.mentee
    own = {"avoid_topics": [f"{secret} layoffs"], "accessibility": f"large {secret} print"}
    assert (await mentor.patch(f"/pairs/{pair.id}", {**own, "goals_reached": [f"Help {first} to present"]})).is_success
    for note in (f"I fear {secret} at night.", f"I fear the {secret} review."):
        assert (await mentor.put(f"/pairs/{pair.id}/private-note", {"text": note})).is_success
    theirs = f"{first} is quick, and {partner_secret} is my worry."
    assert (await mentee.put(f"/pairs/{pair.id}/private-note", {"text": theirs})).is_success
    session_id = await pair.session(focus=f"The {secret} forecast", format=f"video with {secret}")
    for who in ("mentor", "mentee"):
        body = {"owner": who, "text": f"Ask {first} for the {secret} report"}
        await mentor.made(f"/pairs/{pair.id}/actions", body)
    await pair.agenda(session_id, headers={"Idempotency-Key": f"key-{secret}"})
    await mentee.made(f"/sessions/{session_id}/agenda", {}, headers={"Idempotency-Key": "key"})
    assert (await mentor.post(f"/sessions/{session_id}/starters", {})).is_success
    assert (await mentor.get("/knowledge/search", params={"q": f"a {secret} chart"})).is_success
    assert (await pair.coordinator.patch(f"/sessions/{session_id}", {"status": "held"})).is_success
    feedback = {
        **FEEDBACK,
        "went_well": f"The {secret} chart.",
        "to_change": f"No {secret}.",
        "share_with_partner": False,
    }
    assert (await mentor.put(f"/sessions/{session_id}/feedback", feedback)).is_success
    feedback = {
        **FEEDBACK,
        "went_well": f"{first.upper()} {last} drew {partner_secret}.",
        "to_change": f"{last}'s pace.",
    }
    assert (await mentee.put(f"/sessions/{session_id}/feedback", feedback)).is_success
    await service.state.jobs.drain()
    return Told(service, pair, first, last, secret, partner_secret, session_id)
