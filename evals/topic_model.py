"""BERTopic beside the classifier of comments: topics are found without labels, and labels are read off them after.

Grootendorst, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure" (2022), arXiv:2203.05794. The
package `bertopic` is none of this project's: it brings a compiler of its own, and is installed by who wants the row.
"""

import importlib.util
from importlib import import_module
from typing import Any

import numpy as np

from coach.feedback.head import Matrix

# UMAP draws lots: with this seed a run can be repeated.
_SEED = 7


def is_installed() -> bool:
    """Whether the package is there."""
    return importlib.util.find_spec("bertopic") is not None


def topic_shares(
    texts: list[str], vectors: Matrix, raised: Matrix, asked_texts: list[str], asked: Matrix
) -> tuple[Matrix, Matrix, int]:
    """For each labelled text and for each text that is asked about, how often its topic raises each theme, and how
    many topics there are.

    Topics are fitted to the labelled texts with the package's own settings. A text's shares are those of the labelled
    texts of its topic, from 0 to 1; texts of no topic are one more group. `raised` is labelled texts by themes.
    """
    umap = import_module("umap").UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=_SEED)
    model: Any = import_module("bertopic").BERTopic(umap_model=umap, calculate_probabilities=False)
    learned = np.asarray(model.fit_transform(texts, embeddings=vectors)[0])
    found = np.asarray(model.transform(asked_texts, embeddings=asked)[0])
    shares = {topic: raised[learned == topic].mean(axis=0) for topic in np.unique(learned)}
    nothing = np.zeros(raised.shape[1], dtype=raised.dtype)
    own = np.stack([shares[topic] for topic in learned])
    return own, np.stack([shares.get(topic, nothing) for topic in found]), len(set(shares) - {-1})
