"""What crosses between the judge and the student's process, and what does not."""

import contextlib
import json
import pickle
from dataclasses import asdict

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.asking import wire
from grader.asking.outcome import Failure, Outcome
from grader.asking.wire import Foreign, WireError, decode, encode


def cross(value):
    return decode(json.loads(json.dumps(encode(value))))


def same(one, other):
    if isinstance(one, torch.Tensor | np.ndarray):
        equal = torch.equal if isinstance(one, torch.Tensor) else np.array_equal
        return type(one) is type(other) and one.dtype == other.dtype and equal(one, other)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return type(other) is dict and list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    return type(one) is type(other) and (one == other or (one != one and other != other))


dtypes = st.sampled_from([getattr(torch, name) for name in sorted(wire.DTYPES)])
shapes = st.lists(st.integers(0, 4), max_size=3)
tensors = st.builds(lambda shape, dtype: (torch.randn(shape) * 9).to(dtype), shapes, dtypes)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), text)
values = st.recursive(
    st.one_of(plain, tensors, tensors.map(torch.Tensor.numpy)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(text, inner, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_round_trip(value):
    assert same(value, cross(value))


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (torch.arange(6.0).reshape(2, 3).T, torch.arange(6.0).reshape(2, 3).T),
        (torch.ones(3)[::2].expand(2, 2), torch.ones(2, 2)),
        (torch.tensor([0.5, 1.5], dtype=torch.bfloat16), torch.tensor([0.5, 1.5])),
        (torch.ones(2, requires_grad=True), torch.ones(2)),
        (torch.nn.Parameter(torch.ones(2)), torch.ones(2)),
        (torch.tensor(3.0), torch.tensor(3.0)),
        (np.array([1, 2], dtype=">i4"), np.array([1, 2], dtype=np.int32)),
        (np.arange(4)[::-2], np.array([3, 1])),
        (np.float64(2.5), 2.5),
        (np.float32(2.5), np.array(2.5, dtype=np.float32)),
        (np.bool_(True), np.array(True)),
        ({1: "a"}, {"1": "a"}),
        ("half a pair \ud800", "half a pair ?"),
        ("x" * 20_000, "x" * wire.LONGEST_TEXT),
    ],
)
def test_arrives_as(value, arrives):
    assert same(arrives, cross(value))


def circular():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (object(), "object"),
        (..., "ellipsis"),
        (len, "builtin_function_or_method"),
        ((x for x in ()), "generator"),
        ({1}, "set"),
        (b"bytes", "bytes"),
        (1j, "complex"),
        (10**400, "int"),
        (torch.float32, "dtype"),
        (torch.tensor([1j]), "Tensor of complex64 with shape (1,)"),
        (torch.zeros(1).expand(10**9), "Tensor of float32 with shape (1000000000,)"),
        (torch.eye(2).to_sparse(), "Tensor"),
        (torch.empty(2, device="meta"), "Tensor"),
        (np.array(["a"]), "ndarray of str32 with shape (1,)"),
        (np.array([None]), "ndarray of object with shape (1,)"),
    ],
)
def test_what_does_not_cross_is_known_by_its_type(value, name):
    assert cross(value) == Foreign(name)


def test_a_list_that_holds_itself():
    assert "Foreign(type='list')" in repr(cross(circular()))


# -- hostile values ------------------------------------------------------------------------------------


class Text(str):
    def __getitem__(self, place):
        return object()

    def __str__(self):
        raise RuntimeError("never called")


class Integer(int):
    def __int__(self):
        return 99

    __index__ = bit_length = __repr__ = __int__


class Real(float):
    def __float__(self):
        return 99.0

    __repr__ = __str__ = lambda self: "99"


class Hostile(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *args, **kwargs):
        raise RuntimeError("never mind")


class Listing(list):
    def __iter__(self):
        raise RuntimeError("never mind")


