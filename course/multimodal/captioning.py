"""Show, attend and tell: a sentence about a picture, each word written while looking at a part of it.

    a_1 … a_N     what a CNN makes of N places                     Xu et al. 2015, section 3.1.1
    h_0, c_0      tanh layers of the mean of a                     section 3.1.2
    α_t           softmax_i(wᵀ tanh(W h_{t−1} + U a_i))            equations 4 and 5
    z_t           β_t Σ_i α_ti a_i, β_t = σ(w_β · h_{t−1})         soft attention, section 4.2
    z_t           β_t a_s, s drawn from α_t                        hard attention, section 4.1
    h_t, c_t      LSTM([e(y_{t−1}); z_t], h_{t−1}, c_{t−1})        equations 1 to 3
    logits_t      L_o (e(y_{t−1}) + L_h h_t + L_z z_t)             equation 7

    soft   −log p(y) + λ Σ_i (1 − Σ_t α_ti)²                       equation 14: look everywhere once
    hard   ∇ ≈ ∇ log p(y|s) + λ_r (log p(y|s) − b) ∇ log p(s) + λ_e ∇ H(α)                  section 4.1

What people usually get wrong
- weights and gate come from the state *before* the word, h_{t−1};
- padding is no step: its weights do not count in Σ_t α_ti;
- the penalty cannot reach 0 unless there are as many words as places: Σ_i Σ_t α_ti is the number of words.
  The official code averages it over places and sums it over the batch; here it is as the paper writes it;
- b may depend on anything but the places drawn: it takes no bias in and variance out. Without one, every
  place drawn is blamed, since log p is negative;
- log p(y|s) in front of ∇ log p(s) is a number, and not differentiated a second time;
- hard attention that still draws while it writes a test caption: there the likeliest place is taken.

Parameters: as `Captioner` says; "coco", without the encoder and with 10,000 words, 34,813,801.
Simplified: the network that scores places has one layer and no bias; words and state share one dropout.
Paper: COCO BLEU-4, soft 24.3, hard 25.0; Flickr30k 19.1 and 19.9.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy

from course import expect
from course.attention import AdditiveAttention
from course.data.captioned import Captioned
from course.language.decode import PADDING, beam_search
from course.language.translate import Vocabulary
from course.record import Record, keep
from course.ssl.method import Batch, Method, Told
from course.training.modes import evaluating
from course.vision.feature_map import feature_map

# --- Losses ----------------------------------------------------------------------------------------------


def doubly_stochastic(weights: Tensor, real: Tensor) -> Tensor:
    """Σ_i (1 − Σ_t α_ti)², the mean over a batch: weights (B, T, N), real (B, T), True where a word is -> ()

    With T words and N places it is at least (N − T)² / N.
    """
    expect.floating("weights", weights)
    if weights.dim() != 3 or real.shape != weights.shape[:2] or real.dtype != torch.bool:
        shapes = f"{tuple(weights.shape)} and {expect.kind(real)} {tuple(real.shape)}"
        raise ValueError(f"weights must be (B, T, N) and real boolean (B, T); got {shapes}")
    seen = (weights * real[..., None]).sum(dim=1)  # (B, N)
    return (1 - seen).square().sum(dim=1).mean()


def reinforce(reward: Tensor, log_p: Tensor, baseline: Tensor | float = 0.0) -> Tensor:
    """A scalar whose gradient estimates that of the expected reward, without a bias.

    reward: (B,), of B draws; log_p: (B,), the logarithm of how likely each draw was, with its gradient;
    baseline: anything that the draws do not change. The *value* means nothing. What the reward itself depends
    on by other ways than the draw is not in it.
    """
    expect.floating("log_p", log_p)
    if reward.shape != log_p.shape:
        raise ValueError(f"reward {tuple(reward.shape)} and log_p {tuple(log_p.shape)} must be one a draw")
    return ((reward - baseline).detach() * log_p).mean()


# --- The model -------------------------------------------------------------------------------------------


@dataclass
class Places:
    """What was seen: places a (B, N, D) and their keys U a (B, N, attention)."""

    a: Tensor
    keys: Tensor

    def select(self, rows: Tensor) -> "Places":
        """These rows of the batch, in this order."""
        return Places(self.a[rows], self.keys[rows])


@dataclass
class Writing:
    """Where a caption that is being written stands: what was seen, h and c (B, n) each."""

    memory: Places
    h: Tensor
    c: Tensor

    def select(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order: what a beam search does after each step."""
        self.memory, self.h, self.c = self.memory.select(rows), self.h[rows], self.c[rows]


