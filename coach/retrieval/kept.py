"""Vectors of questions as bytes, so that they can be kept where the questions come from.

Two little-endian 32-bit numbers, how many there are and how long each is; then a digest of each text, then the vectors
as little-endian float32, in the same order. The texts themselves are not in it.
"""

import hashlib
import struct
from collections.abc import Mapping, Sequence

import numpy as np

from coach.retrieval.embed import Vector

_HEAD = struct.Struct("<II")
_DIGEST = 16


def packed(vectors: Mapping[str, Vector]) -> bytes:
    """The vectors by their texts, as bytes."""
    matrix = np.stack(list(vectors.values())).astype("<f4") if vectors else np.zeros((0, 0), "<f4")
    return b"".join([_HEAD.pack(*matrix.shape), *map(_digest, vectors), matrix.tobytes()])


def unpacked(kept: bytes, texts: Sequence[str]) -> dict[str, Vector]:
    """Those of these texts that are in it; none where the bytes are not what `packed` gives."""
    if len(kept) < _HEAD.size:
        return {}
    count, length = _HEAD.unpack_from(kept)
    begins = _HEAD.size + count * _DIGEST
    if len(kept) != begins + 4 * count * length:
        return {}
    places = {kept[start : start + _DIGEST]: place for place, start in enumerate(range(_HEAD.size, begins, _DIGEST))}
    matrix = np.frombuffer(kept, "<f4", offset=begins).reshape(count, length)
    found = {text: places[digest] for text in texts if (digest := _digest(text)) in places}
    # Copies: a part that is held on to would hold the whole.
    return {text: matrix[place].astype(np.float32) for text, place in found.items()}


def holds_exactly(kept: bytes, texts: Sequence[str]) -> bool:
    """Whether it has a vector for each of these texts and for no other."""
    known = unpacked(kept, texts)
    return bool(kept) and len(known) == len(set(texts)) == _HEAD.unpack_from(kept)[0]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_DIGEST).digest()
