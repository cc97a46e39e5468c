"""Everybody back to their place

The decoder gets the tokens that stayed, in the order of their noise, and one learnt vector, the mask token,
for each that did not. Put mask tokens behind the tokens, then each into its place: patch i is number
`restore[:, i]` in that line.
"""

import torch

from grader.exercise import Function


def back_in_place(tokens, mask_token, restore):
    """tokens: (B, kept, d), mask_token: (d,), restore: (B, N) -> (B, N, d)"""
    B, kept, d = tokens.shape
    masks = mask_token.expand(B, restore.shape[1] - kept, d)  # (B, N − kept, d)
    line = torch.cat([tokens, masks], dim=1)  # (B, N, d), in the order of the noise
    return line.gather(1, restore[..., None].expand(-1, -1, d))


def by_numbers(tokens, mask_token, restore):
    B, kept, _ = tokens.shape
    line = torch.cat([tokens, mask_token.repeat(B, restore.shape[1] - kept, 1)], dim=1)
    return line[torch.arange(B)[:, None], restore]


def _case(kept=None, batch=None):
    def case(draw):
        B, N, d = draw.sizes(3)
        B, N = batch or B, N + 3
        stay = kept or draw.integer(2, N - 1)
        restore = draw.normal(B, N).argsort(dim=1)
        return dict(tokens=draw.normal(B, stay, d), mask_token=draw.normal(d), restore=restore)

    return case


exercise = Function(
    back_in_place,
    cases={"one image": _case(batch=1), "a batch": _case(), "one patch stayed": _case(kept=1)},
    words={"masks": "the mask tokens", "line": "the line of all tokens"},
    slips={
        "line.gather(1, restore[..., None].expand(-1, -1, d)) -> line": "Nobody goes back: the tokens stand "
        "in the order of the noise.",
        "line.gather(1, restore[..., None].expand(-1, -1, d)) -> line.gather(1, restore.argsort(dim=1)[..., "
        "None].expand(-1, -1, d))": "Tokens are moved by the inverse of `restore`: patch i is number "
        "restore[:, i] of the line.",
        "torch.cat([tokens, masks], dim=1) -> torch.cat([masks, tokens], dim=1)": "Mask tokens stand in "
        "front of the line: ranks below `kept` are those that stayed.",
        "mask_token.expand(B, restore.shape[1] - kept, d) -> 0 * mask_token.expand(B, restore.shape[1] - "
        "kept, d)": "Zeros stand where the mask token should.",
        "restore[..., None].expand(-1, -1, d) -> restore[:1, :, None].expand(B, -1, d)": "All images are put "
        "back by the first one's ranks.",
    },
    also_right=[by_numbers],
    points=3,
    difficulty=3,
    minutes=11,
    hints=[
        "How many mask tokens are missing? `expand` makes (B, that many, d) of a vector.",
        "line[rows, restore] with a column of row numbers, or `gather` with an index as deep as d.",
    ],
    may_not_call=["course.ssl"],
)
