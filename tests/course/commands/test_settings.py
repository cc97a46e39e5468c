"""`--set name=value`, read as the methods' own parameters want it."""

import pytest

from course.commands.settings import read
from course.commands.training import options_of
from course.ssl.by_name import METHODS, options


@pytest.mark.parametrize(
    ("method", "setting", "value"),
    [
        ("mae", "normalise=false", False),
        ("mae", "normalise=No", False),
        ("mae", "normalise=TRUE", True),
        ("mae", "ratio=.5", 0.5),
        ("mae", "ratio=0", 0.0),
        ("mae", "dim=48", 48),
        ("dino", "mirror=off", False),
        ("dino", "crop=none", None),
        ("dino", "crop=16", 16),
        ("dino", "global_scale=(0.5, 1)", (0.5, 1.0)),
        ("dino", "local_scale=0.1,0.4", (0.1, 0.4)),
        ("relvit", "tasks=['angles', \"positions\"]", ["angles", "positions"]),
        ("relvit", "tasks=angles", ["angles"]),
        ("context", "colour_dropping=0", False),
    ],
)
def test_a_value_is_what_its_parameter_wants(method, setting, value):
    [got] = options_of([setting], method).values()
    assert got == value and type(got) is type(value)


@pytest.mark.parametrize(
    ("method", "setting", "said"),
    [
        ("mae", "normalise=nein", "normalise must be true or false; got 'nein'"),
        ("mae", "dim=4.5", "dim must be a whole number; got '4.5'"),
        ("simclr", "tau=abc", "tau must be a number; got 'abc'"),
        ("simclr", "tau=nan", "tau must be a number; got 'nan'"),
        ("dino", "crop=half", "crop must be a whole number or none; got 'half'"),
        ("dino", "global_scale=1", "global_scale must be 2 values, such as (0.5, 0.5); got '1'"),
        ("mae", "augment=flip", "mae has no option 'augment'; it has ratio, dim, depth, heads, normalise"),
        ("simclr", "dim=3", "simclr has no option 'dim'; it has hidden, out, tau"),
        ("rotation", "tau=1", "rotation has no option 'tau'; it has none"),
        ("mae", "ratio", "--set takes name=value, such as --set tau=0.2; got 'ratio'"),
    ],
)
def test_what_cannot_be_read_is_said(method, setting, said):
    with pytest.raises(ValueError) as told:
        read([setting], options(method), method)
    assert str(told.value) == said


def test_a_setting_counts_once():
    with pytest.raises(ValueError, match="--set tau was given twice"):
        read(["tau=1", "tau=2"], options("simclr"))


def test_every_option_of_every_method_can_be_written():
    """A kind of parameter that nothing here can read would only be noticed by whoever needs it."""
    texts = {"int": "3", "float": "0.5", "bool": "no", "int | None": "4", "tuple": "0.2,0.3", "Coll": "a,b"}
    for method in METHODS:
        for name, kind in options(method).items():
            told = kind.__name__ if isinstance(kind, type) else str(kind)
            text = next(
                text
                for word, text in texts.items()
                if told.split(".")[-1].startswith(word) or told.startswith(word)
            )
            assert name in read([f"{name}={text}"], options(method), method)
