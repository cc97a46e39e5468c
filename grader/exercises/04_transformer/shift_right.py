"""What the decoder is given

`labels` are the sentences that the decoder is to write, each with its end. While it learns, it is told at
each place the *true* token of the place before, and `begin` at the first: **teacher forcing**. So no place is
given its own answer. Make those inputs.
"""

import torch

from grader.exercise import Function


def shift_right(labels, begin=1):
    """The decoder's inputs. labels: (B, L) token numbers -> (B, L), one place later"""
    first = torch.full_like(labels[:, :1], begin)  # (B, 1)
    earlier = labels[:, :-1]  # (B, L - 1)
    return torch.cat([first, earlier], dim=1)  # (B, L)


def _padded(draw):
    """Sentences with their ends, and padding behind the shorter ones."""
    B, L = draw.sizes(2)
    lengths = [L if not row else draw.integer(1, L - 1) for row in range(B)]
    rows = [[draw.integer(10, 99) for _ in range(n - 1)] + [2] + [0] * (L - n) for n in lengths]
    return dict(labels=torch.tensor(rows))


def _case(square=False, begin=None, short=False):
    def case(draw):
        B, L = [draw.integer(3, 6)] * 2 if square else draw.sizes(2)
        L = 1 if short else L
        labels = torch.tensor([[draw.integer(10, 99) for _ in range(L)] for _ in range(B)])
        return dict(labels=labels) if begin is None else dict(labels=labels, begin=begin)

    return case


exercise = Function(
    shift_right,
    cases={
        "a batch of sentences": _case(),
        "as many sentences as tokens": _case(square=True),
        "sentences of one token": _case(short=True),
        "another token that begins": _case(begin=7),
        "ends, and padding behind them": _padded,
    },
    slips={
        "labels[:, :-1] -> labels": "The last token is kept as well: the inputs are one longer than the "
        "labels.",
        "labels[:, :-1] -> labels[:, 1:]": "The first token is dropped, not the last: from the second "
        "place "
        "on, each input is its own answer.",
        "torch.cat([first, earlier], dim=1) -> torch.cat([labels[:, 1:], first], dim=1)": "It is shifted "
        "to "
        "the left: each place is told the token *after* it.",
        "torch.cat([first, earlier], dim=1) -> labels": "Nothing is shifted: each place is told its own "
        "answer, and learns to copy it.",
        "torch.cat([first, earlier], dim=1) -> torch.cat([labels[:, -1:], earlier], dim=1)": "The last "
        "token "
        "comes round to the front: the first place has to be told `begin`.",
        "earlier = labels[:, :-1] -> earlier = labels[:, :-1].masked_fill(labels[:, :-1] == 2, 0)": "An end "
        "is told as any other token is; here it becomes padding.",
    },
    also_right=["torch.cat([first, earlier], dim=1) -> torch.cat([first, labels], dim=1)[:, :-1]"],
    points=2,
    difficulty=1,
    minutes=4,
    hints=[
        "For the labels [5, 6, 2] the inputs are [begin, 5, 6]. Which label is never told?",
        "A column of `begin`, (B, 1), of the labels' kind (`torch.full_like`), and in front of what?",
    ],
)
