"""One sweep over every architecture and variant: what holds for all of them, whatever they are made of.

Every variant is built at full size on the meta device, where tensors have shapes and no contents, and
counted. One of each architecture, made small, is then run for real. A module that has VARIANTS and is not
in `SMALL` fails.
"""

import copy
import functools
import importlib
import logging
import pkgutil

import pytest
import torch

import course.vision
from course.vision import pixel

# A variant of each, what makes it small, the size of its images, and another size that it must take.
SMALL = {
    "vit": ("Ti/8", dict(image_size=32, depth=2), 32, 48),
    "deit": ("Ti", dict(image_size=32, depth=2, patch=8), 32, 48),
    "cait": ("XXS24", dict(image_size=32, depth=2, patch=8), 32, 48),
    "cpvt": ("Ti", dict(depth=2, patch=8), 32, 48),
    "cvt": ("13", dict(depths=(1, 1, 2)), 32, 64),
    "hybrid": ("R26+S/32", dict(image_size=64, depth=2, width=32), 64, 96),
    "alexnet": ("AlexNet", dict(), 64, 96),
    "resnet": ("CIFAR-18", dict(width=16), 32, 48),
    "convnext": ("atto", dict(depths=(1, 1, 2, 1)), 32, 64),
    "non_local": ("R50/1", dict(depths=(1, 1, 2, 1), after=((), (), (0,), ()), width=16), 64, 96),
    "double_attention": ("R50/5", dict(depths=(1, 2, 2, 1), after=((), (1,), (0,), ()), width=16), 64, 96),
    "augmented": ("50", dict(image_size=64, depths=(1, 1, 1, 1), width=32), 64, None),
    "axial": ("26-S", dict(image_size=64, depths=(1, 1, 1, 1)), 64, None),
    "standalone": ("26", dict(depths=(1, 1, 1, 1), width=16), 64, 96),
    "local_relation": ("26", dict(depths=(1, 1, 1, 1), width=16), 64, 96),
}
TOKENS = {"pixel"}  # reads colours as tokens, and has its own tests of the same things

# What the official implementations have, with 1,000 classes at 224 × 224.
KNOWN = {
    "vit": {
        "Ti/16": 5_717_416,
        "S/16": 22_050_664,
        "B/16": 86_567_656,
        "B/32": 88_224_232,
        "L/16": 304_326_632,
    },
    "deit": {"Ti": 5_910_800, "S": 22_436_432, "B": 87_338_192},
    "cait": {"XXS24": 11_956_264, "S24": 46_916_200},
    "cvt": {"13": 19_997_480, "21": 31_622_696},
    "hybrid": {"R50+B/16": 98_659_112},
    "alexnet": {"AlexNet": 61_100_840},
    "resnet": {"18": 11_689_512, "34": 21_797_672, "50": 25_557_032, "101": 44_549_160, "152": 60_192_808},
    "convnext": {"atto": 3_708_400, "tiny": 28_635_496, "base": 88_717_800},
}

MODULES = [name for _, name, _ in pkgutil.iter_modules(course.vision.__path__)]
EVERY = [name for name in MODULES if hasattr(importlib.import_module(f"course.vision.{name}"), "VARIANTS")]
VARIANTS = [
    (name, variant) for name in EVERY for variant in importlib.import_module(f"course.vision.{name}").VARIANTS
]


def build(name: str, variant: str, **overrides):
    return importlib.import_module(f"course.vision.{name}").build(variant, **overrides)


def small(name: str, **overrides) -> torch.nn.Module:
    """The small one, with every weight random: a head or a gate at zero would hide what stands before it."""
    variant, sizes, *_ = SMALL[name]
    torch.manual_seed(0)
    model = build(name, variant, **{"classes": 10, **sizes, **overrides})
    for parameter in model.parameters():
        if parameter.count_nonzero() == 0:
            torch.nn.init.normal_(parameter, std=0.1)
    return model


