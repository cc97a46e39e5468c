"""Training and judging a model that translates: vocabularies, batches, loss, learning rate, scores.

    loss    −Σ_k q_k log p_k with q = 1 − ε on the true token and ε / V on every one    Szegedy et al. 2016
    rate    lr = dim^−0.5 · min(step^−0.5, step · warmup^−1.5)      Vaswani et al. 2017, equation 3
    BLEU    n-grams of words that translation and reference share   Papineni et al. 2002
    chrF    n-grams of characters, recall counting twice            Popović 2015

What people usually get wrong
- the decoder's input is `target[:, :-1]`, and what it must say `target[:, 1:]`;
- padding counts neither in the loss nor in the number of tokens it is divided by;
- a batch is measured in tokens *with* padding, and sentences of like length go together: less is wasted;
- a smoothed loss cannot reach 0, so what is compared between models is the unsmoothed one;
- BLEU of the whole corpus is not the mean of the sentences' BLEU.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Self

import torch
from torch import Tensor, nn

from course import expect
from course.language.decode import BEGIN, END, PADDING, Writer, beam_search
from course.training.modes import tensor_of

UNKNOWN = 3
Pair = tuple[str, str]

# --- Text to numbers, and back ---------------------------------------------------------------------------


class Vocabulary:
    """Texts as token numbers, behind the four tokens padding 0, begin 1, end 2 and unknown 3.

    What a token is a subclass says, by `split` and `join`. entries: all tokens, each once, in their order.
    """

    def __init__(self, entries: Sequence[str]):
        self.entries = list(entries)
        self._number = {entry: UNKNOWN + 1 + i for i, entry in enumerate(self.entries)}

    @classmethod
    def of(cls, entries: Sequence[str]) -> Self:
        """The vocabulary of these tokens, such as the `entries` of one that was kept with a model."""
        made = cls.__new__(cls)
        Vocabulary.__init__(made, entries)
        return made

    def __len__(self) -> int:
        return UNKNOWN + 1 + len(self.entries)

    def split(self, text: str) -> list[str]:
        """A text as its tokens."""
        raise NotImplementedError

    def join(self, tokens: Sequence[str]) -> str:
        """Tokens as a text."""
        raise NotImplementedError

    def encode(self, texts: Sequence[str], begin: bool = False) -> Tensor:
        """Sentences as numbers, each with its end, then padding: B texts -> (B, L)

        With `begin` they start with the token that says so: what a decoder is given.
        """
        several(texts)
        first = [BEGIN] if begin else []
        rows = [first + [self._number.get(t, UNKNOWN) for t in self.split(text)] + [END] for text in texts]
        ids = torch.full((len(rows), max(map(len, rows), default=0)), PADDING)
        for row, numbers in zip(ids, rows):
            row[: len(numbers)] = torch.tensor(numbers)
        return ids

    def decode(self, ids: Tensor) -> list[str]:
        """Numbers as sentences, each up to its end: (B, L) -> B texts; unknown becomes �"""
        expect.token_ids("ids", ids, len(self), ids)
        texts = []
        for row in ids.tolist():
            row = row[: row.index(END)] if END in row else row
            texts.append(self.join([self._token(number) for number in row if number >= UNKNOWN]))
        return texts

    def _token(self, number: int) -> str:
        return "�" if number == UNKNOWN else self.entries[number - UNKNOWN - 1]


class Characters(Vocabulary):
    """A vocabulary of characters.

    `texts`: where the characters are collected; the numbers follow the alphabet, whatever the texts' order.
    """

    def __init__(self, texts: Iterable[str]):
        several(texts)
        super().__init__(sorted(set().union(*texts)))

    def split(self, text: str) -> list[str]:
        return list(text)

    def join(self, tokens: Sequence[str]) -> str:
        return "".join(tokens)


WORD = re.compile(r"\w+(?:-\w+)*(?:['’](?=\w))?|[^\w\s]")  # an elided article keeps its apostrophe: l'
CLOSE = re.compile(r" (?=[.,!?;:)…])|(?<=[('’]) ")  # spaces that nobody writes


class Words(Vocabulary):
    """A vocabulary of words and punctuation, as they are written: *L'homme dort.* is L' homme dort .

    `texts`: where they are counted; a word that is there less than `least` times is unknown. The numbers
    follow the alphabet, whatever the texts' order. Joined again, a text has the usual spaces, except around
    quotation marks.
    """

    def __init__(self, texts: Iterable[str], least: int = 1):
        several(texts)
        expect.whole(least=least)
        counts = Counter(word for text in texts for word in self.split(text))
        super().__init__(sorted(word for word, count in counts.items() if count >= least))

    def split(self, text: str) -> list[str]:
        return WORD.findall(text)

    def join(self, tokens: Sequence[str]) -> str:
        return CLOSE.sub("", " ".join(tokens))


def several(texts: Iterable[str]) -> None:
    """Refuse a single text in the place of several, which Python would read letter by letter."""
    if isinstance(texts, str):
        raise TypeError("texts must be several texts; got one str: write [text]")


def batches(
    pairs: Sequence[Pair],
    vocabulary: Vocabulary,
    tokens: int = 4096,
    generator: torch.Generator | None = None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """All pairs once, as (source, target), (B, Ls) and (B, Lt).

    A batch has at most `tokens` tokens a side, padding counted; a single pair that is longer makes a batch of
    its own. Pairs of like length go together; with a `generator` equal lengths and the batches are shuffled.
    """
    expect.whole(tokens=tokens)
    counts = [[len(vocabulary.split(text)) for text in pair] for pair in pairs]
    length = [max(count) + 2 for count in counts]
    order = list(range(len(pairs))) if generator is None else _shuffled(len(pairs), generator)
    order.sort(key=lambda i: (length[i], counts[i][0]))  # a stable sort: equals stay shuffled
    groups: list[list[int]] = []
    for i in order:
        if not groups or length[i] * (len(groups[-1]) + 1) > tokens:
            groups.append([])
        groups[-1].append(i)
    for g in range(len(groups)) if generator is None else _shuffled(len(groups), generator):
        source, target = zip(*(pairs[i] for i in groups[g]))
        yield vocabulary.encode(source), vocabulary.encode(target, begin=True)


def _shuffled(n: int, generator: torch.Generator) -> list[int]:
    return torch.randperm(n, generator=generator).tolist()


# --- Learning --------------------------------------------------------------------------------------------


def smoothed_cross_entropy(logits: Tensor, labels: Tensor, smoothing: float = 0.1) -> Tensor:
    """Mean cross-entropy in nats a token, padding not counted.  logits: (B, L, V), labels: (B, L) -> ()

    What is wanted is 1 − ε + ε/V on the true token and ε/V on each other; with ε = 0 it is the usual loss.
    Where a logit is −∞, ε > 0 wants something of a token that cannot be, and the loss is infinite.
    """
    expect.rate(smoothing=smoothing)
    expect.floating("logits", logits)
    expect.token_ids("labels", labels, logits.shape[-1], logits)
    if logits.shape[:-1] != labels.shape:
        shapes = f"logits {tuple(logits.shape)} and labels {tuple(labels.shape)}"
        raise ValueError(f"{shapes} do not belong together")
    log_p = logits.log_softmax(-1)  # (B, L, V)
    true = log_p.gather(-1, labels[..., None]).squeeze(-1)  # (B, L)
    loss = -(1 - smoothing) * true  # (B, L)
    if smoothing:  # 0 · ∞ would be no number
        loss = loss - smoothing * log_p.mean(-1)
    real = labels != PADDING
    return loss.where(real, 0).sum() / real.sum()


def warmup_rate(step: int, dim: int, warmup: int = 4000, scale: float = 1.0) -> float:
    """The paper's learning rate at step 1, 2, …: it grows to (dim · warmup)^−0.5, then falls as step^−0.5."""
    expect.whole(step=step, dim=dim, warmup=warmup)
    return scale * dim**-0.5 * min(step**-0.5, step * warmup**-1.5)


