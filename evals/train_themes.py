"""Train the theme classifier: `python -m evals.train_themes` writes `coach/feedback/themes.npz` anew, in minutes.

Low-rank changes (LoRA) to all linear layers of the packaged MiniLM are trained with a linear head on the comments in
`coach/feedback/examples/`. `--check` writes nothing: it trains once for each writer on what the others wrote, and
prints how themes are found in what that writer wrote, and the threshold to put into `THRESHOLD` below.
"""

import argparse
import math
import random
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from coach.errors import CoachError
from coach.feedback.head import (
    POLARITIES,
    SCALE,
    TUNING_FILE,
    Example,
    Head,
    Matrix,
    Tuning,
    best_threshold,
    read_examples,
    targets,
    write_tuning,
)
from coach.feedback.themes import Theme, taxonomy
from coach.retrieval.embed import PACKAGED_MODEL, PACKAGED_SHA256, SentenceTransformerEncoder
from coach.retrieval.library import Library, read_library
from coach.settings import Settings
from evals.themes import Labelled, measure

# From `--check`: what it takes for 75 of 100 themes found in the comments of an unseen writer to be right.
THRESHOLD = 0.5


@dataclass(frozen=True)
class Recipe:
    """How to train; chosen by `--check`, never by the held-out comments."""

    rank: int = 16
    epochs: int = 8
    batch: int = 32
    layer_rate: float = 1e-3
    head_rate: float = 5e-3
    warming: float = 0.1
    strength: float = 2.0
    decay: float = 0.01
    # Share of a comment's word pieces that are masked, anew each time it is seen: a theme is seldom in one word.
    masked: float = 0.1
    head_dropout: float = 0.2
    # What the two other aims count beside finding themes: polarity, and drawing comments on one theme together
    # (supervised contrastive learning, Khosla and others, 2020).
    polarity: float = 0.3
    together: float = 0.5
    temperature: float = 0.1
    longest: int = 128
    seeds: tuple[int, ...] = (1,)


