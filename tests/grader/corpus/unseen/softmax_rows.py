"""Answers to `softmax_rows` written from its statement alone; beside wrong ones, what is wrong."""

import numpy as np
import torch

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


@wrong("divided by the sum of everything, not of the row; no shift, so overflow too")
def whole_table(scores):
    e = torch.exp(scores)
    return e / e.sum()


@wrong("divided by the sum of everything, not of the row")
def whole_table_stable(scores):
    e = torch.exp(scores - scores.max())
    return e / torch.sum(e)


@wrong("max(dim) gives a pair (values, indices): error")
def max_tuple(scores):
    s = scores - scores.max(dim=-1, keepdim=True)
    return s.exp() / s.exp().sum(dim=-1, keepdim=True)


@wrong("one maximum for the whole tensor")
def one_max(scores):
    m = torch.max(scores)
    e = torch.exp(scores - m)
    return e / torch.sum(e, dim=-1, keepdim=True)


@wrong("mean subtracted in place of the maximum: overflows")
def mean_for_max(scores):
    z = scores - scores.mean(dim=-1, keepdim=True)
    e = z.exp()
    return e / e.sum(dim=-1, keepdim=True)


@wrong("the maximum lost its axis (no keepdim): subtracted along the wrong axis")
def max_no_keepdim(scores):
    m = scores.max(dim=-1).values
    e = torch.exp(scores - m)
    return e / e.sum(dim=-1, keepdim=True)


@wrong("dim=1 instead of the last axis: right for matrices, wrong for a batch")
def dim_one(scores):
    e = torch.exp(scores - scores.max(dim=1, keepdim=True)[0])
    return e / e.sum(dim=1, keepdim=True)


@wrong("axis 0 instead of the last")
def dim_zero(scores):
    e = torch.exp(scores - scores.max(dim=0)[0])
    return e / e.sum(dim=0)


@wrong("log-softmax: the logarithm of the weights")
def log_weights(scores):
    s = scores - scores.amax(-1, keepdim=True)
    return s - torch.log(torch.exp(s).sum(-1, keepdim=True))


@wrong("scores clamped to ±50 instead of shifted: weights change")
def clamped(scores):
    e = torch.exp(torch.clamp(scores, -50, 50))
    return e / e.sum(dim=-1, keepdim=True)


@wrong("divided by the maximum instead of subtracting it")
def divided_by_max(scores):
    e = torch.exp(scores / scores.amax(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)


@wrong("naive (overflow), NaN replaced by 0")
def nan_to_zero(scores):
    e = torch.exp(scores)
    return torch.nan_to_num(e / e.sum(dim=-1, keepdim=True))


@wrong("naive in double: overflows only beyond 709")
def naive_double(scores):
    e = torch.exp(scores.double())
    return (e / e.sum(dim=-1, keepdim=True)).float()


@wrong("naive (overflow), a small number added to the sum")
def naive_eps(scores):
    e = torch.exp(scores)
    return e / (e.sum(dim=-1, keepdim=True) + 1e-8)


@wrong("minimum subtracted instead of the maximum: overflows")
def minus_min(scores):
    e = torch.exp(scores - scores.amin(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)


@wrong("input changed in place")
def in_place(scores):
    scores -= scores.amax(dim=-1, keepdim=True)
    e = scores.exp()
    return e / e.sum(dim=-1, keepdim=True)


@wrong("loops over the first axis: right for matrices; in a batch each matrix as a whole is one softmax")
def loop_over_first(scores):
    out = torch.zeros_like(scores)
    for i in range(len(scores)):
        e = torch.exp(scores[i] - scores[i].max())
        out[i] = e / e.sum()
    return out


@wrong("exp forgotten: scores divided by their sum")
def no_exp(scores):
    s = scores - scores.amax(dim=-1, keepdim=True)
    return s / s.sum(dim=-1, keepdim=True)


@wrong("the largest absolute value subtracted instead of the maximum: vanishes for very negative rows")
def abs_max(scores):
    m = scores.abs().amax(dim=-1, keepdim=True)
    e = torch.exp(scores - m)
    return e / e.sum(dim=-1, keepdim=True)


@wrong("shifted in the numerator only, not in the sum")
def shift_only_top(scores):
    m = scores.amax(dim=-1, keepdim=True)
    return torch.exp(scores - m) / torch.exp(scores).sum(dim=-1, keepdim=True)


@wrong("computed in numpy: no gradient flows (values are right)")
def detached(scores):
    s = scores.detach().numpy()
    e = np.exp(s - s.max(-1, keepdims=True))
    return torch.from_numpy(e / e.sum(-1, keepdims=True))


@right
def right_logsumexp(scores):
    return torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))


@right
def right_unsqueeze(scores):
    m, _ = scores.max(dim=-1)
    e = torch.exp(scores - m.unsqueeze(-1))
    return e / e.sum(dim=-1).unsqueeze(-1)


@right
def right_rows(scores):
    flat = scores.reshape(-1, scores.shape[-1])
    rows = [torch.exp(r - max(r)) / torch.exp(r - max(r)).sum() for r in flat]
    return torch.stack(rows).reshape(scores.shape)
