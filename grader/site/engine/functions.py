"""A reader's function in plain Python: run on recorded inputs, compared as the judge does, its mistake named.

Runs under MicroPython in the page, and under Python in the tests. What is right and what known mistakes give
was recorded when the site was built (`grader.site.functions`).
"""

import io
import sys

RELATIVE, ABSOLUTE = 1e-4, 1e-5  # as in grader.exercise.compare
HERE = 'File "<string>", line '  # where the reader's own lines stand in a traceback
NAMES = {"inf": float("inf"), "nan": float("nan")}
NOTHING_YET = "Nothing is written here yet, or a `return` is missing."
LONGEST = 160
NUMBERS = (int, float)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


class Stopped(Exception):
    """The reader's code ends with an error; the sentence says which, and where."""


def judge(told, source):
    """What is said of a reader's source: see `verdict`."""
    try:
        function = _defined(told["name"], source)
    except Stopped as stopped:
        return verdict(told, [], stopped.args[0])
    questions = eval(told["questions"], dict(NAMES))
    given = [ask(function, eval(inputs, dict(NAMES)), source) for _, inputs, _ in questions]
    rights = [right for _, _, right in questions]
    held = [how == "value" and same(right, value) for (how, value), right in zip(given, rights)]
    if all(held):
        return verdict(told, held, "")
    if all([outcome[0] == "stub" or outcome == ("value", None) for outcome in given]):
        return verdict(told, held, NOTHING_YET)
    first = held.index(False)
    _, inputs, right = questions[first]
    call = told["name"] + "(" + ", ".join([shown(value) for value in eval(inputs, dict(NAMES))]) + ")"
    kind, value = given[first][0], given[first][1]
    if kind != "value":
        return verdict(told, held, value, "`" + call + "`")
    named = trivial(questions, given) or known(told, held, given) or symptom(questions, held, given)
    what = difference(right, value)
    example = "`" + call + "` gives `" + shown(value) + "`; `" + shown(right) + "` is right."
    return verdict(told, held, named or what, example)


def verdict(told, held, sentence, example=""):
    """Right or not, the sentence, a call that goes wrong, and for each property whether it holds."""
    marks = []
    for part, name in enumerate(told["parts"]):
        asked = [held[n] for n, of in enumerate(told["asked"]) if of == part] if held else [False]
        marks.append([name, all(asked)])
    return {
        "right": all([holds for _, holds in marks]),
        "sentence": sentence,
        "example": example,
        "marks": marks if len(marks) > 1 and held else [],
        "share": sum([holds for _, holds in marks]) / len(marks),
    }


# -- running it -------------------------------------------------------------------------------------------


def _defined(name, source):
    """The reader's function. Raises Stopped."""
    space = {"__name__": "answer"}
    try:
        exec(source, space)
    except BaseException as error:  # SystemExit, too
        raise Stopped(explained(error, source))
    if not callable(space.get(name)):
        raise Stopped("There is no function `" + name + "` here: keep its line, `def " + name + "(…):`.")
    return space[name]


def ask(function, inputs, source):
    """What comes of a call: ("value", value), ("error", sentence) or ("stub", sentence)."""
    before = repr(inputs)
    try:
        value = function(*inputs)
    except NotImplementedError:
        return "stub", NOTHING_YET
    except BaseException as error:
        return "error", explained(error, source)
    if repr(inputs) != before:
        return "error", "It changes what it is given. Make a new list; who called it still needs the old one."
    return "value", value


def explained(error, source):
    """An error with its line; and that line, where there is one."""
    told = type(error).__name__ + (": " + str(error) if str(error) else "")
    lines = [line for line in traced(error).split("\n") if HERE in line]
    if not lines:
        return told + "."
    number = int(lines[-1].split(HERE)[1].split(",")[0].strip())
    rows = source.split("\n")
    code = rows[number - 1].strip() if number <= len(rows) else ""
    return "Line " + str(number) + (", `" + code + "`" if code else "") + ": " + told + "."


def traced(error):
    text = io.StringIO()
    if hasattr(sys, "print_exception"):  # MicroPython's
        sys.print_exception(error, text)
    else:
        import traceback

        traceback.print_exception(error, file=text)
    return text.getvalue()


# -- comparing --------------------------------------------------------------------------------------------


def is_number(value):
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def is_list(value):
    return isinstance(value, (list, tuple))


def same(right, given):
    """Whether a value agrees with the right one: counts exactly, other numbers within a tolerance."""
    if is_list(right):
        return is_list(given) and len(given) == len(right) and all([same(a, b) for a, b in zip(right, given)])
    if is_number(right) and is_number(given):
        if right == given:
            return True
        apart = abs(right - given)
        bound = ABSOLUTE
        if isinstance(right, float):
            bound = max(RELATIVE * max(abs(right), abs(given)), ABSOLUTE)
        return apart <= bound and apart < NAMES["inf"]
    return type(right) is type(given) and right == given


