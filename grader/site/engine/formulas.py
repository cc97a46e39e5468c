"""Formulas in the page: read and compared by the rules of `grader.formula`, explained by the grader's.

A port for MicroPython, which has neither `ast` nor `decimal` nor regular expressions that look behind. A test
holds it against what it is a port of. A tree is a tuple: ("number", value), ("name", text), (operator, left,
right), ("-", tree), ("call", name, [trees], name is a plain one), ("tuple", [trees]); anything else that
Python understands, and formulas do not have, is ("other",).
"""

from grader.site.engine import exact

LONGEST, DEEPEST = 400, 60
LARGEST_NUMBER, LARGEST_POWER = 10**15, 64
LONGEST_WHOLE = 10**12
FUNCTIONS = ("sqrt", "log", "log2", "exp", "ceil", "floor", "min", "max")
FRACTIONS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5",
    "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
}  # fmt: skip
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SIGNS = {"⁻": "-", "⁺": "+"}
WRITTEN = {"^": "**", "ⁿ": "**n"}
for letters, sign in (("×·⋅∙∗•✕✖\u2062", "*"), ("−–‐‑", "-"), ("÷∕⁄／", "/"), ("\u200b\u2060\ufeff", "")):
    for letter in letters:
        WRITTEN[letter] = sign
SPACES = " \t\n\r\x0b\x0c\xa0\u2002\u2003\u2009\u202f"
NOT_UNDERSTOOD = "Only numbers, the symbols, + - * / ** and parentheses are understood here."
MULTIPLY = "A multiplication sign is missing: write 2*a, not 2a."
RIGHT_HAND_SIDE = "Write the right-hand side only, without an equals sign."
NOTHING_YET = "There is no formula yet."
TOO_DEEP = "The formula is nested too deeply; simplify it."
ORDINAL = ("first", "second", "third", "fourth", "fifth")
FOREIGN = ("log2", "log", "exp", "ceil", "floor", "min", "max", "//")


class FormulaError(Exception):
    """The text is not a formula; the message says what to change."""


class Misread(Exception):
    """Python does not read it either."""


# -- what is written as on paper --------------------------------------------------------------------------


def is_letter(c):
    """Whether it may stand in a word: what Python's regular expressions call so, of what people type."""
    if c < "\x80":
        return c.isalpha() or c.isdigit() or c == "_"
    if c in FRACTIONS or c in RAISED or c in "ªºⁿ":
        return True
    return ("\xc0" <= c <= "\u024f" and c not in "×÷") or "\u0370" <= c <= "\u1fff"


def skip_spaces(text, at):
    while at < len(text) and text[at] in SPACES:
        at += 1
    return at


def end_of_word(text, at):
    while at < len(text) and is_letter(text[at]):
        at += 1
    return at


def words_of(text):
    """Where each word begins and ends."""
    at = 0
    while at < len(text):
        end = end_of_word(text, at)
        if end > at:
            yield at, end
        at = max(end, at + 1)


def with_words(text, change):
    """The text with what `change(before, word, after)` makes of each word."""
    done, parts = 0, []
    for begin, end in words_of(text):
        parts += [text[done:begin], change(text[:begin], text[begin:end], text[end:])]
        done = end
    return "".join(parts) + text[done:]


def as_python(text):
    """The text with what is written as on paper (^ · × ² ½ √ ln e, a line break) put in Python's way."""
    text = _fractions_multiplied(text)
    text = _powers_lowered(text)
    text = "".join(["(" + FRACTIONS[c] + ")" if c in FRACTIONS else WRITTEN.get(c, c) for c in text])
    text = _single_spaces(text)
    text = with_words(text, _euler)
    text = _roots_called(text)
    return _logs_called(with_words(text, lambda before, word, after: "log" if word == "ln" else word).strip())


def _fractions_multiplied(text):
    parts, at = [], 0
    while at < len(text):
        c, after = text[at], skip_spaces(text, at + 1)
        alone = c in FRACTIONS and not (at and (is_letter(text[at - 1]) or text[at - 1] in "./"))
        if alone and after < len(text) and (is_letter(text[after]) or text[after] in "(√"):
            parts.append(c + "*")
            at = after
        else:
            parts.append(c)
            at += 1
    return "".join(parts)


