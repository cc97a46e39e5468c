"""An angle, and where ε stands

arccos( u·v / (‖u‖ ‖v‖ **+ ε**) ), in radians, for each pair of vectors. ε stands in the denominator, beside
the product of the lengths. It is there against rounding: a cosine above 1 has no arccos. Write it out:
`cosine_similarity`, which may not be called, has its own way with ε.
"""

import torch

from grader.exercise import Function


def angle_between(u, v, eps):
    """u, v: (..., 2), eps: float -> (...)"""
    product = (u * v).sum(dim=-1)  # (...)
    lengths = u.norm(dim=-1) * v.norm(dim=-1)
    cosine = product / (lengths + eps)
    return cosine.arccos()


def _case(batch, eps, same=False):
    def case(draw):
        sizes = draw.sizes(batch)
        u = draw.normal(*sizes, 2) + 2
        v = 1.0 * u if same else draw.normal(*sizes, 2)
        return {"u": u, "v": v, "eps": eps}

    return case


def _short(draw):
    """Vectors so short that an ε of one's own shows; a turn between them that rounds well."""
    (count,) = draw.sizes(1)
    u = 1e-3 * (draw.normal(count, 2) + 3)
    turn = 0.5 + draw.normal(count).abs().clamp(max=1.5)  # radians
    across = torch.stack([-u[..., 1], u[..., 0]], dim=-1)
    return {"u": u, "v": turn.cos()[..., None] * u + turn.sin()[..., None] * across, "eps": 0.0}


exercise = Function(
    angle_between,
    cases={
        "some pairs": _case(1, 0.1),
        "a table of pairs": _case(2, 0.01),
        "large ε": _case(1, 2.0),
        "a vector and itself": _case(1, 0.3, same=True),
        "short vectors, ε = 0": _short,
    },
    words={"product": "u·v", "lengths": "the product of the lengths", "cosine": "the cosine"},
    slips={
        "product / (lengths + eps) -> product / lengths": "The ε that is handed in plays no part.",
        "product / (lengths + eps) -> product / lengths + eps": "ε is added to the cosine: that pushes it "
        "above 1, where arccos is NaN.",
        "product / (lengths + eps) -> product / lengths - eps": "ε is taken off the cosine: it stands in the "
        "denominator.",
        "u.norm(dim=-1) * v.norm(dim=-1) -> (u.norm(dim=-1) + eps) * v.norm(dim=-1)": "ε is added to one "
        "length: it stands beside the product of the two.",
        "lengths + eps -> (u.norm(dim=-1) + eps) * (v.norm(dim=-1) + eps)": "ε is added to each length: it "
        "stands once, beside the product of the two.",
        "lengths + eps -> lengths + 1e-6": "ε is a number of your own: it is handed in, as `eps`.",
        "lengths + eps -> lengths + max(eps, 1e-6)": "ε is never below a number of your own: what is handed "
        "in as `eps` holds, also 0.",
        "lengths + eps -> lengths.clamp(min=eps)": "ε is only the least that the denominator may be: it is "
        "to be added.",
        "cosine.arccos() -> cosine.arccos().rad2deg()": "The angle is in degrees: radians are asked for.",
        "cosine.arccos() -> cosine.cos()": "This is the cosine of the cosine: the angle is its arccos.",
        "cosine.arccos() -> cosine": "This is the cosine: the angle is its arccos.",
        "u.norm(dim=-1) * v.norm(dim=-1) -> (u.norm(dim=-1) * v.norm(dim=-1))**2": "The lengths are squared.",
    },
    also_right=[
        "cosine.arccos() -> torch.acos(cosine)",
        "u.norm(dim=-1) * v.norm(dim=-1) -> (u.pow(2).sum(-1) * v.pow(2).sum(-1)).sqrt()",
    ],
    points=3,
    difficulty=2,
    minutes=8,
    hints=[
        "Three numbers a pair, each over the last axis: u·v, ‖u‖, ‖v‖.",
        "Where does ε stand: inside of the brackets of the denominator, or outside?",
    ],
    may_not_call=[".cosine_similarity"],
)
