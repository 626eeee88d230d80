"""The knowledge library on disk: Markdown documents with checked front matter.

`knowledge/README.md` describes the format for the people who write it; the models below enforce it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from coach.errors import LibraryError

Topic = Literal[
    "digital-tools",
    "generational-differences",
    "inclusion",
    "communication",
    "innovation",
    "career",
    "business-strategy",
]
Stage = Literal["kickoff", "building", "midpoint", "closing"]
Role = Literal["mentor", "mentee"]
Level = Literal["meta-analysis", "review", "study", "survey", "framework", "practitioner", "vendor"]
# What a program added for itself was checked by nobody here.
Evidence = Level | Literal["program"]
Kind = Literal["guidance", "topic", "exercise", "starters", "theme", "program"]

TOPICS: tuple[Topic, ...] = Topic.__args__  # type: ignore[attr-defined]
STAGES: tuple[Stage, ...] = Stage.__args__  # type: ignore[attr-defined]
MAX_DOCUMENT_BYTES = 200_000
_MOST_HEADER, _MOST_NESTED = 20_000, 500

_FOLDERS: dict[str, Kind] = {
    "guidance": "guidance",
    "topics": "topic",
    "exercises": "exercise",
    "starters": "starters",
    "themes": "theme",
}
# The folder of what people ask: for each document that has some, a file of its name.
ASKED = "asked"
_PLACEHOLDER = re.compile(r"\{(mentor|mentee)\}")
_STARTER_HEADINGS = {"## The mentor asks": "mentor", "## The mentee asks": "mentee", "## Either asks": "either"}

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
DocumentId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where a claim comes from."""

    title: Line
    publisher: Line
    year: Annotated[int, Field(ge=1900, le=2100)]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher}, {self.year})"


class MinutesRange(_Strict):
    """Shortest and longest that something can be run in, in minutes."""

    least: Annotated[int, Field(ge=5, le=90)]
    most: Annotated[int, Field(ge=5, le=90)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.least > self.most:
            raise ValueError("least must not be more than most")
        return self


class PrepLines(_Strict):
    """What each side does before the meeting, one sentence each."""

    mentor: Line
    mentee: Line


class FrontMatter(_Strict):
    """What every document says of itself."""

    id: DocumentId
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=80)]
    topic: Topic | None = None
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    audience: Annotated[tuple[Literal["mentor", "mentee", "coordinator"], ...], Field(min_length=1)]
    evidence: Level
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    updated: date
    related: tuple[DocumentId, ...] = ()


class GuidanceFrontMatter(FrontMatter):
    """How to run a program or a session."""


class StartersFrontMatter(FrontMatter):
    """A list of conversation starters."""


class ThemeFrontMatter(FrontMatter):
    """One theme of the feedback taxonomy, with what a coordinator can do about it, a sentence each."""

    polarity: Literal["concern", "gain"]
    who_acts: Annotated[tuple[Literal["mentor", "mentee", "coordinator"], ...], Field(min_length=1)]
    actions: Annotated[tuple[Line, ...], Field(min_length=2, max_length=4)]


class ProgramFrontMatter(FrontMatter):
    """A document that a program added for itself."""

    evidence: Literal["program"] = "program"  # type: ignore[assignment]
    sources: tuple[Source, ...] = ()


class TopicFrontMatter(FrontMatter):
    """One idea of a topic, with something to discuss; `gives` and `case` are as in `knowledge/README.md`."""

    topic: Topic
    minutes: MinutesRange
    agenda: Annotated[str, StringConstraints(strip_whitespace=True, min_length=80, max_length=600)]
    prep: PrepLines
    gives: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=90)] | None = None
    case: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=110)] | None = None

    @model_validator(mode="after")
    def _can_be_filled_in(self) -> Self:
        if any(place not in self.agenda for place in ("{mentor}", "{mentee}")) or "{goal}" in self.agenda:
            raise ValueError("agenda must name {mentor} and {mentee}, and may hold no {goal}")
        if self.case is not None and self.case.count("{goal}") != 1:
            raise ValueError("case must hold {goal} once")
        if set(_PLACEHOLDER.sub("", f"{self.agenda}{self.case}".replace("{goal}", ""))) & {"{", "}"}:
            raise ValueError("agenda and case may hold no other braces")
        return self

    def agenda_for(self, mentor: str, mentee: str) -> str:
        """The agenda text with the two names."""
        return _PLACEHOLDER.sub(lambda match: mentor if match.group(1) == "mentor" else mentee, self.agenda)


class ExerciseFrontMatter(TopicFrontMatter):
    """Something that two people do together."""

    topic: Topic | None = None  # type: ignore[assignment]
    materials: tuple[Line, ...] = ()