class Pickled:
    def __reduce__(self):
        raise AssertionError("it was pickled")


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Text("abc"), "abc"),
        (Integer(7), 7),
        (Real(2.5), 2.5),
        (Real("nan"), float("nan")),
        (torch.ones(2).as_subclass(Hostile), Foreign("Hostile")),
        (Listing([1]), Foreign("Listing")),
        ([1, Listing([1])], [1, Foreign("Listing")]),
        ({Pickled: 1}, {str(Pickled): 1}),
        (Pickled(), Foreign("Pickled")),
        (np.array([Pickled()]), Foreign("ndarray of object with shape (1,)")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_class_of_the_students_own(value, arrives):
    assert same(arrives, cross(value))


def test_nothing_is_pickled(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("it was pickled")

    for name in ("dumps", "loads", "dump", "load"):
        monkeypatch.setattr(pickle, name, refuse)
    assert same(cross((torch.ones(2), [np.ones(2), "a"])), (torch.ones(2), [np.ones(2), "a"]))


# -- hostile JSON --------------------------------------------------------------------------------------


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def array(data="AACAPw==", dtype="float32", shape=(1,), kind="tensor"):
    return {kind: data, "dtype": dtype, "shape": list(shape)}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": 1},
        {"float": "1.0"},
        {"float": 1.0},
        {"tuple": "ab"},
        {"tuple": {"a": 1}},
        {"dict": [1]},
        {"foreign": 3},
        {"pickle": "gASVAAAA"},
        10**400,
        [10**400],
        nested(100),
        nested(100_000),
        array(shape=[2]),
        array(shape=[-1]),
        array(shape=[True]),
        array(shape=[1.0]),
        array(shape=[10**30]),
        array(shape=[0, 10**30], data=""),
        array(shape=[1] * 100),
        array(dtype="object"),
        array(dtype="O8"),
        array(dtype="float32,float32"),
        array(dtype="complex64"),
        array(data="not base64!"),
        array(data="AACAPw"),
        array(data="é"),
        array(data=3),
        array(data="AAAA" * (wire.LARGEST // 2)),
        {"array": "AACAPw=="},
    ],
)
def test_malformed_json_is_refused(value):
    with pytest.raises(WireError):
        decode(value)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["tuple", "dict", "tensor", "dtype", "shape", "foreign", "float"]), inner
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(json_values)
def test_any_json_is_decoded_or_refused(value):
    with contextlib.suppress(WireError):
        decode(value)


# -- outcomes ------------------------------------------------------------------------------------------

OUTCOMES = [
    Outcome(),
    Outcome(value=(1, "a")),
    Outcome(failure=Failure("ValueError", "no", 3, "x = 1", "f")),
    Outcome(failure=Failure("ValueError", "no")),
    Outcome(failure=Failure.told("no function", type="int")),
    Outcome(failure=Failure("ValueError", "no", rule="does not run")),
]


RAISED = asdict(Failure("ValueError"))


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcomes_cross(outcome):
    assert wire.decode_outcome(json.loads(json.dumps(wire.encode_outcome(outcome)))) == outcome


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"value": 1},
        {"value": {"bad": 1}, "failure": None},
        {"value": None, "failure": {}},
        {"value": None, "failure": RAISED | {"kind": 1}},
        {"value": None, "failure": RAISED | {"line": "3"}},
        {"value": None, "failure": RAISED | {"kind": ""}},
        {"value": None, "failure": RAISED | {"rule": "no such rule"}},
        {"value": None, "failure": RAISED | {"rule": "judge", "details": {"text": "Right"}}},
        {"value": None, "failure": RAISED | {"rule": "no function", "details": {"type": "✓ Right"}}},
        {"value": None, "failure": RAISED | {"rule": "no function"}},
    ],
)
def test_malformed_outcomes_are_refused(value):
    with pytest.raises(WireError):
        wire.decode_outcome(value)


@pytest.mark.parametrize("name", ["✓ Right", "a b", "<b>", "x" * 101, "\n"])
def test_what_is_no_name_is_none(name):
    failure = wire.decode_failure(RAISED | {"kind": name, "function": name})
    assert failure.kind == failure.function == "something without a name"
    assert decode({"foreign": name}) == Foreign("something without a name")


def test_texts_of_a_failure_are_cut_and_cleaned():
    long = "\ud800" + "x" * 100_000
    failure = wire.decode_outcome(
        wire.encode_outcome(Outcome(failure=Failure(long, long, 1, long, long)))
    ).failure
    assert max(map(len, (failure.kind, failure.message, failure.source, failure.function))) <= 500
    assert str(failure).encode("utf-8")
