"""`python -m evals --live` and `--recorded`: a model on loopback is asked once, and its replies are run again."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from coach.agenda import write
from coach.agenda.choose import choose
from coach.agenda.compose import compose
from coach.agenda.plan import outline
from coach.llm import LanguageModel
from coach.retrieval.search import Search
from evals import agendas, writers
from evals.__main__ import main
from evals.parts import PartNotRun
from evals.replies import recorded_before

MODEL = {"COACH_LLM_MODEL": "scripted-1", "COACH_LLM_API_KEY": "none"}


class Server:
    """Speaks OpenAI's chat completions on loopback; what it says is no agenda, but for the session of `words`."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.words: tuple[str, str] | None = None
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                message = {"role": "assistant", "content": server.says(server.asked[-1])}
                choice = {"index": 0, "finish_reason": "stop", "message": message}
                usage = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}
                whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
                body = json.dumps({**whole, "usage": usage}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def says(self, body: dict[str, Any]) -> str:
        asked = json.dumps(body["messages"])
        if self.words and self.words[0] in asked and "Grade from 1 to 5" not in asked:
            return self.words[1]
        return f'{{"grade": 4, "reason": "{len(self.asked)}"}}'

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    running = Server()
    for name, value in {**MODEL, "COACH_LLM_BASE_URL": running.url}.items():
        monkeypatch.setenv(name, value)
    yield running
    running.close()


@pytest.fixture
def some_cases(monkeypatch: pytest.MonkeyPatch, search: Search) -> int:
    """The part `agendas` over the tests' own index, with few cases; gives how many."""
    dataset = agendas.read_dataset()
    dataset.cases = [case for place, case in enumerate(dataset.cases) if case.inputs.avoid or not place]
    monkeypatch.setattr(agendas, "read_dataset", lambda: dataset)
    monkeypatch.setattr(agendas, "library_index", lambda settings: nullcontext(search))
    return len(dataset.cases)


@pytest.fixture
def first_words(server: Server, search: Search) -> None:
    """The server knows an agenda for the first of the cases: the composer's own words."""
    briefing = agendas.read_dataset().cases[0].inputs.briefing()
    words = compose(asyncio.run(choose(outline(briefing.brief), briefing, search)), briefing)
    server.words = (briefing.brief.goals[0], words.model_dump_json())


async def broken_off(judge: LanguageModel, _: Any) -> str:
    if judge.name == "nobody":
        return "counted"
    raise PartNotRun("The index failed.")


def test_nothing_is_asked_before_the_estimate_was_agreed_to(
    server: Server, some_cases: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["agendas", "--live"]) == 2
    told = capsys.readouterr().err
    assert f"{some_cases} agendas: about" in told
    assert "Add --yes" in told
    assert server.asked == []


def test_live_replies_are_recorded_and_run_again_until_the_prompt_changes(
    server: Server,
    some_cases: int,
    first_words: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recording, runs = tmp_path / "small.jsonl", [tmp_path / "live.json", tmp_path / "recorded.json"]
    main(["--live", "--yes", "--judge", "--record", str(recording), "--json", str(runs[0])])
    asked = len(server.asked)
    # An agenda takes two turns each, as nothing that was said was one, but the first; then the judge reads that one.
    assert asked == 2 * some_cases
    main(["agendas", "--recorded", str(recording), "--json", str(runs[1])])
    assert len(server.asked) == asked
    live, recorded = (json.loads(run.read_text()) for run in runs)
    assert (live["mode"], recorded["mode"], recorded["writer"]) == ("live", "recorded", "scripted-1")
    assert live["parts"][0]["cases"] == recorded["parts"][0]["cases"]
    assert [case["tokens"]["prompt"] for case in recorded["parts"][0]["cases"].values()] == [
        100,
        *[200] * (some_cases - 1),
    ]
    assert recorded["parts"][0]["notes"].splitlines() == [
        f"who wrote the words in the end: fallback (invalid-reply) {some_cases - 1}, model 1",
        f"Judged is what the model wrote: 1 of {some_cases}. All must pass the guards.",
    ]
    assert "judge, no gate (scripted-1): 4.00 of 5, 1 of 1 agendas graded" in live["parts"][0]["notes"]

    monkeypatch.setattr(write, "MOST_AGENDA_TOKENS", 1_499)
    assert main(["agendas", "--recorded", str(recording)]) == 1
    assert "Not run: small.jsonl is stale" in capsys.readouterr().out


def test_what_shows_the_cases_of_a_model_shows_those_of_the_model(
    server: Server,
    some_cases: int,
    first_words: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One case alone leaves a metric without anything to judge: the run has not passed, and says what to do.
    recording = tmp_path / "small one.jsonl"
    assert main(["--live", "--yes", "--cases", "1"]) == 1
    told = capsys.readouterr().out
    assert "python -m evals agendas" not in told
    assert "With --record FILE" in told

    for arguments in (["--live", "--yes", "--cases", "1", "--record", str(recording)], ["--recorded", str(recording)]):
        assert main(["agendas", *arguments]) == 1
        told = capsys.readouterr().out
        assert f"To see this again: python -m evals agendas --recorded '{recording}'" in told
    asked = len(server.asked)

    monkeypatch.setattr(agendas.MinutesSum, "faults", lambda *_: ["off"])
    assert main(["agendas", "--recorded", str(recording)]) == 1
    assert f"python -m evals agendas --recorded '{recording}' --show minutes-sum" in capsys.readouterr().out
    assert len(server.asked) == asked


def test_what_the_composer_wrote_in_the_models_place_is_not_judged_as_the_models(
    server: Server, some_cases: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], search: Search
) -> None:
    run = tmp_path / "run.json"
    assert main(["--live", "--yes", "--json", str(run)]) == 1
    (part,) = json.loads(run.read_text())["parts"]
    verdicts = {one["metric"]: one["verdict"] for one in part["scores"]}
    assert verdicts.pop("guards-pass") == "passed"
    assert set(verdicts.values()) == {"not run"}
    assert len(part["cases"]) == some_cases
    assert part["notes"].splitlines()[1].startswith("Not one agenda is in the model's words")

    briefing = agendas.read_dataset().cases[0].inputs.briefing()
    words = compose(asyncio.run(choose(outline(briefing.brief), briefing, search)), briefing)
    server.words = (briefing.brief.goals[0], words.model_dump_json())
    main(["--live", "--yes", "--json", str(run)])
    (part,) = json.loads(run.read_text())["parts"]
    minutes = next(one for one in part["scores"] if one["metric"] == "minutes-sum")
    assert (minutes["verdict"], minutes["cases"]) == ("passed", 1)


def test_a_recording_of_some_cases_grows_and_is_run_with_the_cases_that_it_has(
    server: Server, some_cases: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert some_cases > 2
    recording, run = tmp_path / "small.jsonl", tmp_path / "run.json"
    main(["--live", "--yes", "--record", str(recording), "--cases", "1"])
    assert len(server.asked) == 2
    assert main(["--live", "--record", str(recording), "--cases", "2"]) == 2
    assert "scripted-1, of 3 requests 2 recorded already, 1 to ask" in capsys.readouterr().err
    main(["--live", "--yes", "--record", str(recording), "--cases", "2"])
    assert len(server.asked) == 4

    main(["agendas", "--recorded", str(recording), "--json", str(run)])
    names = [case.name for case in agendas.read_dataset().cases]
    assert list(json.loads(run.read_text())["parts"][0]["cases"]) == names[:2]
    assert len(server.asked) == 4
    assert {one.name for one in tmp_path.iterdir()} == {"small.jsonl", "run.json"}
    capsys.readouterr()

    recording.write_text(recording.read_text().replace(f'"{names[1]}"', '"renamed"'))
    assert main(["agendas", "--recorded", str(recording)]) == 1
    assert "Not run: The dataset no longer has renamed" in capsys.readouterr().out


def test_a_run_that_broke_off_keeps_what_an_earlier_one_recorded(
    server: Server, some_cases: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, search: Search
) -> None:
    recording = tmp_path / "small.jsonl"
    main(["--live", "--yes", "--record", str(recording), "--cases", "2"])
    before = set(recorded_before(recording, "scripted-1"))
    assert len(before) == 4
    monkeypatch.setattr(write, "MOST_AGENDA_TOKENS", 1_499)
    monkeypatch.setattr(writers, "judged", broken_off)
    assert main(["--live", "--yes", "--judge", "--record", str(recording), "--cases", "2"]) == 1
    assert before < set(recorded_before(recording, "scripted-1"))


def test_a_model_that_cannot_be_reached_is_no_run_and_what_was_recorded_stays(
    server: Server, some_cases: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = tmp_path / "small.jsonl"
    main(["--live", "--yes", "--record", str(recording), "--cases", "1"])
    monkeypatch.setenv("COACH_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr(write, "MOST_AGENDA_TOKENS", 1_499)
    capsys.readouterr()
    assert main(["--live", "--yes", "--record", str(recording)]) == 1
    told = capsys.readouterr().out
    assert f"The model answered for none of {some_cases} agendas (unreachable)." in told, told[-600:]
    assert len(recorded_before(recording, "scripted-1")) == 2


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["themes", "--recorded", "small"], 1, "agendas alone"),
        (
            ["agendas", "--recorded", "nothing-here"],
            1,
            "among those kept here: large-language-model, smollm2-135m-instruct.",
        ),
        (["agendas", "--live"], 1, "COACH_LLM_MODEL"),
        (["agendas", "--judge"], 2, "go with --live"),
        (["agendas", "--cases", "3"], 2, "go with --live"),
        (["accept", "agendas", "--recorded", "small"], 2, "the composer's"),
    ],
)
def test_what_does_not_fit_together_is_told(
    arguments: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COACH_LLM_MODEL", raising=False)
    assert main(arguments) == status
    assert told in capsys.readouterr().err
