"""Fit what compares comments with subjects: `python -m evals.fit_subjects` writes `coach/feedback/subjects.npz` anew.

The whitening is fitted on every second comment that the theme classifier learns from, which is plenty for 384
dimensions, and on the sentences of the subjects. Takes a minute or two.
"""

import sys

import numpy as np

from coach.errors import CoachError
from coach.feedback.head import Matrix, read_examples
from coach.feedback.subjects import WHITENING_FILE, Whitening, subject_sentences
from coach.feedback.themes import ThemeReader, taxonomy
from coach.retrieval.library import read_library
from coach.settings import Settings

# Added to each variance, so that directions in which comments hardly differ are not blown up. Chosen with NEAR.
_REGULARIZATION = 3e-3


def fit(vectors: Matrix, model: str) -> Whitening:
    """The whitening of these vectors: symmetric, so that it changes them as little as it can."""
    center = vectors.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov((vectors - center).T))
    matrix = directions @ np.diag(1 / np.sqrt(variances + _REGULARIZATION)) @ directions.T
    return Whitening(model, np.asarray(center, np.float32), np.asarray(matrix, np.float32))


def main() -> int:
    """Write the file; return the exit status."""
    settings = Settings()
    try:
        reader = ThemeReader.open(settings.embedding_model, taxonomy(read_library(settings.knowledge_dir)))
        texts = [example.text for example in read_examples()][::2] + subject_sentences()
        whitening = fit(reader.encoder.encode(texts), reader.fingerprint)
    except CoachError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    np.savez_compressed(
        WHITENING_FILE,
        model=np.frombuffer(whitening.model.encode(), np.uint8),
        center=whitening.center.astype(np.float16),
        matrix=whitening.matrix.astype(np.float16),
    )
    print(f"{len(texts)} texts; wrote {WHITENING_FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