class Map(nn.Module):
    """An encoder of the course as a captioner looks with it: images (B, C, H, W) -> a map (B, D, h, w)

    By itself, the encoder is what is kept of a training.
    """

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def forward(self, images: Tensor) -> Tensor:
        return feature_map(self.encoder, images)


class Captioner(nn.Module):
    """An LSTM that looks with soft attention: images and target (B, L) -> logits (B, L, vocabulary)

    encoder: from images to a map (B, places_dim, H, W). dim: of the words' embedding; hidden: of the state;
    attention: of the network that scores places. Logits[:, t] are about word t + 1. It writes by the searches
    of `course.language.decode`. A `record` of `decode` keeps "cross_weights",
    (B, 1, L, N), and "gate", (B, L).

    Parameters beside the encoder's, D places_dim, m dim, n hidden, k attention, V vocabulary:
    V m + 2 (D n + n) + k (n + D + 1) + (n + 1) + 4n (m + D + n + 2) + n m + D m + V m + V.
    """

    def __init__(
        self,
        encoder: nn.Module,
        places_dim: int,
        vocabulary: int,
        dim: int = 512,
        hidden: int = 1800,
        attention: int = 512,
        *,
        dropout: float = 0.5,
        padding: int = PADDING,
    ):
        super().__init__()
        expect.whole(
            places_dim=places_dim, vocabulary=vocabulary, dim=dim, hidden=hidden, attention=attention
        )
        expect.rate(dropout=dropout)
        self.encoder, self.padding = encoder, padding
        self.embedding = nn.Embedding(vocabulary, dim)
        self.first_h, self.first_c = (nn.Linear(places_dim, hidden) for _ in range(2))
        self.attention = AdditiveAttention(hidden, places_dim, attention)
        self.gate = nn.Linear(hidden, 1)  # β
        self.cell = nn.LSTMCell(dim + places_dim, hidden)
        self.from_state = nn.Linear(hidden, dim, bias=False)  # L_h
        self.from_context = nn.Linear(places_dim, dim, bias=False)  # L_z
        self.output = nn.Linear(dim, vocabulary)  # L_o
        self.dropout = nn.Dropout(dropout)

    def forward(self, images: Tensor, target: Tensor, record: Record | None = None) -> Tensor:
        """Teacher forcing: each step is told the true words before it."""
        return self.decode(target, self.encode(images), record)

    def encode(self, images: Tensor) -> Places:
        """Look once at everything: images -> N places of D numbers"""
        seen = self.encoder(images)  # (B, D, H, W)
        if seen.dim() != 4 or seen.shape[1] != self.first_h.in_features:
            D, given = self.first_h.in_features, tuple(seen.shape)
            raise ValueError(f"the encoder must make maps (batch, {D}, height, width); got {given}")
        a = seen.flatten(2).transpose(1, 2)  # (B, N, D)
        return Places(a, self.attention.key(a))

    def start(self, memory: Places) -> Writing:
        """Ready to write the first word."""
        mean = memory.a.mean(dim=1)  # (B, D)
        return Writing(memory, self.first_h(mean).tanh(), self.first_c(mean).tanh())

    def decode(self, target: Tensor, memory: Places, record: Record | None = None) -> Tensor:
        """Logits at every position, one after the other: (B, L) -> (B, L, vocabulary)"""
        expect.token_ids("target", target, len(self.embedding.weight), self.output.weight)
        expect.not_empty("target", target)
        expect.same_batch("target", target, "the images", memory.a)
        state = self.start(memory)
        seen: Record = {}
        logits = torch.stack([self.step(words, state, seen) for words in target.unbind(1)], dim=1)
        for name, steps in seen.items():
            joined = torch.cat(steps, dim=2) if name == "cross_weights" else torch.stack(steps, dim=1)
            keep(record, name, joined)  # (B, 1, L, N), or (B, L)
        return logits

    def step(self, tokens: Tensor, state: Writing, record: Record | None = None) -> Tensor:
        """One more word a row, (B,) -> logits about the next, (B, vocabulary); `state` moves on."""
        expect.next_tokens("tokens", tokens)
        e = self.embedding(tokens)  # (B, m)
        seen, weights = self.look(state, record)  # (B, D), (B, N)
        beta = self.gate(state.h).sigmoid()  # (B, 1)
        z = beta * seen  # (B, D)
        keep(record, "cross_weights", weights[:, None, None])  # (B, 1, 1, N)
        keep(record, "gate", beta[:, 0])
        state.h, state.c = self.cell(torch.cat([e, z], dim=1), (state.h, state.c))
        return self.output(self.dropout(e + self.from_state(self.dropout(state.h)) + self.from_context(z)))

    def look(self, state: Writing, record: Record | None = None) -> tuple[Tensor, Tensor]:
        """What is seen before the next word, here a mean of all places, and the weights: (B, D), (B, N)"""
        places = state.memory
        seen, weights = self.attention.attend(state.h[:, None], places.keys, places.a)  # (B, 1, ·) each
        return seen[:, 0], weights[:, 0]


