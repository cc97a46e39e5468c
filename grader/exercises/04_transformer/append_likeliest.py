"""One step of writing

`tokens` are what is written so far, `logits` what the model says of the next token. Append the likeliest to
each row; but a row that has its `end` already gets `padding`. (Rows of a batch end at different times: a loop
that stops all at the first end cost a well-known library nine BLEU points.)
"""

import torch

from grader.exercise import Function


def append_likeliest(tokens, logits, end=2, padding=0):
    """tokens: (B, t), logits: (B, V) -> (B, t + 1)"""
    token = logits.argmax(dim=-1)  # (B,)
    ended = (tokens == end).any(dim=-1)  # (B,)
    token = token.masked_fill(ended, padding)
    return torch.cat([tokens, token[:, None]], dim=1)  # (B, t + 1)


def _case(end=2, padding=0, ended=True, square=False, shift=0.0, odd=False):
    def case(draw):
        B, t, V = [draw.integer(4, 7)] * 3 if square else (draw.integer(3, 6), draw.integer(4, 9), 11)
        tokens = torch.tensor([[draw.integer(5, 9) for _ in range(t)] for _ in range(B)])
        if ended:
            for row in draw.shuffled(range(B))[:2]:
                last = draw.integer(0, t - 1)
                tokens[row, last] = end
                tokens[row, last + 1 :] = padding
        if odd:  # padding that no end came before
            tokens[draw.integer(0, B - 1), -1] = padding
        logits = draw.normal(B, V) + shift
        logits[:, padding] -= 9  # no model writes padding by itself
        inputs = dict(tokens=tokens, logits=logits)
        return inputs if (end, padding) == (2, 0) else inputs | dict(end=end, padding=padding)

    return case


exercise = Function(
    append_likeliest,
    cases={
        "nobody has ended": _case(ended=False),
        "some rows have ended": _case(),
        "all sizes equal": _case(square=True),
        "no logit is above zero": _case(shift=-20.0),
        "another end, another padding": _case(end=3, padding=1),
        "a row without an end closes with padding": _case(ended=False, odd=True),
    },
    words={"ended": "which rows have ended", "token": "the likeliest tokens"},
    slips={
        "token = token.masked_fill(ended, padding) ->": "A row that has ended is written on.",
        "_x.masked_fill(ended, padding) -> _x.masked_fill(ended, end)": "A row that has ended gets its end "
        "again, "
        "and not padding.",
        "(tokens == end).any(dim=-1) -> tokens[:, -1] == end": "Only the last token is looked at: a row "
        "that "
        "ended earlier, and ends in padding now, is written on.",
        "(tokens == end).any(dim=-1) -> (tokens[:, -1] == end) | (tokens[:, -1] == padding)": "Whether a row "
        "has ended is read off its last token; look for its `end`.",
        "_x.masked_fill(ended, padding) -> _x * ~ended": "A row that has ended gets 0; it should get "
        "`padding`, which may be another token.",
        "(tokens == end).any(dim=-1) -> (tokens == end).any()": "As soon as one row has ended, all have.",
        "(tokens == end).any(dim=-1) -> token == end": "The end itself is replaced by padding: a row gets "
        "its "
        "end, and then padding.",
    },
    also_right=["(tokens == end).any(dim=-1) -> (tokens == end).sum(-1) > 0"],
    points=3,
    difficulty=2,
    minutes=6,
    hints=[
        "Three things: the likeliest token of each row, which rows have ended, and one column more.",
        "A row has ended if `end` stands *anywhere* in it: a comparison, and `any` over which axis?",
    ],
)
