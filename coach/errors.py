"""Everything that can go wrong in the coach, as one tree.

    CoachError
    ├── LibraryError            a knowledge document is broken; lists every problem with file, line and reason
    ├── RetrievalError
    │   ├── IndexInUse          another process holds the embedded index
    │   ├── IndexUnavailable    Chroma is missing, broken or out of reach
    │   └── EmbeddingError      the embedding model is missing or is not the one that was promised
    ├── StoreError
    │   ├── StoreBusy           the database is locked by somebody else
    │   ├── StoreFull           the disk is full
    │   ├── StoreUnavailable    the database cannot be reached, or its tables are not there
    │   └── StoreOutdated       the database was made by a newer version
    ├── NotFound                no such thing, or not for you
    ├── Conflict                the thing is not in a state that allows this
    │   └── IdempotencyConflict one key, two different requests
    ├── Forbidden               you may see it but not do this to it
    ├── InvalidInput            a value that only the domain can judge; names its field
    │   └── InvalidRows         rows of an import; names each, the first ones of many
    ├── UnsafeModelAddress      the model's address is one where no model lives
    ├── PromptError             a prompt file lacks a variable or was given one that it does not use
    └── ModelError              the language model did not give a usable reply
        ├── ModelUnreachable    no connection, or a 5xx
        ├── ModelTimeout        no reply within the time allowed
        ├── ModelRateLimited    429
        ├── ModelRejected       400, 401, 403, 404: the request will not get better by itself
        ├── ModelReplyInvalid   prose, half a JSON, a refusal, nothing
        └── ModelPaused         the circuit breaker is open, or the program's tokens for today are spent

Status codes belong to the door (`api.problems`), not here. The message of each error is a sentence for the person
who can do something about it.
"""


class CoachError(Exception):
    """Root of everything that the coach raises on purpose."""


class LibraryError(CoachError):
    """A knowledge document is broken.

    `problems` holds one line for each, as `file:line: reason`.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the knowledge library"
        super().__init__(f"{count}; nothing was indexed.\n" + "\n".join(problems))


class RetrievalError(CoachError):
    """Something between a question and its passages failed."""


class IndexInUse(RetrievalError):
    """Another process holds the embedded index."""


class IndexUnavailable(RetrievalError):
    """Chroma is missing, broken or out of reach."""


class EmbeddingError(RetrievalError):
    """The embedding model is missing, or is not the one that was promised."""


class StoreError(CoachError):
    """The database did not do what was asked; nothing was stored."""


class StoreBusy(StoreError):
    """The database is locked by somebody else."""


class StoreFull(StoreError):
    """The disk is full."""


class StoreUnavailable(StoreError):
    """The database cannot be reached, or its tables are not there."""


class StoreOutdated(StoreError):
    """The database was made by a newer version of the coach."""


class NotFound(CoachError):
    """No such thing, or not for this caller: the two are told apart by nobody."""


class Conflict(CoachError):
    """The thing is not in a state that allows this."""


class IdempotencyConflict(Conflict):
    """One Idempotency-Key came with two different requests."""


class Forbidden(CoachError):
    """The caller may see the thing but not do this to it."""


class InvalidInput(CoachError):
    """A value that only the domain can judge.

    `field` is the path of the value in the body, such as `avoid_topics`.
    """

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class InvalidRows(InvalidInput):
    """Rows of an import that cannot be used; nothing was stored.

    `problems` holds path and message of the first ones, and `more` counts the rest.
    """

    def __init__(self, problems: list[tuple[str, str]], more: int) -> None:
        self.problems, self.more = problems, more
        count = len(problems) + more
        shown = f" The first {len(problems)} are in errors." if more else ""
        super().__init__(
            "rows",
            f"{count:,} {'problem' if count == 1 else 'problems'} in the rows, so nothing was stored.{shown} "
            "Mend them and send all rows again.",
        )


class UnsafeModelAddress(CoachError):
    """The model's address is one where no model lives, but a machine's keys do."""


class PromptError(CoachError):
    """A prompt file is broken, lacks a variable, or was given one that it does not use."""


class ModelError(CoachError):
    """The language model did not give a usable reply.

    `reason` is a short fixed word for logs and for `generator.reason`.
    """

    reason = "error"


class ModelUnreachable(ModelError):
    """No connection, or a 5xx."""

    reason = "unreachable"


class ModelTimeout(ModelError):
    """No reply within the time allowed."""

    reason = "timeout"


class ModelRateLimited(ModelError):
    """The server answered 429."""

    reason = "rate-limited"


class ModelRejected(ModelError):
    """400, 401, 403 or 404: the request will not get better by itself."""

    reason = "rejected"


class ModelReplyInvalid(ModelError):
    """Prose, half a JSON, a refusal, or nothing."""

    reason = "invalid-reply"


class ModelPaused(ModelError):
    """The circuit breaker is open, or the program's tokens for today are spent."""

    reason = "paused"