def shown(value):
    """A value as a person writes it: numbers to six digits."""
    if isinstance(value, float):
        text = "%.6g" % value
        text = text if any([c in text for c in ".en"]) else text + ".0"
    elif is_list(value):
        inside = ", ".join([shown(one) for one in value])
        comma = "," if len(value) == 1 else ""
        text = "[" + inside + "]" if isinstance(value, list) else "(" + inside + comma + ")"
    else:
        text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def difference(right, given):
    """What is wrong with a value, told from the outside in."""
    if given is None:
        return "It returns None: is something left to write, or is the `return` missing?"
    if is_list(right):
        if not is_list(given):
            return "It returns " + kind_of(given) + "; a list of " + str(len(right)) + " is expected."
        if len(given) != len(right):
            return "It returns " + str(len(given)) + " values; " + str(len(right)) + " are expected."
        places = [n for n in range(len(right)) if not same(right[n], given[n])]
        if is_list(right[places[0]]) or not is_number(given[places[0]]):
            return "Place " + str(places[0]) + ": " + difference(right[places[0]], given[places[0]])
        wrong = str(len(places)) + " of " + str(len(right))
        return wrong + " values are wrong, the first at place " + str(places[0]) + "."
    if is_number(right) != is_number(given) or isinstance(right, bool) != isinstance(given, bool):
        return "It returns " + kind_of(given) + "; " + kind_of(right) + " is expected."
    return "The value is not the right one."


def kind_of(value):
    if isinstance(value, bool):
        return "True or False"
    words = {"list": "a list", "tuple": "a tuple", "int": "a number", "float": "a number", "str": "a text"}
    name = type(value).__name__
    return words.get(name, "a `" + name + "`")


# -- naming: only what fits every question ------------------------------------------------------------------


def trivial(questions, given):
    """What comes of any cause: an input given back, or one and the same value."""
    values = [outcome[1] if outcome[0] == "value" else Stopped for outcome in given]
    for place in range(len(eval(questions[0][1], dict(NAMES)))):
        inputs = [eval(asked, dict(NAMES))[place] for _, asked, _ in questions]
        if all([same(a, b) for a, b in zip(inputs, values)]):
            return "It gives back its " + ORDINALS[place] + " input as it came."
    rights = [right for _, _, right in questions]
    if (
        len(values) > 1
        and all([same(values[0], value) for value in values[1:]])
        and not all([same(rights[0], right) for right in rights])
    ):
        what = shown(values[0])
        return "It gives " + ("`" + what + "`" if len(what) < 40 else "the same") + " whatever it is given."
    return None


def known(told, held, given):
    """A recorded mistake that gives the same on every question; None where two of them do."""
    found = []
    for sentence, is_authored, outcomes in eval(told["mistakes"], dict(NAMES)):
        fits = all([_alike(mine, theirs) for mine, theirs in zip(given, outcomes)])
        if fits and any([not ok and outcome[0] == "value" for ok, outcome in zip(held, given)]):
            if is_authored:
                return told["sentences"][sentence]
            if sentence not in found:
                found.append(sentence)
    return told["sentences"][found[0]] if len(found) == 1 else None


def _alike(mine, theirs):
    if theirs[0] == "error" or mine[0] != "value":
        return theirs[0] == mine[0]
    return same(theirs[1], mine[1])


def symptom(questions, held, given):
    """One relation that all wrong values have to the right ones."""
    wrong = [(right, outcome) for (_, _, right), outcome, ok in zip(questions, given, held) if not ok]
    if len(wrong) < 2 or any([outcome[0] != "value" for _, outcome in wrong]):
        return None
    pairs = [(right, outcome[1]) for right, outcome in wrong]
    lists = all([is_list(a) and is_list(b) and len(a) == len(b) > 1 for a, b in pairs])
    if lists and all([same(list(reversed(a)), b) for a, b in pairs]):
        return "The values are right, and stand in the opposite order."
    if lists and all([numeric(a) and numeric(b) and same(sorted(a), sorted(b)) for a, b in pairs]):
        return "The values are right, and stand in another order."
    if not all([is_number(a) and is_number(b) for a, b in pairs]):
        return None
    if all([same(float(-a), float(b)) for a, b in pairs]):
        return "Only the sign is wrong."
    first, value = pairs[0]
    apart = value - first
    if all([isinstance(a, int) and isinstance(b, int) and b - a == apart for a, b in pairs]):
        return "It is " + str(abs(apart)) + (" too large" if apart > 0 else " too small") + " each time."
    if all([a and same(float(value / first), float(b / a)) for a, b in pairs]) and value:
        return "It is " + shown(float(value / first)) + " times the right value, each time."
    return None


def numeric(values):
    return all([is_number(value) for value in values])
