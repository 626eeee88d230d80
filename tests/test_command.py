"""The `coach` command, as a person runs it: in a process of its own."""

import re
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from coach.settings import Settings
from tests.commands import assert_one_sentence, coach, environment, free_port


def test_the_demo_prints_an_agenda_with_its_sources_and_nothing_else(
    demo: subprocess.CompletedProcess[str], demo_folder: Path
) -> None:
    assert demo.returncode == 0, demo.stderr
    assert demo.stdout.startswith("# ")
    assert "| when | what | who leads |" in demo.stdout
    for heading in ("## Conversation starters", "## Your prep, Priya", "## Sources"):
        assert heading in demo.stdout
    for words in ("Martin", "Use an AI assistant for the first draft of my monthly report", "Evidence: "):
        assert words in demo.stdout
    lengths = [int(until) - int(at) for at, until in re.findall(r"^\| (\d+)–(\d+) min \|", demo.stdout, re.MULTILINE)]
    assert sum(lengths) == 60
    assert "Traceback" not in demo.stderr
    assert [path.name for path in demo_folder.iterdir()] == ["demo-index"]


# Commands that need no index


def test_a_token_is_the_one_line_on_standard_output(tmp_path: Path) -> None:
    made = [coach("token", "--role", "admin", data_dir=tmp_path) for _ in range(2)]
    assert [ended.returncode for ended in made] == [0, 0]
    assert all(re.fullmatch(r"coach_[\w-]{43}\n", ended.stdout) for ended in made)
    assert made[0].stdout != made[1].stdout
    assert made[0].stdout.strip() not in made[0].stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--role", "coordinator"), "program_id"),
        (("--role", "coordinator", "--program", "unknown"), "program_id"),
        (("--role", "participant", "--participant", "unknown"), "participant_id"),
        (("--role", "admin", "--program", "any"), "scope"),
    ],
)
def test_a_token_without_a_fitting_scope_is_refused_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    assert_one_sentence(coach("token", *arguments, data_dir=tmp_path), word)


def test_a_role_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    ended = coach("token", "--role", "root", data_dir=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert all(role in ended.stderr for role in ("admin", "coordinator", "participant"))


def test_settings_lists_every_setting_and_shows_no_secret(tmp_path: Path) -> None:
    ended = coach(
        "settings",
        data_dir=tmp_path,
        COACH_LLM_API_KEY="sk-quokka",
        COACH_DATABASE_URL="postgresql://coach:wombat@db.example/coach",
        COACH_LLM_MODEL="some-model",
    )
    assert ended.returncode == 0, ended.stderr
    for name in Settings.model_fields:
        assert f"COACH_{name.upper()}=" in ended.stdout
    assert "COACH_LLM_MODEL=some-model\n" in ended.stdout
    assert "COACH_LLM_API_KEY=********\n" in ended.stdout
    assert "postgresql://coach:***@db.example/coach" in ended.stdout
    assert not any(secret in ended.stdout + ended.stderr for secret in ("quokka", "wombat"))


@pytest.mark.parametrize(
    "secret",
    [
        {"OPENAI_API_KEY": "sk-quokka"},
        {"COACH_DATABASE_URL": "postgresql://db.example/coach?user=coach&password=quokka"},
        {"COACH_LLM_BASE_URL": "https://user:quokka@models.example/v1"},
        {"COACH_CHROMA_URL": "https://user:quokka@chroma.example"},
        {"COACH_OTEL_ENDPOINT": "https://user:quokka@collector.example"},
        {"COACH_REDIS_URL": "redis://:quokka@redis.example"},
    ],
    ids=lambda secret: next(iter(secret)),
)
def test_a_secret_is_masked_wherever_it_stands(tmp_path: Path, secret: dict[str, str]) -> None:
    ended = coach("settings", data_dir=tmp_path, **secret)
    assert ended.returncode == 0, ended.stderr
    assert "quokka" not in ended.stdout + ended.stderr


def test_settings_come_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COACH_LLM_MODEL=from-the-file\n")
    assert "COACH_LLM_MODEL=from-the-file\n" in coach("settings", data_dir=tmp_path).stdout


def test_help_is_instant_and_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['coach', '--help']\n"
        "from coach.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'chromadb', 'openai', 'fastapi', 'sentence_transformers', 'langchain_core', 'numpy'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ended.returncode == 0, ended.stderr
    for name in ("demo", "serve", "migrate", "index", "search", "token", "settings"):
        assert name in ended.stdout
    assert ended.stderr == "[]\n"
    # Processor time, since the machine may have other things to do.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.5


@pytest.mark.parametrize(
    ("arguments", "setting", "value"),
    [
        (("settings",), "COACH_LLM_TIMEOUT_S", "soon"),
        (("settings",), "COACH_LLM_TIMEOUT_S", "0"),
        (("token", "--role", "admin"), "COACH_MAX_BODY_BYTES", "12"),
        (("token", "--role", "admin"), "COACH_DATABASE_URL", "nonsense"),
        (("token", "--role", "admin"), "COACH_DATABASE_URL", "mysql://db.example/coach"),
        (("settings",), "COACH_DATABASE_URL", "nonsense"),
    ],
)
def test_a_bad_setting_is_one_sentence_that_names_it(
    tmp_path: Path, arguments: tuple[str, ...], setting: str, value: str
) -> None:
    ended = coach(*arguments, data_dir=tmp_path, **{setting: value})
    assert_one_sentence(ended, setting)
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_database_that_does_not_answer_is_a_sentence_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://coach:wombat@127.0.0.1:{free_port()}/coach"
    ended = coach("migrate", data_dir=tmp_path, COACH_DATABASE_URL=url)
    assert_one_sentence(ended, "COACH_DATABASE_URL")
    assert "wombat" not in ended.stderr


def test_a_library_that_is_broken_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "knowledge" / "guidance").mkdir(parents=True)
    (tmp_path / "knowledge" / "guidance" / "broken.md").write_text("---\nid: broken\n---\nText.\n")
    ended = coach("library", "check", data_dir=tmp_path, COACH_KNOWLEDGE_DIR=str(tmp_path / "knowledge"))
    assert_one_sentence(ended, "broken.md:")


