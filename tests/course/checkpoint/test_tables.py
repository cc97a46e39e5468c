"""The tables against real checkpoints: their names and shapes, and what their networks compute.

`official_names.txt` was recorded from the authors' code. The tables must know every name in it, fill every
parameter of the variant it belongs to, and hold no row that no checkpoint needs. And since names alone cannot
tell two norms of one shape apart, real variants get random weights under their official names and must agree
with forward passes written here on those names, which call none of our modules.
"""

import math
import re
from pathlib import Path
from unittest.mock import patch

import pytest
import torch
from torch.nn.functional import batch_norm, conv2d, gelu, group_norm, layer_norm, linear, max_pool2d, pad

from course.checkpoint import fit
from course.checkpoint.official import LAYOUTS, match, places, unwrap
from course.vision import cait, convnext, cvt, deit, hybrid, resnet, vit

MODELS = {
    "ViT Ti/16": lambda **k: vit.build("Ti/16", **k),
    "ViT S/8": lambda **k: vit.build("S/8", **k),
    "ViT B/16": lambda **k: vit.build("B/16", **k),
    "ViT B/32": lambda **k: vit.build("B/32", **k),
    "ViT B/16 of ImageNet-21k": lambda **k: vit.build("B/16", **k),
    "ViT L/16 at 384": lambda **k: vit.build("L/16", image_size=384, **k),
    "ViT H/14": lambda **k: vit.build("H/14", **k),
    "DeiT Ti": lambda **k: deit.build("Ti", **k),
    "CaiT XXS24": lambda **k: cait.build("XXS24", **k),
    "CaiT M36 at 384": lambda **k: cait.build("M36", image_size=384, **k),
    "ResNet 18": lambda **k: resnet.build("18", **k),
    "ResNet 50": lambda **k: resnet.build("50", **k),
    "Hybrid R26+S/32": lambda **k: hybrid.build("R26+S/32", **k),
    "Hybrid R50+B/16": lambda **k: hybrid.build("R50+B/16", **k),
    "Hybrid R50+L/32": lambda **k: hybrid.build("R50+L/32", **k),
    "ConvNeXtV2 atto": lambda **k: convnext.build("atto", **k),
    "ConvNeXtV2 tiny": lambda **k: convnext.build("tiny", **k),
    "CvT 13": lambda **k: cvt.build("13", **k),
}


def recorded():
    """(layout, model) -> {name: shape}, of every checkpoint in official_names.txt"""
    checkpoints = {}
    for line in (Path(__file__).parent / "official_names.txt").read_text().splitlines():
        if heading := re.match(r"\[(.*?): (.*?)\]", line):
            names = checkpoints[heading.groups()] = {}
        elif line.startswith("  "):
            pattern, shape = line.split()
            for name in expanded(pattern):
                assert name not in names
                names[name] = () if shape == "()" else tuple(map(int, shape.split("x")))
    return checkpoints


def expanded(pattern):
    """a.{0..2}.b -> ["a.0.b", "a.1.b", "a.2.b"]"""
    numbers = re.search(r"\{(\d+)\.\.(\d+)\}", pattern)
    if not numbers:
        return [pattern]
    first, last = map(int, numbers.groups())
    head, tails = pattern[: numbers.start()], expanded(pattern[numbers.end() :])
    return [f"{head}{number}{tail}" for number in range(first, last + 1) for tail in tails]


RECORDED = recorded()
EACH = pytest.mark.parametrize(("layout", "model"), RECORDED, ids=lambda key: key.replace(" ", "-"))


def on_meta(model, **options):
    """A variant without memory, nor initialised: drawing from a normal on "meta" imports a compiler, 15 s."""
    with torch.device("meta"), patch("torch.nn.init.kaiming_normal_"):
        return MODELS[model](**options)


def without_memory(shapes):
    """Tensors of these shapes on the meta device."""
    whole = {name for name in shapes if name.endswith("num_batches_tracked")}
    kinds = {name: torch.int64 if name in whole else torch.float32 for name in shapes}
    return {name: torch.empty(shape, device="meta", dtype=kinds[name]) for name, shape in shapes.items()}


