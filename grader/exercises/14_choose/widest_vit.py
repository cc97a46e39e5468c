"""A ViT within a budget

Images of 224 × 224, 1,000 classes, heads 64 wide, MLP 4·d: which is the **widest** ViT, d a multiple of 64,
within all three budgets (what meets one exactly is within)? Millions of parameters; GFLOPs of one image,
forward (a GFLOP is 10⁹); and MiB (2²⁰ bytes) of activations that a training step keeps for a **batch**.
`vit(…)` is the course's bill of one image: `.parameters`, `.flops`, `.activation_bytes` (with fused
attention, which keeps no n × n table); its sizes may be numbers or tensors of them. 0 where not even d = 64
fits.
"""

import torch

from course.cost.vision import vit
from grader.exercise import Function


def widest_vit(patch, depth, batch, millions, gflops, mib):
    """patch, depth, batch: ints, and three budgets -> d, an int"""
    widths = torch.arange(64, 2049, 64)  # (32,)
    bill = vit(224, patch, widths, depth, widths // 64, 4 * widths)  # of all widths at once
    light = bill.parameters <= millions * 1e6
    quick = bill.flops <= gflops * 1e9
    small = batch * bill.activation_bytes <= mib * 2**20
    fits = widths[light & quick & small]
    return int(fits.max()) if len(fits) else 0


def _tight(room):
    """A budget of memory that is met, and that more heads would exceed."""

    def case(draw):
        while True:
            patch, depth, batch = draw.choice((14, 16, 32)), draw.integer(4, 14), draw.choice((8, 32, 64))
            d = 64 * draw.integer(3, 8)
            mib = room * batch * vit(224, patch, d, depth, d // 64, 4 * d).activation_bytes / 2**20
            width = torch.tensor(d)
            rounded = vit(224, patch, width, depth, width / 64, 4 * width)  # in float32
            if batch * rounded.activation_bytes <= mib * 2**20:
                return dict(patch=patch, depth=depth, batch=batch, millions=2000.0, gflops=4000.0, mib=mib)

    return case


def _case(binds, room=1.02):
    """Budgets of which one binds, at a width that is drawn; the others have three times the room."""

    def case(draw):
        patch, depth, batch = draw.choice((14, 16, 32)), draw.integer(4, 14), draw.choice((8, 32, 64))
        d = 64 * draw.integer(3, 12)
        bill = vit(224, patch, d, depth, d // 64, 4 * d)
        budget = dict(
            millions=bill.parameters / 1e6,
            gflops=bill.flops / 1e9,
            mib=batch * bill.activation_bytes / 2**20,
        )
        for name in budget:
            budget[name] = round(budget[name] * (room if name == binds else 9), 3)
        if binds == "nothing fits":
            budget["mib"] = 0.5
        return dict(patch=patch, depth=depth, batch=batch, **budget)

    return case


exercise = Function(
    widest_vit,
    cases={
        "parameters bind": _case("millions"),
        "FLOPs bind": _case("gflops"),
        "memory binds": _case("mib"),
        "memory is met to the byte": _tight(1),
        "memory has room for no more heads": _tight(1.00005),
        "nothing fits": _case("nothing fits"),
    },
    words={"light": "parameters", "quick": "FLOPs", "small": "memory"},
    slips={
        "batch * bill.activation_bytes -> bill.activation_bytes": "Memory is that of one image; a training "
        "step keeps it for the whole batch.",
        "gflops * 1e9 -> 2 * gflops * 1e9": "The budget is taken for multiply–adds: a multiply–add is two "
        "FLOPs, and `flops` counts them both.",
        "bill.flops <= gflops * 1e9 -> batch * bill.flops <= gflops * 1e9": "FLOPs are those of a batch; "
        "the budget is of one image.",
        "light & quick & small -> light": "Only the parameters are looked at.",
        "light & quick & small -> light & quick": "Memory is not looked at.",
        "light & quick & small -> light | quick | small": "One budget kept is enough; all three must be.",
        "bill.parameters <= millions * 1e6 -> batch * bill.parameters <= millions * 1e6": "Parameters are "
        "multiplied by the batch: all its images go through the same ones.",
        "batch * bill.activation_bytes <= mib * 2**20 -> batch * bill.activation_bytes < mib * 2**20": "What "
        "meets a budget exactly is within it: `<=`.",
        "widths // 64 -> 12": "It has 12 heads at every width; heads 64 wide are d // 64.",
    },
    points=4,
    difficulty=3,
    minutes=10,
    hints=[
        "A loop over d = 64, 128, … (or one tensor of them), and vit(224, patch, d, depth, d // 64, 4 * d).",
        "Three comparisons in the budgets' units: 1e6, 1e9, 2**20; and only one of them knows the batch.",
    ],
)
