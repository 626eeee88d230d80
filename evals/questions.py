"""What makes a question an open one."""

import re

# With these words begin questions that yes or no answers; with a comma behind it is somebody called May or Will.
_YES_OR_NO = re.compile(
    r"(?:am|are|can|could|did|do|does|had|has|have|is|may|might|must|shall|should|was|were|will|would)\b(?!,)",
    re.IGNORECASE,
)


def is_open(text: str) -> bool:
    """Whether a text is a question, and one that yes or no does not answer."""
    return text.rstrip(' ”"').endswith("?") and not _YES_OR_NO.match(text.lstrip(' “"'))