class HardCaptioner(Captioner):
    """The same, looking at one place at a time: drawn by its weights in training, else the likeliest.

    soft: the share of looks in training, by image and step, that are soft all the same, which makes the
    estimate calmer (the paper: of images). A `record` keeps "log_choice" as well, (B, L): the logarithm of
    how likely the place drawn was, 0 where none was.
    """

    def __init__(self, *sizes: Any, soft: float = 0.5, **options: Any):
        super().__init__(*sizes, **options)
        expect.share(soft=soft)
        self.soft = soft

    def look(self, state: Writing, record: Record | None = None) -> tuple[Tensor, Tensor]:
        mean, weights = super().look(state)  # (B, D), (B, N)
        a = state.memory.a
        chosen = weights.multinomial(1) if self.training else weights.argmax(dim=1, keepdim=True)  # (B, 1)
        seen = a.gather(1, chosen[..., None].expand(-1, -1, a.shape[2]))[:, 0]  # (B, D)
        log_choice = weights.gather(1, chosen).clamp_min(1e-12).log()[:, 0]  # (B,)
        if self.training and self.soft:
            soft = torch.rand(len(a), device=a.device) < self.soft  # (B,)
            seen = torch.where(soft[:, None], mean, seen)
            log_choice = log_choice.where(~soft, 0)
        keep(record, "log_choice", log_choice)
        return seen, weights


# --- Training --------------------------------------------------------------------------------------------


class Captioning(Method):
    """Captions learnt from captioned images, by `course.training.loop.train`; the encoder is what is kept.

    vocabulary: what makes numbers of captions; penalty: λ. Tells the share of words that are likeliest.
    """

    def __init__(self, model: Captioner, vocabulary: Vocabulary, penalty: float = 1.0):
        super().__init__(model.encoder.encoder if isinstance(model.encoder, Map) else model.encoder)
        self.model, self.vocabulary, self.penalty = model, vocabulary, penalty

    def batch(self, data: Captioned, chosen: Tensor, generator: Generator | None = None) -> Batch:  # type: ignore[override]
        """-> images (B, C, H, W), standardised, and ids (B, L)"""
        ids = self.vocabulary.encode([data.captions[i] for i in chosen.tolist()], begin=True)
        return {"images": data.normalised(chosen), "ids": ids.to(chosen.device)}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        record: Record = {}
        ids = batch["ids"]
        logits = self.model(batch["images"], ids[:, :-1], record)  # (B, L, V)
        wanted = ids[:, 1:]  # (B, L)
        loss = cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=self.model.padding, reduction="none"
        ).view(wanted.shape)  # (B, L), 0 at padding
        real = wanted != self.model.padding
        right = (logits.detach().argmax(dim=-1) == wanted)[real].float().mean()
        return self.objective(-loss.sum(dim=1), real, record), {"right": right}

    def objective(self, log_p: Tensor, real: Tensor, record: Record) -> Tensor:
        """What is made small: log p of each caption (B,), where its words are (B, L), weights -> scalar"""
        weights = record["cross_weights"][0][:, 0]  # (B, L, N)
        return (-log_p.mean() + self.penalty * doubly_stochastic(weights, real)) / real.sum(
            dim=1
        ).float().mean()

    def health(self, data: Captioned) -> Told:  # type: ignore[override]
        """Nothing beyond what the steps tell."""
        return {}


