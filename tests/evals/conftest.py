"""What tests of the evals share."""

from typing import Any

import pytest

from evals import parts
from evals.baseline import Baseline
from evals.parts import Part, register


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes one part the only one."""

    def make(part: Part) -> None:
        monkeypatch.setattr(parts, "_MODULES", ())
        monkeypatch.setattr(parts, "_PARTS", {})
        register(part)

    monkeypatch.setattr("evals.__main__.read_baseline", lambda **_: Baseline())
    return make