def train(examples: Sequence[Example], themes: Sequence[Theme], recipe: Recipe, note: str = "") -> Tuning:
    """Changes and head, averaged over the recipe's seeds; the threshold is THRESHOLD. Tells its progress."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    ids = [theme.id for theme in themes]
    raised, polarity = (torch.from_numpy(values) for values in targets(examples, ids))
    made: list[Tuning] = []
    for seed in recipe.seeds:
        torch.manual_seed(seed)
        chance = random.Random(seed)
        tokenizer, network = SentenceTransformerEncoder(PACKAGED_MODEL).network()
        tokens = tokenizer([one.text for one in examples], truncation=True, max_length=recipe.longest)["input_ids"]
        factors = adapt(network, recipe)
        head = torch.nn.Linear(network.config.hidden_size, len(ids) + len(POLARITIES))
        torch.nn.init.zeros_(head.weight)
        # Before anything is learned, a theme is as likely as it is in the examples.
        torch.nn.init.constant_(head.bias, float(torch.logit(raised.mean())))
        trained = [factor for pair in factors.values() for factor in pair]
        optimizer = torch.optim.AdamW(
            [{"params": trained, "lr": recipe.layer_rate}, {"params": head.parameters(), "lr": recipe.head_rate}],
            weight_decay=recipe.decay,
        )
        steps = recipe.epochs * math.ceil(len(examples) / recipe.batch)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(_rate, steps=steps, warming=recipe.warming))
        network.train()
        began = time.monotonic()
        for epoch in range(recipe.epochs):
            total = 0.0
            for chosen in _batches([len(one) for one in tokens], recipe.batch, chance):
                vectors = _vectors(network, [_masked(tokens[one], recipe.masked, chance, tokenizer) for one in chosen])
                logits = head(torch.nn.functional.dropout(vectors * SCALE, recipe.head_dropout))
                own, sides = logits[:, : len(ids)], logits[:, len(ids) :]
                loss = binary_cross_entropy_with_logits(own, raised[chosen], reduction="none").sum(1).mean()
                loss = loss + recipe.polarity * cross_entropy(sides, polarity[chosen])
                loss = loss + recipe.together * drawn_together(vectors, raised[chosen], recipe.temperature)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_([*trained, *head.parameters()], 1.0)
                optimizer.step()
                schedule.step()
                total += float(loss.detach()) * len(chosen)
            _say(
                f"{note}seed {seed}: epoch {epoch + 1} of {recipe.epochs}, loss {total / len(examples):.3f}, "
                f"{time.monotonic() - began:.0f} s\n"
            )
        made.append(_tuning(factors, head, ids, recipe))
    return averaged(made)


def adapt(network: Any, recipe: Recipe) -> Mapping[str, tuple[Any, Any]]:
    """Put two trainable factors beside each linear layer of the network, whose own weights stay; by layer."""
    import torch

    class Adapted(torch.nn.Module):
        def __init__(self, layer: Any) -> None:
            super().__init__()
            self.layer = layer
            self.down = torch.nn.Parameter(torch.randn(recipe.rank, layer.in_features) / math.sqrt(layer.in_features))
            self.up = torch.nn.Parameter(torch.zeros(layer.out_features, recipe.rank))

        def forward(self, inputs: Any) -> Any:
            down, up = (self.down * recipe.strength).to(inputs.dtype), self.up.to(inputs.dtype)
            return self.layer(inputs) + (inputs @ down.T) @ up.T

    # Half the bits are twice as fast where the processor knows them, and training does not need more.
    network.requires_grad_(False).bfloat16()
    # Drawing the masks of dropout costs more than a layer does; word pieces are masked instead.
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    if hasattr(network, "set_attn_implementation"):
        network.set_attn_implementation("eager")
    names = [
        name
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.Linear) and re.match(r"encoder\.layer\.\d+\.", name)
    ]
    factors = {}
    for name in names:
        parent, _, own = name.rpartition(".")
        adapted = Adapted(network.get_submodule(name))
        setattr(network.get_submodule(parent), own, adapted)
        factors[name] = (adapted.up, adapted.down)
    return factors


def drawn_together(vectors: Any, raised: Any, temperature: float) -> Any:
    """The supervised contrastive loss of unit vectors: comments that share a theme should be each other's nearest."""
    import torch

    itself = torch.eye(len(vectors), dtype=torch.bool)
    sharing = (raised @ raised.T > 0) & ~itself
    closeness = (vectors @ vectors.T / temperature).masked_fill(itself, -1e9)
    shares = closeness - torch.logsumexp(closeness, 1, keepdim=True)
    counts = sharing.sum(1)
    judged = counts > 0
    return -((shares * sharing).sum(1)[judged] / counts[judged]).sum() / max(int(judged.sum()), 1)


def averaged(tunings: Sequence[Tuning]) -> Tuning:
    """One tuning whose changes and head are the means of several: their factors side by side."""
    if len(tunings) == 1:
        return tunings[0]
    share = np.float32(1 / len(tunings))
    changes = {
        layer: (
            np.concatenate([one.changes[layer][0] * share for one in tunings], axis=1),
            np.concatenate([one.changes[layer][1] for one in tunings], axis=0),
        )
        for layer in tunings[0].changes
    }
    heads = [one.head for one in tunings]
    weights = np.stack([one.weights for one in heads]).mean(axis=0)
    bias = np.stack([one.bias for one in heads]).mean(axis=0)
    return Tuning(tunings[0].base, changes, Head(heads[0].themes, weights, bias, heads[0].thresholds))


def signs(library: Library) -> Iterator[Example]:
    """The sayings that the library gives as signs of each theme: examples, too."""
    for theme in taxonomy(library):
        body = next(document.body for document in library.documents if document.front.id == theme.id)
        for saying in re.findall(r'^- "(.+?)[",]*"', body.partition("## Signs")[2].partition("\n## ")[0], re.MULTILINE):
            yield Example(saying, (theme.id,), theme.polarity, "signs")