@functools.cache
def shared(name: str) -> torch.nn.Module:
    """The small one in evaluation, for those who leave it as it is."""
    return small(name).eval()


def images(name: str, count: int = 2, size: int | None = None) -> torch.Tensor:
    side = SMALL[name][2] if size is None else size
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(1))


def logits(output) -> torch.Tensor:
    """DeiT answers twice in training: from its class token and from its distillation token."""
    return sum(output) if isinstance(output, tuple) else output


architectures = pytest.mark.parametrize("name", list(SMALL))


def test_no_architecture_is_left_out():
    assert set(EVERY) == set(SMALL) | TOKENS
    assert {(name, variant) for name in KNOWN for variant in KNOWN[name]} <= set(VARIANTS)


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=lambda value: value)
def test_every_variant_at_full_size(name, variant):
    side = 256 if variant.endswith("/256") else 224
    with torch.device("meta"):
        model = build(name, variant).eval()
    if name in TOKENS:
        output = model(torch.zeros(2, 1024, dtype=torch.long, device="meta"))
        assert output.shape == (2, 1024, 512)
    else:
        output = model(torch.empty(2, 3, side, side, device="meta"))
        assert output.shape == (2, 1000) and output.device.type == "meta"
    count = sum(parameter.numel() for parameter in model.parameters())
    assert count == KNOWN.get(name, {}).get(variant, count)


# The head reads the CLS token, which passes the convolution by: nobody hears the last queries of the patches.
UNHEARD = {"cvt": "stages.2.1.attention.query_map"}


@architectures
def test_gradients_reach_every_parameter(name):
    model = small(name).train()
    logits(model(images(name, 4))).square().sum().backward()
    for path, parameter in model.named_parameters():
        if path.startswith(UNHEARD.get(name, "-")):
            continue
        assert parameter.grad is not None, f"{path} is not used"
        assert parameter.grad.isfinite().all() and parameter.grad.abs().max() > 0, path


@architectures
def test_another_batch_and_no_dependence_between_its_images(name):
    model, three = shared(name), images(name, 3)
    together = model(three)
    assert together.shape == (3, 10)
    for i in range(3):
        torch.testing.assert_close(model(three[i : i + 1]), together[i : i + 1], atol=1e-4, rtol=1e-4)


@architectures
def test_another_resolution(name):
    _, _, size, other = SMALL[name]
    model = shared(name)
    if other is None:  # made for one resolution, like its relative positions: it must say so
        with pytest.raises(ValueError, match=f"{size}|{size // 4}|{size // 2}"):
            model(images(name, size=2 * size))
    else:
        output = model(images(name, size=other))
        assert output.shape == (2, 10) and output.isfinite().all()


@architectures
def test_evaluation_is_deterministic(name):
    model, x = shared(name), images(name)
    torch.testing.assert_close(model(x), model(x), atol=0, rtol=0)


@architectures
def test_features_are_what_the_head_sees(name):
    model = shared(name)
    features = model.features(images(name))
    assert features.dim() == 2 and features.shape[0] == 2
    headless = small(name, classes=0).eval()
    headless.load_state_dict(model.state_dict(), strict=False)
    torch.testing.assert_close(headless(images(name)), features)


@architectures
def test_a_record_changes_no_number(name):
    model, x, record = shared(name), images(name), {}
    torch.testing.assert_close(model(x, record=record), model(x), atol=1e-4, rtol=1e-4)
    kept = [tensor for tensors in record.values() for tensor in tensors]
    assert kept and all(len(tensor) == 2 for tensor in kept)
    for key in record:
        if key.endswith("weights") and not key.startswith("mixed"):
            for weights in record[key]:
                sums = weights.sum(-1)
                torch.testing.assert_close(sums, torch.ones_like(sums), atol=1e-4, rtol=0)


