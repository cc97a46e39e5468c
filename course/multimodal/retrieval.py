"""MMT: which video does a sentence describe? Experts look at a video, one for each modality, and are weighed.

    Ω = [agg_1, frames of expert 1, agg_2, frames of 2, …] + expert + time     Gabeur et al. 2020, figure 2
    ψ_e = the Transformer's output at agg_e;   φ_e = gated unit of the text,  x ⊙ σ(W x + b), x = V t + c
    s(text, video) = Σ_e w_e a_e ⟨φ_e, ψ_e⟩ / Σ_e w_e a_e,      w = softmax(W t),  a_e: is expert e there?
    L = mean over i ≠ j of  max(0, m − s_ii + s_ij) + max(0, m − s_ii + s_ji)                      equation 4

What people usually get wrong
- a video without sound has no sound vector, not a zero one: it is hidden from attention, and the weights of
  the experts that are there are divided by their sum, or silent videos come last in every list;
- a video with no expert at all: 0 / 0. Here it has similarity 0 to every text;
- the aggregate token is the *maximum* over time of the frames, and has no time of its own;
- ties: a model for which all videos are alike is at chance, and neither first nor last everywhere (`ranked`);
- the diagonal is no negative of itself;
- w is learnt with what it weighs: an expert whose facts are hard is given up before they are learnt
  (`Retrieval`, `patience`).

Parameters beside the text tower's, with E experts of f_e numbers, T times, width d, n hidden units, text
width t: Σ_e (f_e + 1) d + (E + T) d + layers · (4d² + 2dn + 9d + n) + E (td + d² + 2d) + E (t + 1).
Simplified: no [CLS] token before all experts, no batch norm in the gated units; any module that ends
in a vector reads the text, where the paper fine-tunes BERT.
Paper: MSR-VTT, text to video, trained on 1k-A: R@1 24.6, R@5 54.0, R@10 67.1, median rank 4.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import normalize

from course import expect
from course.data.videos import Videos
from course.language.transformer_layers import EncoderLayer
from course.language.translate import Vocabulary
from course.record import Record
from course.ssl.method import Batch, Method, Told, decayed
from course.training.modes import evaluating

# --- Similarity, loss, ranks -----------------------------------------------------------------------------


def similarity(text: Tensor, weights: Tensor, video: Tensor, available: Tensor) -> Tensor:
    """Every text with every video, by the experts that are there: -> (T, V)

    text: (T, E, D), weights: (T, E), not negative; video: (V, E, D), available: (V, E), bool. What stands in
    `video` where nothing is available, be it NaN, changes nothing.
    """
    expect.channels_last("video", video, text.shape[-1], text)
    if available.dtype != torch.bool or available.shape != video.shape[:-1]:
        given = f"{expect.kind(available)} {tuple(available.shape)}"
        raise ValueError(f"available must be boolean, {tuple(video.shape[:-1])}, as video; got {given}")
    if weights.shape != text.shape[:-1] or text.shape[1] != video.shape[1]:
        shapes = ", ".join(str(tuple(x.shape)) for x in (text, weights, video))
        raise ValueError(f"text (T, E, D), weights (T, E) and video (V, E, D) do not fit: {shapes}")
    video = video.masked_fill(~available[..., None], 0)  # 0 · NaN would be NaN
    dots = torch.einsum("ted,ved->tve", text, video)  # (T, V, E)
    shares = weights[:, None] * available  # (T, V, E)
    total = shares.sum(-1)  # (T, V)
    return (shares * dots).sum(-1) / total.where(total > 0, 1)


def max_margin(scores: Tensor, margin: float = 0.05) -> Tensor:
    """How far wrong pairs come within `margin` of the right ones: scores (B, B), right on the diagonal -> ()

    Both ways, as a mean over the 2B (B − 1) wrong pairs; it is `margin` where all scores are alike.
    """
    expect.floating("scores", scores)
    if scores.dim() != 2 or scores.shape[0] != scores.shape[1] or len(scores) < 2:
        given = tuple(scores.shape)
        raise ValueError(f"scores must be (batch, batch), text by video, of two pairs or more; got {given}")
    right = scores.diagonal()
    other = ~torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    by_text = (margin - right[:, None] + scores).relu()  # (B, B)
    by_video = (margin - right[None, :] + scores).relu()
    return (by_text[other].mean() + by_video[other].mean()) / 2


@dataclass(frozen=True)
class Ranks:
    """Where the first right item stands in each query's list, and what that is in numbers.

    rank: (Q,), from 1 on, the expected one where items tie; recall: by k, the expected share of queries that
    find a right item among the first k, 0 … 1; `median` and `mean` are of the ranks.
    """

    rank: Tensor
    recall: dict[int, float]
    median: float
    mean: float

    def __str__(self) -> str:
        shares = " · ".join(f"R@{k} {100 * share:.1f}" for k, share in self.recall.items())
        return f"{shares} · median rank {self.median:g} · mean rank {self.mean:.1f}"


def ranked(scores: Tensor, right: Tensor | None = None, at: tuple[int, ...] = (1, 5, 10)) -> Ranks:
    """Retrieval in figures, ties drawn by lot: scores (Q, N) -> Ranks

    right: (Q, N), bool, which items answer a query, one at least; without it, item i answers query i. Items
    with equal scores are taken to stand in a random order, so that equal scores throughout give chance: R@k
    of k / N, rank (N + 1) / 2. Compare scores of one matrix: another product differs in the last digit.

    Raises ValueError for NaN, which no list can place, and for a query without an answer.
    """
    expect.floating("scores", scores)
    if right is None:
        right = torch.eye(*scores.shape, dtype=torch.bool, device=scores.device)
    if scores.dim() != 2 or right.shape != scores.shape or right.dtype != torch.bool or not scores.numel():
        shapes = f"{tuple(scores.shape)} and {expect.kind(right)} {tuple(right.shape)}"
        raise ValueError(f"scores and right must be (queries, items), right boolean; got {shapes}")
    if scores.isnan().any():
        raise ValueError("scores hold NaN, which has no place in a list: mend the model first")
    if not right.any(dim=1).all():
        raise ValueError(f"query {int(right.any(dim=1).int().argmin())} has no right item")
    for k in at:
        expect.whole(k=k)
    best = scores.masked_fill(~right, -math.inf).amax(dim=1, keepdim=True)  # (Q, 1)
    above = (scores > best).sum(dim=1)  # (Q,), all of them wrong
    wrong = ((scores == best) & ~right).sum(dim=1).double()  # that tie with the best right one
    good = ((scores == best) & right).sum(dim=1).double()
    rank = above + (wrong + good + 1) / (good + 1)  # the first of `good` among `good + wrong`, by lot
    recall = {k: float(_found(k - above, wrong, good).mean()) for k in at}
    return Ranks(rank, recall, float(rank.quantile(0.5)), float(rank.mean()))


def _found(places: Tensor, wrong: Tensor, good: Tensor) -> Tensor:
    """The chance that one of `good` is among the first `places` of good + wrong in random order: (Q,) each

    1 − C(wrong, places) / C(wrong + good, places), and 1 where there are not so many wrong ones.
    """
    drawn = places.double().clamp(min=0)
    few = torch.minimum(drawn, wrong)
    logarithm = (wrong + 1).lgamma() - (wrong - few + 1).lgamma()
    logarithm = logarithm - (wrong + good + 1).lgamma() + (wrong + good - few + 1).lgamma()
    return torch.where(drawn > wrong, 1.0, 1 - logarithm.exp())


# --- The model -------------------------------------------------------------------------------------------


class VideoTower(nn.Module):
    """What every expert makes of a video, having heard the others: -> (B, E, dim) and available (B, E)

    experts: the width of each one's features. Called with the features by name, (B, T, width), one a second,
    and which of them are there, (B, T) bool. T may differ by expert, and is at most `times`. An expert is
    available where one frame of it is. A `record` keeps "weights", (B, heads, L, L) of each layer.
    """

    def __init__(
        self,
        experts: Mapping[str, int],
        times: int = 30,
        dim: int = 512,
        heads: int = 4,
        hidden: int = 3072,
        layers: int = 4,
        *,
        dropout: float = 0.1,
    ):
        super().__init__()
        expect.whole(experts=len(experts), times=times, layers=layers, **experts)
        self.enter = nn.ModuleDict({name: nn.Linear(width, dim) for name, width in experts.items()})
        self.expert = nn.Parameter(0.02 * torch.randn(len(experts), dim))
        self.time = nn.Parameter(dim**-0.5 * torch.randn(times, dim))  # as loud as frames, of length 1
        self.layers = nn.ModuleList(
            EncoderLayer(dim, heads, hidden, activation=nn.GELU(), dropout=dropout) for _ in range(layers)
        )

    def forward(
        self, features: Mapping[str, Tensor], there: Mapping[str, Tensor], record: Record | None = None
    ) -> tuple[Tensor, Tensor]:
        if {*features} != {*self.enter} or {*there} != {*self.enter}:
            raise ValueError(f"the experts are {', '.join(self.enter)}; got {', '.join(features)}")
        tokens, seen, starts, start = [], [], [], 0
        for number, (name, enter) in enumerate(self.enter.items()):
            assert isinstance(enter, nn.Linear)
            x, real = features[name], there[name]  # (B, T, width), (B, T)
            expect.tokens(f"the features of {name}", x, enter.in_features, self.time)
            T = x.shape[1]
            if real.shape != x.shape[:2] or real.dtype != torch.bool or not 0 < T <= len(self.time):
                raise ValueError(
                    f"{name} has features {tuple(x.shape)} and marks {tuple(real.shape)}: there must be one "
                    f"boolean mark a frame, and 1 to {len(self.time)} frames"
                )
            frames = normalize(enter(x.masked_fill(~real[..., None], 0)), dim=-1)  # (B, T, dim)
            together = frames.masked_fill(~real[..., None], -math.inf).amax(
                dim=1, keepdim=True
            )  # (B, 1, dim)
            together = together.where(real.any(dim=1)[:, None, None], 0)
            tokens += [together + self.expert[number], frames + self.expert[number] + self.time[:T]]
            seen += [real.any(dim=1, keepdim=True), real]
            starts.append(start)
            start += 1 + T
        x, mask = torch.cat(tokens, dim=1), torch.cat(seen, dim=1)  # (B, L, dim), (B, L)
        for layer in self.layers:
            x = layer(x, mask[:, None, None], record=record)
        return normalize(x[:, starts], dim=-1), mask[:, starts]


class GatedUnit(nn.Module):
    """What a text says to one expert: x = V t + c, x ⊙ σ(W x + b), of length 1: (T, text) -> (T, dim)"""

    def __init__(self, text: int, dim: int):
        super().__init__()
        self.enter, self.gate = nn.Linear(text, dim), nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(x)  # (T, dim)
        return normalize(x * self.gate(x).sigmoid(), dim=-1)


class MMT(nn.Module):
    """A tower of experts and one of words: features, marks and ids (T, L) -> similarities (T, B)

    text: any module that makes vectors (T, width) of ids, such as `course.multimodal.clip.TextTower`.
    """

    def __init__(self, video: VideoTower, text: nn.Module, width: int):
        super().__init__()
        E, dim = video.expert.shape
        self.video, self.text = video, text
        self.units = nn.ModuleList(GatedUnit(width, dim) for _ in range(E))
        self.weigh = nn.Linear(width, E)

    def forward(self, features: Mapping[str, Tensor], there: Mapping[str, Tensor], ids: Tensor) -> Tensor:
        video, available = self.video(features, there)  # (B, E, dim), (B, E)
        return similarity(*self.read(ids), video, available)

    def read(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """What a text says to each expert, and how much it asks each: (T, L) -> (T, E, dim), (T, E)"""
        t = self.text(ids)  # (T, width)
        return torch.stack([unit(t) for unit in self.units], dim=1), self.weigh(t).softmax(dim=-1)


# --- Training --------------------------------------------------------------------------------------------


class Retrieval(Method):
    """MMT learnt from captioned videos, by `course.training.loop.train`; what is kept is the video tower.

    vocabulary: what makes numbers of captions. patience: the learning rate of the experts' weights, as a
    share of all others': an expert whose facts are hard is otherwise given up before they are learnt. Tells
    the share of texts that find their video in the batch.
    """

    def __init__(self, model: MMT, vocabulary: Vocabulary, margin: float = 0.05, patience: float = 1.0):
        super().__init__(model.video)
        expect.share(patience=patience)
        self.model, self.vocabulary, self.margin, self.patience = model, vocabulary, margin, patience

    def batch(self, data: Videos, chosen: Tensor, generator: Generator | None = None) -> Any:  # type: ignore[override]
        """-> features and marks by expert, and ids (B, L)"""
        ids = self.vocabulary.encode([data.captions[i] for i in chosen.tolist()], begin=True)
        return {
            "features": {name: x[chosen] for name, x in data.features.items()},
            "there": {name: x[chosen] for name, x in data.there.items()},
            "ids": ids.to(chosen.device),
        }

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        scores = self.model(**batch)  # (B, B)
        found = torch.tensor(ranked(scores.detach()).recall[1])
        return max_margin(scores, self.margin), {"found": found}

    def groups(self, weight_decay: float) -> list[dict[str, Any]]:
        """As of every method, with the layer that weighs the experts apart."""
        slow = {*self.model.weigh.parameters()}
        others = decayed((p for p in self.parameters() if p not in slow), weight_decay)
        return others + decayed(slow, weight_decay, self.patience)

    def health(self, data: Videos) -> Told:  # type: ignore[override]
        """Nothing beyond what the steps tell."""
        return {}


@torch.no_grad()
def scores(model: MMT, data: Videos, vocabulary: Vocabulary) -> Tensor:
    """Every caption of a set with every video of it: -> (N, N), text by video"""
    with evaluating(model):
        return model(data.features, data.there, vocabulary.encode(data.captions, begin=True))


VARIANTS: dict[str, dict[str, Any]] = {
    "paper": dict(times=30, dim=512, heads=4, hidden=3072, layers=4, dropout=0.1),
}


def build(variant: str, experts: Mapping[str, int], text: nn.Module, width: int, **overrides: Any) -> MMT:
    """The sizes of the paper, `build("paper", {"motion": 1024, "sound": 128}, text, 768)`, or others."""
    expect.variant(variant, VARIANTS)
    return MMT(VideoTower(experts, **{**VARIANTS[variant], **overrides}), text, width)
