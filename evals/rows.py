"""Reading datasets that people edit by hand: what is wrong is told with the file, the line and what to do.

Files may begin with a byte-order mark, end their lines in any way, and have empty lines.
"""

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.reader import ReaderError

from evals.parts import PartNotRun

Form = TypeVar("Form", bound=BaseModel)

_MOST_TOLD = 10
_MOST_QUOTED = 60

# What pydantic says for programmers, as it is for whoever edits a file; in braces stands what the file has there.
_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "there is no such field. Is its name misspelt?",
    "tuple_type": "is no list, such as [one, two]",
    "list_type": "is no list, such as [one, two]",
    "model_type": "is no entry with fields, such as name: …",
    "string_type": "is no text. Put it in quotes: without them a number, a date, No or a colon is something else",
    "value_error": "{error}",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "“{value}” is not of the form that the others have, {pattern}",
    "int_type": "“{value}” is no whole number, such as 45",
    "int_parsing": "“{value}” is no whole number, such as 45",
    "int_from_float": "“{value}” is no whole number, such as 45",
    "float_type": "“{value}” is no number, such as 0.5",
    "float_parsing": "“{value}” is no number, such as 0.5",
    "bool_parsing": "“{value}” is neither true nor false",
    "too_long": "has {actual_length} entries, and {max_length} are the most that it may have",
    "too_short": "has {actual_length} entries, and {min_length} are the fewest that it may have",
    "literal_error": "“{value}” is none of {expected}",
    "greater_than_equal": "“{value}” is not {ge} or more",
    "greater_than": "“{value}” is not more than {gt}",
    "less_than_equal": "“{value}” is not {le} or less",
}


