import asyncio

import pytest
from structlog.testing import capture_logs

from coach.jobs import Jobs


class Slow:
    """A handler that records its calls and waits for a gate."""

    def __init__(self) -> None:
        self.calls: list[dict[str, str]] = []
        self.finished = 0
        self.gate = asyncio.Event()

    async def __call__(self, **ids: str) -> None:
        self.calls.append(ids)
        await self.gate.wait()
        self.finished += 1


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def jobs(slow: Slow) -> Jobs:
    jobs = Jobs()
    jobs.register("slow", slow)
    return jobs


async def test_a_job_runs_with_its_ids_after_the_caller_has_gone_on(jobs: Jobs, slow: Slow) -> None:
    jobs.enqueue("slow", feedback_id="f1")
    assert slow.calls == []

    slow.gate.set()
    await jobs.drain()

    assert (slow.calls, slow.finished) == ([{"feedback_id": "f1"}], 1)


async def test_a_job_that_waits_is_not_added_again(jobs: Jobs, slow: Slow) -> None:
    jobs.enqueue("slow", a="1", b="2")
    jobs.enqueue("slow", b="2", a="1")
    jobs.enqueue("slow", a="1", b="3")
    slow.gate.set()
    await jobs.drain()

    assert slow.calls == [{"a": "1", "b": "2"}, {"a": "1", "b": "3"}]


async def test_a_job_that_is_done_can_be_asked_for_again(jobs: Jobs, slow: Slow) -> None:
    slow.gate.set()
    for _ in range(2):
        jobs.enqueue("slow", a="1")
        await jobs.drain()

    assert slow.finished == 2


async def test_a_job_that_fails_is_logged_and_harms_no_other(jobs: Jobs, slow: Slow) -> None:
    async def fail(**ids: str) -> None:
        raise ValueError("broken")

    jobs.register("fail", fail)
    slow.gate.set()
    with capture_logs() as logs:
        jobs.enqueue("fail", a="1")
        jobs.enqueue("slow", a="1")
        await jobs.drain()

    assert slow.finished == 1
    assert [(log["event"], log["job"], log["a"]) for log in logs] == [("job.failed", "fail", "1")]


async def test_an_unknown_job_is_logged_and_nothing_else_happens(jobs: Jobs) -> None:
    with capture_logs() as logs:
        jobs.enqueue("nobody", a="1")
        await jobs.drain()

    assert [log["event"] for log in logs] == ["job.failed"]


async def test_draining_ends_what_takes_too_long(jobs: Jobs, slow: Slow) -> None:
    jobs.enqueue("slow", a="1")

    async with asyncio.timeout(5):
        await jobs.drain(timeout_s=0.01)
        await jobs.drain(timeout_s=5)

    assert (len(slow.calls), slow.finished) == (1, 0)


async def test_draining_without_jobs_takes_no_time(jobs: Jobs) -> None:
    async with asyncio.timeout(1):
        await jobs.drain()
