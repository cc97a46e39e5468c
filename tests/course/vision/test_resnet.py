"""ResNet: the published sizes, parity with transformers map by map, and the seams that other models use."""

import pytest
import torch
from torch import nn

from course.vision.resnet import BasicBlock, Bottleneck, CIFARResNet, ResNet, build

KINDS = {"basic": BasicBlock, "bottleneck": Bottleneck}


def small(kind="bottleneck", network=ResNet, **options):
    torch.manual_seed(0)
    model = network(KINDS[kind], (2, 1, 2), classes=5, width=8, **options)
    return randomise(model)


def randomise(model):
    """γ = 0 would hide whole branches, and running statistics of 0 and 1 the norms."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.3)
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model


def images(size=32, channels=3, batch=2):
    return torch.randn(batch, channels, size, size, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("variant", "classes", "expected"),
    [
        ("18", 1000, 11_689_512),
        ("34", 1000, 21_797_672),
        ("50", 1000, 25_557_032),
        ("101", 1000, 44_549_160),
        ("152", 1000, 60_192_808),
        ("CIFAR-18", 10, 11_173_962),
    ],
)
def test_parameters(variant, classes, expected):
    with torch.device("meta"):
        model = build(variant, classes=classes)
        logits = model(torch.empty(2, 3, 64, 64))
    assert sum(p.numel() for p in model.parameters()) == expected
    assert logits.shape == (2, classes)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", list(KINDS))
def test_equals_transformers(kind, training):
    transformers = pytest.importorskip("transformers")
    expansion = KINDS[kind].expansion
    config = transformers.ResNetConfig(
        embedding_size=8,
        hidden_sizes=[8 * expansion, 16 * expansion, 32 * expansion],
        depths=[2, 1, 2],
        layer_type=kind,
        num_labels=5,
        downsample_in_first_stage=False,
        downsample_in_bottleneck=False,
    )
    theirs, ours = transformers.ResNetForImageClassification(config), small(kind)
    copy_weights(ours, theirs)
    theirs.to(memory_format=torch.channels_last)  # as ours: then their sums have the same order
    ours.train(training)
    theirs.train(training)
    record = {}
    with torch.no_grad():
        logits = ours(images(), record)
        expected = theirs(images(), output_hidden_states=True)
    assert len(record["maps"]) == len(expected.hidden_states) == 4
    for ours_, theirs_ in zip([*record["maps"], logits], [*expected.hidden_states, expected.logits]):
        torch.testing.assert_close(ours_, theirs_, atol=1e-5, rtol=1e-5)


def copy_weights(source, target):
    """From layer to layer in the order in which both were made: shortcut, convolutions, head."""
    leaves = [[m for m in model.modules() if not list(m.children())] for model in (source, target)]
    leaves = [[m for m in modules if m.state_dict()] for modules in leaves]
    assert len(leaves[0]) == len(leaves[1])
    for ours, theirs in zip(*leaves):
        theirs.load_state_dict(ours.state_dict())


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_new_block_is_the_identity(kind):
    block = KINDS[kind](4 * KINDS[kind].expansion, 4)
    x = images(8, 4 * block.expansion).relu()
    assert torch.equal(block(x), x)
    assert not torch.equal(randomise(block)(x), x)


def test_features_are_the_mean_over_the_last_map():
    model, record = small().eval(), {}
    features = model.features(images(), record)
    torch.testing.assert_close(features, record["maps"][-1].mean((2, 3)))
    torch.testing.assert_close(model(images()), model.head(features))
    assert features.shape == (2, model.dim)


@pytest.mark.parametrize(("network", "sizes"), [(ResNet, [8, 8, 4, 2]), (CIFARResNet, [32, 32, 16, 8])])
def test_the_stem_decides_the_resolution(network, sizes):
    record = {}
    small(network=network).eval()(images(), record)
    assert [map.shape[-1] for map in record["maps"]] == sizes


def test_build_knows_the_stem():
    assert type(build("CIFAR-18")) is CIFARResNet
    assert type(build("18")) is ResNet


class Shift(nn.Module):
    def forward(self, x, record=None):
        if record is not None:
            record.setdefault("shifted", []).append(x)
        return x.roll(1, -1)


class ShiftBottleneck(Bottleneck):
    def middle(self, width, stride):
        return Shift() if stride == 1 else super().middle(width, stride)

    def mix(self, x, record):
        return self.mixer(x, record) if isinstance(self.mixer, Shift) else super().mix(x, record)


def test_the_middle_can_be_replaced_and_sees_the_record():
    model, record = ResNet(ShiftBottleneck, (1, 2), classes=5, width=8), {}
    model(images(), record)
    assert [x.shape[-1] for x in record["shifted"]] == [8, 4]
    kernels = [m.kernel_size for m in model.stages.modules() if isinstance(m, nn.Conv2d)]
    assert kernels.count((3, 3)) == 1  # what is left: the one of stride 2


def test_a_stage_takes_another_block():
    model, record = small().eval(), {}
    model.stages[1].append(Shift())
    without = small().eval()
    model(images(), record)
    expected = {}
    without(images(), expected)
    torch.testing.assert_close(record["maps"][2], expected["maps"][2].roll(1, -1))


def test_no_head():
    model = small().eval()
    model.head = nn.Identity()
    assert torch.equal(model(images()), model.features(images()))
    assert isinstance(build("18", classes=0).head, nn.Identity)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda m: m(images(channels=1)), ValueError, "images have 1 channels but this layer was made for 3"),
        (lambda m: m(images()[0]), ValueError, "images must have shape"),
        (lambda m: m(images().int()), TypeError, "floating-point numbers; got int32"),
        (lambda m: m(images().double()), TypeError, "must have the same dtype"),
        (lambda m: m(images().to("meta")), RuntimeError, "must be on the same device"),
        (lambda m: m.stages[0][0](images()), ValueError, "made for 8"),
        (lambda m: ResNet(depths=(2, 0)), ValueError, r"depths\[1\] must be a whole number"),
        (lambda m: ResNet(width=0), ValueError, "width must be"),
        (lambda m: Bottleneck(8, 8, stride=0), ValueError, "stride must be"),
        (lambda m: build("51"), ValueError, "there is no variant '51'; there are '18', '34'"),
    ],
)
def test_wrong_use(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong(small())