_MODELS: dict[str, type[FrontMatter]] = {
    "guidance": GuidanceFrontMatter,
    "topic": TopicFrontMatter,
    "exercise": ExerciseFrontMatter,
    "starters": StartersFrontMatter,
    "theme": ThemeFrontMatter,
}


class Asked(_Strict):
    """What people type when they need a document: the whole of it, or one section by its heading.

    Searches compare a question with these lines, which are nobody's to read.
    """

    whole: Annotated[tuple[Line, ...], Field(max_length=40)] = ()
    sections: dict[str, Annotated[tuple[Line, ...], Field(max_length=40)]] = Field(default_factory=dict)

    @property
    def lines(self) -> Iterator[str]:
        """Every line, as it was typed."""
        return chain(self.whole, *self.sections.values())


class Document(_Strict):
    """One document of the library; `path` is relative to the library's folder."""

    kind: Kind
    front: FrontMatter
    body: str
    path: str
    asked: Asked


class Library(_Strict):
    """The whole library; `digest` changes with any byte of any document."""

    documents: tuple[Document, ...]
    digest: str

    def activities(self) -> Iterator[tuple[Document, TopicFrontMatter]]:
        """The documents that can fill a slot of an agenda."""
        for document in self.documents:
            if isinstance(document.front, TopicFrontMatter):
                yield document, document.front


def read_library(folder: Path) -> Library:
    """Read and check every document under `folder`.

    Raises LibraryError with every problem found, not just the first.
    """
    problems: list[str] = []
    documents: list[Document] = []
    places: dict[str, str] = {}
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        if name == "README.md":
            continue
        try:
            raw = path.read_bytes()
            digest.update(name.encode() + b"\0" + hashlib.sha256(raw).digest())
            document = read_document(raw, name)
        except LibraryError as error:
            problems += error.problems
            continue
        except OSError as error:
            problems.append(f"{name}:1: cannot be read ({error.strerror})")
            continue
        if document.front.id in places:
            problems.append(f"{name}:2: id {document.front.id!r} is taken by {places[document.front.id]}")
        places[document.front.id] = name
        documents.append(document)
    asked = _read_asked(folder, set(places), digest, problems)
    if not documents and not problems:
        problems.append(f"{folder}:1: no documents here; set COACH_KNOWLEDGE_DIR to the folder of the library")
    if problems:
        raise LibraryError(problems)
    whole = (document.model_copy(update={"asked": asked.get(document.front.id, Asked())}) for document in documents)
    return Library(documents=tuple(whole), digest=digest.hexdigest())


def read_document(raw: bytes, name: str) -> Document:
    """Read one document. `name` is its path inside the library, which decides its kind.

    Raises LibraryError.
    """
    kind = _FOLDERS.get(name.split("/")[0])
    if kind is None:
        raise LibraryError([f"{name}:1: lies in none of the folders {', '.join(_FOLDERS)}"])
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise LibraryError([f"{name}:1: {len(raw):,} bytes; at most {MAX_DOCUMENT_BYTES:,} are read, so split it"])
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise LibraryError([f"{name}:{raw[: error.start].count(10) + 1}: not UTF-8 text"]) from None
    if "\0" in text:
        raise LibraryError([f"{name}:{text[: text.index(chr(0))].count(chr(10)) + 1}: a binary file, not Markdown"])

    header, body, body_line = _split(text, name)
    front, line_of = _check(header, _MODELS[kind], name)
    stem = name.rsplit("/", 1)[-1].removesuffix(".md")
    if front.id != stem:
        raise LibraryError([f"{name}:{line_of('id')}: id {front.id!r} must be the file's name, {stem!r}"])
    if kind == "topic" and name.split("/")[1] != front.topic:
        raise LibraryError([f"{name}:{line_of('topic')}: topic {front.topic!r} does not match its folder"])
    if not body.strip():
        raise LibraryError([f"{name}:{body_line}: no text after the front matter"])
    if kind == "starters":
        _check_starters(body, body_line, name)
    return Document.model_construct(kind=kind, front=front, body=body, path=name, asked=Asked())


def program_document(document_id: str, title: str, text: str, added_on: date) -> Document:
    """A document that a program added for itself: Markdown without front matter, for every stage and reader."""
    front = ProgramFrontMatter.model_construct(
        id=document_id,
        title=title,
        topic=None,
        stages=STAGES,
        audience=("mentor", "mentee", "coordinator"),
        evidence="program",
        sources=(),
        updated=added_on,
        related=(),
    )
    return Document.model_construct(
        kind="program", front=front, body=text, path=f"program/{document_id}", asked=Asked()
    )


