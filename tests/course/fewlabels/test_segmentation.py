"""Segmentation: mean IoU by loops, masks that fit, and a head that learns where things are."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.data.digits import digit_set
from course.data.shapes import shapes
from course.fewlabels.segmentation import Segmentation, Segmenter, confusion, mean_iou
from course.fewlabels.transfer import freeze
from course.vision.convnext import ConvNeXtV2
from course.vision.resnet import BasicBlock, CIFARResNet
from course.vision.vit import ViT

ENCODERS = {
    "ViT": lambda: ViT(image_size=16, patch=2, dim=16, depth=2, heads=2, hidden=32, classes=0),
    "ResNet": lambda: CIFARResNet(BasicBlock, (1, 1), 0, width=8),
    "ConvNeXt": lambda: ConvNeXtV2((1, 1), (8, 16), 0, patch=1),
}


@pytest.fixture(scope="module")
def data():
    return shapes(24, size=16)


def slow_iou(predicted, true, classes):
    """Pixel by pixel, class by class."""
    values = []
    for k in range(classes):
        both = either = 0
        for p, t in zip(predicted.ravel().tolist(), true.ravel().tolist()):
            both += p == k and t == k
            either += p == k or t == k
        if either:
            values.append(both / either)
    return np.mean(values)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), classes=st.integers(1, 6), used=st.integers(1, 6))
def test_mean_iou_is_the_loop_s(seed, classes, used):
    """Also where classes are missing from the prediction, the truth or both."""
    generator = torch.Generator().manual_seed(seed)
    shape, high = (2, 3, 4), min(classes, used)
    predicted = torch.randint(high, shape, generator=generator)
    true = torch.randint(classes, (1,), generator=generator).expand(shape).clone()
    true[0] = torch.randint(high, shape[1:], generator=generator)
    counts = confusion(predicted, true, classes)
    assert mean_iou(counts).item() == pytest.approx(slow_iou(predicted, true, classes), abs=1e-6)
    for i in range(classes):
        for j in range(classes):
            assert counts[i, j] == ((true == i) & (predicted == j)).sum()
    halves = confusion(predicted[:1], true[:1], classes) + confusion(predicted[1:], true[1:], classes)
    assert torch.equal(halves, counts)


def test_labels_are_the_masks_of_the_chosen(data):
    chosen = torch.tensor([5, 2, 2])
    for about in (data, data.about("colour")):
        batch = Segmentation(nn.Identity()).batch(about, chosen)
        assert torch.equal(batch["images"], about.floats(chosen))
        assert torch.equal(batch["labels"], about.segmentation()[chosen])
        assert batch["labels"].dtype == torch.int64


def test_loss_is_over_all_pixels():
    logits = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(3, (2, 4, 4), generator=torch.Generator().manual_seed(1))
    loss, told = Segmentation(nn.Identity())({"images": logits, "labels": labels})
    total = right = 0.0
    for b, i, j in np.ndindex(2, 4, 4):
        row = logits[b, :, i, j].double().numpy()
        total += np.log(np.exp(row).sum()) - row[labels[b, i, j]]
        right += row.argmax() == labels[b, i, j].item()
    assert loss.item() == pytest.approx(total / 32, rel=1e-5)
    assert told["accuracy"].item() == pytest.approx(right / 32)
    assert told["iou"].item() == pytest.approx(slow_iou(logits.argmax(1), labels, 3), abs=1e-6)


@pytest.mark.parametrize("name", ENCODERS)
def test_logits_are_upsampled_in_their_places(name):
    """A few pixels that differ change what is said of them, and much less what is said of the far corner."""
    torch.manual_seed(0)
    model = Segmenter(ENCODERS[name](), 16, 3).eval()
    assert model(torch.rand(2, 3, 16, 16)).shape == (2, 3, 16, 16)
    model.head.weight.data.normal_()
    images = torch.zeros(2, 3, 16, 16)
    images[1, :, 12:14, 4:6] = 1
    dark, light = model(images)
    change = (dark - light).abs().sum(0)
    assert change[12:14, 4:6].mean() > 3 * change[:4, 12:].mean()


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("name", ENCODERS)
def test_shapes_are_told_from_the_background(name, frozen, data):
    torch.manual_seed(0)
    model = Segmenter(ENCODERS[name](), 16, 9)
    method = Segmentation(freeze(model) if frozen else model).train()
    before = {name: tensor.clone() for name, tensor in model.encoder.state_dict().items()}
    optimiser = torch.optim.AdamW(method.groups(0.05), lr=1e-2)
    batch, losses = method.batch(data, torch.arange(len(data))), []
    for _ in range(15):
        loss, told = method(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < (0.85 if frozen else 0.6) * losses[0]
    assert all(v.shape == () and not v.requires_grad for v in told.values())
    same = all(torch.equal(tensor, before[name]) for name, tensor in model.encoder.state_dict().items())
    assert same == frozen


def test_wrong_use_is_named(data):
    method = Segmentation(Segmenter(ENCODERS["ViT"](), 16, 8))
    with pytest.raises(
        TypeError, match=r"segmentation needs images with masks, such as shapes\(\); got ImageSet"
    ):
        method.batch(digit_set(), torch.arange(3))
    with pytest.raises(ValueError, match="the model has 8 classes, background included, but there is a 8"):
        method(method.batch(data, torch.arange(len(data))))
    for predicted, true, said in (([4], [0], "predicted.* got 4"), ([0], [3], "true.* got 3")):
        with pytest.raises(ValueError, match=f"{said}"):
            confusion(torch.tensor(predicted), torch.tensor(true), 3)
    with pytest.raises(ValueError, match="true must be classes from 0 to 2; got -1"):
        confusion(torch.tensor([0]), torch.tensor([-1]), 3)
    assert confusion(torch.zeros(0, dtype=torch.int64), torch.zeros(0, dtype=torch.int64), 2).sum() == 0
    with pytest.raises(TypeError, match="true must be class numbers, int64; got float32"):
        confusion(torch.zeros(2, dtype=torch.int64), torch.zeros(2), 2)
    with pytest.raises(ValueError, match=r"must have the same shape; got \(2,\) and \(3,\)"):
        confusion(torch.zeros(2, dtype=torch.int64), torch.zeros(3, dtype=torch.int64), 2)
