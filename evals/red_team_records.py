"""Attacks on what stays after a report: by erasure, by a move, by exports, by copies of files and tables."""

import base64
import contextlib
import json
from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import SQLModel, col, select

from coach.errors import Conflict
from coach.feedback.imported import read_rows
from coach.feedback.report_words import report_words
from coach.models import Feedback, Pair, now
from coach.store.imports import add_imported
from evals.attacks import CANARIES, attack, five_alike, same, seen
from evals.besieged import EASE, FORMS, HELD, PERIOD, RANK, TIME, Besieged, Desk, Outcome

# The tables that are there to hold what people wrote on their meetings.
_FEEDBACK_TABLES = frozenset({"feedback", "comment", "feedback_summary"})
# One sentence as hands write it: so is nobody else's.
_SPELLINGS = (
    "teh meetngs wer allways definately to short",
    "THE MEETINGS WERE ALWAYS TOO SHORT!!!1",
    "the mee\u200btings were al\u200bways too short",
    "the m\u0435\u0435tings were \u0430lways too short",
    "thé méètings wêre alwàys töo shört",
    "the meetings were alwayyyyys tooooo short",
    "th3 m33t1ngs w3r3 4lw4y5 t00 5h0rt",
)


async def _erase(at: Besieged, desk: Desk, person: int) -> int:
    pair = desk.pairs[person // 2]
    admin = await at.caller("admin")
    reply = await admin.call("DELETE", f"participants/{pair.mentee_id if person % 2 else pair.mentor_id}")
    return reply.status_code


@attack("erasure of one person, before and after a report")
async def erasure(at: Besieged, out: Outcome) -> None:
    """Erased before it, a person is in no report; erased after it, the report says what it said."""
    for people in (9, 10, 15):
        desk = await at.program(people, {TIME: range(0, people, 2), RANK: (0, 2)})
        before = await desk.told()
        out.tried(await _erase(at, desk, 0) != 204, f"nobody was erased of {people}")
        out.tried(await desk.told() != before, f"the report after an erasure with {people}")
        out.tried((await desk.publish("2025-Q3")).status_code == 201 and people > 9, f"a second report with {people}")
    for people, raising in ((9, 4), (10, 4), (14, 6)):
        gone = await at.program(people + 1, {TIME: range(0, 2 * raising, 2)})
        await gone.give(people, f"{{{TIME}}} {{{EASE}}} {' '.join(CANARIES)}")
        await _erase(at, gone, people)
        never = await at.program(people, {TIME: range(0, 2 * raising, 2)})
        out.tried(same(await gone.told()) != same(await never.told()), f"who was erased beside {people} shows")
    await _erased_while_rows_are_checked(at, out)


async def _erased_while_rows_are_checked(at: Besieged, out: Outcome) -> None:
    """The rows of an import were found right when the person was still there: nothing of theirs comes back."""
    desk = await at.desk(5)
    pair = desk.pairs[0]
    row = {"pair_id": pair.id, "author": "mentor", "held_at": f"{HELD:%Y-%m-%d}", "went_well": " ".join(CANARIES)}
    rows = read_rows(json.dumps([row]).encode(), "json", {pair.id: (pair.mentor_id, pair.mentee_id)}, now())
    await _erase(at, desk, 0)
    with contextlib.suppress(Conflict):
        async with at.store.write() as db:
            await add_imported(db, desk.program_id, rows, lambda done: None)
    async with at.store.read() as db:
        kept = (await db.execute(select(Feedback).where(col(Feedback.author_id) == pair.mentor_id))).all()
    out.tried(bool(kept), "what an erased person wrote came back with an import")


async def _pair_anew(at: Besieged, desk: Desk, mentor_of: int, mentee_of: int) -> int:
    """Pair two people of the program anew; returns the number of their pair."""
    async with at.store.write() as db:
        pair = Pair(
            program_id=desk.program_id,
            mentor_id=desk.pairs[mentor_of].mentor_id,
            mentee_id=desk.pairs[mentee_of].mentee_id,
            planned_sessions=6,
        )
        db.add(pair)
    desk.pairs.append(pair)
    return len(desk.pairs) - 1


@attack("move of one person to another pair or program")
async def move(at: Besieged, out: Outcome) -> None:
    """Who moves is still one person, and changes no report that there is."""
    few = await at.program(9)
    for number in range(4):
        await few.give(0, f"{{{TIME}}}", pair=await _pair_anew(at, few, 0, number + 1))
    out.tried((await few.publish()).json()["status"] != "withheld", "nine people in nine pairs")
    two = await at.program(14, {TIME: range(8)})
    for person in (0, 2):
        for number in range(3):
            await two.give(person, f"{{{RANK}}}", pair=await _pair_anew(at, two, person // 2, number + 3))
    out.tried(RANK in await two.told(), "a theme of two people who were in eight pairs")

    left, joined = await at.program(14, {TIME: range(0, 14, 2)}), await at.program(15, {TIME: range(0, 14, 2)})
    first = await left.told(), await joined.told()
    # The person goes on elsewhere in the first program, then in the second one; both periods have their report.
    await left.give(0, f"{{{RANK}}}", pair=await _pair_anew(at, left, 0, 3))
    await joined.give(15, f"{{{TIME}}} {{{RANK}}}")
    out.tried((await left.told(), await joined.told()) != first, "a report after a move")
    later = HELD + timedelta(days=31)
    for desk in (left, joined):
        for person in range(12):
            await desk.give(person, f"{{{TIME}}}", held_at=later)
    alone = same(await left.told("2025-09"))
    await joined.give(12, held_at=later)
    out.tried(alone != same(await joined.told("2025-09")), "where the person went to is told by the next period")


async def _secretive(at: Besieged) -> Desk:
    desk = await at.desk(8)
    for person in range(14):
        await desk.give(person, f"{' '.join(CANARIES)} {{{TIME}}}")
    await desk.publish()
    return desk


@attack("exports")
async def exports(at: Besieged, out: Outcome) -> None:
    """An export holds what is the person's own and what the partner shared, and a coordinator has none."""
    desk = await at.desk(8)
    for person in range(14):
        await desk.give(person, f"{CANARIES[person % len(CANARIES)]} number-{person}- {{{TIME}}}")
        await desk.give(person, f"kept-by-{person}- {{{RANK}}}", shared=False)
    await desk.publish()
    for role in ("coordinator", "admin"):
        caller = desk.coordinator if role == "coordinator" else await at.caller("admin")
        for form in FORMS:
            reply = await caller.call("GET", "me/export", accept=form)
            out.tried(bool(seen(reply.text)) or reply.status_code < 400, f"{role}: {reply.status_code}")
    for person in (0, 5):
        told = (await (await desk.person(person)).call("GET", "me/export")).text
        for own in ("number", "kept-by"):
            out.tried(f"{own}-{person}-" not in told, "an export without what is the person's own")
        for other in range(14):
            strange = other // 2 != person // 2
            out.tried(strange and f"number-{other}-" in told, f"person {person} exports what person {other} wrote")
            kept = other != person and f"kept-by-{other}-" in told
            out.tried(kept, f"person {person} exports what person {other} shared with nobody")
        out.tried(f'"{PERIOD}"' in told and "respondents" in told, "a person's export holds the report")


@attack("copies of the index and of the tables of reports")
async def copies(at: Besieged, out: Outcome) -> None:
    """Whoever takes all files but the database's, and all tables but those of feedback, has no word of anybody's."""
    desk = await _secretive(at)
    long = "we never found the time to talk about what I had prepared for her at all"
    await desk.give(0, f"{long} {{{TIME}}}")
    forms = {form for canary in (*CANARIES, long) for form in _written(canary)}
    tried = 0
    for path in sorted(at.folder.rglob("*")):
        if path.is_file() and not path.name.startswith("coach.sqlite3"):
            content = path.read_bytes()
            tried += 1
            out.tried(any(form in content for form in forms), path.name)
    out.tried(tried == 0, "there is no file beside the database, so nothing was tried")
    async with at.store.read() as db:
        for name, table in SQLModel.metadata.tables.items():
            if name in _FEEDBACK_TABLES:
                continue
            rows = (await db.execute(table.select())).mappings().all()
            text = json.dumps([dict(row) for row in rows], default=str, ensure_ascii=False)
            leaked = any(canary.casefold() in text.casefold() for canary in CANARIES) or five_alike(text, long)
            out.tried(leaked, f"table {name}")
            if name == "theme_report":
                out.tried(
                    not any(row["program_id"] == desk.program_id for row in rows), "there is no report to look at"
                )


def _written(text: str) -> Iterator[bytes]:
    """The text as files may hold it."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield text.encode(encoding)
    # Whatever stands before it, two of three places in base64 spell the middle of it alike.
    for place in range(3):
        yield base64.b64encode(b"x" * place + text.encode())[4:-4]


@attack("distinctive spelling")
async def spelling(at: Besieged, out: Outcome) -> None:
    """Whoever knows how somebody spells cannot find it in a report: it is the same however they spelled."""
    plain = same(await (await at.program(14, {TIME: range(14)}, "the meetings were always too short")).told())
    for spelled in _SPELLINGS:
        for who in (range(14), range(1)):
            desk = await at.desk(7)
            for person in range(14):
                text = spelled if person in who else "the meetings were always too short"
                await desk.give(person, f"{text} {{{TIME}}}")
            told = await desk.told()
            out.tried(same(told) != plain, f"{len(who)} who write {spelled!r}")
            out.tried(spelled.casefold() in told.casefold(), f"the words {spelled!r}")


@attack("five words in a row, in every form")
async def five_in_every_form(at: Besieged, out: Outcome) -> None:
    """Markdown and CSV leave out what JSON leaves out, also where comments are cut up, shouted or joined."""
    words = report_words(at.app.state.coach.search.library)
    own = words.themes[TIME]
    sayings = [own.summaries[0], own.summaries[-1], own.actions[0]]
    sayings = [each for saying in sayings for each in (saying, saying.upper(), ", ".join(saying.split()))]
    for saying in sayings:
        desk = await at.program(14, {TIME: range(14)}, saying)
        await desk.publish()
        for form in FORMS:
            reply = await desk.coordinator.call("GET", f"{desk.path}/{PERIOD}", accept=form)
            lines = reply.text.replace("|", "\n").replace('","', "\n").splitlines()
            out.tried(any(five_alike(line, saying) for line in lines), f"{form}: {saying[:40]}")


@attack("length and headers that tell of a withheld theme")
async def length_and_headers(at: Besieged, out: Outcome) -> None:
    """What two people raised leaves the reply as long, and its headers as they are, as what nobody did."""

    async def told(desk: Desk) -> list[tuple[int, int, tuple[tuple[str, str], ...]]]:
        await desk.publish()
        found = []
        for form in FORMS:
            for path in (desk.path, f"{desk.path}/{PERIOD}"):
                reply = await desk.coordinator.call("GET", path, accept=form)
                kept = {name: value for name, value in reply.headers.items() if name not in _OWN_TO_A_CALL}
                found.append((reply.status_code, len(same(reply.text)), tuple(sorted(kept.items()))))
        return found

    for people in (4, 9, 14):
        without = await told(await at.program(people, {TIME: range(6), RANK: ()}, "said"))
        below = await told(await at.program(people, {TIME: range(6), RANK: (0, 2)}, "said"))
        out.tried(without != below, f"a theme of two people among {people}")
    out.tried(now() < HELD, "the period is not over, so nothing was tried")


# A number of the call and the time, and the length, which is compared without the time at which the report was made.
_OWN_TO_A_CALL = frozenset({"x-request-id", "date", "content-length", "etag", "last-modified", "x-ratelimit-remaining"})
