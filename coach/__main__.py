"""The `coach` command."""

from typing import Annotated

import typer

from coach.errors import CoachError
from coach.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
library_app = typer.Typer(no_args_is_help=True, help="The knowledge library.")
app.add_typer(library_app, name="library")


@library_app.command("check")
def library_check() -> None:
    """Check every document; print each problem with file, line and reason."""
    from coach.retrieval.library import read_library

    library = read_library(Settings().knowledge_dir)
    kinds = [document.kind for document in library.documents]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    typer.echo(f"{len(kinds)} documents are in order: {counts}.")


def main() -> None:
    """Run the command; an error of ours is one sentence on standard error and exit status 1."""
    try:
        app()
    except CoachError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
