"""What makes a question an open one."""

import pytest

from evals.questions import is_open


@pytest.mark.parametrize(
    "text", ["May, what would you like me to say more plainly?", "Will, where does it wait?", "“How so?”"]
)
def test_what_asks_for_more_than_yes_is_open(text: str) -> None:
    assert is_open(text)


@pytest.mark.parametrize("text", ["May I ask you something?", "Will it last?", "“Is it so?”", "Tell me about it."])
def test_what_yes_answers_or_nobody_asks_is_not(text: str) -> None:
    assert not is_open(text)
