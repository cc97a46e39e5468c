"""SimCLR, DINO, MAE, I-JEPA, MaskFeat and FCMAE by one protocol, on 64 digits: they learn, replay, resume."""

import copy

import pytest
import torch

from course.augment import Compose, Crop
from course.data.digits import digits
from course.ssl.dino import DINO
from course.ssl.fcmae import FCMAE, MaskedConvNeXtV2
from course.ssl.ijepa import IJEPA, PatchViT
from course.ssl.mae import MAE
from course.ssl.maskfeat import MaskFeat
from course.ssl.simclr import SimCLR
from course.vision.vit import ViT

SMALL = dict(image_size=8, patch=2, dim=32, depth=2, heads=4, hidden=64, classes=0, channels=1)
AUGMENT = Compose([Crop(8, scale=(0.6, 1.0))])

METHODS = {
    "SimCLR": lambda: SimCLR(ViT(**SMALL), 32, hidden=32, out=16, tau=0.2, augment=AUGMENT),
    "DINO": lambda: DINO(ViT(**SMALL), 32, out=64, hidden=32, bottleneck=16, crops=2),
    "MAE": lambda: MAE(ViT(**SMALL), dim=16, depth=1, heads=2, augment=AUGMENT),
    "I-JEPA": lambda: IJEPA(PatchViT(**SMALL), dim=16, depth=1, heads=2, minimum=4, augment=AUGMENT),
    "MaskFeat": lambda: MaskFeat(ViT(**SMALL), augment=AUGMENT),
    "FCMAE": lambda: FCMAE(
        MaskedConvNeXtV2(depths=(1, 1), dims=(8, 16), patch=1, channels=1, classes=0), dim=16, augment=AUGMENT
    ),
}


@pytest.fixture(params=METHODS)
def method(request):
    torch.manual_seed(0)
    return METHODS[request.param]()


@pytest.fixture(scope="module")
def images():
    return digits()[0][:64, None]  # (64, 1, 8, 8)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def train(method, images, first, last, steps=20):
    """Steps of a training of `steps`, from one to another, each with its own random numbers."""
    parameters = [p for p in method.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=3e-3)
    for step in range(first, last):
        loss, _ = method(method.views(images, seeded(step)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        method.after_step((step + 1) / steps)


@torch.no_grad()
def measured(method, images):
    """The loss on views that training has not seen, without moving anything."""
    method = copy.deepcopy(method)  # training mode: BatchNorm as in the training
    return torch.stack([method(method.views(images, seeded(1000 + n)))[0] for n in range(4)]).mean().item()


def test_twenty_steps_lower_the_loss(method, images):
    """Both losses against the same teacher and centre, those of the end: early ones ask for little."""
    start = {name: tensor.clone() for name, tensor in method.named_parameters() if "teacher" not in name}
    train(method, images, 0, 20)
    untrained = copy.deepcopy(method)
    untrained.load_state_dict(start, strict=False)
    before, after = measured(untrained, images), measured(method, images)
    assert after < 0.98 * before, (before, after)
    assert method.encoder.features(images).std(dim=0).mean() > 1e-3  # and nothing has collapsed


def test_the_same_numbers_give_the_same_views_and_the_images_stay(method, images):
    given = images.clone()
    first, second, other = (method.views(images, seeded(seed)) for seed in (3, 3, 4))
    assert first.keys() == second.keys() == other.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert any(first[n].shape != other[n].shape or not torch.equal(first[n], other[n]) for n in first)
    assert torch.equal(images, given)


def test_what_is_told_is_a_number_without_a_gradient(method, images):
    loss, told = method(method.views(images, seeded()))
    assert loss.shape == () and loss.requires_grad and loss.isfinite()
    assert told and all(v.shape == () and not v.requires_grad and v.isfinite() for v in told.values())


def test_a_state_dict_holds_all_that_matters(method, images):
    train(method, images, 0, 3)
    other = copy.deepcopy(method)
    for tensor in (*other.parameters(), *other.buffers()):
        tensor.data.zero_()
    other.load_state_dict(method.state_dict())
    for twin in (method, other):
        train(twin, images, 3, 5)
    for name, tensor in method.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


def test_autocast(method, images):
    batch = method.views(images, seeded())
    expected = method(batch)[0]
    with torch.autocast("cpu", torch.bfloat16):
        loss = method(batch)[0]
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, expected, rtol=0.05, atol=0.02)
    loss.backward()


def test_compiles_in_one_graph(method, images):
    method.eval()
    batch = method.views(images, seeded())
    expected, _ = method(batch)
    torch.compiler.reset()
    found, _ = torch.compile(method, fullgraph=True, backend="eager")(batch)
    torch.testing.assert_close(found, expected)
