"""The smallest Transformer that learns something: one layer, built around whatever attention it is handed.

    x = E[tokens] + PE        x = x + attend(x)        x = x + MLP(x)        answers = W_question x

No normalisation: with one layer there is nothing yet that could grow. It learns questions on rows of letters
(`course.data.letters`) in seconds; it is a demonstration, and no model of language.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course import expect
from course.data.letters import NOT_ASKED, SIGNS, ask, letters
from course.layers import MLP

EVERY = 25  # steps between two points of a learning curve
TEST_SEED, TESTED = 99, 1000  # rows that no training draws, with all but certainty


class OneLayer(nn.Module):
    """One layer around `attend`, a module (B, L, d) -> (B, L, d), and an answer for each question.

    tokens: (B, L) -> (B, L, questions, answers). `positions` (L, d) is added to the embeddings;
    without it the net sees a set.
    """

    positions: Tensor | None

    def __init__(self, attend: nn.Module, d: int, positions: Tensor | None = None, questions: int = 1):
        super().__init__()
        expect.whole(d=d, questions=questions)
        if positions is not None and (positions.dim() != 2 or positions.shape[1] != d):
            raise ValueError(f"positions must have shape (L, {d}); got {tuple(positions.shape)}")
        self.questions = questions
        self.embed = nn.Embedding(len(SIGNS), d)
        self.register_buffer("positions", None if positions is None else positions.detach().clone())
        self.attend = attend
        self.mlp = MLP(d, 2 * d, nn.ReLU())
        self.answers = nn.Linear(d, questions * 2 * len(SIGNS))

    def embedded(self, tokens: Tensor) -> Tensor:
        """What the layer reads: (B, L) -> (B, L, d)"""
        x = self.embed(tokens)
        return x if self.positions is None else x + self.positions[: x.shape[1]]

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedded(tokens)
        x = x + self.attend(x)  # (B, L, d)
        x = x + self.mlp(x)
        return self.answers(x).unflatten(-1, (self.questions, -1))  # (B, L, questions, answers)


@contextmanager
def one_thread() -> Iterator[None]:
    """Products as small as these take longest where several threads must agree on them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@one_thread()
def learn(
    net: OneLayer,
    questions: Sequence[str],
    steps: int = 400,
    seed: int = 0,
    batch: int = 64,
    lr: float = 5e-3,
) -> list[float]:
    """Train on fresh rows at every step, by Adam: the accuracies of the curve, one every 25 steps.

    Each is over all that was asked in those steps, before the net had learnt from it.
    """
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(net.parameters(), lr, foreach=True)
    curve, right, asked = [], 0, 0
    for step in range(1, steps + 1):
        rows = letters(batch, generator)
        answers = torch.stack([ask(rows, question) for question in questions], dim=-1)  # (B, L, questions)
        logits = net(rows)
        optimizer.zero_grad()
        cross_entropy(logits.flatten(0, -2), answers.flatten(), ignore_index=NOT_ASKED).backward()
        optimizer.step()
        right += int((logits.argmax(dim=-1) == answers).sum())
        asked += int((answers != NOT_ASKED).sum())
        if step % EVERY == 0:
            curve.append(right / asked)
            right = asked = 0
    return curve


@one_thread()
@torch.no_grad()
def accuracy(net: OneLayer, questions: Sequence[str]) -> list[float]:
    """The share of right answers to each question, on 1,000 rows kept for it."""
    rows = letters(TESTED, torch.Generator().manual_seed(TEST_SEED))
    said = net(rows).argmax(dim=-1)  # (B, L, questions)
    found = []
    for place, question in enumerate(questions):
        answers = ask(rows, question)
        asked = answers != NOT_ASKED
        found.append((said[..., place] == answers)[asked].float().mean().item())
    return found
