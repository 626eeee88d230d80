"""Which document, and which section, the vector of a question points to: ridge regression from vectors to groups.

It is worked out from the vectors of the index when they are read, in closed form, so that it follows the library and
nothing is kept. A highest cosine hears one line; this hears what all lines of a document have in common and the others
have not (Hoerl and Kennard, 1970).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from coach.retrieval.embed import Vector
from coach.retrieval.lexical import Scores

_PENALTY = 10.0


@dataclass(frozen=True, eq=False)
class Learned:
    """A direction for each group; `directions` has the shape (groups, dimensions)."""

    center: Vector
    directions: npt.NDArray[np.float32]

    @classmethod
    def of(cls, vectors: npt.NDArray[np.float32], group_of: npt.NDArray[np.intp]) -> Self:
        """Learn from unit vectors, shape (rows, dimensions), and the number of the group of each; rows of -1 are left
        out.

        A row counts less the more there are in its group, so that a group of few is heard beside it.
        """
        known = group_of >= 0
        rows, groups = vectors[known], group_of[known]
        weights = (1 / np.sqrt(np.bincount(groups).clip(1)))[groups].astype(np.float32)
        weights /= weights.mean()
        center = np.average(rows, axis=0, weights=weights).astype(np.float32)
        away = rows - center
        weighed = away * weights[:, None]
        order = np.argsort(groups, kind="stable")
        numbers, starts = np.unique(groups[order], return_index=True)
        sums = np.zeros((int(groups.max()) + 1, rows.shape[1]))
        sums[numbers] = np.add.reduceat(weighed[order], starts)
        spread = (weighed.T @ away).astype(np.float64) + _PENALTY * np.eye(rows.shape[1])
        return cls(center, np.linalg.solve(spread, sums.T).T.astype(np.float32))

    def scores(self, vector: Vector) -> Scores:
        """How far a question's vector points to each group, shape (groups,); near 0 where it points to none."""
        found: Scores = self.directions @ (vector - self.center)
        return found
