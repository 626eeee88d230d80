"""A stand-in for a language model's server: OpenAI's chat completions, answered at once or after a set delay.

The reply satisfies the schema that the request brings, as `response_format` or as a tool, with plain words and with ids
that the prompt offers. Where the prompt holds numbered lines of JSON (`{"slot": 1, …}`) and the schema a list of
objects with that number, the list gets one object a line, written from the line.

`POST /control {"delay_s": 3}` sets the delay; `GET /stats` says how many completions were asked for.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import httptools
import orjson
import uvloop

SENTENCES = (
    "Open one real piece of work and walk through it together.",
    "Write down what surprised you, then compare the two lists.",
    "Choose one small change and agree when to try it.",
    "Swap seats halfway so that both of you have tried it.",
    "Say what you would keep, what you would drop and why.",
    "Draw the steps on one page and mark where it gets slow.",
    "Pick the example yourself, the more ordinary the better.",
    "End with one line each that you will still use next week.",
    "Explain it once without any special words, then once more in half the time.",
    "Tell each other what went well last time and what did not.",
    "Show the part that you would rather hide, since that is where help counts.",
    "Put the open points in order and start with the smallest.",
)
QUESTIONS = (
    "What did you expect to be easy that turned out not to be?",
    "Which habit would you give up first if nobody minded?",
    "When did you last change your mind about how work gets done?",
    "What do people above you rarely get to see?",
    "Which part of this would you like to try with me watching?",
    "What would have to be true for this to last?",
    "Who else should hear about this, and from whom?",
    "What would you tell a new colleague about this in one minute?",
)
TITLES = (
    "Begin with one example",
    "Try it side by side",
    "Say what you would keep",
    "Put one habit to the test",
    "Look back and choose",
    "Agree on what comes next",
)
_PASSAGE = re.compile(r"^\[(k[0-9a-f]{12})\] (.*)$", re.MULTILINE)
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")


@dataclass(frozen=True)
class Offer:
    """What a prompt offers: passages by their ids, and lines of JSON by the name of their number."""

    passages: dict[str, str]
    lines: dict[str, list[dict[str, Any]]]


def read_offer(prompt: str) -> Offer:
    """Find what the prompt offers."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for text in prompt.splitlines():
        if text.startswith('{"') and text.endswith("}"):
            with contextlib.suppress(orjson.JSONDecodeError):
                line = orjson.loads(text)
                lines.setdefault(next(iter(line)), []).append(line)
    return Offer(dict(_PASSAGE.findall(prompt)), lines)


