"""What the model takes to read comments counts against the program's tokens of the day."""

from datetime import UTC, datetime, timedelta

from coach.models import Program
from coach.store import Store
from coach.store.agendas import spend_tokens, tokens_today

AT = datetime(2026, 9, 1, 23, 30, tzinfo=UTC)


async def test_tokens_add_up_by_program_and_day(store: Store) -> None:
    async with store.write() as db:
        one, other = Program(name="One"), Program(name="Other")
        db.add_all([one, other])
    for at, program, prompt, completion in (
        (AT, one, 100, 20), (AT, one, 7, 3), (AT, other, 1, 1), (AT + timedelta(hours=1), one, 50, 5), (AT, one, 0, 0)
    ):  # fmt: skip
        async with store.write() as db:
            await spend_tokens(db, program.id, at, prompt, completion)
    async with store.read() as db:
        assert await tokens_today(db, one.id, AT) == 130
        assert await tokens_today(db, other.id, AT) == 2
        assert await tokens_today(db, one.id, AT + timedelta(days=1)) == 55
        assert await tokens_today(db, one.id, AT + timedelta(days=2)) == 0
