"""Reading what people typed with a reader that learned: each text once, and not with every agenda."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping

import structlog

from coach.errors import EmbeddingError
from coach.learned import Subject, learned
from coach.retrieval.search import Search

log = structlog.get_logger(__name__)

# The last used is the last here.
_MOST_KNOWN = 2_048

# By the subject and a digest of the text: nobody's words.
_known: OrderedDict[tuple[Subject, bytes], Mapping[str, float]] = OrderedDict()


async def read(subject: Subject, texts: Iterable[str], search: Search) -> dict[str, Mapping[str, float]]:
    """How likely each label is of each text (`Learned.chances`).

    Nothing where the search has another embedding model than the reader, or none that answers.
    """
    texts = list(dict.fromkeys(texts))
    try:
        reader = learned(subject)
        if search.model != reader.model:
            return {}
        keys = {text: _key(subject, text) for text in texts}
        # What others read or forget meanwhile changes nothing here.
        chances = {text: _known[key] for text, key in keys.items() if key in _known}
        if new := [text for text in texts if text not in chances]:
            for text, vector in zip(new, await search.embedded(new), strict=True):
                chances[text] = reader.chances(text, vector)
    except EmbeddingError as error:
        # What patterns find is left, and an agenda always comes.
        log.warning("reading.failed", subject=subject, error=type(error).__name__)
        return {}
    for text, of_labels in chances.items():
        _known[keys[text]] = of_labels
        _known.move_to_end(keys[text])
    while len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)
    return chances


def forget_read() -> None:
    """Let go of what was read in what people typed."""
    _known.clear()


def _key(subject: Subject, text: str) -> tuple[Subject, bytes]:
    return subject, hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
