"""The class that hands in lesson 02: what each of its twelve wrote."""

from __future__ import annotations

from nbformat import NotebookNode

from grader.demo.student import Student, damage

EINSUM = """
def attention(q, k, v, mask=None):
    scores = torch.einsum("...qd,...kd->...qk", q, k) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.tensor(float("-inf")))
    return torch.einsum("...qk,...kd->...qd", scores.softmax(-1), v)
"""
WARNS = """
import sys, warnings

def attention(q, k, v, mask=None):
    warnings.warn("this might be slow")
    print("50 % |#####     |", file=sys.stderr)
    scores = (q.double() @ k.double().transpose(-1, -2)) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return (scores.softmax(-1) @ v.double()).float()
"""
DIVIDES_BY_D = """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / q.shape[-1]
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1) @ v
"""
OVER_QUERIES = """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-2) @ v
"""
MASK_UPSIDE_DOWN = """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -math.inf)
    return scores.softmax(-1) @ v
"""
LOOPS = """
def attention(q, k, v, mask=None):
    total = torch.zeros_like(q)
    while True:
        total = total + q
    return total
"""
READY_MADE = """
def attention(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
"""
ENDS_THE_PROCESS = """
import os

def hard_attention(q, k, v):
    os._exit(1)
"""
TRANSPOSE_FORGOTTEN = """
def similarities(x):
    return x @ x
"""
LEAST_SIMILAR = """
def hard_attention(q, k, v):
    return v[(k @ q).argmin()]
"""


def _damage(notebook: NotebookNode) -> None:
    damage(notebook, deleted="causal_mask", edited="attention", statement="may_look")


CLASS = (
    Student("ada", "everything right"),
    Student(
        "ben", "right, written with einsum", {"attention": EINSUM, "score_scale": 'score_scale = "d**0.5"'}
    ),
    Student("carla", "right, with warnings and a progress bar", {"attention": WARNS}),
    Student("dev", "divides by d", {"attention": DIVIDES_BY_D, "score_scale": 'score_scale = "d"'}),
    Student("eli", "softmax over the queries", {"attention": OVER_QUERIES}),
    Student("fatima", "mask upside down", {"attention": MASK_UPSIDE_DOWN}),
    Student("gil", "calls the ready-made answer", {"attention": READY_MADE, "hard_attention": LEAST_SIMILAR}),
    Student(
        "hana",
        "an error in her code",
        {"similarities": TRANSPOSE_FORGOTTEN, "hard_gradient": 'hard_gradient = "c"'},
    ),
    Student("ivo", "handed in blank", blank=True),
    Student("jun", "ends the kernel", {"hard_attention": ENDS_THE_PROCESS}),
    Student("kofi", "loops for ever", {"attention": LOOPS}),
    Student("lena", "everything right, cells damaged", damage=_damage),
)