def matched(layout, model, shapes):
    """(our state, what the tables fill of it, what is left out, the names kept)"""
    headless = layout in ("dino", "mae")
    head = model != "ViT B/16 of ImageNet-21k"  # whose head is for another number of classes
    network = on_meta(model, **dict(classes=0) if headless else {})
    tensors = unwrap(without_memory(shapes), LAYOUTS[layout], "a file")
    fitting, left_out = match(network, tensors, layout, "a file", head=head)
    own = network.state_dict()
    used = sum(tensor.numel() for name, tensor in tensors.items() if name not in left_out)
    return own, fitting, left_out, used


def test_every_recorded_checkpoint_has_its_model():
    assert {model for _, model in RECORDED} == MODELS.keys()


@EACH
def test_every_name_has_its_place_and_every_place_its_name(layout, model):
    own, fitting, left_out, used = matched(layout, model, RECORDED[layout, model])
    kept = {"head.weight", "head.bias"} if model == "ViT B/16 of ImageNet-21k" else set()
    assert fitting.keys() == own.keys() - kept
    # no number is lost or used twice
    assert used == sum(tensor.numel() for name, tensor in own.items() if name not in kept)
    assert bool(left_out) == (bool(kept) or layout in ("dino", "mae"))
    known = r"head/|pre_logits/|decoder|mask_token|head\.(mlp|last_layer)"
    assert all(re.match(known, name) for name in left_out)


@EACH
def test_one_name_less_or_more_is_noticed(layout, model):
    shapes = RECORDED[layout, model]
    norm = next(name for name in shapes if re.search(r"norm1|LayerNorm_0|bn1|\.norm\.", name))
    with pytest.raises(ValueError, match="a file does not hold"):
        matched(layout, model, {name: shape for name, shape in shapes.items() if name != norm})
    with pytest.raises(ValueError, match=r"a file holds blocks\.0\.attn\.rel_pos, for which"):
        matched(layout, model, {**shapes, "blocks.0.attn.rel_pos": (9, 3)})


@pytest.mark.parametrize("layout", sorted(LAYOUTS.keys() - {"clip"}))  # none of which was recorded
def test_no_row_without_a_name_for_it(layout):
    """Rows are shared between layouts: what counts is that some recorded checkpoint needs each."""
    needed = set()
    for (publisher, _), shapes in RECORDED.items():
        for name in unwrap(without_memory(shapes), LAYOUTS[publisher], "a file"):
            needed |= {row for row, _ in places(LAYOUTS[layout], name)}
    assert needed == set(LAYOUTS[layout].rows)


def test_fcmae_has_neither_a_head_nor_the_norm_before_it():
    shapes = RECORDED["convnext-v2", "ConvNeXtV2 atto"]
    shapes = {name: shape for name, shape in shapes.items() if not re.match("norm|head", name)}
    shapes |= {"mask_token": (1, 512, 1, 1), "decoder.0.dwconv.bias": (512,), "pred.bias": (3072,)}
    shapes["stages.0.0.grn.gamma"] = (1, 160)  # as in the sparse layers of the pre-training
    network = on_meta("ConvNeXtV2 atto")
    fitting, left_out = match(network, without_memory(shapes), "fcmae", "a file", head=False)
    kept = {"norm.weight", "norm.bias", "head.weight", "head.bias"}
    assert fitting.keys() == network.state_dict().keys() - kept
    assert left_out == ["mask_token", "decoder.0.dwconv.bias", "pred.bias"]


def test_counters_that_old_files_lack():
    shapes = RECORDED["timm", "ResNet 18"]
    shapes = {name: shape for name, shape in shapes.items() if not name.endswith("num_batches_tracked")}
    network = on_meta("ResNet 18")
    fitting, _ = match(network, without_memory(shapes), "torchvision", "a file")
    assert fitting.keys() == {name for name in network.state_dict() if "num_batches" not in name}


# --- What the networks compute -----------------------------------------------------------------------------


