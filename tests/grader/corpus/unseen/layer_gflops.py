"""Answers to `layer_gflops` written from its statement alone; beside wrong ones, what is wrong."""

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


@wrong("in MFLOPs (1e6)")
def mega(L, d, n):
    return (8 * L * d * n + 4 * L**2 * n) / 1e6


@wrong("divided by 2**30")
def gibi(L, d, n):
    return (8 * L * d * n + 4 * L**2 * n) / 2**30


@wrong("multiply-adds: half")
def macs(L, d, n):
    return (4 * L * d * n + 2 * L**2 * n) / 1e9


@wrong("only the projections")
def projections(L, d, n):
    return 8 * L * d * n / 1e9


@wrong("one projection missing")
def without_wo(L, d, n):
    return (6 * L * d * n + 4 * L**2 * n) / 1e9


@wrong("L and d exchanged")
def L_d_swapped(L, d, n):
    return (8 * L * d * n + 4 * d**2 * n) / 1e9


@wrong("width d for n in the pairs")
def d_n_swapped(L, d, n):
    return (8 * L * d * n + 4 * L**2 * d) / 1e9


@wrong("parentheses missing: only the second term divided by 1e9")
def parentheses(L, d, n):
    return 8 * L * d * n + 4 * L**2 * n / 1e9


@wrong("L*2 instead of L**2")
def times_two(L, d, n):
    return (8 * L * d * n + 4 * L * 2 * n) / 1e9


@wrong("^ is xor in Python")
def xor(L, d, n):
    return (8 * L * d * n + 4 * L ^ 2 * n) / 1e9


@wrong("floor division")
def floored(L, d, n):
    return (8 * L * d * n + 4 * L**2 * n) // 1e9


@wrong("rounded to one decimal")
def one_decimal(L, d, n):
    return round((8 * L * d * n + 4 * L**2 * n) / 1e9, 1)


@wrong("in TFLOPs (1e12)")
def tera(L, d, n):
    return (8 * L * d * n + 4 * L**2 * n) / 1e12


@wrong("multiplied by 1e9 (divided by 1e-9)")
def times_giga(L, d, n):
    return (8 * L * d * n + 4 * L**2 * n) / 1e-9


@wrong("only one of the two products of pairs")
def pairs_once(L, d, n):
    return (8 * L * d * n + 2 * L**2 * n) / 1e9


@wrong("not divided by 1e9")
def raw(L, d, n):
    return 8 * L * d * n + 4 * L**2 * n


@wrong("the MLP's price: 4*L*d*n")
def of_mlp(L, d, n):
    return 4 * L * d * n / 1e9


@wrong("three times: with the backward pass")
def backward_too(L, d, n):
    return 3 * (8 * L * d * n + 4 * L**2 * n) / 1e9


@wrong("parameters 4*d*n instead of FLOPs")
def parameters(L, d, n):
    return 4 * d * n / 1e9


@wrong("with 5*L**2 for the softmax")
def plus_softmax(L, d, n):
    return (8 * L * d * n + 4 * L**2 * n + 5 * L**2) / 1e9


@wrong("L + 1 tokens (CLS) instead of L")
def one_off_L(L, d, n):
    L = L + 1
    return (8 * L * d * n + 4 * L**2 * n) / 1e9


@right
def right_factored(L, d, n):
    return 4 * L * n * (2 * d + L) * 1e-9