def _powers_lowered(text):
    parts, at = [], 0
    while at < len(text):
        begin = at + 1 if text[at] in SIGNS else at
        end = begin
        while end < len(text) and text[end] in RAISED:
            end += 1
        if end > begin:
            sign = SIGNS[text[at]] if begin > at else ""
            parts.append("**" + sign + "".join([str(RAISED.index(c)) for c in text[begin:end]]))
            at = end
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts)


def _single_spaces(text):
    parts, at = [], 0
    while at < len(text):
        after = skip_spaces(text, at)
        parts.append(" " if after > at else text[at])
        at = max(after, at + 1)
    return "".join(parts)


def _euler(before, word, after):
    opens = after[skip_spaces(after, 0) :].startswith("(")
    return "exp(1)" if word == "e" and not opens else word


def _roots_called(text):
    for opening in (True, False):
        parts, at = [], 0
        while at < len(text):
            after = skip_spaces(text, at + 1)
            if text[at] == "√" and opening and text[after : after + 1] == "(":
                parts.append("sqrt(")
                at = after + 1
                continue
            end = end_of_word(text, after)
            if text[at] == "√" and not opening and end > after:
                point = end + 1
                while text[end : end + 1] == "." and point < len(text) and text[point].isdigit():
                    point += 1
                end = point if point > end + 1 else end
                parts.append("sqrt(" + text[after:end] + ")")
                at = end
                continue
            parts.append(text[at])
            at += 1
        text = "".join(parts)
    return text


def _logs_called(text):
    """``log L`` as ``log(L)``; ``log L/2`` could be meant in two ways."""
    done, parts = 0, []
    for begin, end in words_of(text):
        if begin < done or text[begin:end] != "log" or text[end : end + 1] != " ":
            continue
        last = end_of_word(text, end + 1)
        rest = text[last:]
        rest = rest[1:] if rest[:1] == " " else rest
        if last > end + 1 and (not rest or rest[0] in "-+),"):
            parts.append(text[done:begin] + "log(" + text[end + 1 : last] + ")")
            done = last
    return "".join(parts) + text[done:]


def _no_sign_before_a_root(text):
    for at in range(len(text)):
        if text[at] != "√":
            continue
        before, after = at, skip_spaces(text, at + 1)
        while before and text[before - 1] in SPACES:
            before -= 1
        begin = before
        while begin and (is_letter(text[begin - 1]) or text[begin - 1] == "."):
            begin -= 1
        closes, opens = text[before - 1 : before] == ")", text[after : after + 1] == "("
        end = end_of_word(text, after)
        if (begin < before or closes) and (end > after or opens):
            left = "(…)" if closes else text[begin:before]
            right = "(…)" if opens else text[after:end]
            return "A multiplication sign is missing before the root: write " + left + "*√" + right + "."
    return None


def _syntax_advice(text):
    if "=" in text:
        return RIGHT_HAND_SIDE
    if text.count("(") != text.count(")"):
        return "The parentheses do not balance."
    for begin, end in words_of(text):
        after = skip_spaces(text, end)
        last = end_of_word(text, after)
        if text[begin:end] in FUNCTIONS and after > end and last > after:
            call = text[begin:end] + "(" + text[after:last] + ")"
            return "Put what a function is taken of in parentheses: " + call + "."
    for at in range(len(text)):
        after = skip_spaces(text, at + 1)
        follows = text[after : after + 1]
        opens = follows == "(" or (follows < "\x80" and follows.isalpha())
        digit_then = text[at].isdigit() and follows and opens
        two_words = is_letter(text[at]) and after > at + 1 and follows and is_letter(follows)
        closed_then = text[at] == ")" and follows and is_letter(follows)
        if digit_then or two_words or closed_then:
            return MULTIPLY
    return "This does not read as a formula; use + - * / ** and parentheses."


# -- Python's own grammar, of expressions -----------------------------------------------------------------

LONG = ("**", "//", "<<", ">>", "==", "!=", "<=", ">=", ":=")
BINARY = {"|": 4, "&": 5, "<<": 6, ">>": 6, "+": 7, "-": 7, "*": 8, "/": 8, "//": 8, "%": 8, "@": 8}
COMPARED = ("==", "!=", "<", ">", "<=", ">=", "in", "is")
RESERVED = ("and", "or", "not", "in", "is", "if", "else", "for", "lambda")
WORDS = (
    "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "except", "finally",
    "from", "global", "import", "nonlocal", "pass", "raise", "return", "try", "while", "with", "yield",
)  # fmt: skip
OTHER, STRING = ("other",), ("string",)


