"""Likeness of solutions: renaming hides nothing, what everybody wrote says nothing, and it scales."""

import random

import pytest

from grader.pages.report.alike import find_alike, fingerprints, groups_of

GIVEN = 'def attention(q, k, v, mask=None):\n    """Scaled dot-product attention."""\n    # your code here\n'
USUAL = """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1) @ v
"""
ODD = """
def attention(q, k, v, mask=None):
    heat = []
    for row in q:
        line = [(row * key).sum() / len(row) ** 0.5 for key in k]
        top = max(line)
        heat.append([math.exp(h - top) for h in line])
    total = [sum(h) for h in heat]
    return torch.tensor([[a / t for a in h] for h, t in zip(heat, total)]) @ v
"""
RENAMED = '''
def attention(q, k, v, mask=None):
    """My very own way."""
    warm = []   # first the heat
    for r in q:

        z = [(r * key_).sum() / len(r) ** 0.5
             for key_ in k]
        t0 = max(z)
        warm.append([math.exp(y - t0) for y in z])
    s = [sum(y) for y in warm]
    return torch.tensor([[b / c for b in y] for y, c in zip(warm, s)]) @ v
'''


def own_way(rng):
    """A long answer that nobody else has."""
    lines = []
    for i in range(rng.randint(6, 12)):
        method = rng.choice(["sum", "mean", "max", "min"])
        lines.append(f"    t{i} = (q {rng.choice('+-*/')} {rng.random():.6f}).{method}()")
    return "def attention(q, k, v, mask=None):\n" + "\n".join(lines) + "\n    return t0 * v"


def test_names_comments_and_layout_change_nothing():
    assert fingerprints(ODD).keys() == fingerprints(RENAMED).keys()
    assert fingerprints(ODD).keys() != fingerprints(ODD.replace("max(line)", "max(line) + 1")).keys()


@pytest.mark.parametrize("text", ["", "def (", "x = 1", "%matplotlib inline", "\0", "(" * 5000])
def test_what_is_not_python_or_too_short_has_none(text):
    assert fingerprints(text) == {}


def test_a_copy_is_found_among_many_who_wrote_the_usual_and_their_own():
    rng = random.Random(0)
    answers = {f"usual{i}": USUAL for i in range(30)} | {f"own{i}": own_way(rng) for i in range(30)}
    (pair,) = find_alike("attention", {**answers, "eve": RENAMED, "ada": ODD}, GIVEN)
    assert pair.students == ("ada", "eve") and pair.share == 1.0
    assert pair.same_names == () or set(pair.same_names) <= {"q", "k", "v", "mask"}
    assert {3, 6, 8} <= pair.lines[0] and max(pair.lines[0]) <= len(ODD.split("\n"))


def test_what_many_wrote_says_nothing():
    assert find_alike("attention", {f"s{i}": USUAL for i in range(20)}, GIVEN) == []


def test_what_the_lesson_gave_says_nothing():
    assert find_alike("attention", {"a": ODD, "b": ODD}, ODD) == []


def test_a_part_of_an_answer_that_was_taken_over_is_found():
    more = ODD.replace("    heat = []", "    heat = []\n    print('shape', q.shape)\n    assert q.ndim == 2")
    (pair,) = find_alike(
        "attention", {"a": ODD, "b": more, "c": USUAL, "d": own_way(random.Random(1))}, GIVEN
    )
    assert pair.students == ("a", "b") and 0.7 < pair.share < 1


def test_three_who_share_are_one_group():
    answers = {"a": ODD, "b": RENAMED, "c": ODD, "d": own_way(random.Random(1)), "e": USUAL}
    (group,) = groups_of(find_alike("attention", answers, GIVEN))
    assert group.students == ("a", "b", "c") and len(group.best.students) == 2


def test_the_index_never_compares_everybody_with_everybody(monkeypatch):
    """A thousand answers with much in common, and at most a handful of pairs are ever counted."""
    from grader.pages.report import alike

    looked_at = []
    real = alike.combinations
    monkeypatch.setattr(alike, "combinations", lambda s, n: [looked_at.append(p) or p for p in real(s, n)])
    rng = random.Random(0)
    answers = {f"s{i:04}": USUAL if i % 2 else own_way(rng) for i in range(1000)}
    find_alike("attention", {**answers, "ada": ODD, "eve": RENAMED}, GIVEN)
    assert len(looked_at) < 1000 * 1000 / 2 / 5