def train(
    model: nn.Module,
    data: Iterable[tuple[Tensor, Tensor]],
    rate: Callable[[int], float],
    *,
    smoothing: float = 0.1,
    clip: float = 1.0,
) -> Iterator[Tensor]:
    """Learn from each (source, target), by Adam as in the paper, and yield the loss of each step.

    It learns while it is asked: `for step, loss in enumerate(train(model, data, rate), 1): …`, and between
    two steps you may look at the model. `rate` gives the learning rate of a step; a gradient whose norm is
    above `clip` is scaled down to it.
    """
    optimiser = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9, foreach=True)
    device = tensor_of(model).device
    for step, (source, target) in enumerate(data, 1):
        for group in optimiser.param_groups:
            group["lr"] = rate(step)
        model.train()
        source, target = source.to(device), target.to(device)
        logits = model(source, target[:, :-1])  # all but the last token in, all but the first out
        loss = smoothed_cross_entropy(logits, target[:, 1:], smoothing)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimiser.step()
        yield loss.detach()


@torch.no_grad()
def validation_loss(model: nn.Module, data: Iterable[tuple[Tensor, Tensor]]) -> float:
    """The mean cross-entropy in nats a target token, without smoothing and without dropout."""
    device = tensor_of(model).device
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    for source, target in data:
        source, target = source.to(device), target.to(device)
        n = int((target[:, 1:] != PADDING).sum())
        total += n * float(smoothed_cross_entropy(model(source, target[:, :-1]), target[:, 1:], 0.0))
        count += n
    model.train(was_training)
    return total / count if count else math.nan


