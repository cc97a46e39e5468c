"""Transfer: what stages hold, what freezing keeps still, and heads on copies."""

import copy

import pytest
import torch
from torch import nn

from course.data.digits import digit_set
from course.fewlabels.supervised import Supervised
from course.fewlabels.transfer import Classifier, freeze, stages
from course.ssl.collapse import health
from course.ssl.ijepa import PatchViT
from course.ssl.mae import MAE
from course.ssl.relvit import ViTWithoutPositions
from course.vision.alexnet import AlexNet
from course.vision.convnext import ConvNeXtV2
from course.vision.cpvt import CPVT, CPVTGAP
from course.vision.cvt import CvT
from course.vision.deit import DeiT
from course.vision.feature_map import feature_map
from course.vision.hybrid import HybridViT
from course.vision.resnet import BasicBlock, CIFARResNet
from course.vision.vit import ViT

SMALL = dict(patch=2, dim=16, depth=3, heads=2, hidden=32, channels=1)
SIZED = dict(SMALL, image_size=8)
HYBRID = dict(depths=(1, 1), image_size=16, dim=16, channels=1, width=32, depth=2, heads=2, hidden=32)

ENCODERS = {  # name: (made, its width, the number of its stages)
    "ViT": (lambda: ViT(**SIZED, classes=5), 16, 4),
    "RelViT": (lambda: ViTWithoutPositions(**SIZED, classes=0), 16, 4),
    "I-JEPA": (lambda: PatchViT(**SIZED, classes=0), 16, 4),
    "MAE": (lambda: MAE(ViT(**SIZED, classes=0), dim=16, depth=1, heads=2).encoder, 16, 4),
    "DeiT": (lambda: DeiT(**SIZED, classes=5), 16, 4),
    "CPVT": (lambda: CPVT(**SMALL, classes=5), 16, 4),
    "CPVT-GAP": (lambda: CPVTGAP(**SMALL, classes=5), 16, 4),
    "hybrid": (lambda: HybridViT(**HYBRID, classes=5), 16, 3),
    "CvT": (lambda: CvT((8, 16), (1, 2), (1, 2), 5, 1, stride=2), 16, 3),
    "ResNet": (lambda: CIFARResNet(BasicBlock, (1, 2), 5, 1, width=8), 16, 3),
    "ConvNeXt": (lambda: ConvNeXtV2((1, 2, 1), (8, 16, 32), 5, 1, patch=1), 32, 4),
}
PLAIN = ("ViT", "ResNet", "ConvNeXt")


@pytest.fixture(params=ENCODERS)
def made(request):
    torch.manual_seed(0)
    make, dim, count = ENCODERS[request.param]
    return make(), dim, count


@pytest.fixture(scope="module")
def data():
    return digit_set().few(4)


def state(module):
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def step(method, data, times=2, lr=1e-2):
    optimiser = torch.optim.AdamW(method.groups(0.5), lr=lr)
    for _ in range(times):
        loss, _ = method(method.batch(data, torch.arange(len(data))))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def test_each_parameter_is_in_one_stage_or_above_them_all(made):
    model, _, count = made
    parts = stages(model)
    assert len(parts) == count
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    found = [names[id(parameter)] for part in parts for parameter in part.parameters()]
    assert len(found) == len(set(found))
    above = {name.split(".")[0] for name in set(names.values()) - set(found)}
    assert above <= {"head", "distillation_head", "norm"}
    assert not any(name.split(".")[0] in ("head", "distillation_head", "norm") for name in found)


@pytest.mark.parametrize("name", PLAIN)
def test_stages_go_from_the_bottom_up(name):
    """Each one's last layer is called behind those of all that come before it in the list."""
    model, called = ENCODERS[name][0]().eval(), []
    for number, part in enumerate(stages(model)):
        *_, last = (module for module in part.modules() if not isinstance(module, nn.ModuleList))
        last.register_forward_hook(lambda *_, number=number: called.append(number))
    model(torch.rand(1, 1, 8, 8))
    assert called == list(range(ENCODERS[name][2]))


def test_the_encoder_is_copied_and_its_old_head_gone(made, data):
    encoder, dim, _ = made
    before = state(encoder)
    model = Classifier(encoder, dim, 10)
    named = [name for name, _ in model.named_parameters()]
    assert [name for name in named if "head" in name] == ["head.weight", "head.bias"]
    if not isinstance(encoder, HybridViT):  # which wants larger images
        step(Supervised(model), data)
    for name, tensor in encoder.state_dict().items():
        assert torch.equal(tensor, before[name]), name


