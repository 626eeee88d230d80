import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.settings import REPOSITORY

ROOMS = ("coach", "api", "evals")
MOST_LINES = 400
# Words that say nothing of what a module does.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services", "common", "misc"}
# What is made here, rather than written.
NOT_OURS = {".git", ".venv", ".hypothesis", "data", "build", "dist", "__pycache__"}
# Put together here, so that this file does not hold them itself.
OUTSIDE = [".." + "/shared", "/" + "work/", "/" + "root/", "/" + "home/", "/" + "tmp/", "file" + "://"]


def modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (REPOSITORY / room).rglob("*.py"))


def our_files() -> Iterator[Path]:
    for path in REPOSITORY.rglob("*"):
        parts = path.relative_to(REPOSITORY).parts
        ours = not any(part in NOT_OURS or part.endswith((".egg-info", "_cache")) for part in parts)
        if ours and path.is_file() and not path.is_symlink():
            yield path


def name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def environment_uses(path: Path) -> Iterator[str]:
    """How a module uses the environment: "read", or the one of two ways in which it only sets it for others."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from ("read" for alias in node.names if alias.name in {"environ", "getenv", "environb"})
        if not isinstance(node, ast.Attribute) or node.attr not in {"environ", "getenv", "environb"}:
            continue
        above = parents[node]
        if isinstance(above, ast.BinOp) and isinstance(above.op, ast.BitOr):
            yield "handed on to a child process"
        elif (
            isinstance(above, ast.Attribute)
            and above.attr == "setdefault"
            and isinstance(parents[parents[above]], ast.Expr)
        ):
            yield "set for a library"
        else:
            yield "read"


def test_only_the_settings_read_the_environment() -> None:
    found = {(name(path), use) for path in modules("coach", "api") for use in environment_uses(path)}

    assert found == {
        ("coach/demo.py", "handed on to a child process"),
        ("coach/retrieval/embed.py", "set for a library"),
    }


def test_every_module_is_named_for_what_it_does() -> None:
    named = {name(path): set(path.relative_to(REPOSITORY).with_suffix("").parts) for path in modules(*ROOMS, "tests")}

    assert [path for path, parts in named.items() if parts & EMPTY_NAMES] == []


@pytest.mark.parametrize("path", modules(*ROOMS), ids=name)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


def test_nothing_points_outside_of_the_repository() -> None:
    found = []
    for path in our_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name(path)}: {outside}" for outside in OUTSIDE if outside in text]

    assert found == []


@pytest.mark.parametrize(
    ("package", "home"),
    [
        ("openai", r"coach/llm\.py"),
        ("chromadb", r"coach/retrieval/index\.py"),
        (r"langchain\w*", r"coach/retrieval/.*"),
        ("sentence_transformers", r"coach/retrieval/embed\.py"),
    ],
)
def test_a_large_dependency_is_imported_in_one_place(package: str, home: str) -> None:
    imports = re.compile(rf"^\s*(?:import|from) {package}\b", re.MULTILINE)

    found = [name(path) for path in modules("coach", "api") if imports.search(path.read_text("utf-8"))]

    assert found
    assert [path for path in found if not re.fullmatch(home, path)] == []


def test_importing_the_domain_loads_no_heavy_library() -> None:
    code = (
        "import sys, coach.agenda.pipeline, coach.settings, coach.jobs; "
        "print(*sorted({'torch', 'sentence_transformers', 'transformers', 'chromadb'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True)

    assert done.stdout.split() == []


def test_imports_run_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([command, "--no-cache"], capture_output=True, text=True, cwd=REPOSITORY)

    assert done.returncode == 0, done.stdout + done.stderr
