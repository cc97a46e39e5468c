"""The table of explained exceptions: what is said of each, and how it is recognised by its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.asking.outcome import Failure
from grader.asking.rules import with_article

Text = str | Callable[[re.Match[str], Failure], str | None]


@dataclass(frozen=True)
class Explained:
    """A kind of exception (a pattern of its name and one of its text), and what is said of it.

    ``text`` may use the groups of the second pattern, as ``\\1``.
    """

    kind: str
    message: str
    text: Text

    def of(self, failure: Failure) -> str | None:
        if not re.fullmatch(self.kind, failure.kind):
            return None
        found = re.search(self.message, failure.message)
        if found is None:
            return None
        return found.expand(self.text) if isinstance(self.text, str) else self.text(found, failure)


def _too_many(found: re.Match[str], failure: Failure) -> str | None:
    if failure.line is not None:  # a call in the student's own code
        return None
    return f"{_who(found[1])} takes fewer inputs than the statement names."


def _too_few(found: re.Match[str], failure: Failure) -> str | None:
    if failure.line is not None:
        return None
    names = ", ".join(f"`{name}`" for name in re.findall(r"'(\w+)'", found[2]))
    return f"{_who(found[1])} asks for more than the statement names: {names}."


def _unknown(found: re.Match[str], failure: Failure) -> str | None:
    if failure.line is not None:
        return f"`{found[1]}` takes no argument called `{found[2]}`."
    return f"{_who(found[1])} has no input called `{found[2]}`, which the statement names."


def _who(function: str) -> str:
    method = function.rpartition(".")[2]
    return f"Its `{method}`" if method in ("__init__", "forward") else "It"


def _no_attribute(found: re.Match[str], failure: Failure) -> str:
    kind = with_article(found[1])
    return f"`.{found[2]}` is asked of {kind}; a tensor is needed there (torch.tensor, torch.stack)."


_INDEX = (
    "An index points past the end: the places of an axis of length n are 0 to n − 1, and −1 is the last one."
)
_NONE = (
    "Something is None where a value is needed: an input that was left out, or what a function without "
    "`return` gives."
)
_WHOLE = "Sizes are whole numbers: divide them with `//`, not with `/`."
_INDICES = "Indices must be whole numbers: make them with `.long()`."
_DTYPES = "Tensors of different dtypes meet: make those of your own with the input's, `dtype=x.dtype`."
_ONE_NUMBER = (
    "Only a tensor with one number in it can become a Python number: for several there are torch.sqrt, "
    "torch.exp …, and torch.stack for a list of tensors."
)
_PAIR = "`x.{0}(dim=…)` gives a pair, values and indices: take `.values`{1}."


def _pair(found: re.Match[str], failure: Failure) -> str:
    return _PAIR.format(found[1], f", or use `a{found[1]}`" if found[1] in ("max", "min") else "")


TABLE = tuple(
    Explained(*row)
    for row in (
        # Masks and truth values
        (
            "RuntimeError",
            "Boolean value of Tensor with (more than one value|no values) is ambiguous",
            "A tensor of several numbers has no truth value: write `if mask is not None`, not `if mask`; "
            "for numbers use torch.where.",
        ),
        (
            "TypeError",
            r"~ \(operator.invert\) is only implemented on|bad operand type for unary ~: '(float|int)'",
            "`~` turns booleans round, and these are numbers: make a mask first, `x.bool()` or `x > 0`.",
        ),
        (
            "TypeError",
            "bad operand type for unary ~: 'NoneType'",
            "The mask is None where it is turned round: ask `if mask is not None` first.",
        ),
        (
            "RuntimeError",
            "(Subtraction|Negation), the `-` operator, (with|on)( two| a)? bool tensor",
            "A boolean mask cannot be subtracted: `~mask` turns it round, `.float()` makes numbers of it.",
        ),
        (
            "RuntimeError",
            "masked_fill_? only supports boolean masks|expected condition to be a boolean tensor",
            "The mask must be boolean: make it so with `mask.bool()` or a comparison.",
        ),
        # Pairs, lists, None
        (".*", r"torch\.return_types\.(max|min|sort|topk|median|mode|kthvalue|cummax|cummin)", _pair),
        ("AttributeError", r"'(list|tuple|float|int|bool)' object has no attribute '(\w+)'", _no_attribute),
        (
            "TypeError",
            r"must be tuple of Tensors, not Tensor",
            "torch.cat and torch.stack take one list of tensors: `torch.cat([a, b])`.",
        ),
        (
            "TypeError",
            r"unsupported operand type\(s\) for .*'(list|tuple)'",
            r"A \1 stands where a tensor is needed: torch.stack or torch.tensor makes one of it.",
        ),
        ("AttributeError|TypeError", "'NoneType'", _NONE),
        # Modules
        (
            "AttributeError",
            r"cannot assign \w+ before Module.__init__\(\) call",
            "`super().__init__()` must come first in `__init__`.",
        ),
        (
            "NotImplementedError",
            'is missing the required "forward" function',
            "The module has no `forward`: is it spelled so, and indented like `__init__`?",
        ),
        # How it is called
        (
            "TypeError",
            r"([\w.<>]+)\(\) takes (?:from \d+ to )?\d+ positional arguments? but \d+ (?:was|were) given",
            _too_many,
        ),
        (
            "TypeError",
            r"([\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: ('.*)",
            _too_few,
        ),
        ("TypeError", r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'", _unknown),
        (
            "TypeError",
            r'(\w+)\(\) missing \d+ required positional arguments: "dim"',
            r"`\1` must be told its axis: `dim=-1` is the last one.",
        ),
        # Names and values
        (
            "UnboundLocalError",
            r"local variable '(\w+)'",
            r"`\1` is read before it has a value: was the `if` or the loop that sets it skipped?",
        ),
        (
            "NameError",
            r"name '(\w+)' is not defined",
            r"The name `\1` is not known here: is it spelled so, imported, or defined above?",
        ),
        ("ModuleNotFoundError", r"No module named '([\w.]+)'", r"There is no module `\1` here."),
        (
            "RecursionError",
            "",
            "It calls itself without end: the case in which it stops is missing or never reached.",
        ),
        ("ZeroDivisionError", "", "A number is divided by 0."),
        (
            "ValueError",
            "math domain error|expected a (positive|nonnegative) input",
            "A function of `math` gets a number for which it has no value: a logarithm of 0, a root of −1.",
        ),
        # One number, or many
        (
            "ValueError|RuntimeError|TypeError",
            "(can|cannot) be converted to (a )?(Python scalars?|Scalar)",
            _ONE_NUMBER,
        ),
        (
            "TypeError",
            r"^(\w+)\(\): argument 'input' \(position 1\) must be Tensor, not (float|int)",
            r"`torch.\1` takes a tensor and gets a Python number: there is `math.\1` for that.",
        ),
        (
            "TypeError",
            r"(iteration over|len\(\) of) a 0-d tensor",
            "A tensor of one number without an axis has no length and no items: an axis was lost before.",
        ),
        (
            "TypeError",
            "'float' object cannot be interpreted as an integer|must be tuple of ints, ?(but|not).*float",
            _WHOLE,
        ),
        # Axes and indices
        (
            "IndexError",
            r"(list|tuple|string) index out of range|index -?\d+ is out of bounds for (dimension|axis)",
            _INDEX,
        ),
        (
            "IndexError",
            "index out of range in self",
            "An index is larger than the embedding's table has rows.",
        ),
        (
            "IndexError",
            "Dimension out of range",
            "A `dim` names an axis that the tensor has not: count from the end, −1 and −2, so that axes in "
            "front do not matter.",
        ),
        (
            "IndexError",
            "too many indices for tensor",
            "There are more indices than axes: `x[..., i]` picks along the last one, whatever is in front.",
        ),
        (
            "RuntimeError",
            r"tensor\.m[TH] is only supported on matrices",
            "`.mT` exchanges the last two axes, and the tensor has only one.",
        ),
        (
            "TypeError",
            "'torch.Size' object is not callable",
            "`x.shape` is no function: write `x.shape[0]` or `x.size(0)`.",
        ),
        (
            "TypeError",
            "'Tensor' object is not callable",
            "A tensor is called like a function: an operator is missing before a parenthesis, or a variable "
            "has a function's name.",
        ),
        # Dtypes and devices
        ("RuntimeError", "expected scalar type|to have the same dtype|must have the same dtype", _DTYPES),
        (
            "NotImplementedError|RuntimeError",
            "not implemented for '(Long|Int|Bool)'|Input dtype must be either a floating point",
            "This needs floats and gets whole numbers or booleans: call `.float()` first.",
        ),
        (
            "IndexError|RuntimeError",
            "int32/int64 for index|tensor of type LongTensor|'indices' to have one of|as indices must be"
            "|are valid indices",
            _INDICES,
        ),
        (
            "RuntimeError",
            "can't be cast to the desired output type",
            "Floats are written into a tensor of whole numbers: make that tensor one of floats.",
        ),
        (
            "RuntimeError",
            "on the same device|is not on the expected device",
            "Tensors on different devices meet: make those of your own with `device=x.device`.",
        ),
        (
            "AssertionError",
            "Torch not compiled with CUDA enabled",
            'There is no GPU here: leave out `.cuda()` and `device="cuda"`.',
        ),
        # Memory and gradients
        (
            "RuntimeError",
            "view size is not compatible",
            "`.view` needs the numbers in one order in memory: `.reshape` works for any tensor.",
        ),
        (
            "RuntimeError",
            r"Can't call numpy\(\) on Tensor that requires grad",
            "numpy cuts the gradient off: stay with torch, or no gradient reaches the inputs.",
        ),
        (
            "RuntimeError",
            "leaf Variable that requires grad is being used in an in-place operation",
            "It changes an input or a parameter in place: make a new tensor instead.",
        ),
        (
            "RuntimeError",
            "needed for gradient computation has been modified by an inplace operation",
            "Something is changed in place that the gradient still needs: make a new tensor instead.",
        ),
        (
            "RuntimeError",
            "refers to a single memory location",
            "What `expand` gives cannot be written into, its rows are one in memory: `.clone()` it first.",
        ),
        (
            "RuntimeError",
            "backward through the graph a second time",
            "`.backward()` is called twice for one computation: compute the value anew before.",
        ),
        (
            "RuntimeError",
            "does not require grad and does not have a grad_fn",
            "The value hangs on nothing that asks for a gradient: was it cut off (detach, no_grad, item)?",
        ),
        (
            "RuntimeError",
            "grad can be implicitly created only for scalar outputs",
            "`.backward()` starts from one number: take the sum or the mean first.",
        ),
    )
)
