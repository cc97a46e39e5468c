"""Our own checkpoints: out and in again, whole or not at all."""

import json

import pytest
import torch
from torch import nn

from course.checkpoint import load, metadata, own, save
from course.language.transformer import Transformer
from course.vision.vit import ViT

safetensors = pytest.importorskip("safetensors.torch")


def vit(seed=0, **overrides):
    torch.manual_seed(seed)
    model = ViT(**{**dict(image_size=8, patch=4, dim=12, depth=2, heads=3, hidden=8, classes=2), **overrides})
    for parameter in model.parameters():
        nn.init.normal_(parameter)
    return model.eval()


def state(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_out_and_in_again(tmp_path):
    about = {
        "architecture": "vit",
        "variant": "Ti/16",
        "overrides": {"classes": 2},
        "command": ["course", "train"],
    }
    first, second = vit(0), vit(1)
    save(first, tmp_path / "new" / "a.safetensors", about)
    assert metadata(tmp_path / "new" / "a.safetensors") == about
    assert load(second, tmp_path / "new" / "a.safetensors") == about
    assert equal(state(first), state(second))
    images = torch.randn(2, 3, 8, 8)
    assert torch.equal(first(images), second(images))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.safetensors"]


def test_buffers_and_counters_too(tmp_path):
    first, second = (nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)) for _ in range(2))
    first(torch.randn(2, 3, 8, 8))
    save(first, tmp_path / "a.safetensors")
    assert load(second, tmp_path / "a.safetensors") == {}
    assert equal(state(first), state(second)) and second[1].num_batches_tracked == 1


def test_half_the_bytes(tmp_path):
    first, second = vit(0, dim=48, hidden=96), vit(1, dim=48, hidden=96)
    save(first, tmp_path / "a.safetensors")
    save(first, tmp_path / "b.safetensors", half=True)
    sizes = [(tmp_path / name).stat().st_size for name in ("a.safetensors", "b.safetensors")]
    assert sizes[1] < 0.6 * sizes[0]
    load(second, tmp_path / "b.safetensors")
    for name, tensor in second.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, first.state_dict()[name].half().float())
    assert next(first.parameters()).dtype == torch.float32


def test_numbers_too_large_for_half(tmp_path):
    model = vit()
    with torch.no_grad():
        model.norm.weight[0] = 1e6
    with pytest.raises(
        ValueError, match=r"norm\.weight holds numbers above 65,504, .*: save with half=False"
    ):
        save(model, tmp_path / "a.safetensors", half=True)
    assert list(tmp_path.iterdir()) == []


class Tied(nn.Module):
    def __init__(self, tied=True):
        super().__init__()
        self.embedding = nn.Embedding(7, 4)
        self.head = nn.Linear(4, 7, bias=False)
        if tied:
            self.head.weight = self.embedding.weight


def test_a_weight_under_two_names_is_stored_once(tmp_path):
    first, second, untied = Tied(), Tied(), Tied(tied=False)
    save(first, tmp_path / "a.safetensors")
    assert list(safetensors.load_file(tmp_path / "a.safetensors")) == ["embedding.weight"]
    for model in (second, untied):
        load(model, tmp_path / "a.safetensors")
        assert torch.equal(model.embedding.weight, first.embedding.weight)
        assert torch.equal(model.head.weight, first.embedding.weight)
    assert second.head.weight is second.embedding.weight


def test_the_transformer_whose_embedding_is_used_three_times(tmp_path):
    sizes = dict(vocabulary=11, dim=8, heads=2, hidden=16, layers=1)
    first, second = Transformer(**sizes).eval(), Transformer(**sizes).eval()
    save(first, tmp_path / "a.safetensors")
    load(second, tmp_path / "a.safetensors")
    ids = torch.randint(1, 11, (2, 5))
    assert torch.equal(first(ids, ids), second(ids, ids))


def test_the_same_weights_make_the_same_bytes(tmp_path):
    files = [tmp_path / f"{number}.safetensors" for number in range(12)]
    for file in files:
        save(Tied(), file, {"name": "trait d’union", "b": 1, "a": [2]})
        load(Tied(), file)
    heads = {file.read_bytes()[:200].partition(b"}}")[0] for file in files}
    assert len(heads) == 1


def test_views_and_other_memory_formats(tmp_path):
    model = nn.Conv2d(3, 4, 2).to(memory_format=torch.channels_last)
    model.register_buffer("view", torch.arange(10.0)[::2])
    other = nn.Conv2d(3, 4, 2)
    other.register_buffer("view", torch.zeros(5))
    save(model, tmp_path / "a.safetensors")
    load(other, tmp_path / "a.safetensors")
    assert equal(state(model), state(other))