def tokens_of(text):
    """Numbers as pairs ("number", value), all else as text."""
    tokens, at = [], 0
    while at < len(text):
        c = text[at]
        if c in SPACES:
            at += 1
        elif c.isdigit() or (c == "." and text[at + 1 : at + 2].isdigit()):
            number, at = _number(text, at)
            tokens.append(number)
        elif is_letter(c):
            end = end_of_word(text, at)
            if text[at:end] in WORDS:
                raise Misread
            tokens.append(text[at:end])
            at = end
        elif text[at : at + 2] in LONG:
            tokens.append(text[at : at + 2])
            at += 2
        elif c in "+-*/%@&|~<>()[]{},.:=":
            tokens.append(c)
            at += 1
        elif c in "'\"" and text.find(c, at + 1) > 0:
            at = text.find(c, at + 1) + 1
            tokens.append(STRING)
        else:
            raise Misread
    return tokens


def _digits(text, at):
    """A run of digits, with single underscores between them, and where it ends."""
    end = at
    while end < len(text) and text[end].isdigit():
        end += 1
        if text[end : end + 1] == "_" and text[end + 1 : end + 2].isdigit():
            end += 1
    return text[at:end].replace("_", ""), end


def _number(text, at):
    whole, end = _digits(text, at)
    is_whole, rest, exponent = True, "", 0
    if text[end : end + 1] == ".":
        rest, end = _digits(text, end + 1)
        is_whole = False
    if text[end : end + 1] in ("e", "E"):
        signed = 1 if text[end + 1 : end + 2] in ("+", "-") else 0
        digits, after = _digits(text, end + 1 + signed)
        if digits:
            exponent = min(int(digits), 999) * (-1 if text[end + 1] == "-" else 1)
            is_whole, end = False, after
    if end < len(text) and is_letter(text[end]):
        raise Misread
    if is_whole and len(whole) > 1 and whole[0] == "0" and whole.strip("0"):
        raise Misread
    exponent -= len(rest)
    digits = int((whole + rest) or "0")
    value = (digits * 10**exponent, 1) if exponent >= 0 else exact.fraction(digits, 10**-exponent)
    return ("number", value), end


class Reader:
    """Reads an expression from tokens, each operator by how tightly it binds."""

    def __init__(self, tokens):
        self.tokens, self.at = tokens, 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, token):
        if self.peek() != token:
            return False
        self.at += 1
        return True

    def need(self, token):
        if not self.take(token):
            raise Misread

    def whole(self):
        tree = self.several("")
        if self.peek() != "" or tree is None:
            raise Misread
        return tree

    def several(self, closing):
        """One expression, or a tuple of some up to what closes them; None for nothing."""
        trees, is_tuple = [], False
        while self.peek() != closing:
            trees.append(self.one(0))
            if not self.take(","):
                break
            is_tuple = True
        if closing:
            self.need(closing)
        if is_tuple or (closing and not trees):
            return ("tuple", trees)
        return trees[0] if trees else None

    def one(self, binding):
        tree = self.unary()
        while True:
            token = self.peek()
            if isinstance(token, tuple):
                return tree
            if token == "**":
                self.at += 1
                tree = ("**", tree, self.one(9))
            elif token in BINARY and BINARY[token] > binding:
                self.at += 1
                tree = (token, tree, self.one(BINARY[token]))
            elif (token in COMPARED and binding < 3) or (token == ":=" and not binding):
                self.at += 1
                self.take("not")
                first = token in ("==", ":=")
                self.one(3)
                tree = tree if tree[0] == "compared" else ("compared", first)
            elif token in ("and", "or") and binding < 1:
                self.at += 1
                self.one(1)
                tree = OTHER
            elif token == "if" and not binding:
                self.at += 1
                self.one(1)
                self.need("else")
                self.one(0)
                tree = OTHER
            else:
                return tree

    def unary(self):
        token = self.peek()
        if token in ("+", "-", "~"):
            self.at += 1
            tree = self.one(9)
            return OTHER if token == "~" else ("-", tree) if token == "-" else ("+", tree)
        if token == "not":
            self.at += 1
            self.one(2)
            return OTHER
        return self.primary()

    def primary(self):
        token = self.peek()
        self.at += 1
        if token == "(":
            tree = self.several(")")
        elif token == "[":
            tree = self.several("]")
            tree = tree if tree[0] == "tuple" else ("tuple", [tree])
        elif isinstance(token, tuple):
            tree = token
        elif token and is_letter(token[0]) and token not in RESERVED:
            tree = OTHER if token in ("True", "False", "None") else ("name", token)
        else:
            raise Misread
        while True:
            if self.take("("):
                tree = ("call", tree, self.arguments())
            elif self.take("["):
                if self.several("]") == ("tuple", []):
                    raise Misread
                tree = OTHER
            elif self.take("."):
                name = self.peek()
                if isinstance(name, tuple) or not name or not is_letter(name[0]) or name in RESERVED:
                    raise Misread
                self.at += 1
                tree = ("attribute", name)
            else:
                return tree

    def arguments(self):
        """What a call is given; None where something of it is given by name."""
        arguments, by_name = [], False
        while not self.take(")"):
            starred = self.take("*")
            by_name = self.take("**") or by_name
            tree = self.one(0)
            if tree[0] == "name" and self.take("="):
                by_name = True
                self.one(0)
            arguments.append(OTHER if starred else tree)
            if not self.take(","):
                self.need(")")
                break
        return None if by_name else arguments


