"""DeiT against the transformers library with the same weights; its two heads; the losses by hand."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy, one_hot

from course.vision import deit
from course.vision.deit import DeiT, hard_distillation, soft_distillation
from tests.course.randomised import randomised

COUNTS = {"Ti": 5_910_800, "S": 22_436_432, "B": 87_338_192}
SMALL = dict(image_size=12, patch=4, dim=12, depth=3, heads=3, hidden=20, classes=7)


@pytest.fixture
def small():
    torch.manual_seed(0)
    return randomised(DeiT(**SMALL))


@pytest.fixture
def images():
    return torch.randn(2, 3, 12, 12, generator=torch.Generator().manual_seed(1))


# --- The model -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", COUNTS)
def test_number_of_parameters(variant):
    with torch.device("meta"):
        model = deit.build(variant)
    assert sum(p.numel() for p in model.parameters()) == COUNTS[variant]


def test_number_of_parameters_at_384():
    with torch.device("meta"):
        model = deit.build("B", image_size=384)
        assert model.train()(torch.empty(2, 3, 384, 384, device="meta"))[1].shape == (2, 1000)
    assert sum(p.numel() for p in model.parameters()) == 87_630_032


NAMES = [  # ours, theirs
    ("embedding.projection.", "deit.embeddings.patch_embeddings.projection."),
    ("position.table", "deit.embeddings.position_embeddings"),
    ("cls", "deit.embeddings.cls_token"),
    ("distillation_head.", "distillation_classifier."),
    ("distillation", "deit.embeddings.distillation_token"),
    ("layers.", "deit.layers."),
    (".attention.query.", ".attention.q_proj."),
    (".attention.key.", ".attention.k_proj."),
    (".attention.value.", ".attention.v_proj."),
    (".attention.output.", ".attention.o_proj."),
    (".norm1.", ".layernorm_before."),
    (".norm2.", ".layernorm_after."),
    (".mlp.expand.", ".mlp.fc1."),
    (".mlp.contract.", ".mlp.fc2."),
    ("norm.", "deit.layernorm."),
    ("head.", "cls_classifier."),
]


def theirs(name):
    for ours, other in NAMES:
        if (
            name == ours
            or (name.startswith(ours) and ours.endswith("."))
            or (ours[0] == "." and ours in name)
        ):
            name = name.replace(ours, other, 1)
    return name


def transformers_twin(model):
    """The same network in the transformers library, with the same weights."""
    transformers = pytest.importorskip("transformers")
    config = transformers.DeiTConfig(
        image_size=12,
        patch_size=4,
        hidden_size=12,
        num_hidden_layers=3,
        num_attention_heads=3,
        intermediate_size=20,
        num_labels=7,
        hidden_act="gelu",
        layer_norm_eps=1e-6,
        attn_implementation="eager",
    )
    twin = transformers.DeiTForImageClassificationWithTeacher(config).eval()
    twin.load_state_dict({theirs(name): tensor for name, tensor in model.state_dict().items()})
    return twin


@torch.no_grad()
@pytest.mark.parametrize(("height", "width"), [(12, 12), (20, 8)])
def test_equals_transformers_at_any_resolution(small, height, width):
    images = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(1))
    record = {}
    logits = small(images, record)
    expected = transformers_twin(small)(
        images, interpolate_pos_encoding=True, output_hidden_states=True, output_attentions=True
    )
    torch.testing.assert_close(logits, expected.logits, atol=1e-5, rtol=1e-4)
    cls, distilled = small.train()(images)  # no dropout here: training changes what is returned only
    torch.testing.assert_close(cls, expected.cls_logits, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(distilled, expected.distillation_logits, atol=1e-5, rtol=1e-4)
    for ours, other in zip(record["weights"], expected.attentions, strict=True):
        torch.testing.assert_close(ours, other, atol=1e-5, rtol=1e-4)
    for ours, other in zip(record["tokens"], expected.hidden_states, strict=True):
        torch.testing.assert_close(ours, other, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_two_heads_in_training_and_their_mean_in_evaluation(small, images):
    logits, distilled = small.train()(images)
    assert not torch.allclose(logits, distilled, atol=1e-2)
    torch.testing.assert_close(small.eval()(images), (logits + distilled) / 2)
    torch.testing.assert_close(small(images), small(images, record={}), atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_without_heads_the_model_returns_its_features(small, images):
    headless = DeiT(**{**SMALL, "classes": 0}).eval()
    headless.load_state_dict({name: t for name, t in small.state_dict().items() if "head." not in name})
    torch.testing.assert_close(headless(images), small.features(images))
    torch.testing.assert_close(small.features(images), small.tokens(images)[:, :2].mean(1))


def test_no_head_and_no_token_starts_at_zero():
    torch.manual_seed(0)
    model = DeiT(**SMALL)
    for parameter in (model.cls, model.distillation, model.head.weight, model.distillation_head.weight):
        assert parameter.abs().min() > 0 and 0.01 < parameter.std() < 0.03


def test_each_head_learns_from_its_own_target(small, images):
    logits, distilled = small.train()(images)
    teacher, y = torch.randn(2, 7), torch.tensor([1, 2])
    hard_distillation(logits, distilled, teacher, y, alpha=0.0).backward(retain_graph=True)
    assert small.head.weight.grad.abs().max() > 0
    assert small.distillation_head.weight.grad.abs().max() == 0
    small.zero_grad()
    hard_distillation(logits, distilled, teacher, y, alpha=1.0).backward()
    assert small.head.weight.grad.abs().max() == 0
    assert small.distillation_head.weight.grad.abs().max() > 0


# --- The losses ----------------------------------------------------------------------------------------


def scores(B, classes, seed):
    generator = torch.Generator().manual_seed(seed)
    logits, distilled, teacher = (3 * torch.randn(B, classes, generator=generator) for _ in range(3))
    return logits, distilled, teacher, torch.randint(classes, (B,), generator=generator)


def softmax(row):
    exponentials = [math.exp(z - max(row)) for z in row]
    return [e / sum(exponentials) for e in exponentials]


sizes = st.integers(min_value=1, max_value=6)
fractions = st.floats(min_value=0, max_value=1)


@settings(max_examples=60, deadline=None)
@given(sizes, sizes, fractions, st.integers(0, 10_000))
def test_hard_distillation_by_hand(B, classes, alpha, seed):
    logits, distilled, teacher, y = scores(B, classes, seed)
    total = 0.0
    for a, b, t, label in zip(*(tensor.tolist() for tensor in (logits, distilled, teacher, y))):
        total -= (1 - alpha) * math.log(softmax(a)[label]) + alpha * math.log(softmax(b)[t.index(max(t))])
    loss = hard_distillation(logits, distilled, teacher, y, alpha)
    assert loss.item() == pytest.approx(total / B, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(sizes, sizes, fractions, st.floats(min_value=0.5, max_value=5), st.integers(0, 10_000))
def test_soft_distillation_by_hand(B, classes, alpha, tau, seed):
    logits, distilled, teacher, y = scores(B, classes, seed)
    total = 0.0
    for a, b, t, label in zip(*(tensor.tolist() for tensor in (logits, distilled, teacher, y))):
        student, master = softmax([z / tau for z in b]), softmax([z / tau for z in t])
        divergence = sum(p * math.log(p / q) for p, q in zip(master, student))
        total += -(1 - alpha) * math.log(softmax(a)[label]) + alpha * tau**2 * divergence
    loss = soft_distillation(logits, distilled, teacher, y, alpha, tau)
    assert loss.item() == pytest.approx(total / B, abs=1e-4, rel=1e-4)


def test_a_teacher_who_agrees():
    logits, _, teacher, y = scores(4, 5, seed=0)
    assert soft_distillation(logits, teacher + 3.0, teacher, y, alpha=1.0).abs() < 1e-6
    agreeing = 5.0 * one_hot(y, 5).float()
    torch.testing.assert_close(hard_distillation(logits, logits, agreeing, y), cross_entropy(logits, y))


def test_targets_may_be_probabilities():
    logits, distilled, teacher, y = scores(4, 5, seed=0)
    for loss in (hard_distillation, soft_distillation):
        expected = loss(logits, distilled, teacher, y)
        torch.testing.assert_close(loss(logits, distilled, teacher, one_hot(y, 5).float()), expected)


def test_the_teacher_is_not_taught():
    logits, distilled, teacher, y = scores(4, 5, seed=0)
    for tensor in (logits, distilled, teacher):
        tensor.requires_grad_()
    for loss in (hard_distillation, soft_distillation):
        loss(logits, distilled, teacher, y).backward()
        assert teacher.grad is None
        assert logits.grad.abs().max() > 0 and distilled.grad.abs().max() > 0


# --- Wrong use -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        (dict(logits=torch.randn(4)), ValueError, r"logits must have shape \(batch, classes\); got \(4,\)"),
        (dict(teacher=torch.randn(4, 6)), ValueError, r"teacher has shape \(4, 6\) but logits has \(4, 5\)"),
        (dict(distilled=torch.randn(1, 5)), ValueError, r"distilled has shape \(1, 5\) but logits has"),
        (dict(teacher=torch.ones(4, 5).long()), TypeError, "teacher must be a tensor of floating-point"),
        (
            dict(targets=torch.ones(3).long()),
            ValueError,
            r"targets must have shape \(4,\); got \(3,\) of int64",
        ),
        (dict(targets=torch.ones(4)), ValueError, r"targets must have shape \(4, 5\); got \(4,\) of float32"),
        (
            dict(targets=[1, 2, 3, 4]),
            TypeError,
            "targets must be class numbers, int64, or probabilities; got l",
        ),
        (dict(alpha=1.5), ValueError, "alpha must be between 0 and 1; got 1.5"),
        (dict(teacher=torch.ones(4, 5, device="meta")), RuntimeError, r"teacher \(meta\) and logits \(cpu\)"),
    ],
)
def test_wrong_use_of_the_losses_is_named(wrong, error, sentence):
    logits, distilled, teacher, targets = scores(4, 5, seed=0)
    given = dict(logits=logits, distilled=distilled, teacher=teacher, targets=targets)
    for loss in (hard_distillation, soft_distillation):
        with pytest.raises(error, match=sentence):
            loss(**{**given, **wrong})


def test_other_wrong_use_is_named(small):
    with pytest.raises(ValueError, match="tau must be above 0; got 0"):
        soft_distillation(*scores(4, 5, seed=0), tau=0)
    with pytest.raises(ValueError, match="an image of 12 × 13 pixels cannot be cut into patches of 4 × 4"):
        small(torch.randn(1, 3, 12, 13))
    with pytest.raises(ValueError, match="there is no variant 'L'; there are 'Ti', 'S', 'B'"):
        deit.build("L")
