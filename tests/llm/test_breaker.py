"""When a model that fails is left alone."""

import asyncio

import httpx
import pytest
import respx

from coach.errors import (
    ModelPaused,
    ModelRejected,
    ModelUnreachable,
)
from coach.llm import CircuitBreaker
from tests.llm.servers import (
    LOCAL,
    REQUEST,
    answered,
    model,
    server,
)


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_the_breaker_opens_after_so_many_failures_in_a_row_and_lets_one_through_after_the_pause() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=3, pause_s=30, clock=clock)
    for _ in range(2):
        breaker.failed()
    breaker.before()
    breaker.failed()

    with pytest.raises(ModelPaused, match="left alone for a while"):
        breaker.before()

    clock.time += 29.9
    assert breaker.is_open
    clock.time += 0.2
    breaker.before()
    with pytest.raises(ModelPaused):
        breaker.before()


def test_the_breaker_tells_its_state_and_how_long_it_stays_open() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=1, pause_s=30, clock=clock)
    assert (breaker.state, breaker.seconds_left) == ("closed", 0)
    breaker.failed()
    clock.time += 10
    assert (breaker.state, breaker.seconds_left) == ("open", 20)
    clock.time += 21
    assert (breaker.state, breaker.seconds_left) == ("trying", 0)
    breaker.succeeded()
    assert breaker.state == "closed"


def test_a_success_closes_the_breaker_and_forgets_earlier_failures() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=2, pause_s=30, clock=clock)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.before()
    breaker.failed()
    clock.time += 31
    breaker.before()
    breaker.succeeded()

    breaker.before()
    breaker.before()


def test_the_one_that_was_let_through_and_failed_opens_the_breaker_for_another_pause() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=2, pause_s=30, clock=clock)
    for _ in range(2):
        breaker.failed()
    clock.time += 31
    breaker.before()
    clock.time += 20
    breaker.failed()
    clock.time += 29

    with pytest.raises(ModelPaused):
        breaker.before()


async def test_a_server_that_failed_five_times_is_not_asked_a_sixth_time(httpx2_mock: respx.Router) -> None:
    failing = httpx.Response(500, headers={"x-should-retry": "false"})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=failing)
    asked = model()
    for _ in range(5):
        with pytest.raises(ModelUnreachable):
            await asked.reply(REQUEST)

    with pytest.raises(ModelPaused):
        await asked.reply(REQUEST)

    assert len(httpx2_mock.calls) == 5


async def test_a_request_cut_off_by_the_callers_deadline_counts_as_failed() -> None:
    breaker = CircuitBreaker(failures=1)
    async with server(b"") as base_url:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await model(base_url, breaker=breaker).reply(REQUEST)

    assert breaker.is_open


@pytest.mark.parametrize("status", [400, 422])
async def test_words_that_a_server_refuses_do_not_take_the_model_from_everybody(
    httpx2_mock: respx.Router, status: int
) -> None:
    clock = Clock()
    failing = httpx.Response(500, headers={"x-should-retry": "false"})
    refused = httpx.Response(status, json={"error": {"message": "content management policy"}})
    route = httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=failing)
    asked = model(breaker=CircuitBreaker(failures=1, clock=clock))
    with pytest.raises(ModelUnreachable):
        await asked.reply(REQUEST)
    clock.time += 31
    route.mock(return_value=refused)
    for _ in range(6):
        with pytest.raises(ModelRejected):
            await asked.reply(REQUEST)
    assert asked.breaker.state == "closed"
    route.mock(return_value=answered())
    assert (await asked.reply(REQUEST)).text


async def test_a_server_that_answers_again_is_asked_as_before(httpx2_mock: respx.Router) -> None:
    clock = Clock()
    failing = httpx.Response(500, headers={"x-should-retry": "false"})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=[failing, answered(), answered()])
    asked = model(breaker=CircuitBreaker(failures=1, clock=clock))
    with pytest.raises(ModelUnreachable):
        await asked.reply(REQUEST)
    clock.time += 31

    for _ in range(2):
        assert (await asked.reply(REQUEST)).text
