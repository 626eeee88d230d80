"""What the pages on security and data say is held against the code."""

import re
from functools import cache

import pytest
from sqlmodel import SQLModel

import coach.models
from coach.settings import REPOSITORY, Settings
from coach.store.erasure import REACHED

PAGES = ("security.md", "data-protection.md", "notice-for-workers.md", "model-card.md")
RISKS = [f"API{number}" for number in range(1, 11)] + [f"LLM{number:02}" for number in range(1, 11)]


@cache
def page(name: str) -> str:
    return (REPOSITORY / "docs" / name).read_text("utf-8")


def named_tests(text: str) -> list[tuple[str, str]]:
    return re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)


@pytest.mark.parametrize("risk", RISKS)
def test_each_risk_names_tests_that_exist(risk: str) -> None:
    [row] = re.findall(rf"^\| {risk} .*$", page("security.md"), re.MULTILINE)
    found = named_tests(row)
    assert found
    for file, name in found:
        assert re.search(rf"^(?:async )?def {name}\(", (REPOSITORY / file).read_text("utf-8"), re.MULTILINE), name


def test_each_risk_of_both_editions_has_its_row() -> None:
    rows = re.findall(r"^\| (LLM\d\d) [^|]* \| (LLM\d\d)", page("security.md"), re.MULTILINE)
    every = {f"LLM{number:02}" for number in range(1, 11)}
    assert [{row[edition] for row in rows} for edition in (0, 1)] == [every, every]


@pytest.mark.parametrize("name", PAGES)
def test_the_settings_that_a_page_names_exist(name: str) -> None:
    settings = {f"COACH_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"COACH_[A-Z_]+", page(name))) <= settings


def test_the_data_sheet_has_every_table_and_says_what_becomes_of_it() -> None:
    assert coach.models
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", page("data-protection.md"), re.MULTILINE))
    assert rows.keys() == SQLModel.metadata.tables.keys()
    assert {table for table, fate in rows.items() if not fate.startswith("stays")} == REACHED


def test_the_model_card_tells_of_every_prompt() -> None:
    prompts = {f"coach/prompts/{path.name}" for path in (REPOSITORY / "coach" / "prompts").glob("*.md")}
    assert set(re.findall(r"`(coach/prompts/\w+\.md)`", page("model-card.md"))) == prompts


def test_the_calls_that_pages_name_exist() -> None:
    from api.app import create_app

    described = {
        f"{method.upper()} {re.sub(r'{[^}]+}', '{}', path)}"
        for path, methods in create_app(Settings()).openapi()["paths"].items()
        for method in methods
    }
    for name in PAGES:
        for method, path in re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/v1/[^`]+)`", page(name)):
            assert f"{method} {re.sub(r'{[^}]+}', '{}', path)}" in described, f"{name}: {method} {path}"


@pytest.mark.parametrize("name", [*PAGES, "access.md", "../SECURITY.md"])
def test_links_lead_to_files(name: str) -> None:
    here = (REPOSITORY / "docs" / name).resolve()
    for target in re.findall(r"\]\(([^)#]+)\)", here.read_text("utf-8")):
        assert (here.parent / target).exists(), target
