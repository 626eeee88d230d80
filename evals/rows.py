"""Reading datasets that people edit by hand: what is wrong is told with the file, the line and what to do.

Files may begin with a byte-order mark, end their lines in any way, and have empty lines.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from evals.parts import PartNotRun

Form = TypeVar("Form", bound=BaseModel)

_MOST_TOLD = 10

# What pydantic says for programmers, as it is for whoever edits a file.
_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "there is no such field. Is its name misspelt?",
    "tuple_type": "is no list, such as [one, two]",
    "list_type": "is no list, such as [one, two]",
    "string_type": "is no text. Put it in quotes: without them a number, a date, No or a colon is something else",
}


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
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise PartNotRun(f"{where} is no JSON ({error}). Each line holds one row in braces.") from error
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
    """Each entry of a YAML file that is one list, or of its list under `key`, after where it stands.

    Raises PartNotRun naming the line that is wrong, or where a key comes twice.
    """
    loader = _Loader(read_text(file))
    try:
        whole = loader.get_single_node()
        if key is not None and isinstance(whole, yaml.MappingNode):
            whole = next((value for name, value in whole.value if name.value == key), None)
        if not isinstance(whole, yaml.SequenceNode):
            raise PartNotRun(f"{file} has no list of cases{f' under {key}' if key else ''}: each begins with “- ”.")
        for node in whole.value:
            yield f"{file}:{node.start_mark.line + 1}", loader.construct_object(node, deep=True)
    except yaml.YAMLError as error:
        raise _told_of_yaml(file, error) from error
    finally:
        loader.dispose()


def checked(form: type[Form], where: str, row: Any) -> Form:
    """The row in its form. Raises PartNotRun that says where it stands and what is wrong in it."""
    try:
        return form.model_validate(row)
    except ValidationError as error:
        name = row.get("name") if isinstance(row, dict) else None
        named = f" ({name})" if isinstance(name, str) else ""
        raise PartNotRun(f"{where}{named}: {in_words(error)}") from error


def in_words(error: ValidationError) -> str:
    """What is wrong, by where it is wrong, without what only a programmer would look up."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'the row'}: "
        f"{_PLAIN.get(fault['type']) or fault['msg'][:1].lower() + fault['msg'][1:]}"
        for fault in error.errors(include_url=False)
    ]
    more = len(faults) - _MOST_TOLD
    return "; ".join(faults[:_MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")


def once(names: Iterable[str], where: Path, what: str = "name") -> None:
    """Raises PartNotRun with the names that come twice: of two cases with one name, only one would be seen."""
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise PartNotRun(
            f"{where}: each case needs a {what} of its own, and {', '.join(twice[:_MOST_TOLD])} comes twice."
        )


class _Loader(yaml.SafeLoader):
    """Of a key that comes twice YAML would take the second one, and nobody would know."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(None, None, f"the key {key.value!r} comes twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _told_of_yaml(file: Path, error: yaml.YAMLError) -> PartNotRun:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    where = f"{file}:{mark.line + 1}" if mark is not None else str(file)
    why = " ".join(str(problem or error).split())
    return PartNotRun(
        f"{where} is no YAML that can be read: {why}. Look at the indent, the quotes and the colons there and in the "
        "line above."
    )