def weights(layout, model):
    """Random numbers for every recorded name, such that nothing explodes or dies on the way."""
    generator = torch.Generator().manual_seed(0)
    tensors = {}
    for name, shape in RECORDED[layout, model].items():
        noise = torch.randn(shape, generator=generator)
        if name.endswith("num_batches_tracked"):
            tensors[name] = torch.tensor(3)
        elif name.endswith("running_var"):
            tensors[name] = 0.5 + noise.abs()
        elif (len(shape) > 1 and shape[0] > 1) or name.endswith("kernel"):
            fan_in = math.prod(shape[:-1]) if name.endswith("kernel") else math.prod(shape[1:])
            tensors[name] = noise / math.sqrt(fan_in)
        else:
            tensors[name] = (1.0 if name.endswith(("weight", "scale", "gamma")) else 0.0) + 0.3 * noise
    return tensors


def full(w, name, x):
    return linear(x, w[name + ".weight"], w[name + ".bias"])


def normed(w, name, x, eps=1e-6):
    return layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)


def attention(q, k, v, heads):
    """Sequences (B, L, dim) -> (B, L, dim), head by head."""
    D = q.shape[-1] // heads
    parts = []
    for h in range(heads):
        one = slice(h * D, (h + 1) * D)
        parts.append((q[..., one] @ k[..., one].mT / math.sqrt(D)).softmax(-1) @ v[..., one])
    return torch.cat(parts, -1)


def patches(w, x):
    kernel = w["patch_embed.proj.weight"]
    return conv2d(x, kernel, w["patch_embed.proj.bias"], stride=kernel.shape[-1]).flatten(2).mT


def mlp(w, block, x):
    return full(w, f"{block}.mlp.fc2", gelu(full(w, f"{block}.mlp.fc1", normed(w, f"{block}.norm2", x))))


def encoder(w, x, depth, heads):
    """The blocks of a ViT and the norm behind them."""
    for i in range(depth):
        b = f"blocks.{i}"
        q, k, v = full(w, f"{b}.attn.qkv", normed(w, f"{b}.norm1", x)).chunk(3, -1)
        x = x + full(w, f"{b}.attn.proj", attention(q, k, v, heads))
        x = x + mlp(w, b, x)
    return normed(w, "norm", x)


def deit_forward(w, x):
    B = len(x)
    x = torch.cat([w["cls_token"].expand(B, -1, -1), w["dist_token"].expand(B, -1, -1), patches(w, x)], 1)
    x = encoder(w, x + w["pos_embed"], depth=12, heads=3)
    return (full(w, "head", x[:, 0]) + full(w, "head_dist", x[:, 1])) / 2


def cait_forward(w, x, heads=4):
    x = patches(w, x) + w["pos_embed"]
    for i in range(24):
        b = f"blocks.{i}"
        q, k, v = full(w, f"{b}.attn.qkv", normed(w, f"{b}.norm1", x)).chunk(3, -1)
        q, k, v = (part.unflatten(-1, (heads, -1)) for part in (q, k, v))  # (B, N, h, D)
        scores = torch.einsum("bqhd,bkhd->bqkh", q, k) / math.sqrt(q.shape[-1])
        mixed = full(w, f"{b}.attn.proj_w", full(w, f"{b}.attn.proj_l", scores).softmax(dim=2))
        y = torch.einsum("bqkh,bkhd->bqhd", mixed, v).flatten(2)
        x = x + w[f"{b}.gamma_1"] * full(w, f"{b}.attn.proj", y)
        x = x + w[f"{b}.gamma_2"] * mlp(w, b, x)
    cls = w["cls_token"].expand(len(x), -1, -1)
    for i in range(2):
        b = f"blocks_token_only.{i}"
        u = normed(w, f"{b}.norm1", torch.cat([cls, x], 1))
        q, k, v = full(w, f"{b}.attn.q", u[:, :1]), full(w, f"{b}.attn.k", u), full(w, f"{b}.attn.v", u)
        cls = cls + w[f"{b}.gamma_1"] * full(w, f"{b}.attn.proj", attention(q, k, v, heads))
        cls = cls + w[f"{b}.gamma_2"] * mlp(w, b, cls)
    return full(w, "head", normed(w, "norm", cls[:, 0]))


