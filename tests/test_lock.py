"""The lock names every package that is used, and the check of it never passes where nothing was checked."""

import re
import subprocess
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from coach.settings import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
LINES = [line for line in (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirement: str) -> str:
    return plain(Requirement(requirement).name)


def needed(requirement: str) -> bool:
    """Whether it is needed here, and not for an extra, another system or another Python."""
    marker = Requirement(requirement).marker
    return marker is None or marker.evaluate({"extra": ""})


LOCK = {plain(line.partition("==")[0]): line.partition("==")[2] for line in LINES}


def test_every_line_is_one_exact_version() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", line) for line in LINES)
    assert len(LOCK) == len(LINES)


def test_whatever_the_project_asks_for_is_in_the_lock() -> None:
    asked = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    assert {named(one) for one in asked} <= LOCK.keys()


def test_what_those_need_in_turn_is_in_the_lock_in_the_version_that_is_installed() -> None:
    todo, seen = [named(one) for one in PROJECT["dependencies"]], set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        assert name in LOCK, name
        # A build for a processor alone says so behind a plus.
        assert version(name).partition("+")[0] == LOCK[name], name
        todo += [named(one) for one in requires(name) or [] if needed(one)]
    assert len(seen) > 60


@pytest.mark.parametrize(
    ("does", "fails", "says"),
    [
        ("exit 1", True, "NOT RUN"),
        ("echo '{}' > $OUT; exit 1", True, "known weaknesses"),
        ("echo '{}' > $OUT", False, f"No known weakness in the {len(LOCK)} locked packages"),
    ],
)
def test_a_check_that_could_not_be_made_is_no_success(tmp_path: Path, does: str, fails: bool, says: str) -> None:
    check = tmp_path / "pip-audit"
    check.write_text(f'#!/bin/sh\ncase "$*" in *--strict*) ;; *) exit 0 ;; esac\nOUT={tmp_path}/audit.json\n{does}\n')
    check.chmod(0o755)
    command = ["make", "--silent", "-o", ".venv/.audit", "audit", f"BIN={tmp_path}"]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert (ended.returncode != 0) is fails, ended.stdout + ended.stderr
    assert says in ended.stdout