@pytest.mark.parametrize("pool", ["features", "patches"])
def test_the_head_starts_at_zero_and_sees_the_pooled(made, pool):
    encoder, dim, _ = made
    images = torch.rand(2, 1, 16, 8 if not isinstance(encoder, HybridViT) else 16)
    model = Classifier(encoder, dim, 3, pool=pool).eval()
    assert model(images).abs().max() == 0 and model(images).shape == (2, 3)
    expected = encoder.eval().features(images)
    if pool == "patches":
        expected = feature_map(encoder, images).flatten(2).mean(dim=2)
    torch.testing.assert_close(model.features(images), expected)


@pytest.mark.parametrize("name", ["ViT", "I-JEPA", "DeiT", "CPVT", "CPVT-GAP"])
def test_patches_lie_where_they_come_from(name):
    """A ViT without layers knows of each patch only what is in it: light one up and find it."""
    encoder = ENCODERS[name][0]().eval()
    encoder.layers, images = nn.ModuleList(), torch.zeros(2, 1, 12, 8)
    images[1, 0, 6:8, 2:4] = 1
    dark, light = feature_map(encoder, images)
    changed = (dark != light).any(dim=0)
    assert changed.shape == (6, 4) and changed.nonzero().tolist() == [[3, 1]]


@pytest.mark.parametrize("top", [0, 1, 2, 3])
@pytest.mark.parametrize("name", PLAIN)
def test_what_is_frozen_does_not_move(name, top, data):
    """Neither parameters nor what BatchNorm remembers, with weight decay, and after an evaluation between."""
    torch.manual_seed(0)
    make, dim, count = ENCODERS[name]
    method = Supervised(freeze(Classifier(make(), dim, 10), top)).train()
    method.encoder.head.weight.data.normal_()
    health(method.encoder, data.floats())  # as `course.training.loop` does behind each epoch
    before = state(method)
    step(method, data)
    moved = {key for key, tensor in method.state_dict().items() if not torch.equal(tensor, before[key])}
    parts = stages(method.encoder)
    keys = {id(tensor): key for key, tensor in method.state_dict(keep_vars=True).items()}
    frozen = {
        keys[id(tensor)] for part in parts[: count - top] for tensor in (*part.parameters(), *part.buffers())
    }
    head = {"encoder.head.weight", "encoder.head.bias"}
    assert moved == (set(keys.values()) - frozen if top else head)


def test_a_frozen_batch_norm_is_in_evaluation_mode_and_the_others_are_not():
    model = freeze(Classifier(ENCODERS["ResNet"][0](), 16, 10), top=1)
    norms = {name: m for name, m in model.named_modules() if isinstance(m, nn.BatchNorm2d)}
    for again in (model, model.eval().train(), copy.deepcopy(model).train()):
        training = {name for name in norms if again.get_submodule(name).training}
        assert training == {name for name in norms if name.startswith("encoder.stages.1")}
    assert not any(module.training for module in freeze(model).train().encoder.modules())


def test_positions_that_are_not_learned_stay_so():
    model = freeze(Classifier(ENCODERS["MAE"][0](), 16, 10), top=4)
    fixed = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    assert fixed == ["encoder.position.table"]


@pytest.mark.parametrize("name, pool", [("ViT", "patches"), ("ResNet", "features")])
def test_a_frozen_encoder_with_a_new_head_learns_digits(data, name, pool):
    torch.manual_seed(0)
    method = Supervised(freeze(Classifier(ENCODERS[name][0](), 16, 10, pool=pool)))
    batch = method.batch(data, torch.arange(len(data)))
    before = method(batch)[0]
    step(method, data, times=30, lr=0.1)
    assert method(batch)[0] < 0.97 * before


def test_wrong_use_is_named():
    vit = ViT(**SIZED, classes=0)
    with pytest.raises(
        TypeError, match="freeze takes a Classifier or a Segmenter around an encoder; got ViT"
    ):
        freeze(vit)
    for top in (5, -1, 1.5):
        with pytest.raises(ValueError, match=f"top must be a number of stages, 0 to 4; got {top}"):
            freeze(Classifier(vit, 16, 3), top)
    with pytest.raises(TypeError, match=r"what the stages of AlexNet are is not known: say so with @stages"):
        stages(AlexNet(classes=3))
    with pytest.raises(ValueError, match="pool must be 'features' or 'patches'; got 'cls'"):
        Classifier(vit, 16, 3, pool="cls")
    with pytest.raises(TypeError, match=r"the encoder must offer features\(images\); Linear does not"):
        Classifier(nn.Linear(2, 2), 16, 3)
    with pytest.raises(TypeError, match=r"need a ViT, or an encoder with maps"):
        feature_map(nn.Linear(2, 2), torch.rand(1, 1, 8, 8))
    with pytest.raises(ValueError, match="the encoder's output has width 16 but this layer was made for"):
        Classifier(vit, 17, 3)(torch.rand(1, 1, 8, 8))