# -- the whitelist ----------------------------------------------------------------------------------------


def allow(tree, symbols, depth, power):
    """Refuse what is not arithmetic on the given symbols; as `grader.formula` does, in the same order."""
    if depth > DEEPEST:
        raise FormulaError(TOO_DEEP)
    kind, children = tree[0], []
    if kind == "number":
        if exact.is_less((LARGEST_NUMBER, 1), tree[1]):
            raise FormulaError("A number larger than 1e+15 is too large for a formula.")
    elif kind == "name":
        if tree[1] not in symbols:
            raise FormulaError(_unknown(tree[1], symbols))
    elif kind == "**" and is_euler(tree[1]):
        children = [tree[2]]
    elif kind == "**":
        power *= max(1.0, abs(_exponent(tree[2], depth + 1)))
        if power > LARGEST_POWER:
            raise FormulaError("Powers larger than 64 are too large for a formula.")
        children = [tree[1]]
    elif kind in ("+", "-", "*", "/", "//"):
        children = tree[1:]
    elif kind == "call":
        children = _arguments(tree, symbols)
    elif kind == "compared" and tree[1]:
        raise FormulaError(RIGHT_HAND_SIDE)
    else:
        raise FormulaError(NOT_UNDERSTOOD)
    for child in children:
        allow(child, symbols, depth + 1, power)


def _arguments(tree, symbols):
    called, arguments = tree[1], tree[2]
    if called[0] == "name" and called[1] in FUNCTIONS and arguments is not None:
        many = called[1] in ("min", "max")
        if (len(arguments) < 2) if many else (len(arguments) != 1):
            takes = "at least two values" if many else "one value"
            raise FormulaError("`" + called[1] + "` takes " + takes + ".")
        return arguments
    if called[0] == "name" and called[1] in symbols:
        name = called[1]
        raise FormulaError("A multiplication sign is missing after `" + name + "`: write " + name + "*(…).")
    if called[0] == "attribute" and called[1] in FUNCTIONS:
        raise FormulaError("Write " + called[1] + "(…) alone, without a dot before it.")
    binary = (called[0] == "**" or called[0] in BINARY) and len(called) == 3
    if called[0] in ("number", "string", "call") or binary:
        raise FormulaError(MULTIPLY)
    raise FormulaError(NOT_UNDERSTOOD)


def is_euler(tree):
    return tree[0] == "call" and tree[1] == ("name", "exp") and tree[2] == [("number", (1, 1))]


def has_name(tree):
    """Whether a symbol stands in it."""
    if tree[0] == "name":
        return tree[1] not in FUNCTIONS
    inside = [part for part in tree[1:] if isinstance(part, tuple) and part and isinstance(part[0], str)]
    lists = [part for part in tree[1:] if isinstance(part, list)]
    return any([has_name(part) for part in inside + [one for each in lists for one in each]])


