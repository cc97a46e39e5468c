"""What the gallery shows of the painters, and of networks that need no training."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from course.gallery.models import Painter, at_pixels
from course.gallery.page import Section, stills
from course.language.transformer_layers import EncoderLayer
from course.show import reach, training
from course.show.cost_curves import cost_curves
from course.show.reconstructions import reconstructions

WATCHED = 12  # positions of the networks whose reach is asked


def sections(painters: Sequence[Painter]) -> list[Section]:
    """How they learnt and what they paint; what layers reach, and what they cost."""
    return [_curves(painters), _reconstructions(painters), _receptive_fields(), _cost()]


def _curves(painters: Sequence[Painter]) -> Section:
    runs: dict[str, list[list[float]]] = {}
    for painter in painters:
        runs.setdefault(f"{painter.units} units, learnt from", []).append(painter.learnt)
        runs.setdefault(f"{painter.units} units, never seen", []).append(painter.unseen)
    seeds = len(next(iter(runs.values())))
    return Section(
        "Learning curves with their spread",
        f"The painters fill in what is hidden of a digit; a narrow one and a wide one, {seeds} seeds each, "
        "every one with a start and an order of images of its own: one curve would be an anecdote. Where "
        "the line of images never seen stays above the other, a painter remembers more than it "
        "understands.",
        stills(lambda: training.curves(runs, ylabel="squared error, hidden pixels")),
    )


def _reconstructions(painters: Sequence[Painter]) -> Section:
    painter = painters[-1]
    hidden = at_pixels(painter.hidden)
    blind = float((painter.images - painter.images.mean(dim=0))[hidden].square().mean())
    return Section(
        "Masked, reconstructed, original",
        "The first three unseen digits, ink in white, half of their 2 × 2 patches hidden. The squared "
        f"error of a painter of {painter.units} units on hidden pixels is {painter.unseen[-1]:.3f} over "
        f"all {len(painter.images)} of them; to paint their mean everywhere would cost {blind:.3f}.",
        stills(
            lambda: reconstructions(painter.images[:3, None], painter.painted[:3, None], painter.hidden[:3])
        ),
    )


class Recurrent(nn.Module):
    """A GRU as a map of sequences: (B, N, 4) -> (B, N, 4)"""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(4, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.gru(x)[0]


class Convolution(nn.Module):
    """A convolution 3 wide: (B, N, 4) -> (B, N, 4)"""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(4, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.convolution(x.transpose(1, 2)).transpose(1, 2)


def _reached(network: nn.Module) -> np.ndarray:
    """Which inputs move which outputs, asked of a real layer by its gradients: (N, N), boolean"""
    x = torch.randn(1, WATCHED, 4, requires_grad=True)
    y = network(x)
    rows = [torch.autograd.grad(y[0, i].square().sum(), x, retain_graph=True)[0] for i in range(WATCHED)]
    return (torch.cat(rows).abs().sum(dim=-1) > 0).numpy()


def _receptive_fields() -> Section:
    torch.manual_seed(0)
    networks = {"convolution": Convolution(), "recurrence": Recurrent(), "attention": EncoderLayer(4, 1, 8)}
    tables = {name: reach.through_layers(_reached(network), 3) for name, network in networks.items()}
    return Section(
        "Who can have heard of whom",
        "One layer each of a convolution 3 wide, a GRU and a Transformer’s encoder, asked by its "
        f"gradients which of {WATCHED} inputs move which outputs; then what two and three such layers "
        "reach. They are untrained: this is what a network could use, not what it does.",
        stills(lambda: reach.receptive_fields(tables)),
    )


def _cost() -> Section:
    return Section(
        "What it costs",
        "Parameters, floating-point operations and memory of one attention layer and of the MLP beside "
        "it, by the formulas that lesson 05 derives and checks against PyTorch’s own counter.",
        [cost_curves()],
        "find the length at which attention becomes the dearer half.",
    )
