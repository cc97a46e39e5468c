"""Methods that read words, by name: built with every kind of encoder, and one step of each."""

import pytest
import torch

from course.commands.training import options_of
from course.data.captioned import captioned
from course.data.videos import videos
from course.language.translate import Words
from course.multimodal.by_name import METHODS, build, options, usual_batch, usual_encoder
from course.ssl.by_name import METHODS as OTHERS
from course.ssl.by_name import Images
from course.training.loop import rehearse, train
from course.training.recipe import Recipe

PICTURES = captioned(12)
FILMS = videos(12)


def built(name, encoder, **options):
    data = FILMS if name == "mmt" else PICTURES
    images = Images((3, 32, 32), False, PICTURES.mean, PICTURES.std)
    return build(name, Words(data.captions), images, encoder, **options), data


@pytest.mark.parametrize("encoder", ["resnet-mini", "vit-mini/8", "cvt-mini", "convnext-mini"])
@pytest.mark.parametrize("name", [name for name in METHODS if name != "mmt"])
def test_every_encoder_that_has_places_learns_words(name, encoder):
    method, data = built(name, encoder)
    rehearse(method, data, Recipe(batch=4))
    assert {"mean", "std"} <= {
        key.rpartition(".")[2] for key in method.encoder.state_dict()
    }  # the course's own


@pytest.mark.parametrize("name", METHODS)
def test_steps_teach_and_move_what_is_kept(name):
    torch.manual_seed(0)
    method, data = built(name, "resnet-mini")
    before = [parameter.clone() for parameter in method.encoder.parameters()]
    rows = train(method, data, Recipe(epochs=8, batch=12, lr=3e-3, warm_up=0.0))
    told, sign = ("right", 1) if "captions" in name else ("loss", -1)  # a reward's loss may rise
    assert sign * rows[-1][told] > sign * rows[0][told]
    assert any(not torch.equal(a, b) for a, b in zip(before, method.encoder.parameters(), strict=True))


def test_names_options_and_sizes():
    assert not METHODS.keys() & OTHERS.keys()
    assert options("clip") == dict.fromkeys(("joint", "dim", "depth", "heads", "context"), int)
    assert options_of(["margin=0.1", "layers=2"], "mmt") == {"margin": 0.1, "layers": 2}
    assert usual_encoder("clip", 32, cpu=True) == "resnet-mini"
    assert usual_encoder("clip", 224, cpu=True) == usual_encoder("captions", 32, cpu=False) == "resnet-18"
    assert usual_encoder("mmt", 32, cpu=True) == "experts"
    assert [usual_batch("clip", name) for name in ("resnet-mini", "vit-mini/4", "resnet-18")] == [64, 64, 256]
    with pytest.raises(ValueError, match="no method 'clop' that reads words; there are clip, captions"):
        build("clop", Words(["a"]), Images((3, 32, 32)), "resnet-mini")
