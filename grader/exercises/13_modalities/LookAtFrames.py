"""Each moment of the sound looks for its frame

`sound` are the states h_n of N moments, which **ask**; `video` those of M frames,
v_m; all are d wide:

    score_nm = h_n · (W v_m)      α = softmax over the frames      x_n = tanh(W_c [h_n; Σ_m α_nm v_m])

Parts, by these names: `ask` (W), `nn.Linear(d, d)` **without** bias; `join` (W_c),
`nn.Linear(2 * d, d)`, with bias; both begin as PyTorch makes them. [ ; ] puts one
vector behind the other. There is no √d. Write `forward`, too, for x and α.
"""

import torch
from torch import nn

from grader.exercise import Module, Spread


class LookAtFrames(nn.Module):
    """sound: (B, N, d), video: (B, M, d) -> x: (B, N, d), α: (B, N, M)"""

    def __init__(self, d):
        super().__init__()
        ### BEGIN SOLUTION
        self.ask = nn.Linear(d, d, bias=False)
        self.join = nn.Linear(2 * d, d)

    def forward(self, sound, video):
        keys = self.ask(video)  # (B, M, d)
        scores = sound @ keys.mT  # (B, N, M)
        alpha = scores.softmax(dim=-1)
        seen = alpha @ video  # (B, N, d)
        both = torch.cat([sound, seen], dim=-1)  # (B, N, 2d)
        return self.join(both).tanh(), alpha
        ### END SOLUTION


def _case(same=False, single=False, scale=1.0):
    def case(draw):
        B, N, M, d = draw.shuffled([2, 3, 4, 5])
        N, M = (M, M) if same else (N, 1 if single else M)
        inputs = {"sound": scale * draw.normal(B, N, d), "video": draw.normal(B, M, d)}
        return {"init": {"d": d}, "inputs": inputs}

    return case


exercise = Module(
    LookAtFrames,
    cases={
        "more moments than frames, or fewer": _case(),
        "as many moments as frames": _case(same=True),
        "a single frame": _case(single=True),
        "a loud sound": _case(scale=200.0),
    },
    starts={f"{part}.weight": Spread() for part in ("ask", "join")},
    points=4,
    difficulty=2,
    minutes=9,
    words={"alpha": "the weights", "seen": "what is seen", "both": "sound and picture together"},
    slips={
        "scores.softmax(dim=-1) -> scores.softmax(dim=1)": "The softmax is over the moments of the sound: "
        "each moment "
        "shares out its look among the *frames*.",
        "scores.softmax(dim=-1) -> scores.exp() / scores.exp().sum(dim=-1, keepdim=True)": "exp overflows "
        "where the sound is loud, and ∞ / ∞ is NaN: `softmax` takes the largest score off first.",
        "alpha @ video -> alpha @ keys": "What is looked up is W v; the frames themselves, v, are asked for.",
        "torch.cat([sound, seen], dim=-1) -> torch.cat([seen, sound], dim=-1)": "The picture comes first; "
        "the sound does.",
        "self.join(both).tanh() -> self.join(both)": "The tanh is left out.",
        "keys = self.ask(video) -> keys = video ;; scores = sound @ keys.mT -> scores = self.ask(sound) @ "
        "keys.mT": "W is "
        "applied to the sound; it is applied to the frames (on the other side it would be its transpose).",
        "scores.softmax(dim=-1) -> (scores / sound.shape[-1] ** 0.5).softmax(dim=-1)": "The scores are "
        "divided by √d, "
        "as in a Transformer; AV-Align does not.",
        "return self.join(both).tanh(), alpha -> return alpha, self.join(both).tanh()": "x comes first, "
        "then α.",
    },
    also_right=['sound @ keys.mT -> torch.einsum("bnd,bmd->bnm", sound, keys)'],
    hints=[
        "Cross-attention of lesson 04, one head: the sound is the query, and W v the keys. What are the "
        "values?",
        "torch.cat([…, …], dim=-1) makes 2d of d and d.",
    ],
    may_not_call=["course.multimodal", "course.attention"],
)
