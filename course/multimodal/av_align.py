"""AV-Align: who hears badly watches. Each moment of a sound looks for the frame that belongs to it.

    v_1 … v_M     a recurrent network over the frames
    h_1 … h_N     a recurrent network over the sound; only its top layer looks     Sterpu et al. 2020, § 3
    α_n           softmax_m(h_n · W v_m)
    h̃_n           tanh(W_c [h_n; Σ_m α_nm v_m])
    writing       a decoder that attends to h̃ alone
    loss          cross entropy + 10 · (W_a v_m − what the face does at frame m)²       § 3.3

Nothing in the loss says that sound and picture run side by side. Where the model has learnt to use both, α is
a diagonal all the same, of slope M / N; and where the sound is late, it lies beside.

What people usually get wrong
- which one asks: the sound is the query, the picture the memory. What is written is read off the sound,
  which may look away from a useless picture, but not the other way round;
- the attention stands behind the *top* layer of the sound's network, where there are states and not samples;
- a picture that is never used: the sound learns first, where it says enough. The regression on what the
  picture shows is the paper's remedy; on the songs of `course.data.singing`, whose consonants are seen only,
  there is nothing to heal, and it costs some songs (benchmarks/results/multimodal.md).

Simplified: one layer each, in both directions; W_c's result is not fed back into the next step, so that all
steps look at once.
Paper: TCD-TIMIT and LRS2, characters: with the regression better by 7 to 30 %, depending on the noise.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from course import expect
from course.attention import masked_softmax
from course.data.singing import REST, VOWELS, Singing
from course.language.decode import beam_search
from course.language.seq2seq import AttentiveSeq2Seq, Memory
from course.language.translate import Vocabulary
from course.record import Record, keep
from course.ssl.method import Method, Told
from course.training.modes import evaluating

# of the mouth; in the paper two action units of a face, lips that part and a jaw that drops
SHOWN = ("height", "darkness")


@dataclass
class Film:
    """Sound and picture of a batch: bands (B, N, bands) and frames (B, M, C, H, W)."""

    bands: Tensor
    frames: Tensor

    @property
    def device(self) -> torch.device:
        return self.bands.device

    def __len__(self) -> int:
        return len(self.bands)


class AVAlign(AttentiveSeq2Seq):
    """A film and target (B, Lt) -> logits (B, Lt, vocabulary), with the interface of all that writes.

    eye: from frames (n, C, H, W) to vectors (n, dim). bands: numbers a moment of sound. dim: of the words and
    of what enters both recurrent networks; hidden: of their states, in each direction. A `record` of `encode`
    keeps "alignment", (B, 1, N, M): where each moment of the sound looks.
    """

    def __init__(
        self,
        vocabulary: int,
        eye: nn.Module,
        bands: int,
        dim: int = 128,
        hidden: int = 256,
        *,
        dropout: float = 0.1,
    ):
        super().__init__(vocabulary, dim, hidden, "gru", dropout=dropout)
        expect.whole(bands=bands)
        self.eye, self.ear = eye, nn.Linear(bands, dim)
        self.video = nn.GRU(dim, hidden, bidirectional=True, batch_first=True)
        self.ask = nn.Linear(2 * hidden, 2 * hidden, bias=False)  # W
        self.join = nn.Linear(4 * hidden, 2 * hidden)  # W_c
        self.act = nn.Linear(2 * hidden, len(SHOWN))  # W_a

    def encode(self, source: Film, record: Record | None = None) -> Memory:  # type: ignore[override]
        """Hear, see, and look from each moment of the sound: a memory of N moments."""
        return self.look(source.bands, self.watch(source.frames), record)

    def watch(self, frames: Tensor) -> Tensor:
        """The picture alone: (B, M, C, H, W) -> v, (B, M, 2H)"""
        if frames.dim() != 5:
            given = tuple(frames.shape)
            raise ValueError(f"frames must be (batch, frames, channels, height, width); got {given}")
        seen = self.eye(frames.flatten(0, 1)).unflatten(0, frames.shape[:2])  # (B, M, dim)
        return self.video(self.dropout(seen))[0]

    def look(self, bands: Tensor, v: Tensor, record: Record | None = None) -> Memory:
        """Each moment of the sound with what it finds: (B, N, bands), (B, M, 2H) -> a memory of N moments"""
        expect.tokens("bands", bands, self.ear.in_features, self.ear.weight)
        expect.same_batch("bands", bands, "the frames", v)
        h, last = self.encoder(self.dropout(self.ear(bands)))  # (B, N, 2H), (2, B, H)
        weights = masked_softmax(h @ self.ask(v).mT)  # (B, N, M)
        keep(record, "alignment", weights[:, None])  # (B, 1, N, M)
        x = self.join(torch.cat([h, weights @ v], dim=-1)).tanh()  # (B, N, 2H)
        everywhere = torch.ones(len(x), 1, x.shape[1], dtype=torch.bool, device=x.device)
        return Memory(x, torch.cat([last[0], last[1]], dim=1), everywhere, self.attention.key(x))


class Alignment(Method):
    """Learnt from films with captions, by `course.training.loop.train`; the eye is what is kept.

    vocabulary: what makes numbers of captions; regression: the factor of what the picture shows, SHOWN, where
    there is a mouth. Tells the share of words that are likeliest.
    """

    def __init__(self, model: AVAlign, vocabulary: Vocabulary, regression: float = 10.0):
        super().__init__(model.eye)
        self.model, self.vocabulary, self.regression = model, vocabulary, regression

    def batch(self, data: Singing, chosen: Tensor, generator: Generator | None = None) -> Any:  # type: ignore[override]
        """-> film, ids (B, L), and what is shown (B, M, 2), 0 … 1, NaN where there is no mouth"""
        ids = self.vocabulary.encode([data.captions[i] for i in chosen.tolist()], begin=True)
        notes = data.notes[chosen]  # (B, M)
        actions = torch.stack([notes % len(VOWELS) / (len(VOWELS) - 1), notes // len(VOWELS)], dim=-1)
        actions = actions.masked_fill(notes[..., None] == REST, torch.nan)
        film = Film(data.bands[chosen], data.frames[chosen])
        return {"film": film, "ids": ids.to(chosen.device), "actions": actions}

    def forward(self, batch: Any) -> tuple[Tensor, Told]:
        film, ids, actions = batch["film"], batch["ids"], batch["actions"]
        v = self.model.watch(film.frames)  # (B, M, 2H)
        logits = self.model.decode(ids[:, :-1], self.model.look(film.bands, v))  # (B, L, V)
        wanted, real = ids[:, 1:], ids[:, 1:] != self.model.padding  # (B, L)
        shown = ~actions.isnan()  # (B, M, 2)
        seen = mse_loss(self.model.act(v)[shown], actions[shown])
        loss = cross_entropy(logits[real], wanted[real])
        right = (logits.detach().argmax(dim=-1) == wanted)[real].float().mean()
        return loss + self.regression * seen, {"right": right, "seen": seen.detach()}

    def health(self, data: Singing) -> Told:  # type: ignore[override]
        """Nothing beyond what the steps tell."""
        return {}


# --- Judging ---------------------------------------------------------------------------------------------


def written(model: AVAlign, data: Singing, vocabulary: Vocabulary, width: int = 1) -> list[str]:
    """What is sung in each film, by beam search; a width of 1 is greedy -> N captions"""
    with evaluating(model):
        film = Film(data.bands, data.frames)
        return vocabulary.decode(beam_search(model, film, width, max_length=10)[0])


@torch.no_grad()
def alignment(model: AVAlign, data: Singing) -> Tensor:
    """Where each moment of the sound looks: -> (N films, moments, frames), rows sum to 1"""
    record: Record = {}
    with evaluating(model):
        model.encode(Film(data.bands, data.frames), record)
    return record["alignment"][0][:, 0]


def lag(weights: Tensor, where: Tensor | None = None) -> Tensor:
    """By how many frames the looks lie behind the diagonal, on the mean: (B, N, M) -> (B,)

    Moment n of N happens in the middle of frame (n + ½) M / N; where: (B, N), bool, the moments that count.
    What looks at frames already over has a positive lag, as a late sound should.
    """
    expect.floating("weights", weights)
    N, M = weights.shape[-2:]
    now = (torch.arange(N, device=weights.device) + 0.5) * M / N  # (N,)
    looks = weights @ (torch.arange(M, device=weights.device) + 0.5)  # (B, N)
    counts = torch.ones_like(looks) if where is None else where.to(looks.dtype)
    return ((now - looks) * counts).sum(dim=-1) / counts.sum(dim=-1)