def _exponent(tree, depth):
    not_a_number = "A power must be a number, like L**2."
    if has_name(tree):
        raise FormulaError(not_a_number)
    allow(tree, (), depth, 1)
    try:
        return exact.nearest_float(evaluate(tree, {}))
    except OverflowError:
        return float("inf")
    except (ArithmeticError, ValueError, TypeError):
        raise FormulaError(not_a_number)


def _unknown(name, symbols):
    listed = ", ".join(symbols)
    if all([letter in symbols for letter in name]):
        meant = ": write " + "*".join(list(name)) + " for a product."
        return "`" + name + "` is not a symbol here" + meant + " The symbols are " + listed + "."
    near = [symbol for symbol in symbols if symbol.lower() == name.lower()]
    meant = "; did you mean `" + near[0] + "`?" if near else "."
    return "`" + name + "` is not a symbol here" + meant + " The symbols are " + listed + "."


# -- reading ----------------------------------------------------------------------------------------------


class Formula:
    """A formula that passed: one tree, or one for each entry of a shape."""

    def __init__(self, text, symbols):
        """Raises FormulaError: one sentence on what to change."""
        if not text.strip():
            raise FormulaError(NOTHING_YET)
        if len(text) > LONGEST:
            raise FormulaError("The formula is longer than 400 characters; simplify it.")
        missing = _no_sign_before_a_root(text)
        if missing:
            raise FormulaError(missing)
        python = as_python(text)
        try:
            tree = Reader(tokens_of(python)).whole()
        except Misread:
            raise FormulaError(_syntax_advice(python))
        except RuntimeError:  # MicroPython's, for what is nested deeper than it can follow
            raise FormulaError(TOO_DEEP)
        self.text, self.is_tuple = text, tree[0] == "tuple"
        self.parts = list(tree[1]) if self.is_tuple else [tree]
        for part in self.parts:
            allow(part, symbols, 0, 1)

    def at(self, values):
        """What each part gives there; None where one has no value."""
        try:
            return [evaluate(part, values) for part in self.parts]
        except (ArithmeticError, ValueError):
            return None


def evaluate(tree, values):
    kind = tree[0]
    if kind == "number":
        return tree[1]
    if kind == "name":
        return values[tree[1]]
    if kind == "call":
        return call(tree[1][1], [evaluate(argument, values) for argument in tree[2]])
    if len(tree) == 2:
        value = evaluate(tree[1], values)
        return exact.negative(value) if kind == "-" else value
    if kind == "**" and is_euler(tree[1]):
        return exact.exp(evaluate(tree[2], values))
    left, right = evaluate(tree[1], values), evaluate(tree[2], values)
    if kind == "+":
        return exact.add(left, right)
    if kind == "-":
        return exact.subtract(left, right)
    if kind == "*":
        return exact.multiply(left, right)
    if kind == "**":
        return exact.power(left, right)
    ratio = exact.divide(left, right)
    return exact.floor(ratio) if kind == "//" else ratio


def call(name, arguments):
    if name == "max":
        return exact.max_of(arguments)
    if name == "min":
        return exact.min_of(arguments)
    one = {
        "sqrt": exact.root,
        "log": exact.log,
        "log2": exact.log2,
        "exp": exact.exp,
        "ceil": exact.ceil,
        "floor": exact.floor,
    }
    return one[name](arguments[0])


# -- comparing --------------------------------------------------------------------------------------------


