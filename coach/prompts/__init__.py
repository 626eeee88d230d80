"""The prompts: one Markdown file each, with a name, a version and declared variables.

A file has front matter and two parts, `# System` and `# User`. The system part holds no variable that changes from
pair to pair, so that a provider can cache it as a prefix. Untrusted text goes in as `Untrusted`, which the
rendering fences.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from coach.errors import PromptError

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True)
class Untrusted:
    """Text that somebody typed or uploaded: data for the model, never instructions."""

    text: str


@dataclass(frozen=True)
class Rendered:
    """A prompt ready to send; `label` is its name and version."""

    label: str
    system: str
    user: str


@dataclass(frozen=True)
class Prompt:
    """A prompt as it stands in its file."""

    name: str
    version: int
    variables: frozenset[str]
    system: str
    user: str

    @property
    def label(self) -> str:
        """Name and version, as stored with what was written by it."""
        return f"{self.name}@{self.version}"

    def render(self, **values: str | int | Untrusted) -> Rendered:
        """Fill the variables in. Raises PromptError for one that is missing or not declared."""
        if set(values) != self.variables:
            missing, unused = self.variables - set(values), set(values) - self.variables
            raise PromptError(f"prompt {self.label}: missing {sorted(missing)}, not declared {sorted(unused)}")

        def fill(match: re.Match[str]) -> str:
            name = match.group(1)
            value = values[name]
            return fence(name, value.text) if isinstance(value, Untrusted) else str(value)

        return Rendered(self.label, _VARIABLE.sub(fill, self.system), _VARIABLE.sub(fill, self.user))


def fence(name: str, text: str) -> str:
    """The text between markers that it cannot forge: its own angle brackets are made look-alikes."""
    inside = text.replace("<", "‹").replace(">", "›")
    return f'<data name="{name}">\n{inside}\n</data>'


@cache
def load(name: str) -> Prompt:
    """Read the prompt from its file. Raises PromptError when the file does not say what it must."""
    path = Path(__file__).parent / f"{name}.md"
    try:
        _, front, body = path.read_text("utf-8").split("---\n", 2)
        meta = yaml.safe_load(front)
        system, user = body.split("# User\n")
        prompt = Prompt(
            name=meta["name"],
            version=meta["version"],
            variables=frozenset(meta["variables"]),
            system=system.split("# System\n", 1)[1].strip(),
            user=user.strip(),
        )
    except (OSError, ValueError, KeyError, IndexError, TypeError, yaml.YAMLError) as error:
        raise PromptError(f"prompt {name}: {path.name} is missing or broken ({error!r})") from error
    used = set(_VARIABLE.findall(prompt.system + prompt.user))
    if used != prompt.variables or prompt.name != name:
        raise PromptError(f"prompt {name}: declares {sorted(prompt.variables)} but uses {sorted(used)}")
    return prompt