class HardCaptioning(Captioning):
    """The same for a `HardCaptioner`: reward λ_r, entropy λ_e, and a moving mean of log p as the baseline.

    momentum: how much of the baseline stays behind a step.
    """

    baseline: Tensor

    def __init__(
        self,
        model: HardCaptioner,
        vocabulary: Vocabulary,
        reward: float = 1.0,
        entropy: float = 0.002,
        momentum: float = 0.9,
    ):
        super().__init__(model, vocabulary, penalty=0.0)
        expect.share(momentum=momentum)
        self.reward, self.entropy, self.momentum = reward, entropy, momentum
        self.register_buffer("baseline", torch.tensor(float("nan")))

    def objective(self, log_p: Tensor, real: Tensor, record: Record) -> Tensor:
        log_choice = (record["log_choice"][0] * real).sum(dim=1)  # (B,)
        weights = record["cross_weights"][0][:, 0]  # (B, L, N)
        spread = -(weights * weights.clamp_min(1e-12).log()).sum(dim=-1)  # (B, L), entropy
        mean = log_p.detach().mean()
        if self.baseline.isnan():  # the first batch is its own
            self.baseline.copy_(mean)
        chosen = reinforce(log_p, log_choice, self.baseline)
        self.baseline.lerp_(mean, 1 - self.momentum)
        value = log_p.mean() + self.reward * chosen + self.entropy * (spread * real).sum(dim=1).mean()
        return -value / real.sum(dim=1).float().mean()


# --- Judging ---------------------------------------------------------------------------------------------


def written(model: Captioner, images: Tensor, vocabulary: Vocabulary, width: int = 1) -> list[str]:
    """Captions of standardised images, (B, C, H, W), by beam search; a width of 1 is greedy -> B sentences"""
    with evaluating(model):
        return vocabulary.decode(beam_search(model, images, width, max_length=30)[0])


def words_right(captions: Sequence[str], references: Sequence[str]) -> float:
    """The share of the references' words that a caption has at the same place, 0 … 1."""
    if len(captions) != len(references) or not references:
        counts = f"{len(captions)} captions and {len(references)} references"
        raise ValueError(f"each caption needs one reference, but there are {counts}")
    pairs = [(one.split(), other.split()) for one, other in zip(captions, references)]
    right = sum(a == b for one, other in pairs for a, b in zip(one, other))
    return right / sum(max(len(one), len(other)) for one, other in pairs)


def mass_inside(weights: Tensor, masks: Tensor) -> Tensor:
    """How much of each look falls on the shape: weights (B, 1, L, N), masks (B, H, W), bool -> (B, L), 0 … 1

    N places make a square grid over the image; a place counts by the share of it that is the shape's.
    """
    side = math.isqrt(weights.shape[-1])
    if side * side != weights.shape[-1]:
        raise ValueError(f"{weights.shape[-1]} places make no square grid")
    covered = adaptive_avg_pool2d(masks[:, None].float(), side).flatten(1)  # (B, N)
    return (weights[:, 0] * covered[:, None]).sum(dim=-1)


VARIANTS = {
    "coco": dict(places_dim=512, dim=512, hidden=1800, attention=512),
}


def build(
    variant: str, encoder: nn.Module, vocabulary: int, hard: bool = False, **overrides: Any
) -> Captioner:
    """A variant of the paper, around an encoder of maps: `build("coco", vgg, 10_000)`, soft or `hard`."""
    expect.variant(variant, VARIANTS)
    kind = HardCaptioner if hard else Captioner
    return kind(encoder, vocabulary=vocabulary, **{**VARIANTS[variant], **overrides})