def test_a_backup_is_a_file_by_itself_and_says_what_it_holds(tmp_path: Path) -> None:
    assert coach("migrate", data_dir=tmp_path).returncode == 0

    done = coach("backup", "copy.sqlite3", data_dir=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "all that people wrote" in done.stderr
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM program").fetchone() == (0,)
    assert_one_sentence(coach("backup", "copy.sqlite3", data_dir=tmp_path), "there already")


def test_the_audit_is_read_and_a_line_that_was_removed_is_told(tmp_path: Path) -> None:
    for _ in range(3):
        coach("token", "--role", "admin", data_dir=tmp_path)
    ended = coach("audit", "verify", data_dir=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    kept = ended.stdout.splitlines()[-1]
    assert re.fullmatch(r"3:[0-9a-f]{64}", kept)
    assert coach("audit", "verify", "--kept", kept, data_dir=tmp_path).returncode == 0
    with closing(sqlite3.connect(tmp_path / "coach.sqlite3")) as file:
        file.execute("DROP TRIGGER audit_line_is_never_removed")
        file.execute("DELETE FROM audit_line WHERE seq = 2")
        file.commit()
    ended = coach("audit", "verify", data_dir=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "Line 2 is missing.\n")
    ended = coach("audit", "verify", "--kept", f"3:{'0' * 64}", data_dir=tmp_path)
    assert "Line 3 is not the one that was kept" in ended.stdout


def test_retention_tells_how_many_people_were_erased(tmp_path: Path) -> None:
    ended = coach("retention", "run", data_dir=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "0 people were erased.\n")


def test_migrating_twice_does_no_harm(tmp_path: Path) -> None:
    for _ in range(2):
        ended = coach("migrate", data_dir=tmp_path)
        assert (ended.returncode, ended.stdout) == (0, "")


# Commands that need the index


def test_the_index_is_told_and_searched_from_the_command_line(data_dir: Path) -> None:
    status = coach("index", "status", data_dir=data_dir)
    assert status.returncode == 0, status.stderr
    assert re.search(r"^passages: \d{3,} ", status.stdout, re.MULTILINE)
    found = coach("search", "how do we agree on confidentiality", "-k", "3", data_dir=data_dir)
    assert found.returncode == 0, found.stderr
    assert re.findall(r"^(\d)\. \d\.\d{3} \(similarity -?\d\.\d{3}\)  ", found.stdout, re.MULTILINE) == ["1", "2", "3"]
    assert "confidential" in found.stdout.casefold()
    assert "evidence: " in found.stdout


def test_an_index_that_is_missing_is_told_with_the_command_that_builds_it(tmp_path: Path) -> None:
    status = coach("index", "status", data_dir=tmp_path)
    assert status.returncode == 1
    assert "coach index build" in status.stdout


@pytest.mark.parametrize(
    "arguments", [("--topic", "astrology"), ("--stage", "last"), ("-k", "0"), ("-k", "many")], ids=" ".join
)
def test_a_search_that_makes_no_sense_is_refused_before_anything_is_loaded(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ended = coach("search", "charts", *arguments, data_dir=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert not (tmp_path / "chroma").exists()