class Asked:
    """A formula that is asked for.

    Args:
        told: what the page knows of it (`grader.site.formulas`).
    """

    def __init__(self, told):
        self.told, self.symbols = told, told["symbols"]
        names = sorted(self.symbols)
        self.points = [{name: (n, 1) for name, n in zip(names, point)} for point in told["where"]]
        self.right = Formula(told["right"], self.symbols)

    def equal(self, one, other):
        """Whether two formulas are equal for all positive whole values of the symbols."""
        if one.is_tuple != other.is_tuple or len(one.parts) != len(other.parts):
            return False
        told = untold = 0
        for values in self.points:
            a, b = one.at(values), other.at(values)
            if a is None or b is None:
                untold += 1
            elif all([exact.close(x, y) for x, y in zip(a, b)]):
                told += 1
            else:
                return False
        return told > untold

    def judge(self, text):
        """The sentence and the example for a wrong formula, each maybe empty; None for a right one."""
        entries = len(self.right.parts)
        not_a_shape = "A shape with " + str(entries) + ' entries is expected, like "(a, b)".'
        if self.right.is_tuple and text.strip() and "," not in text:
            return not_a_shape, ""
        try:
            typed = Formula(text, self.symbols)
        except FormulaError as error:
            return str(error.args[0]), ""
        if self.right.is_tuple and len(typed.parts) != entries:
            return not_a_shape, ""
        if typed.is_tuple and not self.right.is_tuple:
            return "One formula is expected, not several.", ""
        if self.equal(typed, self.right) or self._divides_alike(text):
            return None
        return self._named(typed) or "", self._example(typed)

    def _divides_alike(self, text):
        """Whether it is right where divisions leave nothing over, which is when programmers write ``//``."""
        if "//" not in text or "//" in self.told["right"]:
            return False
        return self.equal(Formula(text.replace("//", "/"), self.symbols), self.right)

    def _named(self, typed):
        sentences = self.told["sentences"]
        for text, sentence in self.told["slips"]:
            if self.equal(typed, Formula(text, self.symbols)):
                return sentences[sentence]
        first = typed.at(self.points[0])
        if first is not None and not typed.is_tuple:
            value = exact.nearest_float(first[0])
            for near, sentence, text in self.told["near"]:
                alike = abs(near - value) <= 1e-9 * max(abs(near), abs(value))
                if alike and self.equal(typed, Formula(text, self.symbols)):
                    return sentences[sentence]
        return self._of_a_shape(typed) or self._foreign_function(typed)

    def _of_a_shape(self, typed):
        """Which entries of a shape are wrong, or that they are right in another order."""
        if not typed.is_tuple or len(typed.parts) != len(self.right.parts):
            return None
        alike = [[self._alike(one, other) for other in self.right.parts] for one in typed.parts]
        size = len(alike)
        if any([all([alike[n][order[n]] for n in range(size)]) for order in orders(list(range(size)))]):
            return "The sizes are right, and stand in another order."
        wrong = [n for n in range(size) if not alike[n][n]]
        if len(wrong) == size:
            return None
        names = [ORDINAL[n] for n in wrong]
        listed = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
        are = " entry is" if len(wrong) == 1 else " entries are"
        return "The " + listed + are + " wrong; the rest is right."

    def _alike(self, one, other):
        """Whether two entries are equal."""
        return self.equal(Part(one), Part(other))

    def _foreign_function(self, typed):
        here, right = as_python(typed.text), as_python(self.told["right"])
        for name in FOREIGN:
            if name in here and name not in right:
                return "There is a `" + name + "` in it; the right formula needs none."
        return None

    def _example(self, typed):
        """Sizes at which the two differ, with both values."""
        for where, values in self.told["examples"]:
            values = {name: tuple(value) for name, value in values.items()}
            wanted, given = self.right.at(values), typed.at(values)
            if wanted is None or wanted == given or (given and alike(wanted, given)):
                continue
            if given is None:
                return "It has no value at " + where + "; there " + written(wanted, 6) + " is right."
            for digits in (6, 12, 17):
                if written(given, digits) != written(wanted, digits):
                    break
            gives = " it gives " + written(given, digits) + "; "
            return "At " + where + gives + written(wanted, digits) + " is right."
        return "It is right at some sizes, and not at all."


class Part(Formula):
    """One entry of a shape as a formula of its own."""

    def __init__(self, tree):
        self.parts, self.is_tuple = [tree], False


def alike(wanted, given):
    return len(wanted) == len(given) and all([exact.close(a, b) for a, b in zip(wanted, given)])


def orders(items):
    """Every order of some items."""
    if len(items) < 2:
        return [items]
    return [[one] + rest for one in items for rest in orders([other for other in items if other != one])]


def written(values, digits):
    """Whole numbers in full, others to some digits; a shape in parentheses."""
    texts = []
    for value in values:
        whole = exact.floor(value)
        n = whole[0] if exact.is_exact(whole) else exact.shifted(whole.m, whole.e)
        if abs(n) < LONGEST_WHOLE and not exact.sign(exact.subtract(value, (n, 1))):
            texts.append(with_commas(n))
        else:
            texts.append(("%." + str(digits) + "g") % exact.nearest_float(value))
    return "(" + ", ".join(texts) + ")" if len(texts) > 1 else texts[0]


def with_commas(n):
    digits = str(abs(n))
    groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]
    return ("-" if n < 0 else "") + ",".join(reversed(groups))