@architectures
def test_compiled_without_a_break(name, caplog):
    """Captured whole, as one graph, and run by PyTorch's own kernels: Inductor's C++ would take minutes."""
    caplog.set_level(logging.WARNING, logger="torch")  # pytest would collect every step of the tracing
    model, x = small(name).eval(), images(name)
    compiled = torch.compile(model, fullgraph=True, dynamic=False, backend="eager")
    with torch.no_grad():
        torch.testing.assert_close(compiled(x), model(x), atol=1e-4, rtol=1e-4)


@architectures
@torch.no_grad()
def test_exported_for_a_batch_of_any_size(name):
    model, x, five = shared(name), images(name), images(name, 5)
    batch = torch.export.Dim("batch", min=1, max=64)
    exported = torch.export.export(model, (x,), dynamic_shapes=({0: batch},)).module()
    for other in (five, five[:1]):
        torch.testing.assert_close(exported(other), model(other), atol=1e-4, rtol=1e-4)


@architectures
@torch.no_grad()
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")  # each check of a size is one
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_traced_for_a_batch_of_any_size(name):
    model, five = shared(name), images(name, 5)
    traced = torch.jit.trace(model, images(name), check_trace=False)
    torch.testing.assert_close(traced(five), model(five), atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_the_pixel_transformer_is_exported_too():
    model = pixel.build("S", depth=1, dim=32, heads=2).eval()
    batch, x = torch.export.Dim("batch", min=1, max=64), torch.arange(10).view(5, 2)
    exported = torch.export.export(model, (x[:2],), dynamic_shapes=({0: batch},)).module()
    torch.testing.assert_close(exported(x), model(x))


@architectures
def test_bfloat16(name):
    model, x = shared(name), images(name)
    with torch.no_grad():
        exact = model(x)
        with torch.autocast("cpu", torch.bfloat16):
            rounded = model(x)
        pure = copy.deepcopy(model).bfloat16()(x.bfloat16())
    for output in (rounded, pure):
        assert output.isfinite().all()
        assert (output.float() - exact).norm() < 0.15 * exact.norm()


@architectures
def test_the_state_goes_there_and_back(name):
    model, x = shared(name), images(name)
    other = small(name).eval()
    for parameter in other.parameters():
        torch.nn.init.constant_(parameter, 0.1)
    assert not torch.allclose(other(x), model(x))
    other.load_state_dict(copy.deepcopy(model.state_dict()))
    torch.testing.assert_close(other(x), model(x), atol=0, rtol=0)


@architectures
@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        (lambda x: x[0], ValueError, r"images must have shape \(batch, channels, height, width\); got \(3, "),
        (lambda x: x[:, :2], ValueError, "images have 2 channels but this layer was made for 3"),
        (
            lambda x: x.to(torch.uint8),
            TypeError,
            "images must be a tensor of floating-point numbers; got uint8",
        ),
        (
            lambda x: x.double(),
            TypeError,
            r"images \(float64\) and the layer \(float32\) must have the same dtype",
        ),
        (
            lambda x: x.to("meta"),
            RuntimeError,
            r"images \(meta\) and the layer \(cpu\) must be on the same device",
        ),
        (lambda x: x.numpy(), TypeError, "images must be a tensor of floating-point numbers; got ndarray"),
    ],
    ids=["rank", "channels", "bytes", "dtype", "device", "array"],
)
def test_wrong_images_are_named(name, wrong, error, sentence):
    with pytest.raises(error, match=sentence):
        shared(name)(wrong(images(name)))


@pytest.mark.parametrize("name", EVERY)
def test_an_unknown_variant_is_named(name):
    with pytest.raises(ValueError, match="there is no variant 'Q/7'; there are "):
        build(name, "Q/7")


def test_the_pixel_transformer_reads_colours():
    assert pixel.build("S", depth=1, dim=32, heads=2)(torch.zeros(1, 4, dtype=torch.long)).shape[:2] == (1, 4)
