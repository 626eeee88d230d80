"""Files that are there as a whole or not at all: half of a run, too, begins with `"passed": true`."""

import os
from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Write the text in one step; whoever reads meanwhile, or after it failed, has what stood there before.

    Half a sign becomes a question mark. Raises OSError.
    """
    if file.exists() and not file.is_file():
        # Such as /dev/stdout, which nothing can stand in for.
        file.write_text(text, "utf-8", "replace")
        return
    file = file.resolve()
    aside = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        aside.write_text(text, "utf-8", "replace")
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
