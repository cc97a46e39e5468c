"""What the page asks of MicroPython: JSON in, JSON out."""

import json
import sys

from grader.site.engine import formulas, functions


def serve(request):
    """The verdict on what a reader has given: {"kind", "told", "given"} -> {"right", "sentence", …}."""
    asked = json.loads(request)
    verdict = {"formula": of_formula, "formulas": of_table, "code": functions.judge}[asked["kind"]]
    return json.dumps(verdict(asked["told"], asked["given"]))


def of_formula(told, given):
    found = formulas.Asked(told).judge(given)
    if found is None:
        return {"right": True, "sentence": "", "share": 1}
    return {"right": False, "sentence": found[0], "example": found[1], "share": 0}


def of_table(told, given):
    """Each entry is worth the same; what is said is each wrong one's own sentence."""
    marks, said, examples = [], [], []
    for name, entry in told["entries"]:
        found = formulas.Asked(entry).judge(given.get(name, ""))
        marks.append([name, found is None])
        if found and given.get(name, "").strip():
            said.append(name + ": " + (found[0] or "It is not equal to the right formula."))
            examples += [name + ": " + found[1]] if found[1] else []
    held = sum([holds for _, holds in marks])
    return {
        "right": held == len(marks),
        "sentence": " ".join(said),
        "example": examples[0] if examples else "",
        "marks": marks,
        "share": held / len(marks),
    }


# -- what is missing of Python's `math` and `itertools`, for readers -----------------------------------------


class Library:
    """A module with what MicroPython's has, and more."""

    def __init__(self, name, more):
        module = __import__(name)
        for each in dir(module):
            setattr(self, each, getattr(module, each))
        for function in more:
            setattr(self, function.__name__, function)


def prod(values, start=1):
    for value in values:
        start = start * value
    return start


def comb(n, k):
    return 0 if k > n else prod(range(n - k + 1, n + 1)) // prod(range(1, k + 1))


def gcd(a, b):
    while b:
        a, b = b, a % b
    return abs(a)


def dist(p, q):
    return sum([(a - b) ** 2 for a, b in zip(p, q)]) ** 0.5


def hypot(*sides):
    return dist(sides, [0] * len(sides))


def product(*lists):
    found: list[tuple] = [()]
    for values in lists:
        values = list(values)
        found = [one + (value,) for one in found for value in values]
    return found


def combinations(values, k):
    values = tuple(values)
    if not k:
        return [()]
    return [(one,) + rest for n, one in enumerate(values) for rest in combinations(values[n + 1 :], k - 1)]


def furnish():
    """Put what is missing into place; to be called once, under MicroPython."""
    modules: dict = sys.modules
    modules["math"] = Library("math", (prod, comb, gcd, dist, hypot))
    modules["itertools"] = Library("itertools", (product, combinations))