# --- Judging ---------------------------------------------------------------------------------------------


def translate(
    model: Writer, texts: Sequence[str], vocabulary: Vocabulary, width: int = 4, max_length: int = 100
) -> list[str]:
    """Sentences translated, in one batch, by beam search; a `width` of 1 is greedy."""
    source = vocabulary.encode(texts)
    if not len(source):
        return []
    if isinstance(model, nn.Module):
        source = source.to(tensor_of(model).device)
    return vocabulary.decode(beam_search(model, source, width, max_length=max_length)[0])


def bleu(translations: Sequence[str], references: Sequence[str]) -> float:
    """BLEU of the corpus, 0 to 100, with sacrebleu's standard tokens ("13a"); one reference a sentence.

    Of effective order: the geometric mean is over the orders, up to 4, of which the translations have n-grams
    at all. A corpus without a sentence of four tokens is judged by shorter n-grams, and is not 0 although it
    is perfect; where there is one such sentence, this is the usual BLEU.
    """
    import sacrebleu  # slow to import, and only needed here

    _check_references(translations, references)
    found = sacrebleu.corpus_bleu(list(translations), [list(references)], use_effective_order=True).score
    return min(found, 100.0)  # the exponential of a logarithm: 100.00000000000004


def chrf(translations: Sequence[str], references: Sequence[str]) -> float:
    """chrF2 of the corpus, 0 to 100, by sacrebleu: character n-grams up to 6; one reference a sentence."""
    import sacrebleu

    _check_references(translations, references)
    return sacrebleu.corpus_chrf(list(translations), [list(references)]).score


def _check_references(translations: Sequence[str], references: Sequence[str]) -> None:
    if isinstance(translations, str) or isinstance(references, str):
        raise TypeError("translations and references must be several texts; got one str: write [text]")
    if len(translations) != len(references) or not translations:
        counts = f"{len(translations)} translations and {len(references)} references"
        raise ValueError(f"each translation needs one reference, but there are {counts}")
