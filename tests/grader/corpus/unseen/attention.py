"""Answers to `attention` written from its statement alone; beside wrong ones, what is wrong."""

import math

import torch
from torch.nn import functional as F

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


inf = float("inf")


@wrong(".T turns all axes: wrong or an error for a batch")
def plain_T(q, k, v, mask=None):
    s = q @ k.T / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return F.softmax(s, dim=-1) @ v


@wrong("mask inverted")
def mask_upside_down(q, k, v, mask=None):
    d = q.size(-1)
    s = torch.matmul(q, k.transpose(-1, -2)) / d**0.5
    if mask is not None:
        s = s.masked_fill(mask, -1e9)
    return torch.matmul(F.softmax(s, dim=-1), v)


@wrong("1e-9 filled in for -1e9: forbidden keys get the score 0")
def tiny_positive(q, k, v, mask=None):
    s = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.size(-1))
    if mask is not None:
        s = s.masked_fill(mask == 0, 1e-9)
    return torch.matmul(F.softmax(s, dim=-1), v)


@wrong("scores multiplied by the mask before the softmax: forbidden keys get score 0")
def times_mask_before(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s * mask
    return s.softmax(-1) @ v


@wrong("weights multiplied by the mask after the softmax, not renormalised")
def times_mask_after(q, k, v, mask=None):
    w = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
    if mask is not None:
        w = w * mask
    return w @ v


@wrong("softmax over axis 1: the keys for one sequence, the queries (or heads) in a batch")
def softmax_dim1(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return torch.softmax(s, dim=1) @ v


@wrong("d read from axis 1 (q.shape[1]): in a batch this is Lq (or heads), not d")
def d_from_axis1(q, k, v, mask=None):
    d = q.shape[1]
    s = q @ k.transpose(-2, -1) / math.sqrt(d)
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return s.softmax(-1) @ v


@wrong("multiplied by sqrt(d) instead of divided")
def times_root(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) * math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return s.softmax(-1) @ v


@wrong("scaling after the softmax")
def scaled_after(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1)
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return s.softmax(-1) / math.sqrt(q.shape[-1]) @ v


@wrong("`if mask:` fails for a tensor: error in the masked cases")
def if_mask(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask:
        s = s.masked_fill(~mask, -inf)
    return s.softmax(-1) @ v


@wrong("mask never used")
def mask_forgotten(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q, k) / q.shape[-1] ** 0.5
    return torch.einsum("...ij,...jd->...id", s.softmax(-1), v)


@wrong("softmax forgotten (masked scores times v)")
def no_softmax(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, 0)
    return s @ v


@wrong("two: not divided by sqrt(d); mask inverted")
def unscaled_and_upside_down(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1)
    if mask is not None:
        s = s.masked_fill(mask, -inf)
    return s.softmax(-1) @ v


@wrong("mask added as mask * -1e9: forbids what is allowed (inverted)")
def additive_wrong_way(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s + mask.float() * -1e9
    return s.softmax(-1) @ v


@wrong("the boolean mask is added to the scores: allowed keys get +1, nothing is forbidden")
def bool_added(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s + mask
    return s.softmax(-1) @ v


@wrong("dropout left in: random weights set to zero")
def with_dropout(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return F.dropout(s.softmax(-1), 0.1) @ v


@wrong("scaled by the width of v")
def width_of_v(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(v.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return s.softmax(-1) @ v


@wrong("q changed in place")
def q_in_place(q, k, v, mask=None):
    q /= math.sqrt(q.shape[-1])
    s = q @ k.transpose(-2, -1)
    if mask is not None:
        s.masked_fill_(~mask, -inf)
    return s.softmax(-1) @ v


@wrong("mask.unsqueeze(1) for heads that are not there: a (B,1,Lk) mask gives the wrong shape")
def mask_unsqueezed(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask.unsqueeze(1), -inf)
    return s.softmax(-1) @ v


@wrong("softmax over the queries (dim=-2)")
def queries_axis(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return s.softmax(dim=-2) @ v


@wrong("two: divided by d, not its root; mask after the softmax without renormalising")
def scaled_by_d_mask_after(q, k, v, mask=None):
    w = (q @ k.transpose(-2, -1) / q.shape[-1]).softmax(-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0)
    return w @ v


@wrong(
    "the mask zeroes... softmax of both: weights summed after exp without mask: renormalised with "
    "unmasked sum + eps"
)
def only_masked_values(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    e = torch.exp(s)
    z = e.sum(-1, keepdim=True)
    if mask is not None:
        e = e * mask
    return (e / z) @ v


@right
def right_renormalised(q, k, v, mask=None):
    w = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
    if mask is not None:
        w = w * mask
        w = w / w.sum(-1, keepdim=True)
    return w @ v


@right
def right_additive(q, k, v, mask=None):
    s = torch.matmul(q, k.mT) * q.size(-1) ** -0.5
    if mask is not None:
        s = s + (1 - mask.float()) * -1e9
    return torch.matmul(torch.softmax(s, -1), v)


@right
def right_split_root(q, k, v, mask=None):
    root = q.shape[-1] ** 0.25
    s = (q / root) @ (k / root).transpose(-2, -1)
    if mask is not None:
        s = torch.where(mask, s, torch.tensor(-inf))
    return s.softmax(-1) @ v
