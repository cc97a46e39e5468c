"""A translator as a method of the one training loop, and what it is worth beside a look into its textbook.

What people usually get wrong
- a share of letters that are right, with the truth told before each: a model is judged on what it *writes*;
- a baseline that knows nothing: whoever copies the translation of the likest sentence seen is right in most
  letters.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from course.checkpoints.score import Score
from course.language.decode import PADDING
from course.language.translate import (
    Pair,
    Vocabulary,
    bleu,
    chrf,
    smoothed_cross_entropy,
    translate,
)
from course.record import Record
from course.ssl.method import Batch, Method, Told

WIDTH = 4  # of the beam
AT_ONCE = 250  # sentences


class Sentences:
    """Pairs as token numbers: source (N, Ls), and target (N, Lt), beginning with the token for it."""

    def __init__(self, pairs: Sequence[Pair], vocabulary: Vocabulary):
        self.pairs, self.vocabulary = pairs, vocabulary
        source, target = zip(*pairs)
        self.source, self.target = vocabulary.encode(source), vocabulary.encode(target, begin=True)

    def __len__(self) -> int:
        return len(self.pairs)


class Translating(Method):
    """Cross-entropy of a translator with the next token, the true ones before it told.

    encoder: the whole translator, of `course.language`; `vocabulary`: of both languages.
    """

    encoder: Any  # a `course.language.decode.Writer` that is a module, too

    def __init__(self, model: Any, vocabulary: Vocabulary, smoothing: float = 0.1):
        super().__init__(model)
        self.vocabulary, self.smoothing = vocabulary, smoothing

    def batch(self, data: Any, chosen: Tensor, generator: Generator | None = None) -> Batch:
        """-> source (B, Ls) and target (B, Lt) of some Sentences, no longer than the longest of them"""
        return {"source": _cut(data.source[chosen]), "target": _cut(data.target[chosen])}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        told, wanted = batch["target"][:, :-1], batch["target"][:, 1:]
        logits = self.encoder(batch["source"], told)  # (B, Lt − 1, V)
        right = (logits.detach().argmax(dim=-1) == wanted)[wanted != PADDING].float().mean()
        return smoothed_cross_entropy(logits, wanted, self.smoothing), {"accuracy": right}

    def health(self, data: Any) -> Told:
        """Nothing: a translator has no embedding of a sentence that could collapse."""
        return {}

    def write(self, texts: Sequence[str], width: int = WIDTH) -> list[str]:
        """Texts translated, by beam search."""
        parts = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
        return [text for part in parts for text in translate(self.encoder, part, self.vocabulary, width)]

    @torch.no_grad()
    def alignment(self, source: str, target: str) -> Tensor:
        """Where each token of the target, its end too, looked in the source and its end: -> (Lt, Ls)"""
        record: Record = {}
        told = self.vocabulary.encode([target], begin=True)[:, :-1]
        self.encoder(self.vocabulary.encode([source]), told, record)
        return torch.cat(record["cross_weights"]).mean(dim=(0, 1))


def _cut(ids: Tensor) -> Tensor:
    return ids[:, : int((ids != PADDING).sum(dim=1).max())]


# --- Judging -------------------------------------------------------------------------------------------


def likest(pairs: Sequence[Pair], texts: Sequence[str]) -> list[str]:
    """The translations of those sentences seen that share most pairs of letters with each text (cosine)."""
    counts = [Counter(zip(f"^{text}", f"{text}$")) for text in [*(source for source, _ in pairs), *texts]]
    number = {two: i for i, two in enumerate(dict.fromkeys(two for count in counts for two in count))}
    table = np.zeros((len(counts), len(number)), dtype=np.float32)
    for row, count in zip(table, counts):
        for two, times in count.items():
            row[number[two]] = times
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    alike = table[len(pairs) :] @ table[: len(pairs)].T  # (texts, pairs)
    return [pairs[best][1] for best in alike.argmax(axis=1)]


def written_right(method: Translating, seen: Sequence[Pair], test: Sequence[Pair]) -> list[Score]:
    """Whole sentences without a mistake, in percent, and chrF, beside the likest sentence seen."""
    sources, true = zip(*test)
    own, copied = method.write(sources), likest(seen, sources)
    return [
        Score(
            f"written without a mistake, %, {len(test):,} never seen",
            _share(own, true),
            {"translation of the likest seen": _share(copied, true)},
        ),
        Score("chrF of the same", chrf(own, true), {"translation of the likest seen": chrf(copied, true)}),
    ]


def in_bleu(method: Translating, seen: Sequence[Pair], test: Sequence[Pair]) -> list[Score]:
    """BLEU beside the likest sentence seen."""
    sources, true = zip(*test)
    copied = bleu(likest(seen, sources), true)
    what = f"BLEU, beam {WIDTH}, {len(test):,} sentences never seen"
    return [Score(what, bleu(method.write(sources), true), {"translation of the likest seen": copied})]


def in_order(method: Translating, untrained: Translating, test: Sequence[Pair]) -> Score:
    """Do the places that are read move on with those that are written? Their correlation, over all tokens."""
    what = f"correlation of place read and place written, {len(test):,} sentences"
    return Score(what, _moves_on(method, test), {"untrained": _moves_on(untrained, test)})


def _moves_on(method: Translating, test: Sequence[Pair]) -> float:
    read, written = [], []
    for source, target in test:
        weights = method.alignment(source, target).double()  # (Lt, Ls)
        Lt, Ls = weights.shape
        read.append(weights @ torch.linspace(0, 1, Ls).double())
        written.append(torch.linspace(0, 1, Lt).double())
    return torch.corrcoef(torch.stack([torch.cat(read), torch.cat(written)]))[0, 1].item()


def _share(own: Sequence[str], true: Sequence[str]) -> float:
    return 100 * sum(map(str.__eq__, own, true)) / len(true)