def starters(document: Document) -> Iterator[tuple[str, Literal["mentor", "mentee", "either"]]]:
    """The starters of a starters document: the question, and who asks it."""
    asked_by = "either"
    for line in document.body.splitlines():
        if line.strip() in _STARTER_HEADINGS:
            asked_by = _STARTER_HEADINGS[line.strip()]
        elif line.startswith("- "):
            yield line[2:].strip(), asked_by  # type: ignore[misc]


def _read_asked(folder: Path, ids: set[str], digest: Any, problems: list[str]) -> dict[str, Asked]:
    """What people ask, by document. Files that cannot be used are added to `problems`, every file to `digest`."""
    asked = {}
    for path in sorted((folder / ASKED).glob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        try:
            raw = path.read_bytes()
            digest.update(name.encode() + b"\0" + hashlib.sha256(raw).digest())
            asked[path.stem], _ = _check(raw.decode("utf-8"), Asked, name, first_line=1)
        except LibraryError as error:
            problems += error.problems
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{name}:1: cannot be read ({type(error).__name__})")
        if path.stem not in ids and not problems:
            problems.append(f"{name}:1: there is no document {path.stem!r} for these questions")
    return asked


def _split(text: str, name: str) -> tuple[str, str, int]:
    lines = text.split("\n")
    if lines[0].strip() != "---":
        raise LibraryError([f"{name}:1: must begin with front matter between two lines of ---"])
    for index, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            return "\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), index + 2
    raise LibraryError([f"{name}:{len(lines)}: the front matter is never closed by a line of ---"])


def _check(
    header: str, model: type[FrontMatter] | type[Asked], name: str, first_line: int = 2
) -> tuple[Any, Callable[[str], int]]:
    """What the YAML text that begins at `first_line` of the file says, and a function that tells the line of a key."""
    if len(header) > _MOST_HEADER or sum(map(header.count, "[{")) > _MOST_NESTED or header.count("- ") > _MOST_NESTED:
        # The YAML parser is recursive C: it does not survive front matter that is nested without end.
        raise LibraryError([f"{name}:{first_line}: the YAML is too long or too deeply nested"])
    try:
        loader = yaml.CSafeLoader(header)
        node = loader.get_single_node()
        values = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + first_line
        raise LibraryError([f"{name}:{line}: {error.problem or 'not YAML'}; quote values that hold a colon"]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise LibraryError([f"{name}:{first_line}: not YAML ({str(error).splitlines()[0]})"]) from None
    if not isinstance(values, dict):
        raise LibraryError([f"{name}:{first_line}: must be keys with values"])
    try:
        return model.model_validate(values), lambda key: _line_of(node, (key,), first_line)
    except ValidationError as error:
        details = error.errors()
        wrong_parts = {detail["loc"][:-1] for detail in details}
        problems = []
        for detail in details:
            if detail["type"] == "too_short" and detail["loc"] in wrong_parts:
                continue  # The list is too short only because its items are wrong, which is said already.
            message = detail["msg"].removeprefix("Value error, ")
            # A check of the whole document begins its message with the key that it is about.
            place = detail["loc"] or (message.split()[0],)
            key = ".".join(map(str, detail["loc"])) or "front matter"
            problems.append(f"{name}:{_line_of(node, place, first_line)}: {key}: {message}")
        raise LibraryError(problems) from None


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...], first_line: int) -> int:
    """Line in the file, counted from 1, of the deepest part of `location` that exists."""
    line = first_line
    for part in location:
        if isinstance(node, yaml.MappingNode):
            match = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if match is None:
                break
            line, node = match[0].start_mark.line + first_line, match[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + first_line
        else:
            break
    return line


def _check_starters(body: str, body_line: int, name: str) -> None:
    problems, heading = [], None
    if not any(line.startswith("- ") for line in body.split("\n")):
        problems.append(f'{name}:{body_line}: no starter; each is one line that begins with "- "')
    for offset, line in enumerate(body.split("\n")):
        where = f"{name}:{body_line + offset}"
        if line.startswith("#"):
            heading = line.strip()
            if heading not in _STARTER_HEADINGS:
                problems.append(f"{where}: heading must be one of {', '.join(_STARTER_HEADINGS)}")
        elif line.startswith("- "):
            if heading is None:
                problems.append(f"{where}: a starter before any heading that says who asks")
            if not line.rstrip().endswith("?"):
                problems.append(f"{where}: a starter must be a question")
        elif line.strip():
            problems.append(f"{where}: only headings and lists of starters may stand here")
    if problems:
        raise LibraryError(problems)
