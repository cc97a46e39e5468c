"""Padding in front, and no looking ahead

A model that *continues* texts gets them filled up **in front**, so that all end at the same place. `real`
says which tokens are real: `[F, F, T, T, T]` for three filled up to five. Query i may look at key j if j is
real, and not later than i. A query that would then see nothing may look at **itself** alone: its output is
thrown away, and must not be NaN.
"""

import torch

from grader.exercise import Function


def may_look(real):
    """Who may look at whom, in a batch of sequences that are filled up in front.

    real: (B, L), boolean, True = a real token -> (B, L, L), boolean, True = may attend
    """
    L = real.shape[-1]
    not_later = torch.ones(L, L, dtype=torch.bool).tril()  # (L, L)
    allowed = not_later & real[:, None, :]  # (B, L, L)
    itself = torch.eye(L, dtype=torch.bool)
    return allowed | itself


def where_nothing_is_seen(real):
    places = torch.arange(real.shape[-1])
    allowed = (places <= places[:, None]) & real[:, None, :]  # (B, L, L)
    return torch.where(allowed.any(dim=-1, keepdim=True), allowed, places == places[:, None])


def _filled_up(draw, B, L):
    lengths = torch.tensor([draw.integer(1, L - 1) for _ in range(B)])  # at least one is filling
    return dict(real=torch.arange(L) >= L - lengths[:, None])


exercise = Function(
    may_look,
    points=4,
    difficulty=3,
    minutes=8,
    cases={
        "sequences filled up in front": lambda draw: _filled_up(draw, *draw.sizes(2)),
        "as many sequences as tokens": lambda draw: _filled_up(draw, *2 * [draw.integer(3, 6)]),
        "nothing is filling": lambda draw: dict(real=torch.ones(draw.sizes(2), dtype=torch.bool)),
    },
    words={"not_later": "the causal mask", "allowed": "both rules together", "itself": "the diagonal"},
    slips={
        "allowed | itself -> allowed": "A query that is filling sees nothing: its row becomes NaN.",
        "not_later & real[:, None, :] -> real[:, None, :].expand(-1, L, L)": "Queries look ahead.",
        "real[:, None, :] -> True ;; allowed | itself -> allowed.expand(len(real), L, L)": "The filling is "
        "seen: this is the causal mask alone.",
        "real[:, None, :] -> real[:, :, None]": "The filling is forbidden as a query and not as a key: real "
        "tokens look at it.",
        "allowed | itself -> allowed | ~real[:, :, None]": "Queries that are filling see every key; each is "
        "to see itself alone.",
    },
    also_right=[where_nothing_is_seen],
    hints=[
        "Two rules hold at once: which operator joins two boolean tables, (L, L) and (B, ?, ?)?",
        "`real` is about keys, and keys are columns: as (B, 1, L) it broadcasts over the queries.",
        "A row without a True is that of a query that is filling. Which table has one True a row, on itself? "
        "And does it hurt to allow that to real tokens, too?",
    ],
)