def test_a_compiled_model_is_saved_under_its_own_names(tmp_path):
    first, second = vit(0), vit(1)
    save(torch.compile(first), tmp_path / "a.safetensors")
    load(torch.compile(second), tmp_path / "a.safetensors")
    assert equal(state(first), state(second))


def test_prefixes_of_compiling_and_of_processes_are_no_part_of_a_name(tmp_path):
    first, path = vit(0), tmp_path / "a.safetensors"
    save(nn.DataParallel(torch.compile(first)), path)
    assert safetensors.load_file(path).keys() == first.state_dict().keys()
    header = own._header(path)
    for put in ("module.{}", "_orig_mod.{}", "module._orig_mod.{}", "_orig_mod.module.{}"):
        named = {put.format(name): tensor for name, tensor in first.state_dict().items()}
        safetensors.save_file(named, path, header)
        second = vit(1)
        load(second, path)
        assert equal(state(first), state(second))


def test_a_model_of_which_a_part_is_compiled(tmp_path):
    first, second, path = vit(0), vit(1), tmp_path / "a.safetensors"
    part = vit(0)
    part.layers[0] = torch.compile(part.layers[0])
    save(part, path)
    load(second, path)
    assert equal(state(first), state(second))
    other = vit(2)
    other.layers[1] = torch.compile(other.layers[1])
    load(other, path)
    assert equal(state(first), {name.replace("_orig_mod.", ""): x for name, x in state(other).items()})


def test_a_model_may_have_a_part_that_is_called_module(tmp_path):
    first, second = (nn.ModuleDict({"module": nn.Linear(2, 3)}) for _ in range(2))
    save(first, tmp_path / "a.safetensors")
    load(second, tmp_path / "a.safetensors")
    assert equal(state(first), state(second))


def test_a_crash_halfway_leaves_the_older_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.safetensors"
    save(vit(0), path, {"epoch": 1})
    before = path.read_bytes()

    def crash(tensors, path, header):
        path.write_bytes(b"half of it")
        raise OSError("no space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", crash)
    with pytest.raises(OSError, match="no space left"):
        save(vit(1), path, {"epoch": 2})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def refused(model, path, sentence, kind=ValueError):
    before = state(model)
    with pytest.raises(kind, match=sentence) as refusal:
        load(model, path)
    assert path.name in str(refusal.value) and "\n" not in str(refusal.value)
    assert equal(state(model), before)


@pytest.mark.parametrize("kept", [0, 1, 7, 100, 0.5, 0.99, -1])
def test_truncated(kept, tmp_path):
    save(vit(0), tmp_path / "a.safetensors")
    whole = (tmp_path / "a.safetensors").read_bytes()
    end = int(kept * len(whole)) if isinstance(kept, float) else kept
    (tmp_path / "a.safetensors").write_bytes(whole[:end])
    refused(vit(1), tmp_path / "a.safetensors", r"a\.safetensors is truncated, or is no \.safetensors file")
    with pytest.raises(ValueError, match="is truncated"):
        metadata(tmp_path / "a.safetensors")


def test_another_model(tmp_path):
    path = tmp_path / "a.safetensors"
    save(vit(0), path)
    refused(
        vit(1, classes=3),
        path,
        r"a\.safetensors has other shapes than this ViT: head\.bias \(2,\) instead of \(3,\), ",
    )
    refused(
        vit(1, depth=3), path, r"a\.safetensors does not hold layers\.2\..* and 13 more, which this ViT needs"
    )
    refused(
        vit(1, depth=1), path, r"a\.safetensors holds layers\.1\..* and 13 more, for which this ViT has no pl"
    )
    refused(vit(1).to(torch.complex64), path, "has other kinds of numbers than this ViT", TypeError)


def test_files_of_others(tmp_path):
    path = tmp_path / "a.safetensors"
    safetensors.save_file(state(vit(0)), path)
    refused(vit(1), path, r"a\.safetensors was not written by course\.checkpoint\.save")
    refused(vit(1), tmp_path / "none.safetensors", "there is no file", FileNotFoundError)
    with pytest.raises(ValueError, match=r"a checkpoint of ours is named \.safetensors; got a\.pth"):
        save(vit(0), tmp_path / "a.pth")


def test_metadata_that_json_cannot_hold(tmp_path):
    with pytest.raises(TypeError, match="not JSON serializable"):
        save(vit(0), tmp_path / "a.safetensors", {"device": torch.device("cpu")})
    assert list(tmp_path.iterdir()) == []


def test_the_header_is_what_others_can_read(tmp_path):
    save(vit(0), tmp_path / "a.safetensors", {"variant": "B/16"})
    with pytest.importorskip("safetensors").safe_open(tmp_path / "a.safetensors", "pt") as file:
        assert json.loads(file.metadata()["metadata"]) == {"variant": "B/16"}
    assert own.metadata is metadata
