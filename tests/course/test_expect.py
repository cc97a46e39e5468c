"""Every sentence that names wrong use, and that right use passes in silence."""

import subprocess
import sys

import pytest
import torch

from course import expect
from course.vision.vit import VARIANTS as VIT

ids = torch.tensor([[0, 3, 9]])
weight = torch.zeros(10, 4)
meta = torch.device("meta")
elsewhere = torch.zeros(2, 3, 4, device=meta)


def test_right_use_passes_in_silence():
    expect.whole(dim=1, heads=2)
    expect.divisible("dim", 12, "heads", 4)
    expect.rate(dropout=0, drop_path=0.999)
    expect.one_of("norm", "pre", ["pre", "post"])
    expect.variant("B/16", VIT)
    expect.floating("x", torch.zeros(2, dtype=torch.bfloat16))
    expect.together("x", weight, "y", weight)
    expect.same_device("x", weight, "y", ids)
    expect.channels_last("x", torch.zeros(4), 4, weight)
    expect.tokens("x", torch.zeros(2, 3, 4), 4, weight)
    expect.images(torch.zeros(2, 3, 8, 8), 3, weight)
    expect.token_ids("ids", ids, 10, weight)
    expect.token_ids("ids", ids[:, :0], 10, weight)
    expect.a_token("padding", 0, 10)
    expect.same_batch("x", ids, "memory", torch.zeros(1, 7, 4))
    for shape in ((2, 3, 4, 5), (4, 5), (1, 5), (2, 1, 1, 5), ()):
        expect.mask(torch.ones(shape, dtype=torch.bool), (2, 3, 4, 5))


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (lambda: expect.whole(dim=0), ValueError, "dim must be a whole number of at least 1; got 0"),
        (lambda: expect.whole(dim=1, heads=-2), ValueError, "heads must be a whole number .*; got -2"),
        (lambda: expect.whole(dim=2.0), ValueError, "dim must be a whole number of at least 1; got 2.0"),
        (lambda: expect.whole(dim="8"), ValueError, "dim must be a whole number of at least 1; got '8'"),
        (lambda: expect.whole(dim=True), ValueError, "dim must be a whole number of at least 1; got True"),
        (lambda: expect.divisible("dim", 65, "heads", 4), ValueError, "dim 65 is not divisible by heads 4"),
        (lambda: expect.divisible("dim", 64, "heads", 0), ValueError, "heads must be a whole number"),
        (lambda: expect.rate(dropout=1), ValueError, "dropout must be at least 0 and below 1; got 1"),
        (lambda: expect.rate(a=0.1, b=-1), ValueError, "b must be at least 0 and below 1; got -1"),
        (lambda: expect.rate(dropout=float("nan")), ValueError, "dropout must be .*; got nan"),
        (lambda: expect.rate(dropout="0.1"), ValueError, "dropout must be .*; got '0.1'"),
        (
            lambda: expect.one_of("norm", "mid", ["pre", "post"]),
            ValueError,
            "norm must be 'pre' or 'post'; g",
        ),
        (lambda: expect.one_of("n", 1, [2, 3, 4]), ValueError, "n must be 2, 3 or 4; got 1"),
        (lambda: expect.one_of("n", 1, [2]), ValueError, "n must be 2; got 1"),
        (lambda: expect.variant("C", ["A", "B"]), ValueError, "there is no variant 'C'; there are 'A', 'B'"),
        (lambda: expect.floating("x", ids), TypeError, "x must be a tensor of floating-point .*; got int64"),
        (lambda: expect.floating("x", [0.5]), TypeError, "x must be a tensor of floating.*; got list"),
        (
            lambda: expect.together("x", weight, "the layer", elsewhere),
            RuntimeError,
            r"x \(cpu\) and the layer \(meta\) must be on the same device",
        ),
        (
            lambda: expect.together("x", weight, "y", weight.double()),
            TypeError,
            r"x \(float32\) and y \(float64\) must have the same dtype",
        ),
        (  # a device that knows no autocast, and that PyTorch refuses to be asked about
            lambda: expect.together("x", elsewhere, "y", elsewhere.double()),
            TypeError,
            r"x \(float32\) and y \(float64\) must have the same dtype",
        ),
        (
            lambda: expect.channels_last("x", torch.zeros(()), 4, weight),
            ValueError,
            r"x must have shape \(…, 4\); got a single number",
        ),
        (
            lambda: expect.channels_last("x", torch.zeros(2, 5), 4, weight),
            ValueError,
            "x has width 5 but this layer was made for width 4",
        ),
        (
            lambda: expect.tokens("memory", torch.zeros(2, 4), 4, weight),
            ValueError,
            r"memory must have shape \(batch, tokens, width\); got \(2, 4\)",
        ),
        (
            lambda: expect.tokens("x", torch.zeros(2, 3, 5), 4, weight),
            ValueError,
            "x has width 5 but this layer was made for width 4",
        ),
        (lambda: expect.tokens("x", elsewhere, 4, weight), RuntimeError, r"x \(meta\) and the layer \(cpu\)"),
        (lambda: expect.tokens("x", ids[None], 3, weight), TypeError, "x must be .*; got int64"),
        (
            lambda: expect.images(torch.zeros(3, 8, 8), 3, weight),
            ValueError,
            r"images must have shape \(batch, channels, height, width\); got \(3, 8, 8\)",
        ),
        (
            lambda: expect.images(torch.zeros(2, 8, 8, 3), 3, weight),
            ValueError,
            "images have 8 channels but this layer was made for 3",
        ),
        (
            lambda: expect.images(torch.zeros(2, 3, 8, 8, dtype=torch.uint8), 3, weight),
            TypeError,
            "images must be a tensor of floating-point numbers; got uint8",
        ),
        (
            lambda: expect.images(torch.zeros(2, 3, 8, 8).half(), 3, weight),
            TypeError,
            r"images \(float16\) and the layer \(float32\) must have the same dtype",
        ),
        (lambda: expect.token_ids("ids", ids.int(), 10, weight), TypeError, "ids must be .*int64; got int32"),
        (lambda: expect.token_ids("ids", [[1]], 10, weight), TypeError, "ids must be .*int64; got list"),
        (
            lambda: expect.token_ids("ids", ids[0], 10, weight),
            ValueError,
            r"ids must have shape \(batch, length\); got \(3,\)",
        ),
        (
            lambda: expect.token_ids("ids", ids, 9, weight),
            ValueError,
            "ids holds token 9, but the vocabulary is 0 to 8",
        ),
        (lambda: expect.token_ids("ids", ids - 1, 10, weight), ValueError, "ids holds token -1"),
        (
            lambda: expect.token_ids("ids", ids.to(meta), 10, weight),
            RuntimeError,
            r"ids \(meta\) and the layer \(cpu\) must be on the same device",
        ),
        (
            lambda: expect.next_tokens("tokens", ids),
            ValueError,
            r"tokens must have shape \(batch,\), one token a row; got \(1, 3\)",
        ),
        (
            lambda: expect.from_0_to_1("images", torch.tensor([-0.5, 2])),
            ValueError,
            r"images must be numbers from 0 to 1; got -0\.5 to 2",
        ),
        (lambda: expect.next_tokens("tokens", [1, 2]), ValueError, "tokens must have shape .*; got list"),
        (
            lambda: expect.not_empty("target", ids[:, :0]),
            ValueError,
            r"target has shape \(1, 0\), and so not a single token",
        ),
        (lambda: expect.a_token("end", 10, 10), ValueError, "end must be a token of the .* 0 to 9; got 10"),
        (lambda: expect.a_token("end", -1, 10), ValueError, "end must be a token of the .*; got -1"),
        (lambda: expect.a_token("end", True, 10), ValueError, "end must be a token of the .*; got True"),
        (
            lambda: expect.same_batch("x", ids, "memory", weight),
            ValueError,
            "x has 1 rows but memory has 10",
        ),
        (
            lambda: expect.mask(torch.ones(4, 5), (2, 4, 5)),
            TypeError,
            "mask must be boolean, True where attending is allowed; got float32",
        ),
        (lambda: expect.mask(None, (4, 5)), TypeError, "mask must be boolean.*; got NoneType"),
        (
            lambda: expect.mask(torch.ones(5, 4) > 0, (4, 5)),
            ValueError,
            r"mask has shape \(5, 4\), which does not fit the scores' shape \(4, 5\)",
        ),
        (  # would broadcast, and the scores with it
            lambda: expect.mask(torch.ones(3, 4, 5) > 0, (1, 4, 5)),
            ValueError,
            r"mask has shape \(3, 4, 5\), which does not fit the scores' shape \(1, 4, 5\)",
        ),
        (lambda: expect.mask(torch.ones(1, 4, 5) > 0, (4, 5)), ValueError, "mask has shape"),
    ],
)
def test_wrong_use_is_named(call, kind, sentence):
    with pytest.raises(kind, match=sentence) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_autocast_is_free_to_choose_dtypes():
    with torch.autocast("cpu", torch.bfloat16):
        expect.together("x", weight.bfloat16(), "the layer", weight)
    with pytest.raises(TypeError):
        expect.together("x", weight.bfloat16(), "the layer", weight)
    with torch.autocast("cpu", enabled=False), pytest.raises(TypeError):
        expect.together("x", weight.bfloat16(), "the layer", weight)