class Writer:
    """Fills JSON schemas; `turn` varies the words."""

    def __init__(self, root: dict[str, Any], offer: Offer, turn: int) -> None:
        self._root = root
        self._lines = offer.lines
        self._passages = offer.passages
        self._ids = itertools.cycle(offer.passages) if offer.passages else None
        self._sentences = itertools.islice(itertools.cycle(SENTENCES), turn % len(SENTENCES), None)
        self._questions = itertools.islice(itertools.cycle(QUESTIONS), turn % len(QUESTIONS), None)
        self._titles = itertools.cycle(TITLES)

    def fill(self, schema: dict[str, Any], name: str = "") -> Any:
        """A value that satisfies the schema; `name` is the property it is for."""
        if "$ref" in schema:
            return self.fill(self._resolve(schema["$ref"]) | {k: v for k, v in schema.items() if k != "$ref"}, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                choices = [choice for choice in schema[several] if choice.get("type") != "null"]
                return self.fill(choices[0], name) if choices else None
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        if kind == "object" or "properties" in schema:
            return {key: self.fill(value, key) for key, value in schema.get("properties", {}).items()}
        if kind == "array":
            return self._array(schema, name)
        if kind in {"integer", "number"}:
            least = schema.get("minimum", schema.get("exclusiveMinimum", 9) + 1)
            return min(max(10, least), schema.get("maximum", 10**9))
        if kind == "boolean":
            return False
        return None if kind == "null" else self._text(schema, name)

    def _array(self, schema: dict[str, Any], name: str) -> list[Any]:
        if "prefixItems" in schema:
            return [self.fill(one, name) for one in schema["prefixItems"]]
        item = schema.get("items", {"type": "string"})
        if "$ref" in item:
            item = self._resolve(item["$ref"])
        for key in item.get("properties", {}):
            if key in self._lines:
                return [self._from_line(line, self.fill(item)) for line in self._lines[key]]
        wanted = 1 if _names_ids(name) else 4
        count = min(max(wanted, schema.get("minItems", 0)), schema.get("maxItems", wanted))
        return [self.fill(item, name) for _ in range(count)]

    def _from_line(self, line: dict[str, Any], filled: dict[str, Any]) -> dict[str, Any]:
        """What was filled in, with the number, ids and text of the line, and close to its activity and goal."""
        taken = {key: line[key] for key in filled if key in line}
        if "title" in filled and "activity" in line:
            taken["title"] = line["activity"]
        if "description" in filled:
            about = [str(line[key]).rstrip(".") for key in ("activity", "goal") if key in line]
            about += [_gist(self._passages[key]) for key in line.get("sources", ())[:1] if key in self._passages]
            taken["description"] = " ".join([filled["description"], *(f"Think of “{text}”." for text in about)])
        return filled | taken

    def _text(self, schema: dict[str, Any], name: str) -> str:
        if _names_ids(name) and self._ids:
            return next(self._ids)
        words: Iterator[str] = self._sentences
        if name in {"text", "question"}:
            words = self._questions
        elif name in {"title", "label", "topic"}:
            words = self._titles
        text = next(words)
        while len(text) < schema.get("minLength", 0):
            text += " " + next(words)
        most = schema.get("maxLength", len(text))
        return text if len(text) <= most else text[:most].rsplit(" ", 1)[0]

    def _resolve(self, reference: str) -> dict[str, Any]:
        found: Any = self._root
        for key in reference.removeprefix("#/").split("/"):
            found = found[key]
        assert isinstance(found, dict)
        return found


def _names_ids(name: str) -> bool:
    return name in {"id", "ids", "source", "sources", "source_ids", "passages", "passage_ids", "cites", "citations"}


def _gist(text: str) -> str:
    """A dozen words of a passage, without its figures and names."""
    return " ".join(_WORD.findall(text.lower())[:12])


def complete(request: dict[str, Any], turn: int) -> dict[str, Any]:
    """The chat completion for a request; `turn` varies the words."""
    prompt = "\n".join(_content(message) for message in request["messages"])
    offer = read_offer(prompt)
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    finish = "stop"
    response_format = request.get("response_format") or {}
    if request.get("tools"):
        function = request["tools"][0]["function"]
        arguments = write(function["parameters"], offer, turn)
        call = {
            "id": f"call_{turn}",
            "type": "function",
            "function": {"name": function["name"], "arguments": arguments},
        }
        message["tool_calls"], finish = [call], "tool_calls"
    elif response_format.get("type") == "json_schema":
        message["content"] = write(response_format["json_schema"]["schema"], offer, turn)
    else:
        message["content"] = next(itertools.islice(itertools.cycle(SENTENCES), turn % len(SENTENCES), None))
    reply = message["content"] or arguments
    # Four characters a token, near enough for a figure that nothing depends on.
    used = {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(reply) // 4}
    return {
        "id": f"chatcmpl-{turn}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": used | {"total_tokens": sum(used.values())},
    }


def write(schema: dict[str, Any], offer: Offer, turn: int) -> str:
    """A reply in the form of the schema, from what the prompt offers; `turn` varies the words."""
    return json.dumps(Writer(schema, offer, turn).fill(schema))


def _content(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


class Server:
    """What all connections share."""

    def __init__(self, delay_s: float) -> None:
        self.delay_s = delay_s
        self.completions = 0
        self.tasks: set[asyncio.Task[None]] = set()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any], float]:
        """Status, body and the delay before they are sent."""
        if method == "POST" and path.endswith("/chat/completions"):
            self.completions += 1
            return 200, complete(orjson.loads(body), self.completions), self.delay_s
        if method == "POST" and path == "/control":
            self.delay_s = float(orjson.loads(body)["delay_s"])
            return 200, {"delay_s": self.delay_s}, 0
        if method == "GET" and path == "/stats":
            return 200, {"completions": self.completions, "delay_s": self.delay_s}, 0
        if method == "GET" and path.endswith("/models"):
            return 200, {"object": "list", "data": [{"id": "stub", "object": "model"}]}, 0
        return 404, {"error": {"message": f"no {method} {path} here", "type": "invalid_request_error"}}, 0


class Connection(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._parts: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """Called by the parser."""
        self._url += url

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        method, path, body = self._parser.get_method().decode(), self._url.decode(), b"".join(self._parts)
        self._url, self._parts = b"", []
        status, reply, delay_s = self._server.answer(method, path, body)
        payload = orjson.dumps(reply)
        head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Error'}\r\nContent-Type: application/json\r\n"
        response = f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload
        if not delay_s:
            self._send(response)
            return
        task = asyncio.create_task(self._send_later(response, delay_s))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    async def _send_later(self, response: bytes, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        self._send(response)

    def _send(self, response: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(response)


async def serve(port: int, delay_s: float) -> None:
    """Serve until the process is ended; print the port once it listens."""
    server = Server(delay_s)
    listener = await asyncio.get_running_loop().create_server(
        lambda: Connection(server), "127.0.0.1", port, backlog=1024
    )
    print(listener.sockets[0].getsockname()[1])
    sys.stdout.flush()
    await listener.serve_forever()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--delay", type=float, default=0, help="seconds before each completion")
    given = parser.parse_args()
    uvloop.run(serve(given.port, given.delay))


if __name__ == "__main__":
    main()
