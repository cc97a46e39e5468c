"""Answers to `SelfAttention` written from its statement alone; beside wrong ones, what is wrong."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


inf = float("inf")


def attention(q, k, v, mask=None):
    s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        s = s.masked_fill(~mask, -inf)
    return s.softmax(-1) @ v


class Base(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)


@wrong("queries and keys swapped")
class swapped(Base):
    def forward(self, x, mask=None):
        return attention(self.key(x), self.query(x), self.value(x), mask)


@wrong("values come from the key layer")
class values_from_key(Base):
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.key(x)
        return attention(q, k, v, mask)


@wrong("mask not handed on")
class mask_lost(Base):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x))


@wrong("inline attention without 1/sqrt(d)")
class unscaled(Base):
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        s = q @ k.transpose(-2, -1)
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        return torch.softmax(s, dim=-1) @ v


@wrong("the layers have a bias")
class with_bias(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.query, self.key, self.value = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)


@wrong("parameters named W_q, W_k, W_v instead of query, key, value")
class other_names(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.W_q = nn.Linear(d, d, bias=False)
        self.W_k = nn.Linear(d, d, bias=False)
        self.W_v = nn.Linear(d, d, bias=False)

    def forward(self, x, mask=None):
        return attention(self.W_q(x), self.W_k(x), self.W_v(x), mask)


@wrong("value layer not used: x itself as values")
class value_is_x(Base):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), x, mask)


@wrong("x added (residual connection)")
class residual(Base):
    def forward(self, x, mask=None):
        return x + attention(self.query(x), self.key(x), self.value(x), mask)


@wrong("scaled by sqrt(d) twice")
class scaled_twice(Base):
    def forward(self, x, mask=None):
        d = x.shape[-1]
        return attention(self.query(x) / math.sqrt(d), self.key(x), self.value(x), mask)


@wrong("x @ weight without .T: the weights are used transposed")
class weight_not_turned(Base):
    def forward(self, x, mask=None):
        return attention(x @ self.query.weight, x @ self.key.weight, x @ self.value.weight, mask)


@wrong("mask inverted")
class mask_inverted(Base):
    def forward(self, x, mask=None):
        s = self.query(x) @ self.key(x).transpose(-2, -1) / math.sqrt(x.shape[-1])
        if mask is not None:
            s = s.masked_fill(mask, -inf)
        return s.softmax(-1) @ self.value(x)


@wrong("softmax over the queries, axis -2")
class over_queries(Base):
    def forward(self, x, mask=None):
        s = self.query(x) @ self.key(x).transpose(-2, -1) / math.sqrt(x.shape[-1])
        if mask is not None:
            s = s.masked_fill(~mask, -1e9)
        return s.softmax(-2) @ self.value(x)


@wrong("a relu after each projection")
class relu_between(Base):
    def forward(self, x, mask=None):
        q, k, v = F.relu(self.query(x)), F.relu(self.key(x)), F.relu(self.value(x))
        return attention(q, k, v, mask)


@wrong("mean over the tokens at the end")
class pooled(Base):
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask).mean(dim=-2)


@wrong("arguments in the order key, value, query")
class keys_query_value_order(Base):
    def forward(self, x, mask=None):
        return attention(self.key(x), self.value(x), self.query(x), mask)


@wrong("returns a pair (output, weights)")
class pair_returned(Base):
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        s = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if mask is not None:
            s = s.masked_fill(~mask, -inf)
        w = s.softmax(-1)
        return w @ v, w


@wrong("scaled by the root of L (x.shape[-2]... x.size(1)) instead of d")
class root_of_length(Base):
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        s = q @ k.transpose(-2, -1) / math.sqrt(x.size(-2))
        if mask is not None:
            s = s.masked_fill(~mask, -inf)
        return s.softmax(-1) @ v


@wrong("super().__init__() forgotten: error")
class no_super(nn.Module):
    def __init__(self, d):
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)

    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)


@wrong("key and query layer not used for the scores: scores of x with x")
class x_as_keys(Base):
    def forward(self, x, mask=None):
        return attention(x, x, self.value(x), mask)


@right
class right_inline(Base):
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        w = q @ k.mT * x.shape[-1] ** -0.5
        if mask is not None:
            w = w.masked_fill(mask.logical_not(), -1e30)
        return w.softmax(-1) @ v


@right
class right_project_last(Base):
    def forward(self, x, mask=None):
        return self.value(attention(self.query(x), self.key(x), x, mask))