@pytest.mark.parametrize(
    "front", [((), (2,)), ((2, 1), (3,)), ((2, 3), (2, 1)), ((0,), (1,)), ((4, 2), (2,))]
)
def test_batches_that_fit(front):
    one, other = (torch.zeros(*axes, 5, 6) for axes in front)
    expect.batches("q", one, "k", other)
    torch.broadcast_shapes(*front)  # PyTorch says so, too


@pytest.mark.parametrize("front", [((2,), (3,)), ((2, 1), (4, 3)), ((0,), (2,))])
def test_batches_that_do_not_fit(front):
    one, other = (torch.zeros(*axes, 5, 6) for axes in front)
    with pytest.raises(ValueError, match=r"^q has batch dimensions \(.*\) but k has \(.*\)$"):
        expect.batches("q", one, "k", other)
    with pytest.raises(RuntimeError):
        torch.broadcast_shapes(*front)


def test_a_first_attention_does_not_load_sympy():
    """It took two seconds of processor, and broke a kernel where its time was over in the middle of it."""
    program = (
        "import sys, torch; from course.attention import attention; x = torch.zeros(2, 3, 4); "
        "attention(x, x, x, torch.ones(3, 3, dtype=torch.bool)); print('sympy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_a_kind_is_a_dtype_or_a_type():
    assert expect.kind(weight) == "float32"
    assert expect.kind("text") == "str"
    assert expect.kind(None) == "NoneType"


def test_all_of_it_can_be_compiled():
    def check(x, ids, mask):
        expect.tokens("x", x, 4, weight)
        expect.token_ids("ids", ids, 10, weight)
        expect.mask(mask, (2, 3, 3))
        return x + 1

    inputs = torch.zeros(2, 3, 4), ids, torch.ones(3, 3, dtype=torch.bool)
    compiled = torch.compile(check, fullgraph=True, backend="eager")
    assert torch.equal(compiled(*inputs), torch.ones(2, 3, 4))
    with torch.autocast("cpu", torch.bfloat16):
        assert compiled(inputs[0].bfloat16(), *inputs[1:]).dtype == torch.bfloat16
