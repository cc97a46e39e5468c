"""Files written here in the official layouts, against a forward pass written here on the official tensors."""

import argparse
import math

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, gelu, layer_norm, linear

from course.checkpoint import LAYOUTS, load_official
from course.checkpoint.official import CHANGES
from course.vision.vit import ViT

DIM, HEADS, HIDDEN, DEPTH, PATCH, SIZE, CLASSES = 12, 3, 20, 2, 4, 8, 5
SIDE = SIZE // PATCH


def model(**overrides):
    sizes = dict(
        image_size=SIZE, patch=PATCH, dim=DIM, depth=DEPTH, heads=HEADS, hidden=HIDDEN, classes=CLASSES
    )
    return ViT(**{**sizes, **overrides}).eval()


def images(size=SIZE):
    return torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(9))


def numbers(shapes, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return {name: 0.5 * torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def timm_file(side=SIDE, head=True):
    """A ViT as timm, DeiT, DINO and MAE name it: queries, keys and values in one tensor."""
    shapes = {
        "cls_token": (1, 1, DIM),
        "pos_embed": (1, 1 + side * side, DIM),
        "patch_embed.proj.weight": (DIM, 3, PATCH, PATCH),
        "patch_embed.proj.bias": (DIM,),
        "norm.weight": (DIM,),
        "norm.bias": (DIM,),
    }
    for i in range(DEPTH):
        sizes = {"attn.qkv": (3 * DIM, DIM), "attn.proj": (DIM, DIM), "mlp.fc1": (HIDDEN, DIM)}
        for part, size in {**sizes, "mlp.fc2": (DIM, HIDDEN), "norm1": (DIM,), "norm2": (DIM,)}.items():
            shapes |= {f"blocks.{i}.{part}.weight": size, f"blocks.{i}.{part}.bias": size[:1]}
    if head:
        shapes |= {"head.weight": (CLASSES, DIM), "head.bias": (CLASSES,)}
    return numbers(shapes)


def timm_forward(w, x):
    """The forward pass of these names, written without any of our modules: -> logits, or features."""
    B = len(x)
    x = conv2d(x, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=PATCH)
    x = torch.cat([w["cls_token"].expand(B, 1, DIM), x.reshape(B, DIM, -1).mT], dim=1) + w["pos_embed"]
    for i in range(DEPTH):
        p = f"blocks.{i}."
        y = layer_norm(x, (DIM,), w[p + "norm1.weight"], w[p + "norm1.bias"], 1e-6)
        qkv = linear(y, w[p + "attn.qkv.weight"], w[p + "attn.qkv.bias"])
        qkv = qkv.reshape(B, -1, 3, HEADS, DIM // HEADS)  # the order of the fused rows: part, head, channel
        scores = torch.einsum("bqhd,bkhd->bhqk", qkv[:, :, 0], qkv[:, :, 1]) / math.sqrt(DIM // HEADS)
        y = torch.einsum("bhqk,bkhd->bqhd", scores.softmax(-1), qkv[:, :, 2]).reshape(B, -1, DIM)
        x = x + linear(y, w[p + "attn.proj.weight"], w[p + "attn.proj.bias"])
        y = layer_norm(x, (DIM,), w[p + "norm2.weight"], w[p + "norm2.bias"], 1e-6)
        y = gelu(linear(y, w[p + "mlp.fc1.weight"], w[p + "mlp.fc1.bias"]))
        x = x + linear(y, w[p + "mlp.fc2.weight"], w[p + "mlp.fc2.bias"])
    x = layer_norm(x, (DIM,), w["norm.weight"], w["norm.bias"], 1e-6)[:, 0]
    return linear(x, w["head.weight"], w["head.bias"]) if "head.weight" in w else x


def flax_file(side=SIDE, heads=HEADS):
    """A ViT as vit_jax names it: kernels that multiply from the right, and one matrix a head."""
    shapes = {
        "cls": (1, 1, DIM),
        "Transformer/posembed_input/pos_embedding": (1, 1 + side * side, DIM),
        "embedding/kernel": (PATCH, PATCH, 3, DIM),
        "embedding/bias": (DIM,),
        "Transformer/encoder_norm/scale": (DIM,),
        "Transformer/encoder_norm/bias": (DIM,),
        "head/kernel": (DIM, CLASSES),
        "head/bias": (CLASSES,),
    }
    D = DIM // heads
    for i in range(DEPTH):
        p = f"Transformer/encoderblock_{i}/"
        for norm in ("LayerNorm_0", "LayerNorm_2"):
            shapes |= {f"{p}{norm}/scale": (DIM,), f"{p}{norm}/bias": (DIM,)}
        for part in ("query", "key", "value"):
            name = f"{p}MultiHeadDotProductAttention_1/{part}"
            shapes |= {f"{name}/kernel": (DIM, heads, D), f"{name}/bias": (heads, D)}
        name = f"{p}MultiHeadDotProductAttention_1/out"
        shapes |= {f"{name}/kernel": (heads, D, DIM), f"{name}/bias": (DIM,)}
        for dense, size in (("Dense_0", (DIM, HIDDEN)), ("Dense_1", (HIDDEN, DIM))):
            shapes |= {f"{p}MlpBlock_3/{dense}/kernel": size, f"{p}MlpBlock_3/{dense}/bias": size[1:]}
    return numbers(shapes)


def flax_forward(w, x):
    """The same network, computed the way of Flax: images (B, H, W, C), kernels from the right."""
    B = len(x)
    x = x.unfold(2, PATCH, PATCH).unfold(3, PATCH, PATCH)  # (B, C, H/p, W/p, p, p)
    x = torch.einsum("bcyxhw,hwcd->byxd", x, w["embedding/kernel"]).reshape(B, -1, DIM) + w["embedding/bias"]
    x = torch.cat([w["cls"].expand(B, 1, DIM), x], dim=1) + w["Transformer/posembed_input/pos_embedding"]

    def norm(x, name):
        return layer_norm(x, (DIM,), w[f"{name}/scale"], w[f"{name}/bias"], 1e-6)

    for i in range(DEPTH):
        p = f"Transformer/encoderblock_{i}/"
        a = f"{p}MultiHeadDotProductAttention_1/"
        y = norm(x, f"{p}LayerNorm_0")
        q, k, v = (
            torch.einsum("bld,dhe->blhe", y, w[f"{a}{part}/kernel"]) + w[f"{a}{part}/bias"]
            for part in ("query", "key", "value")
        )
        weights = (torch.einsum("bqhe,bkhe->bhqk", q, k) / math.sqrt(DIM // HEADS)).softmax(-1)
        y = torch.einsum("bhqk,bkhe->bqhe", weights, v)
        x = x + torch.einsum("bqhe,hed->bqd", y, w[f"{a}out/kernel"]) + w[f"{a}out/bias"]
        y = gelu(
            norm(x, f"{p}LayerNorm_2") @ w[f"{p}MlpBlock_3/Dense_0/kernel"] + w[f"{p}MlpBlock_3/Dense_0/bias"]
        )
        x = x + y @ w[f"{p}MlpBlock_3/Dense_1/kernel"] + w[f"{p}MlpBlock_3/Dense_1/bias"]
    return norm(x, "Transformer/encoder_norm")[:, 0] @ w["head/kernel"] + w["head/bias"]


def write(tensors, path):
    if path.suffix == ".npz":
        np.savez(path, **{name: tensor.numpy() for name, tensor in tensors.items()})
    elif path.suffix == ".safetensors":
        pytest.importorskip("safetensors.torch").save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return path


def close(actual, expected):
    torch.testing.assert_close(actual, expected, atol=1e-5, rtol=1e-5)


# --- What fits is loaded ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.pth", "a.pt", "a.bin", "a.safetensors", "a.npz"])
def test_timm_names_give_the_forward_pass_of_timm(name, tmp_path):
    weights, vit = timm_file(), model()
    assert load_official(vit, write(weights, tmp_path / name), "timm") == []
    close(vit(images()), timm_forward(weights, images()))
    close(vit(images(), record={}), timm_forward(weights, images()))  # the explicit attention, too


@pytest.mark.parametrize("prefix", ["", "opt/target/"])
def test_flax_names_give_the_forward_pass_of_flax(prefix, tmp_path):
    weights, vit = flax_file(), model()
    file = {prefix + name: tensor for name, tensor in weights.items()}
    if prefix:
        file["opt/state/step"] = torch.tensor(7)
    assert load_official(vit, write(file, tmp_path / "a.npz"), "augreg") == ["opt/state/step"][: len(prefix)]
    close(vit(images()), flax_forward(weights, images()))


def test_the_flax_and_timm_writers_agree_on_what_a_vit_is(tmp_path):
    """The same numbers rearranged by hand from the one layout to the other."""
    flax, timm = flax_file(), timm_file()
    for i in range(DEPTH):
        for j, part in enumerate(("query", "key", "value")):
            kernel = torch.zeros(DIM, HEADS, DIM // HEADS)
            for h in range(HEADS):
                for e in range(DIM // HEADS):
                    row = j * DIM + h * (DIM // HEADS) + e
                    kernel[:, h, e] = timm[f"blocks.{i}.attn.qkv.weight"][row]
            flax[f"Transformer/encoderblock_{i}/MultiHeadDotProductAttention_1/{part}/kernel"] = kernel
    one, other = model(), model()
    load_official(one, write(timm, tmp_path / "a.pth"), "timm")
    load_official(other, write(flax, tmp_path / "a.npz"), "augreg")
    for part in ("query", "key", "value"):
        name = f"layers.1.attention.{part}.weight"
        assert torch.equal(one.state_dict()[name], other.state_dict()[name])


def test_wrappers_and_what_stands_beside_the_weights_are_left_out(tmp_path):
    weights = timm_file()
    beside = {"epoch": 3, "args": argparse.Namespace(lr=0.1), "optimizer": {"state": {}, "param_groups": []}}
    file = {"model": {f"module.{name}": tensor for name, tensor in weights.items()}, **beside}
    vit = model()
    load_official(vit, write(file, tmp_path / "checkpoint.pth"), "timm")
    close(vit(images()), timm_forward(weights, images()))


@pytest.mark.parametrize("put", ["module.{}", "_orig_mod.{}", "module._orig_mod.{}"])
@pytest.mark.parametrize("name", ["a.ckpt", "a.pth.tar"])
def test_prefixes_of_processes_and_of_compiling_go(put, name, tmp_path):
    weights, vit = timm_file(), model()
    file = {"state_dict": {put.format(key): tensor for key, tensor in weights.items()}, "epoch": 3}
    load_official(torch.compile(vit), write(file, tmp_path / name), "timm")
    close(vit(images()), timm_forward(weights, images()))


def test_old_files_of_torch_are_read_too(tmp_path):
    weights, vit = timm_file(), model()
    torch.save(weights, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    load_official(vit, tmp_path / "a.pth", "timm")
    close(vit(images()), timm_forward(weights, images()))


def test_dino_teacher_without_its_projection(tmp_path):
    weights = timm_file(head=False)
    head = {
        "module.head.mlp.0.weight": torch.ones(7, DIM),
        "module.head.last_layer.weight_v": torch.ones(9, 7),
    }
    teacher = {f"module.backbone.{name}": tensor for name, tensor in weights.items()} | head
    student = {name: torch.zeros_like(tensor) for name, tensor in teacher.items()}
    file = {"student": student, "teacher": teacher, "dino_loss": {"center": torch.ones(1, 9)}, "epoch": 1}
    vit = model(classes=0)
    left_out = load_official(vit, write(file, tmp_path / "full.pth"), "dino")
    assert left_out == ["head.mlp.0.weight", "head.last_layer.weight_v"]
    close(vit(images()), timm_forward(weights, images()))


def test_mae_encoder_without_its_decoder(tmp_path):
    weights = timm_file(head=False)
    decoder = {"mask_token": torch.ones(1, 1, 4), "decoder_pos_embed": torch.ones(1, 5, 4)}
    decoder |= {"decoder_blocks.0.norm1.weight": torch.ones(4), "decoder_pred.bias": torch.ones(48)}
    vit = model(classes=0)
    left_out = load_official(vit, write({"model": weights | decoder}, tmp_path / "mae.pth"), "mae")
    assert left_out == list(decoder)
    close(vit(images()), timm_forward(weights, images()))


def test_a_head_of_our_own_is_kept_on_request(tmp_path):
    weights, vit = timm_file(), model(classes=3)
    torch.nn.init.normal_(vit.head.weight)
    before = vit.head.weight.detach().clone()
    assert load_official(vit, write(weights, tmp_path / "a.pth"), "timm", head=False) == [
        "head.weight",
        "head.bias",
    ]
    assert torch.equal(vit.head.weight, before)
    features = timm_forward({name: w for name, w in weights.items() if not name.startswith("head")}, images())
    close(vit.features(images()), features)


def test_what_only_the_old_head_needed_goes_with_it(tmp_path):
    file = flax_file() | {"pre_logits/kernel": torch.ones(DIM, DIM), "pre_logits/bias": torch.ones(DIM)}
    path = write(file, tmp_path / "B_16.npz")
    assert "pre_logits/kernel" in load_official(model(classes=3), path, "augreg", head=False)
    with pytest.raises(
        ValueError, match="holds pre_logits/kernel, pre_logits/bias, for which the layout 'augreg'"
    ):
        load_official(model(), path, "augreg")


def test_positions_of_another_grid_are_resized_on_request(tmp_path):
    weights = timm_file()
    small, large = model(), model(image_size=16)
    path = write(weights, tmp_path / "a.pth")
    load_official(small, path, "timm")
    load_official(large, path, "timm", resize=True)
    assert large.position.table.shape == (1, 17, DIM)
    close(large(images(16)), small(images(16)))  # which resizes in its forward pass
    assert torch.equal(large.position.table[:, 0], weights["pos_embed"][:, 0])  # the CLS token has no place


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_the_precision_is_the_models_own(dtype, tmp_path):
    weights, vit = {name: w.to(dtype) for name, w in timm_file().items()}, model()
    load_official(vit, write(weights, tmp_path / "a.pth"), "timm")
    assert vit.cls.dtype == torch.float32
    close(vit(images()), timm_forward({name: w.float() for name, w in weights.items()}, images()))


# --- What does not fit is refused, and nothing has changed -----------------------------------------------


def without(name):
    return lambda file: {key: tensor for key, tensor in file.items() if key != name}


def with_(name, tensor):
    return lambda file: {**file, name: tensor}


def nothing(file):
    return file


REFUSED = {
    "missing": (
        without("blocks.1.mlp.fc1.bias"),
        {},
        r"a\.pth does not hold layers\.1\.mlp\.expand\.bias, which",
    ),
    "extra": (
        with_("blocks.0.ls1.gamma", torch.ones(DIM)),
        {},
        r"a\.pth holds blocks\.0\.ls1\.gamma, for which the layout 'timm' has no place in this ViT",
    ),
    "fewer layers": (
        nothing,
        dict(depth=3),
        r"does not hold layers\.2\.attention\.query\.weight, .* and 13 more, which this ViT needs",
    ),
    "more layers": (nothing, dict(depth=1), r"holds blocks\.1\.attn\.qkv\.weight, .* and 9 more, for which"),
    "width": (
        nothing,
        dict(dim=24),
        r"other shapes than this ViT: cls \(1, 1, 12\) instead of \(1, 1, 24\), ",
    ),
    "last shape": (
        with_("norm.bias", torch.ones(DIM + 1)),
        {},
        r"other shapes than this ViT: norm\.bias \(13,\) instead of \(12,\)",
    ),
    "fused shape": (
        with_("blocks.1.attn.qkv.bias", torch.ones(3 * DIM + 1)),
        {},
        r"layers\.1\.attention\.query\.bias \(13,\) instead of \(12,\)",
    ),
    "fused dimensions": (
        with_("blocks.1.attn.qkv.bias", torch.ones(3, DIM, 1)),
        {},
        r"than this layout: blocks\.1\.attn\.qkv\.bias \(3, 12, 1\)",
    ),
    "integers": (
        with_("norm.bias", torch.ones(DIM, dtype=torch.int64)),
        {},
        r"other kinds of numbers than this ViT: norm\.bias int64 instead of float32",
    ),
    "twice": (with_("module.cls_token", torch.ones(1, 1, DIM)), {}, "holds cls_token twice"),
    "two names of one": (
        with_("fc.bias", torch.ones(CLASSES)),
        {},
        r"holds head\.bias twice, once as fc\.bias",
    ),
    "classes": (
        nothing,
        dict(classes=3),
        "a head for 5 classes, but this ViT has 3; head=False keeps its own",
    ),
    "a head too much": (
        nothing,
        dict(classes=0),
        "has a head, head.weight, but this ViT has none; head=False",
    ),
    "no head": (
        lambda file: without("head.bias")(without("head.weight")(file)),
        {},
        "has no head, but this ViT has one; head=False keeps its own",
    ),
    "half a head": (without("head.bias"), {}, r"does not hold head\.bias"),
    "another grid": (nothing, dict(image_size=16), "a grid of 2 × 2, but this ViT has 4 × 4; resize=True"),
    "no square": (
        with_("pos_embed", torch.ones(1, 7, DIM)),
        {},
        "7 positions in pos_embed, which are not 1 and a sq",
    ),
    "something beside": (with_("epoch", 7), {}, "holds epoch, which are no weights of this layout"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_before_any_weight_has_changed(case, tmp_path):
    spoil, overrides, sentence = REFUSED[case]
    refuses(model(**overrides), write(spoil(timm_file()), tmp_path / "a.pth"), "timm", sentence)


def refuses(vit, path, layout, sentence, kind=(ValueError, TypeError), **options):
    before = {name: tensor.clone() for name, tensor in vit.state_dict().items()}
    with pytest.raises(kind, match=sentence) as refusal:
        load_official(vit, path, layout, **options)
    assert path.name in str(refusal.value)
    assert "\n" not in str(refusal.value)
    for name, tensor in vit.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_a_flax_file_with_other_heads_is_refused_although_its_shapes_would_fit(tmp_path):
    sentence = "has 2 heads in Transformer/encoderblock_0/.*, but this ViT has 3"
    refuses(model(), write(flax_file(heads=2), tmp_path / "a.npz"), "augreg", sentence)


def test_a_file_of_another_layout_is_refused(tmp_path):
    refuses(model(), write(flax_file(), tmp_path / "a.npz"), "timm", r"holds cls, .* and 37 more, for which")
    refuses(
        model(),
        write(timm_file(), tmp_path / "a.pth"),
        "augreg",
        r"holds cls_token, pos_embed, .* and 29 more",
    )
    with pytest.raises(ValueError, match=r"layout must be 'timm'.*; got 'keras'"):
        load_official(model(), write(timm_file(), tmp_path / "a.pth"), "keras")


def test_a_model_without_memory_is_refused(tmp_path):
    path = write(timm_file(), tmp_path / "a.pth")
    with torch.device("meta"):
        vit = model()
    with pytest.raises(RuntimeError, match="the model is on the meta device"):
        load_official(vit, path, "timm")


def test_the_tables_use_only_the_changes_there_are():
    for layout in LAYOUTS.values():
        assert {row.how for row in layout.rows} <= {"as is", "position", *CHANGES}
        assert len(set(layout.rows)) == len(layout.rows)