def check(examples: Sequence[Example], shared: Sequence[Example], themes: Sequence[Theme], recipe: Recipe) -> None:
    """Train once for each writer on what the others wrote (and on what is `shared`), and print the figures."""
    ids = [theme.id for theme in themes]
    writers = sorted({example.writer for example in examples})
    raised, unseen = targets(examples, ids)[0], np.zeros((len(examples), len(ids)), np.float32)
    for writer in writers:
        places = [place for place, example in enumerate(examples) if example.writer == writer]
        others = [example for example in examples if example.writer != writer]
        tuning = train([*others, *shared], themes, recipe, f"without {writer}, ")
        encoder = SentenceTransformerEncoder(PACKAGED_MODEL, tuning.changes)
        vectors = encoder.encode([examples[place].text for place in places])
        unseen[places] = tuning.head.probabilities(tuning.head.logits(vectors))[0]
    bar = best_threshold(raised, unseen)
    print(f"threshold for precision 0.75: {bar:.3f}")
    for name in [*writers, "all"]:
        chosen = [place for place, example in enumerate(examples) if name in ("all", example.writer)]
        found = [frozenset(ids[theme] for theme in np.flatnonzero(unseen[place] >= bar)) for place in chosen]
        figures = measure([Labelled(examples[one].text, frozenset(examples[one].themes)) for one in chosen], found)
        print(
            f"{name:20} micro F1 {figures.micro.f1:.3f}, macro F1 {figures.macro_f1:.3f}, "
            f"precision {figures.micro.precision:.3f}, recall {figures.micro.recall:.3f}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write, or check."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_themes", description="Train the theme classifier.")
    parser.add_argument("--check", action="store_true", help="leave out one writer after the other; writes nothing")
    options = parser.parse_args(arguments)
    library = read_library(Settings().knowledge_dir)
    examples, shared, themes = read_examples(), list(signs(library)), taxonomy(library)
    if options.check:
        check(examples, shared, themes, Recipe())
        return 0
    write_tuning(train([*examples, *shared], themes, Recipe()))
    _say(f"{TUNING_FILE.name}: {TUNING_FILE.stat().st_size:,} bytes\n")
    return 0


def _rate(step: int, steps: int, warming: float) -> float:
    """The share of the full rate: up in a straight line, then down in one."""
    return min(1.0, (step + 1) / (warming * steps)) * max(0.0, 1 - step / steps)


def _batches(lengths: Sequence[int], size: int, chance: random.Random) -> list[list[int]]:
    """All places in chance order, in batches of texts of much the same length, so that little is padded."""
    places = list(range(len(lengths)))
    chance.shuffle(places)
    batches = []
    for start in range(0, len(places), 8 * size):
        near = sorted(places[start : start + 8 * size], key=lambda place: lengths[place])
        batches += [near[first : first + size] for first in range(0, len(near), size)]
    chance.shuffle(batches)
    return batches


def _masked(tokens: Sequence[int], share: float, chance: random.Random, tokenizer: Any) -> list[int]:
    inner = [tokenizer.mask_token_id if chance.random() < share else token for token in tokens[1:-1]]
    return [tokens[0], *inner, tokens[-1]]


def _vectors(network: Any, tokens: Sequence[Sequence[int]]) -> Any:
    """Unit vectors, as sentence-transformers makes them: the mean over word pieces."""
    import torch

    longest = max(map(len, tokens))
    inputs = torch.tensor([[*one, *[0] * (longest - len(one))] for one in tokens])
    mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in tokens])
    states = network(input_ids=inputs, attention_mask=mask).last_hidden_state.float()
    return torch.nn.functional.normalize((states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=1)


def _tuning(factors: Mapping[str, tuple[Any, Any]], head: Any, ids: Sequence[str], recipe: Recipe) -> Tuning:
    def kept(values: Any) -> Matrix:
        return np.array(values.detach().float().numpy(), np.float32)

    changes = {layer: (kept(up) * np.float32(recipe.strength), kept(down)) for layer, (up, down) in factors.items()}
    thresholds = np.full(len(ids), THRESHOLD, np.float32)
    return Tuning(PACKAGED_SHA256, changes, Head(tuple(ids), kept(head.weight), kept(head.bias), thresholds))


def _say(line: str) -> None:
    sys.stderr.write(line)
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CoachError as error:
        sys.exit(str(error))