class Entry(str):
    """Where an entry of a YAML file stands, as `file:line`; it knows the lines of its fields as well."""

    node: yaml.Node

    @classmethod
    def of(cls, file: Path, node: yaml.Node) -> "Entry":
        """The entry of this file that begins with this node."""
        entry = cls(f"{file}:{node.start_mark.line + 1}")
        entry.node = node
        return entry

    def line(self, path: Sequence[str | int]) -> int:
        """The line of the field at this path; of what is missing, the line of what lacks it."""
        node, mark = self.node, self.node.start_mark
        for step in path:
            if isinstance(node, yaml.MappingNode):
                found = next(((key.start_mark, value) for key, value in node.value if key.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                found = (node.value[step].start_mark, node.value[step])
            else:
                found = None
            if found is None:
                break
            mark, node = found
        return int(mark.line) + 1


def read_text(file: Path) -> str:
    """The text of a file. Raises PartNotRun where it is missing or no UTF-8."""
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise PartNotRun(f"{file} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PartNotRun(f"{file}:{line} is not UTF-8. Save the file as UTF-8 text.") from error


def json_rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row of a file of JSON lines, after where it stands. Raises PartNotRun naming the line that is none."""
    # Not splitlines: a text may hold other ends of lines.
    for number, line in enumerate(read_text(file).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        try:
            row = json.loads(line, object_pairs_hook=_keys_once)
        except (ValueError, RecursionError) as error:
            raise PartNotRun(f"{where} is no JSON ({_said(error)}). Each line holds one row in braces.") from error
        if not isinstance(row, dict):
            raise PartNotRun(f"{where} is no row: it begins with “{line.strip()[:20]}”, and a row stands in braces.")
        yield where, row


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a folder, by name. Raises PartNotRun where there is none."""
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise PartNotRun(f"{folder} has no cases: there is no file that ends with .yaml.")
    return found


def yaml_rows(file: Path, key: str | None = None) -> Iterator[tuple[str, Any]]:
    """Each entry of a YAML file that is one list, or of its list under `key`, beside which the file may have a name.

    Each comes after where it stands. Raises PartNotRun naming the line that is wrong, or where a key comes twice.
    """
    text = read_text(file)
    try:
        yield from _entries(file, _Loader(text), key)
    except yaml.YAMLError as error:
        raise _told_of_yaml(file, text, error) from error
    except RecursionError as error:
        raise PartNotRun(f"{file}: its brackets are nested too deeply to be read. Is one left open?") from error


def _entries(file: Path, loader: "_Loader", key: str | None) -> Iterator[tuple[str, Any]]:
    try:
        whole = loader.get_single_node()
        if key is not None and isinstance(whole, yaml.MappingNode):
            loader.check_keys(whole)
            if other := [name for name, _ in whole.value if name.value not in {"name", key}]:
                where = f"{file}:{other[0].start_mark.line + 1}"
                raise PartNotRun(f"{where}: {other[0].value}: there is no such field. Is its name misspelt?")
            whole = next((value for name, value in whole.value if name.value == key), None)
        if not isinstance(whole, yaml.SequenceNode):
            raise PartNotRun(f"{file} has no list of cases{f' under {key}' if key else ''}: each begins with “- ”.")
        for node in whole.value:
            yield Entry.of(file, node), loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def checked(form: type[Form], where: str, row: Any) -> Form:
    """The row in its form. Raises PartNotRun that says where it stands and what is wrong in it."""
    try:
        return form.model_validate(row)
    except ValidationError as error:
        name = row.get("name") if isinstance(row, dict) else None
        named = f" ({name})" if isinstance(name, str) else ""
        told = in_words(error, where if isinstance(where, Entry) else None)
        raise PartNotRun(f"{where}{named}: {told}") from error


def distinct(form: type[Form], rows: Iterable[tuple[str, Any]], by: str = "name") -> list[Form]:
    """Every row in its form. Raises PartNotRun where one is not, or where two are the same in the field `by`."""
    found = [(where, checked(form, where, row)) for where, row in rows]
    once(((where, getattr(one, by)) for where, one in found), by)
    return [one for _, one in found]


def in_words(error: ValidationError, entry: Entry | None = None) -> str:
    """What is wrong, by where it is wrong, without what only a programmer would look up; with lines within an entry."""
    faults = [f"{_place(fault['loc'], entry)}: {_plainly(fault)}" for fault in error.errors(include_url=False)]
    more = len(faults) - _MOST_TOLD
    return "; ".join(faults[:_MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")


def _place(path: Sequence[str | int], entry: Entry | None) -> str:
    named = ".".join(map(str, path)) or "the row"
    if entry is None or (line := entry.line(path)) == entry.line(()):
        return named
    return f"{named} (line {line})"


def _plainly(fault: ErrorDetails) -> str:
    plain = _PLAIN.get(fault["type"])
    if plain is None:
        return fault["msg"][:1].lower() + fault["msg"][1:]
    return plain.format(value=shorten(str(fault["input"]), _MOST_QUOTED, placeholder="…"), **fault.get("ctx", {}))


def once(names: Iterable[tuple[str, str]], what: str = "name") -> None:
    """Raises PartNotRun where a name comes twice: of two cases with one name, only one would be seen, and one that
    stands there twice would count twice. Each name comes after where it stands.
    """
    seen: dict[str, str] = {}
    for where, name in names:
        if name in seen:
            named = shorten(name, _MOST_QUOTED, placeholder="…")
            raise PartNotRun(
                f"{where} has the {what} “{named}”, as the one at {seen[name]} has: each needs one of its own. Was it "
                "pasted twice?"
            )
        seen[name] = where


def _said(error: Exception) -> str:
    """What is no JSON, and in which column: in its own words each line is line 1."""
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    return f"{error.msg.removesuffix(' at')} at column {error.colno}"


def _keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that comes twice JSON would take the second one, and nobody would know."""
    row: dict[str, Any] = {}
    for key, value in pairs:
        if key in row:
            raise ValueError(f"the key {key!r} comes twice in one place")
        row[key] = value
    return row


class _Loader(yaml.SafeLoader):
    """Tells the line of what YAML would read in silence, or break off at without a word on where."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        self.check_keys(node)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise yaml.MarkedYAMLError(None, None, f"{node.value}, {error}", node.start_mark) from error

    def check_keys(self, node: yaml.MappingNode) -> None:
        """Raises MarkedYAMLError where a key comes twice, of which YAML would take the second, or is no word."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                why = "a key in brackets. Text that begins with a bracket stands in quotes"
                raise yaml.MarkedYAMLError(None, None, why, key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(None, None, f"the key {key.value!r} comes twice", key.start_mark)
            seen.add(key.value)


def _told_of_yaml(file: Path, text: str, error: yaml.YAMLError) -> PartNotRun:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    line = mark.line + 1 if mark is not None else None
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        problem = f"it has a sign that nobody sees (number {ord(text[error.position])}). Write the line anew"
    where = str(file) if line is None else f"{file}:{line}"
    why = " ".join(str(problem or error).split())
    return PartNotRun(
        f"{where} is no YAML that can be read: {why}. Look at the indent (spaces, no tabs), the quotes and the colons "
        "there and in the line above."
    )
