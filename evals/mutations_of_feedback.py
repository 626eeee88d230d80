"""Known ways to break what pairs and coordinators are told of feedback: more of `evals.mutations`."""

# What each breaks is said once, in the list of mutations.
# ruff: noqa: D103

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from api.routes import rights
from coach.feedback import disclosure, publishing, reports, summarize, summary, summary_write
from coach.feedback.disclosure import Minimums, Voice, band_of
from coach.feedback.periods import Period
from coach.feedback.reports import Content
from coach.models import Feedback, MentoringSession, ThemeReport
from coach.store import Store, summaries
from coach.store.export import Held
from coach.store.feedback import SharedFeedback
from evals.breakages import Mutation, becomes, wrapped, wrapped_async


async def partners_feedback_too(original: Any, db: Any, participant_id: str) -> Held:
    held: Held = await original(db, participant_id)
    for pair in held.pairs:
        both = {pair.people.mentor.id, pair.people.mentee.id}
        for partner in both - {participant_id}:
            theirs: Held = await original(db, partner)
            held.feedback += theirs.feedback
            held.comments |= theirs.comments
    return held


async def kept_answers_too(original: Any, db: Any, pair_id: str, at: datetime) -> list[SharedFeedback]:
    shared: list[SharedFeedback] = await original(db, pair_id, at)
    kept = (
        select(Feedback, MentoringSession.number)
        .join(MentoringSession, col(MentoringSession.id) == col(Feedback.session_id))
        .where(col(Feedback.pair_id) == pair_id, col(Feedback.share_with_partner).is_(False))
    )
    for row, number in await db.execute(kept):
        ratings = row.usefulness, row.safety, row.progress
        shared.append(SharedFeedback(row.session_id, number, row.role, *ratings, row.went_well, row.to_change))
    return shared


def without_sources(original: Any, *args: Any) -> Any:
    return {**original(*args), "sources": []}


def first_half(original: Any, voices: Iterable[Voice], *args: Any) -> Any:
    heard = list(voices)
    return original(heard[: (len(heard) + 1) // 2], *args)


async def nothing_kept(
    store: Store, program_id: str, period: Period, content: Content, state: object, who: str
) -> tuple[ThemeReport, bool]:
    made = ThemeReport(
        program_id=program_id,
        period=period.label,
        begins_at=period.begin,
        ends_at=period.end,
        status=content["status"],
        content=content,
    )
    return made, True


MUTATIONS_OF_FEEDBACK: Sequence[Mutation] = (
    Mutation(
        "minimum lowered",
        "a report is made of three people, and a theme of one",
        ("disclosure.attack-fails",),
        becomes(publishing, "minimums_for", lambda program, period: Minimums(3, 1)),
    ),
    Mutation(
        "published early",
        "a report is made while its period runs",
        ("disclosure.attack-fails",),
        becomes(publishing, "_check_over", lambda period, at: None),
    ),
    Mutation(
        "periods overlap",
        "a quarter is published after one of its months",
        ("disclosure.attack-fails",),
        becomes(publishing, "_check_apart", lambda period, others: None),
    ),
    Mutation(
        "partner's feedback exported",
        "an export holds the partner's feedback, also what was not shared",
        ("disclosure.attack-fails",),
        wrapped_async(rights, "held_on", partners_feedback_too),
    ),
    Mutation(
        "themes listed on a hint",
        "a theme is listed however uncertain it is",
        ("reports.absent-where-none",),
        becomes(disclosure, "certainty_wanted", lambda people: 0.0),
    ),
    Mutation(
        "themes listed hardly ever",
        "a theme is listed where half of the people raised it for certain",
        ("reports.listed-where-six",),
        becomes(disclosure, "certainty_wanted", lambda people: people / 2),
    ),
    Mutation(
        "bands too high",
        "a band is of five times as many people",
        ("reports.band-within-one",),
        becomes(Minimums, "band_of_theme", lambda self, count: band_of(5 * count)),
    ),
    Mutation(
        "half of the feedback counted",
        "a report is made of what came first",
        ("reports.same-in-any-order",),
        wrapped(reports, "decide", first_half),
    ),
    Mutation(
        "report made anew",
        "a report is not kept, and whoever asks again gets one of the feedback that is there then",
        ("reports.frozen",),
        becomes(publishing, "_kept", nothing_kept),
    ),
    Mutation(
        "redaction off",
        "a model is told the names in what a pair wrote",
        ("summaries.names-redacted",),
        becomes(summarize, "redactor", lambda people, known=(): lambda text: text),
    ),
    Mutation(
        "kept answers summed up",
        "a summary takes up what its writer did not share",
        ("summaries.nothing-unshared",),
        wrapped_async(summaries, "revealed", kept_answers_too),
    ),
    Mutation(
        "all said by the mentor",
        "a summary takes the mentee's answers for the mentor's",
        ("summaries.ratings-right", "summaries.faithful"),
        becomes(summary, "_role", lambda said: "mentor"),
    ),
    Mutation(
        "wishes not read",
        "what was asked for in plain words is not noticed",
        ("summaries.asked-for-found",),
        becomes(summary, "asked_in", lambda *args: ()),
    ),
    Mutation(
        "feeling guessed",
        "ratings are told with what the two may feel",
        ("summaries.no-feeling-inferred",),
        wrapped(summary, "_movement", lambda original, *args: f"{original(*args)} Both seem to enjoy it."),
    ),
    Mutation(
        "guards of summaries asleep",
        "whatever a model makes of the feedback is taken",
        ("summaries.bad-words-kept",),
        becomes(summary_write, "check_summary", lambda *args: []),
    ),
    Mutation(
        "suggestions without sources",
        "a summary does not list what its suggestions rest on",
        ("summaries.citations-exist",),
        wrapped(summarize, "_content", without_sources),
    ),
)
