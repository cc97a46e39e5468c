"""Answers to `may_look`; with each wrong one, what is wrong with it."""

import torch

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


@right
def look_by_places(real):
    B, L = real.shape
    table = torch.zeros(B, L, L, dtype=torch.bool)
    for b in range(B):
        for i in range(L):
            table[b, i, i] = True
            for j in range(i):
                table[b, i, j] = real[b, j]
    return table


@right
def look_with_a_filled_diagonal(real):
    L = real.shape[1]
    table = torch.tril(torch.ones(L, L)).bool() & real.unsqueeze(1)
    table[:, range(L), range(L)] = True
    return table


@right
def look_by_multiplying(real):
    L = real.shape[-1]
    table = torch.ones(L, L).tril()[None] * real[:, None].float() + torch.eye(L)
    return table > 0


@right
def look_only_where_real(real):
    L = real.shape[-1]
    both = real[:, :, None] & real[:, None, :] & torch.ones(L, L, dtype=torch.bool).tril()
    return both | torch.eye(L, dtype=torch.bool)


@wrong("A query that is filling sees nothing: its row becomes NaN.")
def look_nothing(real):
    L = real.shape[-1]
    return torch.ones(L, L, dtype=torch.bool).tril() & real[:, None, :]


@wrong("Queries look ahead.")
def look_ahead(real):
    L = real.shape[-1]
    return real[:, None, :] | torch.eye(L, dtype=torch.bool)


@wrong("The filling is seen: this is the causal mask alone.")
def look_causal_only(real):
    B, L = real.shape
    return torch.ones(L, L, dtype=torch.bool).tril().expand(B, L, L)


@wrong("It is for one sequence: the mask of the first one.")
def look_first_only(real):
    L = real.shape[-1]
    return (torch.ones(L, L, dtype=torch.bool).tril() & real[0]) | torch.eye(L, dtype=torch.bool)


@wrong("The filling is forbidden as a query and not as a key.")
def look_rows(real):
    L = real.shape[-1]
    table = torch.ones(L, L, dtype=torch.bool).tril() & real[:, :, None]
    return table | torch.eye(L, dtype=torch.bool)


@wrong("Either rule is enough here; both must hold.")
def look_either(real):
    L = real.shape[-1]
    return torch.ones(L, L, dtype=torch.bool).tril() | real[:, None, :]


@wrong("It is upside down: each query sees the future.")
def look_future(real):
    L = real.shape[-1]
    return (torch.ones(L, L, dtype=torch.bool).triu() & real[:, None, :]) | torch.eye(L, dtype=torch.bool)


@wrong("Filling that sees everything takes part in nothing that counts, but it was to see itself alone.")
def look_everything(real):
    L = real.shape[-1]
    return (torch.ones(L, L, dtype=torch.bool).tril() & real[:, None, :]) | ~real[:, :, None]


@wrong("The filling is seen, and the real tokens are not.")
def look_at_filling(real):
    L = real.shape[-1]
    table = torch.ones(L, L, dtype=torch.bool).tril() & ~real[:, None, :]
    return table | torch.eye(L, dtype=torch.bool)


@wrong("True marks what is forbidden; in this course it means may attend.")
def look_forbidden(real):
    L = real.shape[-1]
    table = torch.ones(L, L, dtype=torch.bool).tril() & real[:, None, :]
    return ~(table | torch.eye(L, dtype=torch.bool))


@wrong("An axis for heads is not asked for.")
def look_with_heads(real):
    L = real.shape[-1]
    table = torch.ones(L, L, dtype=torch.bool).tril() & real[:, None, :]
    return (table | torch.eye(L, dtype=torch.bool))[:, None]


@wrong("These are numbers to be added to scores; a boolean mask is asked for.")
def look_additive(real):
    L = real.shape[-1]
    table = torch.ones(L, L, dtype=torch.bool).tril() & real[:, None, :]
    return torch.zeros(table.shape).masked_fill(~(table | torch.eye(L, dtype=torch.bool)), -torch.inf)
