"""What the database itself holds, read from outside while nobody writes: nothing half-written may be in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlmodel import col, select

from coach.models import ActionItem, Agenda, AskedStarter, AuditLine, IdempotencyKey, MentoringSession
from coach.settings import Settings
from coach.store import Store
from coach.store.agendas import starter_key
from coach.store.audit import verify
from evals.chaos.processes import Place, run_command


async def half_written(place: Place) -> list[str]:
    """What stands in the database without what belongs to it, by the audit and by what the tables promise."""
    store = Store(Settings(data_dir=place.data_dir, database_url=place.database_url))
    try:
        verdict = await verify(store)
        async with store.read() as db:
            agendas = (await db.execute(select(Agenda))).scalars().all()
            asked = {(row.pair_id, row.key) for row in (await db.execute(select(AskedStarter))).scalars()}
            keys = [row.agenda_id for row in (await db.execute(select(IdempotencyKey))).scalars()]
            actions = [row.id for row in (await db.execute(select(ActionItem))).scalars()]
            sessions = (await db.execute(select(MentoringSession))).scalars().all()
            made: defaultdict[str, list[str]] = defaultdict(list)
            for line in (await db.execute(select(AuditLine).order_by(col(AuditLine.seq)))).scalars():
                made[line.action] += [value for name, value in line.ids.items() if name == f"{line.action[:-7]}_id"]
    finally:
        await store.close()
    found = [*verdict.findings, *_without_line("agenda", [row.id for row in agendas], made)]
    found += _without_line("action", actions, made)
    found += _without_line("session", [row.id for row in sessions], made)
    found += _gaps("session", ((row.pair_id, row.number) for row in sessions))
    found += _gaps("agenda", ((row.session_id, row.version) for row in agendas))
    for row in agendas:
        if sum(item["minutes"] for item in row.content["items"]) != row.content["minutes"]:
            found.append("an agenda's items do not fill its minutes")
        if any((row.pair_id, starter_key(one["text"])) not in asked for one in row.content["starters"]):
            found.append("an agenda was stored without noting its starters as asked")
    found += ["a key was kept for two agendas"] * (len(keys) - len(set(keys)))
    return found


async def verified(place: Place) -> list[str]:
    """What `coach audit verify` finds."""
    status, printed = await run_command(place, "audit", "verify")
    return [] if status == 0 else [f"coach audit verify ended with {status}: {printed[-300:]}"]


def _without_line(kind: str, ids: list[str], made: Mapping[str, list[str]]) -> Iterator[str]:
    lines = Counter(made.get(f"{kind}.create", ()))
    for what, count in (("row without its line", Counter(ids) - lines), ("line without its row", lines - Counter(ids))):
        if count:
            yield f"{kind}: {count.total()} of {len(ids)} have a {what} in the audit"


def _gaps(kind: str, numbered: Iterable[tuple[str, int]]) -> Iterator[str]:
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for owner, number in numbered:
        numbers[owner].append(number)
    for found in numbers.values():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"the numbers of the {kind}s of one owner are {sorted(found)[:20]}"