def batch(w, name, x):
    statistics = w[f"{name}.running_mean"], w[f"{name}.running_var"]
    return batch_norm(x, *statistics, w[f"{name}.weight"], w[f"{name}.bias"], eps=1e-5)


def resnet_forward(w, x, depths):
    x = batch(w, "bn1", conv2d(x, w["conv1.weight"], stride=2, padding=3)).relu()
    x = max_pool2d(x, 3, 2, 1)
    for stage, depth in enumerate(depths, start=1):
        for j in range(depth):
            b, stride = f"layer{stage}.{j}", 2 if stage > 1 and j == 0 else 1
            kernels = [w.get(f"{b}.conv{k}.weight") for k in (1, 2, 3)]
            if kernels[2] is not None:
                y = batch(w, f"{b}.bn1", conv2d(x, kernels[0])).relu()
                y = batch(w, f"{b}.bn2", conv2d(y, kernels[1], stride=stride, padding=1)).relu()
                y = batch(w, f"{b}.bn3", conv2d(y, kernels[2]))
            else:
                y = batch(w, f"{b}.bn1", conv2d(x, kernels[0], stride=stride, padding=1)).relu()
                y = batch(w, f"{b}.bn2", conv2d(y, kernels[1], padding=1))
            if f"{b}.downsample.0.weight" in w:
                x = batch(w, f"{b}.downsample.1", conv2d(x, w[f"{b}.downsample.0.weight"], stride=stride))
            x = (x + y).relu()
    return full(w, "fc", x.mean((2, 3)))


