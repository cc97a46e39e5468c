"""The small variants: as large as each other, and encoders like any other wherever one is asked for."""

import pytest
import torch

from course.evaluate.features import POOLS, pooled
from course.fewlabels.fine_tuning import FineTuning
from course.fewlabels.transfer import Classifier, freeze
from course.ssl.by_name import METHODS, Images, build
from course.vision.by_name import encoder, width
from course.vision.cvt import CvT
from course.vision.hybrid import CIFARHybridViT, HybridViT
from course.vision.standardised import standardise, standardising

GREY = (1, 16, 16)
COUNTS = {
    "vit-mini": 204_608,
    "deit-mini": 204_736,
    "cpvt-mini": 201_088,
    "cvt-mini": 206_688,
    "hybrid-mini": 202_656,
    "cnn-mini": 202_774,
}
NO_PLAIN_VIT = "deit-mini", "cpvt-mini", "cvt-mini", "hybrid-mini", "cnn-mini"


@pytest.mark.parametrize("name", COUNTS)
def test_a_small_variant_has_as_many_parameters_as_are_told(name):
    assert sum(parameter.numel() for parameter in encoder(name, GREY).parameters()) == COUNTS[name]


def test_they_are_equally_large_to_three_per_cent():
    assert max(COUNTS.values()) < 1.03 * min(COUNTS.values())


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("shape", [GREY, (3, 32, 32), (3, 64, 64)])
def test_it_gives_features_in_training_and_in_evaluation(name, shape):
    torch.manual_seed(0)
    made = encoder(name, shape)
    images = torch.rand(3, *shape)
    for mode in (True, False):
        assert made.train(mode)(images).shape == (3, width(made))
    for pool in POOLS:
        assert pooled(made, pool, images).shape == (3, width(made))


@pytest.mark.parametrize("name", COUNTS)
def test_it_standardises_images_by_their_set(name):
    """Twice as bright and a shift make no difference, if the set's mean and std say so."""
    torch.manual_seed(0)
    made = encoder(name, GREY).eval()
    images = torch.rand(2, *GREY)
    standardise(made, [0.4], [0.2])
    expected = made(images)
    standardise(made, [0.9], [0.4])
    torch.testing.assert_close(made(2 * images + 0.1), expected, atol=1e-5, rtol=1e-4)


def test_a_hybrids_kernels_stay_standardised():
    torch.manual_seed(0)
    plain = CIFARHybridViT(
        depths=(1,), image_size=8, channels=1, width=32, dim=16, depth=1, heads=2, hidden=32
    )
    images = torch.rand(2, 1, 8, 8)
    expected = plain.eval()(images)
    torch.testing.assert_close(standardising(plain)(images), expected)


@pytest.mark.parametrize("name", NO_PLAIN_VIT)
@pytest.mark.parametrize("method_name", METHODS)
def test_each_method_takes_it_or_says_what_it_needs(method_name, name):
    torch.manual_seed(0)
    images = Images((3, 16, 16), mirror=False)
    needs = {"ijepa": "a ViT", "relvit": "a ViT", "fcmae": "a ConvNeXt V2"}
    if method_name in needs:
        with pytest.raises(TypeError, match=f"this method needs {needs[method_name]}; got {name}"):
            build(method_name, images, name)
    elif method_name in ("mae", "maskfeat", "patch-jigsaw"):
        with pytest.raises(TypeError, match="needs a ViT with learned positions and a CLS token; got "):
            build(method_name, images, name)
    else:
        method = build(method_name, images, name)
        loss, _ = method(method.views(torch.rand(6, 3, 16, 16), torch.Generator().manual_seed(1)))
        loss.backward()
        assert loss.isfinite()


@pytest.mark.parametrize("name", NO_PLAIN_VIT)
def test_it_can_be_fine_tuned_and_frozen_stage_by_stage(name):
    torch.manual_seed(0)
    made = encoder(name, GREY)
    method = FineTuning(Classifier(made, width(made), 10), layer_decay=0.5)
    groups = method.groups(0.05)
    assert sum(len(group["params"]) for group in groups) == len(list(method.parameters()))
    frozen = freeze(Classifier(made, width(made), 10), top=1)
    learning = sum(parameter.requires_grad for parameter in frozen.encoder.parameters())
    assert 0 < learning < len(list(made.parameters()))


def test_small_images_meet_stems_made_for_them():
    assert [
        encoder("cvt-mini", (3, side, side)).embeddings[0].projection.stride[0] for side in (16, 32, 64)
    ] == [
        1,
        2,
        4,
    ]
    assert [encoder("hybrid-mini", (3, side, side)).stride for side in (16, 64)] == [2, 8]


def test_papers_sizes_are_reachable_by_name():
    with torch.device("meta"):
        assert isinstance(encoder("hybrid-R50+B/16", (3, 224, 224)), HybridViT)
        assert isinstance(encoder("cvt-13", (3, 224, 224)), CvT)
    counts = {"deit-S/16": 22_436_432 - 2 * 385_000, "cpvt-Ti/16": 5_681_512 - 193_000}
    for name, expected in counts.items():
        with torch.device("meta"):
            assert (
                sum(parameter.numel() for parameter in encoder(name, (3, 224, 224)).parameters()) == expected
            )


@pytest.mark.parametrize("name", ["cvt-mini/2", "cnn-mini/2", "hybrid-mini/4", "deit-L", "cpvt-H/14", "deit"])
def test_a_name_that_there_is_not(name):
    with pytest.raises(ValueError, match=f"there is no encoder '{name}'; there are such as vit-mini/4"):
        encoder(name, GREY)
