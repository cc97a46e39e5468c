"""Fine-tuning: the exact scales of the learning rate, groups that cover everything once, stochastic depth."""

import pytest
import torch

from course.augment import MixUp
from course.data.digits import digit_set
from course.fewlabels.fine_tuning import FineTuning, layer_scales, set_drop_path
from course.fewlabels.transfer import Classifier, freeze, stages
from course.layers import StochasticDepth
from course.vision.convnext import ConvNeXtV2
from course.vision.resnet import BasicBlock, CIFARResNet
from course.vision.vit import ViT

SMALL = dict(image_size=8, patch=2, dim=16, depth=3, heads=2, hidden=32, channels=1)

MODELS = {
    "ViT with its own head": lambda: ViT(**SMALL, classes=10),
    "ViT with a new head": lambda: Classifier(ViT(**SMALL, classes=0), 16, 10),
    "patches of a ViT": lambda: Classifier(ViT(**SMALL, classes=0), 16, 10, pool="patches"),
    "ResNet": lambda: CIFARResNet(BasicBlock, (1, 2), 10, 1, width=8),
    "ConvNeXt": lambda: Classifier(ConvNeXtV2((1, 2, 1), (8, 16, 32), 0, 1, patch=1), 32, 10),
    "partly frozen": lambda: freeze(Classifier(ViT(**SMALL, classes=0), 16, 10), top=2),
}


@pytest.mark.parametrize("depth, decay", [(12, 0.75), (24, 0.65), (3, 1.0)])
def test_scales_are_those_of_mae(depth, decay):
    """MAE numbers the embedding 0, block i i + 1, all else depth + 1, and takes decay to what is left."""
    expected = {}
    for name in ("embedding", *range(depth), "head"):
        number = {"embedding": 0, "head": depth + 1}.get(name, name + 1 if isinstance(name, int) else None)
        expected[name] = decay ** (depth + 1 - number)
    assert layer_scales(depth + 1, decay) == list(expected.values())


def test_each_parameter_of_a_vit_has_its_scale():
    method = FineTuning(ViT(**SMALL, classes=10), layer_decay=0.5)
    names = {id(parameter): name for name, parameter in method.encoder.named_parameters()}
    scales = {names[id(p)]: group["scale"] for group in method.groups(0.05) for p in group["params"]}
    expected = {"embedding": 1 / 16, "cls": 1 / 16, "position": 1 / 16, "norm": 1, "head": 1}
    expected |= {f"layers.{number}": scale for number, scale in enumerate((1 / 8, 1 / 4, 1 / 2))}
    for name, scale in scales.items():
        (wanted,) = [value for start, value in expected.items() if name.startswith(start)]
        assert scale == wanted, name


@pytest.mark.parametrize("name", MODELS)
def test_groups_cover_each_trained_parameter_once(name):
    method = FineTuning(MODELS[name](), layer_decay=0.7)
    grouped = [id(parameter) for group in method.groups(0.05) for parameter in group["params"]]
    trained = [id(parameter) for parameter in method.parameters() if parameter.requires_grad]
    assert len(grouped) == len(set(grouped)) and set(grouped) == set(trained)
    count = len(stages(method.encoder))
    found = {group["scale"] for group in method.groups(0.05)}
    frozen = 2 if name == "partly frozen" else 0
    assert found == {0.7 ** (count - stage) for stage in range(frozen, count + 1)}
    for group in method.groups(0.05):
        for parameter in group["params"]:
            matrix = sum(size > 1 for size in parameter.shape) > 1
            assert group["weight_decay"] == (0.05 if matrix else 0.0)


@pytest.mark.parametrize("name", ["patches of a ViT", "ResNet", "ConvNeXt"])
def test_digits_are_learned(name):
    torch.manual_seed(0)
    data = digit_set().few(5)
    options = {} if name == "ResNet" else {"drop_path": 0.1}
    method = FineTuning(MODELS[name](), smoothing=0.1, mix=MixUp(0.2), **options)
    optimiser = torch.optim.AdamW(method.groups(0.05), lr=1)
    losses = []
    for step in range(20):
        for group in optimiser.param_groups:
            group["lr"] = 2e-2 * group["scale"]
        batch = method.batch(data, torch.arange(len(data)), torch.Generator().manual_seed(step))
        loss, _ = method(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert sum(losses[-3:]) < 0.97 * sum(losses[:3]), losses


def test_drop_path_rises_from_block_to_block():
    vit, convnext = ViT(**SMALL, classes=0), ConvNeXtV2((1, 2), (8, 16), 0, 1, patch=1, drop_path=0.5)
    for model, each in ((vit, 2), (convnext, 1)):
        set_drop_path(model, 0.2)
        rates = [module.rate for module in model.modules() if isinstance(module, StochasticDepth)]
        assert rates == pytest.approx([rate for rate in (0, 0.1, 0.2) for _ in range(each)])


def test_without_drop_path_it_stays_as_it_was():
    method = FineTuning(ViT(**SMALL, classes=10, drop_path=0.3))
    rates = [module.rate for module in method.modules() if isinstance(module, StochasticDepth)]
    assert max(rates) == 0.3


def test_wrong_use_is_named():
    with pytest.raises(ValueError, match="layer_decay must be above 0 and at most 1, which is none; got 0"):
        FineTuning(ViT(**SMALL), layer_decay=0)
    with pytest.raises(
        ValueError, match="CIFARResNet has no block with stochastic depth; leave drop_path out"
    ):
        FineTuning(MODELS["ResNet"](), drop_path=0.1)