def same(x, kernel, stride, value=0.0):
    sides = []
    for length in x.shape[:1:-1]:
        missing = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        sides += [missing // 2, missing - missing // 2]
    return pad(x, sides, value=value)


def standardised(x, kernel, stride=1):
    mean = kernel.mean((1, 2, 3), keepdim=True)
    kernel = (kernel - mean) / (kernel.var((1, 2, 3), keepdim=True, correction=0) + 1e-8).sqrt()
    return conv2d(same(x, kernel.shape[-1], stride), kernel, stride=stride)


def hybrid_stages(x, stem, unit, depths=(2, 2, 2, 2)):
    """The ResNet of a hybrid: `stem` and `unit(stage, j, part)` are kernels, or a scale and a shift."""
    kernel, norm = stem
    x = group_norm(standardised(x, kernel, 2), 32, *norm).relu()
    x = max_pool2d(same(x, 3, 2, -math.inf), 3, 2)
    for stage, depth in enumerate(depths):
        for j in range(depth):
            stride = 2 if stage > 0 and j == 0 else 1
            y = group_norm(standardised(x, unit(stage, j, "conv1")), 32, *unit(stage, j, "norm1")).relu()
            y = standardised(y, unit(stage, j, "conv2"), stride)
            y = group_norm(y, 32, *unit(stage, j, "norm2")).relu()
            y = group_norm(standardised(y, unit(stage, j, "conv3")), 32, *unit(stage, j, "norm3"))
            if j == 0:
                x = standardised(x, unit(stage, j, "conv_proj"), stride)
                x = group_norm(x, 32, *unit(stage, j, "norm_proj"))
            x = (x + y).relu()
    return x


def timm_hybrid_forward(w, x):
    p = "patch_embed.backbone"
    names = {"conv_proj": "downsample.conv", "norm_proj": "downsample.norm"}

    def unit(stage, j, part):
        name = f"{p}.stages.{stage}.blocks.{j}.{names.get(part, part)}"
        return w[f"{name}.weight"] if "conv" in part else (w[f"{name}.weight"], w[f"{name}.bias"])

    stem = w[f"{p}.stem.conv.weight"], (w[f"{p}.stem.norm.weight"], w[f"{p}.stem.norm.bias"])
    x = patches(w, hybrid_stages(x, stem, unit))
    x = torch.cat([w["cls_token"].expand(len(x), -1, -1), x], 1) + w["pos_embed"]
    return full(w, "head", encoder(w, x, depth=12, heads=6)[:, 0])


def flax_hybrid_forward(w, x):
    def unit(stage, j, part):
        name = f"block{stage + 1}/unit{j + 1}/{part.replace('norm', 'gn')}"
        if "conv" in part:
            return w[f"{name}/kernel"].permute(3, 2, 0, 1)
        return w[f"{name}/scale"], w[f"{name}/bias"]

    stem = w["conv_root/kernel"].permute(3, 2, 0, 1), (w["gn_root/scale"], w["gn_root/bias"])
    x = hybrid_stages(x, stem, unit).permute(0, 2, 3, 1).flatten(1, 2)  # (B, N, C)
    x = x @ w["embedding/kernel"][0, 0] + w["embedding/bias"]
    x = torch.cat([w["cls"].expand(len(x), -1, -1), x], 1) + w["Transformer/posembed_input/pos_embedding"]

    def norm(x, name):
        return layer_norm(x, x.shape[-1:], w[f"{name}/scale"], w[f"{name}/bias"], 1e-6)

    for i in range(12):
        b = f"Transformer/encoderblock_{i}"
        a, m = f"{b}/MultiHeadDotProductAttention_1", f"{b}/MlpBlock_3"
        y = norm(x, f"{b}/LayerNorm_0")
        q, k, v = (
            torch.einsum("bld,dhe->blhe", y, w[f"{a}/{part}/kernel"]) + w[f"{a}/{part}/bias"]
            for part in ("query", "key", "value")
        )
        scores = torch.einsum("bqhe,bkhe->bhqk", q, k) / math.sqrt(q.shape[-1])
        y = torch.einsum("bhqk,bkhe->bqhe", scores.softmax(-1), v)
        x = x + torch.einsum("bqhe,hed->bqd", y, w[f"{a}/out/kernel"]) + w[f"{a}/out/bias"]
        y = gelu(norm(x, f"{b}/LayerNorm_2") @ w[f"{m}/Dense_0/kernel"] + w[f"{m}/Dense_0/bias"])
        x = x + y @ w[f"{m}/Dense_1/kernel"] + w[f"{m}/Dense_1/bias"]
    return norm(x, "Transformer/encoder_norm")[:, 0] @ w["head/kernel"] + w["head/bias"]


def convnext_forward(w, x, depths=(2, 2, 6, 2)):
    """Channels last between the convolutions."""
    for stage, depth in enumerate(depths):
        d = f"downsample_layers.{stage}"
        if stage == 0:
            x = conv2d(x, w[f"{d}.0.weight"], w[f"{d}.0.bias"], stride=4).permute(0, 2, 3, 1)
            x = normed(w, f"{d}.1", x)
        else:
            x = normed(w, f"{d}.0", x).permute(0, 3, 1, 2)
            x = conv2d(x, w[f"{d}.1.weight"], w[f"{d}.1.bias"], stride=2).permute(0, 2, 3, 1)
        for j in range(depth):
            b = f"stages.{stage}.{j}"
            kernel = w[f"{b}.dwconv.weight"]
            y = conv2d(x.permute(0, 3, 1, 2), kernel, w[f"{b}.dwconv.bias"], padding=3, groups=len(kernel))
            y = gelu(full(w, f"{b}.pwconv1", normed(w, f"{b}.norm", y.permute(0, 2, 3, 1))))
            size = y.square().sum((1, 2), keepdim=True).sqrt()
            y = y + w[f"{b}.grn.gamma"] * y * size / (size.mean(-1, keepdim=True) + 1e-6) + w[f"{b}.grn.beta"]
            x = x + full(w, f"{b}.pwconv2", y)
    return full(w, "head", normed(w, "norm", x.mean((1, 2))))


def timm_convnext_forward(w, x):
    """The same network: timm's names are turned into those of its authors, one by one."""
    turned = {}
    for name, tensor in w.items():
        *parts, last = name.split(".")
        if tensor.dim() == 4 and tensor.shape[2:] == (1, 1):
            tensor = tensor[..., 0, 0]  # a 1 × 1 convolution
        if parts[0] == "stem":
            turned[f"downsample_layers.0.{parts[1]}.{last}"] = tensor
        elif parts[0] == "head":
            turned[f"{'norm' if parts[1] == 'norm' else 'head'}.{last}"] = tensor
        elif parts[2] == "downsample":
            turned[f"downsample_layers.{parts[1]}.{parts[3]}.{last}"] = tensor
        else:
            part = {"conv_dw": "dwconv", "norm": "norm", "fc1": "pwconv1", "fc2": "pwconv2", "grn": "grn"}[
                parts[-1]
            ]
            last = {"weight": "gamma", "bias": "beta"}[last] if part == "grn" else last
            turned[f"stages.{parts[1]}.{parts[3]}.{part}.{last}"] = tensor
    assert len(turned) == len(w)
    return convnext_forward(turned, x)


def cvt_forward(w, x, heads=(1, 3, 6), depths=(1, 2, 10)):
    for stage in range(3):
        s = f"stage{stage}"
        kernel, bias = w[f"{s}.patch_embed.proj.weight"], w[f"{s}.patch_embed.proj.bias"]
        stride, padding = (4, 2) if stage == 0 else (2, 1)
        x = conv2d(x, kernel, bias, stride=stride, padding=padding)
        grid = x.shape[-2:]
        x = normed(w, f"{s}.patch_embed.norm", x.flatten(2).mT, 1e-5)
        front = 1 if f"{s}.cls_token" in w else 0
        if front:
            x = torch.cat([w[f"{s}.cls_token"].expand(len(x), -1, -1), x], 1)
        for j in range(depths[stage]):
            b = f"{s}.blocks.{j}"
            u = normed(w, f"{b}.norm1", x, 1e-5)
            image = u[:, front:].mT.unflatten(2, grid)
            parts = []
            for part, step in (("q", 1), ("k", 2), ("v", 2)):
                c = f"{b}.attn.conv_proj_{part}"
                kernel = w[f"{c}.conv.weight"]
                y = batch(w, f"{c}.bn", conv2d(image, kernel, stride=step, padding=1, groups=len(kernel)))
                y = torch.cat([u[:, :front], y.flatten(2).mT], 1)
                parts.append(full(w, f"{b}.attn.proj_{part}", y))
            q, k, v = parts
            q = q / math.sqrt(heads[stage])  # its scale is that of the whole width
            x = x + full(w, f"{b}.attn.proj", attention(q, k, v, heads[stage]))
            y = full(w, f"{b}.mlp.fc1", normed(w, f"{b}.norm2", x, 1e-5))
            x = x + full(w, f"{b}.mlp.fc2", y * (1.702 * y).sigmoid())
        if not front:
            x = x.mT.unflatten(2, grid)
    return full(w, "head", normed(w, "norm", x[:, 0], 1e-5))


NETWORKS = {
    ("timm", "DeiT Ti"): (deit_forward, 224),
    ("timm", "CaiT XXS24"): (cait_forward, 224),
    ("timm", "ResNet 18"): (lambda w, x: resnet_forward(w, x, (2, 2, 2, 2)), 64),
    ("timm", "ResNet 50"): (lambda w, x: resnet_forward(w, x, (3, 4, 6, 3)), 64),
    ("timm", "Hybrid R26+S/32"): (timm_hybrid_forward, 224),
    ("augreg", "Hybrid R26+S/32"): (flax_hybrid_forward, 224),
    ("convnext-v2", "ConvNeXtV2 atto"): (convnext_forward, 64),
    ("timm", "ConvNeXtV2 atto"): (timm_convnext_forward, 64),
    ("cvt", "CvT 13"): (cvt_forward, 64),
}


@pytest.mark.parametrize(("layout", "model"), NETWORKS, ids=lambda key: key.replace(" ", "-"))
def test_the_forward_pass_on_the_official_names(layout, model):
    forward, size = NETWORKS[layout, model]
    w = weights(layout, model)
    x = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(1))
    expected = forward(w, x)
    assert 1e-2 < expected.std() < 1e3  # neither died nor exploded
    network = on_meta(model).to_empty(device="cpu").eval()
    fitting, _ = match(network, w, layout, "a file")
    fit.copy(network, fitting)
    with torch.no_grad():
        actual = network(x)
    torch.testing.assert_close(actual, expected, atol=1e-5 * expected.abs().max().item(), rtol=1e-4)
