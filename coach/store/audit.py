"""The audit: who did what, as lines chained by their hashes.

A line is written in the transaction of what it tells, so that there is none without the other. The chain shows that a
line was changed or removed. Whoever may write to the database could forge all lines behind one: against that, keep the
number and hash of a line elsewhere (`coach audit verify` prints the last) and compare it later.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import CursorResult, Table, bindparam, func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.models import AuditHead, AuditLine, now
from coach.store.engine import Store

COMMAND, CALENDAR = "command", "calendar"
_BATCH = 1_000
# What comes of a time that is none, or of ids that are no JSON object. SQLite keeps anything in any column.
_UNREADABLE = (AttributeError, OverflowError, TypeError, ValueError)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LINE: Table = AuditLine.__table__  # type: ignore[attr-defined]
_HEAD: Table = AuditHead.__table__  # type: ignore[attr-defined]
# The row is held until the transaction ends: lines are numbered one after the other.
_NEXT = update(_HEAD).values(seq=_HEAD.c.seq + 1).returning(_HEAD.c.seq, _HEAD.c.hash)
_ADD = insert(_LINE)
_END = update(_HEAD).values(hash=bindparam("last"))
# Next and end in one, where nobody else has added a line since this process did.
_STEP = (
    update(_HEAD)
    .where(_HEAD.c.seq == bindparam("known_seq"), _HEAD.c.hash == bindparam("known_hash"))
    .values(seq=bindparam("next_seq"), hash=bindparam("last"))
)
# What each engine's last line was, as far as this process knows: the database has the say.
_known: WeakKeyDictionary[object, tuple[int, str]] = WeakKeyDictionary()


async def record(db: AsyncSession, who: str, action: str, **ids: str) -> None:
    """Add a line to the transaction: the token's id, what was done, and the ids of what it was done to.

    Call it last: others who have something to tell wait from here on until the transaction ends. Raises ValueError
    where an id is none, since content must never get in here.
    """
    if not all(_ID.fullmatch(value) for value in (who, *ids.values())):
        raise ValueError("an audit line holds ids alone")
    await db.flush()
    engine, at = db.get_bind().engine, now()
    seq, before = _known.get(engine, (-1, ""))
    last = hash_of(before, seq + 1, at, who, action, ids)
    step = {"known_seq": seq, "known_hash": before, "next_seq": seq + 1, "last": last}
    if seq >= 0 and cast("CursorResult[Any]", await db.execute(_STEP, step)).rowcount == 1:
        seq += 1
    else:
        seq, before = (await db.execute(_NEXT)).one()
        at = now()
        last = hash_of(before, seq, at, who, action, ids)
        await db.execute(_END, {"last": last})
    await db.execute(_ADD, {"seq": seq, "at": at, "who": who, "action": action, "ids": ids, "hash": last})
    # Where this transaction is undone, the next one finds another last line and asks for it.
    _known[engine] = seq, last


def hash_of(before: str, seq: int, at: datetime, who: str, action: str, ids: dict[str, str]) -> str:
    """SHA-256 of a line and of the hash before it, as hexadecimal digits."""
    line = [before, seq, at.astimezone(UTC).isoformat(timespec="microseconds"), who, action, sorted(ids.items())]
    return hashlib.sha256(json.dumps(line, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What is wrong, as sentences, and the last line's number and hash."""

    findings: tuple[str, ...]
    last_seq: int
    last_hash: str


async def verify(store: Store, kept: tuple[int, str] | None = None) -> Verdict:
    """Read the whole chain. `kept` is the number and hash of a line as it was once told.

    Raises StoreError.
    """
    findings: list[str] = []
    seq, before = 0, ""
    found: str | None = "" if kept is not None and kept[0] == 0 else None
    async with store.read() as db:
        # In this order: a line that is written meanwhile moves the head with it.
        top = (await db.execute(select(func.max(_LINE.c.seq)))).scalar_one_or_none()
        head = (await db.execute(select(AuditHead))).scalar_one_or_none()
        # Lines that were added after the head was read are for the next time.
        async for number, hashed, line in _lines(db, head.seq if head is not None else None):
            if number <= seq:
                findings.append(f"Line {number} was put in by another hand: the first line is number 1.")
                continue
            if number != seq + 1:
                findings.append(_missing(seq + 1, number - 1))
                # What is missing cannot be hashed: the line itself is taken as it is.
            elif line is None or not _follows(line, before):
                findings.append(f"Line {number} was changed, or does not follow the line before it.")
            seq, before = number, hashed
            if kept is not None and seq == kept[0]:
                found = hashed
    if head is None:
        findings.append("The row that tells the last line is missing.")
    elif head.seq > seq:
        findings.append(_missing(seq + 1, head.seq))
    elif head.hash != before:
        findings.append(f"Line {seq} is not the one that was written last.")
    if head is not None and top is not None and top > head.seq:
        findings.append(f"Line {top} was put in by another hand: the last that was written is line {head.seq}.")
    if kept is not None and found != kept[1]:
        findings.append(f"Line {kept[0]} is not the one that was kept: the lines up to it were written anew.")
    return Verdict(tuple(findings), seq, before)


async def _lines(db: AsyncSession, most: int | None) -> AsyncIterator[tuple[int, str, AuditLine | None]]:
    """Each line's number and hash, and the line; None where it holds what cannot even be read."""
    after = None
    while True:
        query = select(AuditLine).order_by(col(AuditLine.seq)).limit(_BATCH)
        if most is not None:
            query = query.where(col(AuditLine.seq) <= most)
        if after is not None:
            query = query.where(col(AuditLine.seq) > after)
        try:
            rows: list[AuditLine] = list((await db.execute(query)).scalars())
            read: list[tuple[int, str, AuditLine | None]] = [(row.seq, row.hash, row) for row in rows]
        except _UNREADABLE:
            named = (await db.execute(query.with_only_columns(_LINE.c.seq, _LINE.c.hash))).all()
            read = [(seq, hashed, await _line(db, seq)) for seq, hashed in named]
        for one in read:
            yield one
        if len(read) < _BATCH:
            return
        after = read[-1][0]
        db.expunge_all()


async def _line(db: AsyncSession, seq: int) -> AuditLine | None:
    try:
        return (await db.execute(select(AuditLine).where(col(AuditLine.seq) == seq))).scalar_one_or_none()
    except _UNREADABLE:
        return None


def _follows(line: AuditLine, before: str) -> bool:
    try:
        return line.hash == hash_of(before, line.seq, line.at, line.who, line.action, line.ids)
    except _UNREADABLE:
        return False


def _missing(first: int, last: int) -> str:
    return f"Line {first} is missing." if first == last else f"Lines {first} to {last} are missing."
