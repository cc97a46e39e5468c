"""CLIP against the transformers library, its loss against loops, and what its towers must see or not."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import normalize

from course.checkpoint import load_official
from course.data.captioned import captioned
from course.language.translate import Words
from course.multimodal.clip import (
    CLIP,
    ENDED,
    MEAN,
    STD,
    Contrast,
    ImageTower,
    TextTower,
    build,
    class_vectors,
    contrastive_loss,
    preprocess,
    zero_shot,
)
from tests.course.randomised import randomised

COUNTS = {"B/32": 151_277_313, "B/16": 149_620_737, "L/14": 427_616_513, "L/14@336": 427_944_193}
IMAGE = dict(image_size=8, patch=4, dim=12, depth=2, heads=3, joint=6)
TEXT = dict(vocabulary=20, context=9, dim=8, depth=2, heads=2, joint=6, end=19)


@pytest.fixture
def small():
    torch.manual_seed(0)
    return randomised(CLIP(ImageTower(**IMAGE), TextTower(**TEXT)))


@pytest.fixture
def images():
    return torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def ids():
    """Four texts of different lengths, each with its end and then whatever pads it."""
    return torch.tensor([[1, 5, 7, 19, 0, 0], [1, 19, 0, 0, 0, 0], [1, 2, 3, 4, 5, 19], [1, 9, 9, 19, 3, 19]])


def test_number_of_parameters():
    for variant, count in COUNTS.items():
        with torch.device("meta"):
            model = build(variant)
        assert sum(p.numel() for p in model.parameters()) == count
        assert model.text.end == ENDED == len(model.text.embedding.weight) - 1


def test_a_variant_can_be_changed():
    model = build("B/32", dict(image_size=8, patch=4, dim=8, depth=1, heads=2, joint=5), TEXT | dict(joint=5))
    assert model(torch.randn(2, 3, 8, 8), torch.tensor([[1, 19]])).shape == (2, 1)
    with pytest.raises(ValueError, match=r"there is no variant 'B/33'; there are 'B/32', "):
        build("B/33")


# --- Parity, and the official layout ---------------------------------------------------------------------


def official(model):
    """The state of a model under the names of the official files."""
    state, file = model.state_dict(), {}
    for tower, theirs in (("image", "visual."), ("text", "")):
        for i in range(2):
            ours, other = f"{tower}.layers.{i}.", f"{theirs}transformer.resblocks.{i}."
            for x in ("weight", "bias"):
                parts = [state[f"{ours}attention.{part}.{x}"] for part in ("query", "key", "value")]
                file[f"{other}attn.in_proj_{x}"] = torch.cat(parts)
                for name, called in {
                    "attention.output": "attn.out_proj",
                    "norm1": "ln_1",
                    "norm2": "ln_2",
                    "mlp.expand": "mlp.c_fc",
                    "mlp.contract": "mlp.c_proj",
                }.items():
                    file[f"{other}{called}.{x}"] = state[f"{ours}{name}.{x}"]
    for x in ("weight", "bias"):
        for name, called in {"image.norm_pre": "visual.ln_pre", "image.norm": "visual.ln_post"}.items():
            file[f"{called}.{x}"] = state[f"{name}.{x}"]
        file[f"ln_final.{x}"] = state[f"text.norm.{x}"]
    file |= {
        "visual.conv1.weight": state["image.embedding.projection.weight"],
        "visual.class_embedding": state["image.cls"][0, 0],
        "visual.positional_embedding": state["image.position.table"][0],
        "visual.proj": state["image.projection.weight"].T.contiguous(),
        "token_embedding.weight": state["text.embedding.weight"],
        "positional_embedding": state["text.position"],
        "text_projection": state["text.projection.weight"].T.contiguous(),
        "logit_scale": state["log_scale"],
    }
    return {name: tensor.clone() for name, tensor in file.items()}


def twin(model):
    """The same network in the transformers library, its weights taken from the official names."""
    transformers = pytest.importorskip("transformers")
    config = transformers.CLIPConfig(
        text_config=dict(
            hidden_size=8,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            vocab_size=20,
            max_position_embeddings=9,
            bos_token_id=1,
            eos_token_id=19,
            hidden_act="quick_gelu",
        ),
        vision_config=dict(
            hidden_size=12,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=48,
            image_size=8,
            patch_size=4,
            hidden_act="quick_gelu",
        ),
        projection_dim=6,
        attn_implementation="eager",
    )
    file, state = official(model), {}
    for name, tensor in file.items():
        tower = "vision_model." if name.startswith("visual.") else "text_model."
        name = name.removeprefix("visual.").replace("transformer.resblocks.", "encoder.layers.")
        if "in_proj" in name:
            parts = zip(("q_proj", "k_proj", "v_proj"), tensor.chunk(3), strict=True)
            for part, third in parts:
                state[tower + name.replace("attn.in_proj_", f"self_attn.{part}.")] = third
            continue
        for ours, other in {
            "conv1.": "embeddings.patch_embedding.",
            "class_embedding": "embeddings.class_embedding",
            "token_embedding.": "embeddings.token_embedding.",
            "attn.out_proj": "self_attn.out_proj",
            "ln_1": "layer_norm1",
            "ln_2": "layer_norm2",
            "mlp.c_fc": "mlp.fc1",
            "mlp.c_proj": "mlp.fc2",
            "ln_pre": "pre_layrnorm",
            "ln_post": "post_layernorm",
            "ln_final": "final_layer_norm",
        }.items():
            name = name.replace(ours, other)
        state[tower + name] = tensor
    for tower in ("vision_model", "text_model"):
        state[f"{tower}.embeddings.position_embedding.weight"] = state.pop(f"{tower}.positional_embedding")
    state["visual_projection.weight"] = state.pop("vision_model.proj").T
    state["text_projection.weight"] = state.pop("text_model.text_projection").T
    state["logit_scale"] = state.pop("text_model.logit_scale")
    other = transformers.CLIPModel(config).eval()
    other.load_state_dict(state)
    return other


@torch.no_grad()
def test_equals_transformers(small, images, ids):
    expected = twin(small)(pixel_values=images, input_ids=ids)
    logits = small(images, ids)
    assert logits.std() > 0.5
    torch.testing.assert_close(logits, expected.logits_per_image, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(normalize(small.text(ids), dim=1), expected.text_embeds, atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_a_file_in_the_official_layout_loads(small, images, ids, tmp_path):
    """One with random weights, as no official one is at hand; half of it in half precision, as they are."""
    file = official(small)
    extras = dict(input_resolution=8, context_length=9, vocab_size=20)
    torch.save(file | {name: torch.tensor(x) for name, x in extras.items()}, tmp_path / "clip.pt")
    other = CLIP(ImageTower(**IMAGE), TextTower(**TEXT)).eval()
    assert load_official(other, tmp_path / "clip.pt", "clip") == [*extras]
    torch.testing.assert_close(other(images, ids), small(images, ids), atol=0, rtol=0)

    halves = {name: x.half() if ".attn." in name or ".mlp." in name else x for name, x in file.items()}
    torch.save({"state_dict": halves}, tmp_path / "half.pt")
    load_official(other, tmp_path / "half.pt", "clip")
    assert all(p.dtype == torch.float32 for p in other.parameters())
    torch.testing.assert_close(other(images, ids), small(images, ids), atol=2e-2, rtol=1e-2)

    larger = CLIP(ImageTower(**IMAGE | dict(image_size=16)), TextTower(**TEXT))
    with pytest.raises(ValueError, match="for a grid of 2 × 2, but this CLIP has 4 × 4"):
        load_official(larger, tmp_path / "clip.pt", "clip")
    load_official(larger, tmp_path / "clip.pt", "clip", resize=True)
    del file["visual.proj"]
    torch.save(file, tmp_path / "clip.pt")
    with pytest.raises(ValueError, match=r"does not hold image\.projection\.weight, which this CLIP needs"):
        load_official(other, tmp_path / "clip.pt", "clip")


# --- The loss ------------------------------------------------------------------------------------------


def by_loops(logits, same):
    """The mean over both ways of −Σ_j q_j log p_j, one entry at a time."""
    B, total = len(logits), 0.0
    for table, right in ((logits, same), (logits.T, same.T)):
        for row, equal in zip(table.tolist(), right.tolist(), strict=True):
            whole = math.log(sum(math.exp(x) for x in row))
            total -= sum(x - whole for x, yes in zip(row, equal, strict=True) if yes) / sum(equal)
    return total / (2 * B)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(1, 3), st.integers(0, 1000))
def test_the_loss_by_loops(B, kinds, seed):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(B, B, generator=generator)
    says = torch.randint(kinds, (B,), generator=generator)
    for same in (torch.eye(B, dtype=torch.bool), says[:, None] == says):
        assert contrastive_loss(logits, same).item() == pytest.approx(by_loops(logits, same), abs=1e-5)
    torch.testing.assert_close(contrastive_loss(logits), contrastive_loss(logits, torch.eye(B) > 0))
    torch.testing.assert_close(contrastive_loss(logits), contrastive_loss(logits.T))


def test_from_nothing_learnt_to_all():
    assert contrastive_loss(torch.ones(7, 7)).item() == pytest.approx(math.log(7), abs=1e-6)
    assert contrastive_loss(100 * torch.eye(7)).item() < 1e-6


def test_twins_have_a_floor_that_no_other_scores_beat():
    """Two captions alike: on the diagonal alone at least ln 2, and spread over both ln 2 for what is best."""
    says = torch.tensor([0, 0, 1])
    same = says[:, None] == says
    best = 50.0 * same
    floor = 2 / 3 * math.log(2)
    assert contrastive_loss(best).item() == pytest.approx(floor, abs=1e-5)
    assert contrastive_loss(best, same).item() == pytest.approx(floor, abs=1e-5)
    worse = best + 4 * torch.eye(3)  # prefers one twin: better on the diagonal, and wrong
    assert contrastive_loss(worse) < floor < contrastive_loss(worse, same)


def test_wrong_logits_are_named():
    with pytest.raises(ValueError, match=r"logits must be \(batch, batch\), .*; got \(2, 3\)"):
        contrastive_loss(torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"same must be boolean .* \(2, 2\); got int64 \(2, 2\)"):
        contrastive_loss(torch.ones(2, 2), torch.eye(2).long())


# --- The scale -----------------------------------------------------------------------------------------


def test_the_scale_is_learnt_and_stays_between_1_and_100(small, images, ids):
    assert CLIP(small.image, small.text).log_scale.exp().item() == pytest.approx(1 / 0.07)
    contrastive_loss(small(images, ids[:3])).backward()
    assert small.log_scale.grad.abs() > 1e-4
    for value, kept in ((10.0, 100.0), (-1.0, 1.0), (3.0, math.exp(3))):
        small.log_scale.data.fill_(value)
        Contrast(small, Words(["a"])).after_step(0.5)
        assert small.log_scale.exp().item() == pytest.approx(kept, rel=1e-5)
    groups = Contrast(small, Words(["a"])).groups(0.1)
    decays = {id(p): group["weight_decay"] for group in groups for p in group["params"]}
    assert decays[id(small.log_scale)] == 0 and len(decays) == len(list(small.parameters()))


# --- The towers ----------------------------------------------------------------------------------------


@torch.no_grad()
def test_a_text_is_read_up_to_its_first_end(small, ids):
    expected = small.text(ids)
    behind = ids.clone()
    behind[0, 4:], behind[3, 4:] = 7, 2
    torch.testing.assert_close(small.text(behind), expected)
    torch.testing.assert_close(small.text(ids[:1, :4]), expected[:1])
    before = ids.clone()
    before[0, 1] = 6
    assert (small.text(before) - expected).abs()[0].max() > 1e-3


@torch.no_grad()
def test_fused_and_explicit_attention_agree(small, images, ids):
    record = {}
    torch.testing.assert_close(small.image(images), small.image(images, record), atol=1e-5, rtol=1e-4)
    assert [w.shape for w in record["weights"]] == [(3, 3, 5, 5)] * 2
    record = {}
    torch.testing.assert_close(small.text(ids), small.text(ids, record), atol=1e-5, rtol=1e-4)
    assert all((w.triu(1) == 0).all() for w in record["weights"])


def test_texts_that_do_not_fit_are_named(small):
    with pytest.raises(ValueError, match="text 1 has no end, token 19, where it would be read"):
        small.text(torch.tensor([[1, 19], [1, 2]]))
    with pytest.raises(ValueError, match="ids has 10 tokens a text, but this tower reads at most 9"):
        small.text(torch.full((1, 10), 19))
    with pytest.raises(ValueError, match="ids holds token 20, but the vocabulary is 0 to 19"):
        small.text(torch.tensor([[20, 19]]))
    with pytest.raises(ValueError, match="image_size 9 is not divisible by patch 4"):
        ImageTower(**IMAGE | dict(image_size=9))


def test_every_parameter_learns(small, images, ids):
    contrastive_loss(small(images, ids[:3])).backward()
    for name, parameter in small.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        if not name.endswith("key.bias"):  # a shift of all keys shifts a row's scores alike: no gradient
            assert parameter.grad.abs().max() > 1e-7, name


# --- Zero-shot -----------------------------------------------------------------------------------------


@torch.no_grad()
def test_prompts_are_normalised_before_their_mean_and_behind(small, images, ids):
    first, second = ids[:2], ids[2:]
    vectors = class_vectors(small.text, [first, second])
    for vector, prompts in zip(vectors, (first, second), strict=True):
        one, other = (x / x.norm() for x in small.text(prompts))
        mean = (one + other) / 2
        torch.testing.assert_close(vector, mean / mean.norm())
    logits = zero_shot(small, images, [first, second])
    pictures = normalize(small.image(images), dim=1)
    torch.testing.assert_close(logits, small.log_scale.exp() * pictures @ vectors.T)
    one_each = zero_shot(small, images, [text[None] for text in ids])
    torch.testing.assert_close(one_each, small(images, ids), atol=1e-5, rtol=1e-5)


def test_preprocessing_is_pillows():
    """The shorter side to 224 by Pillow's bicubic filter, then the middle, standardised."""
    Image = pytest.importorskip("PIL.Image")
    pixels = torch.randint(256, (2, 3, 30, 41), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    for images in (pixels, pixels.transpose(2, 3)):
        H, W = images.shape[2:]
        seen = preprocess(images, 20)
        assert seen.shape == (2, 3, 20, 20)
        back = 255 * (seen * torch.tensor(STD)[:, None, None] + torch.tensor(MEAN)[:, None, None])
        scaled = Image.fromarray(images[0].permute(1, 2, 0).contiguous().numpy())
        scaled = scaled.resize((20 * W // min(H, W), 20 * H // min(H, W)), Image.BICUBIC)
        left, top = (scaled.width - 20) // 2, (scaled.height - 20) // 2
        cut = scaled.crop((left, top, left + 20, top + 20))
        expected = torch.frombuffer(bytearray(cut.tobytes()), dtype=torch.uint8).view(20, 20, 3)
        assert (back[0].permute(1, 2, 0) - expected).abs().max() < 1.5
    with pytest.raises(ValueError, match="images must be bytes"):
        preprocess(pixels / 255)


# --- Training ------------------------------------------------------------------------------------------


def test_a_batch_and_what_is_told():
    data = captioned(6)
    words = Words(data.captions)
    torch.manual_seed(0)
    text = TextTower(**TEXT | dict(vocabulary=len(words), context=12, end=2))
    method = Contrast(CLIP(ImageTower(**IMAGE | dict(image_size=32)), text), words)
    chosen = torch.tensor([3, 0, 3])
    batch = method.batch(data, chosen)
    torch.testing.assert_close(batch["images"], data.normalised(chosen))
    assert words.decode(batch["ids"]) == [data.captions[i] for i in (3, 0, 3)]
    loss, told = method(batch)
    same = torch.tensor([[True, False, True], [False, True, False], [True, False, True]])
    torch.testing.assert_close(loss, contrastive_loss(method.model(batch["images"], batch["ids"]), same))
    assert told["scale"].item() == pytest.approx(1 / 0.07) and 0 <= told["found"] <= 1
