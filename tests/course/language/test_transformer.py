"""The Transformer: equal to PyTorch's and to Marian, weights included, and true to its docstring."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.attention import causal_mask
from course.language.transformer import VARIANTS, State, Transformer, build
from course.language.transformer_layers import DecoderLayer, EncoderLayer
from course.multihead import KeyValueCache

TOKENS = 17
TINY = dict(vocabulary=TOKENS, dim=12, heads=3, hidden=20, layers=2, dropout=0.0, max_length=16)


def tiny(seed=0, **overrides):
    """A small model with every parameter random, biases and LayerNorms too."""
    torch.manual_seed(seed)
    model = Transformer(**{**TINY, **overrides}).eval()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)
    return model


def sentences(seed=0, B=3, Ls=7, Lt=5):
    """A source with padding behind two of its rows, and a target."""
    generator = torch.Generator().manual_seed(seed)
    source, target = (torch.randint(1, TOKENS, (B, L), generator=generator) for L in (Ls, Lt))
    source[1:, Ls // 2 :] = 0
    source[2:, 1:] = 0
    return source, target


def close(actual, expected):
    torch.testing.assert_close(actual, expected, atol=1e-5, rtol=1e-5)


# --- Parity --------------------------------------------------------------------------------------------


@torch.no_grad()
def copy(ours, theirs):
    """Weight and bias of one layer into another."""
    theirs.weight.copy_(ours.weight)
    theirs.bias.copy_(ours.bias)


@torch.no_grad()
def copy_attention(ours, theirs):
    """Ours into a torch.nn.MultiheadAttention."""
    parts = (ours.query, ours.key, ours.value)
    theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
    theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    copy(ours.output, theirs.out_proj)


def copy_layer(ours, theirs):
    """Ours into a torch.nn.TransformerEncoderLayer or TransformerDecoderLayer."""
    copy_attention(ours.attention, theirs.self_attn)
    if hasattr(ours, "cross_attention"):
        copy_attention(ours.cross_attention, theirs.multihead_attn)
        copy(ours.norm3, theirs.norm3)
    copy(ours.mlp.expand, theirs.linear1)
    copy(ours.mlp.contract, theirs.linear2)
    copy(ours.norm1, theirs.norm1)
    copy(ours.norm2, theirs.norm2)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")  # theirs explains why it is not faster
@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("seed", [0, 1])
def test_equals_pytorchs_transformer_of_six_and_six_layers(norm, seed):
    """PyTorch always adds the two final norms: post-norm, ours has none and theirs are removed."""
    ours = tiny(seed, norm=norm, layers=6)
    theirs = nn.Transformer(
        12, 3, 6, 6, 20, 0.0, "relu", batch_first=True, norm_first=norm == "pre", layer_norm_eps=1e-5
    ).eval()
    for stack, our_norm, their_stack in (
        (ours.encoder, ours.encoder_norm, theirs.encoder),
        (ours.decoder, ours.decoder_norm, theirs.decoder),
    ):
        for layer, their_layer in zip(stack, their_stack.layers, strict=True):
            copy_layer(layer, their_layer)
        if norm == "pre":
            copy(our_norm, their_stack.norm)
        else:
            their_stack.norm = nn.Identity()
    source, target = sentences(seed)
    L = target.shape[1]
    future = torch.ones(L, L, dtype=torch.bool).triu(1)  # theirs: True forbids
    y = theirs(
        ours.embed("source", source),
        ours.embed("target", target),
        tgt_mask=future,
        src_key_padding_mask=source == 0,
        memory_key_padding_mask=source == 0,
    )
    close(ours(source, target), y @ ours.embedding.weight.T)


@pytest.mark.parametrize("norm", ["post", "pre"])
@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3), st.integers(1, 9), st.sampled_from([(6, 1), (6, 3), (8, 2)]), st.integers(0, 9999))
def test_an_encoder_layer_equals_pytorchs(norm, B, N, sizes, seed):
    torch.manual_seed(seed)
    dim, heads = sizes
    ours = EncoderLayer(dim, heads, 10, norm=norm, eps=1e-6).eval()
    for parameter in ours.parameters():
        nn.init.normal_(parameter, std=0.5)
    theirs = nn.TransformerEncoderLayer(
        dim, heads, 10, 0.0, "gelu", 1e-6, batch_first=True, norm_first=norm == "pre"
    ).eval()
    copy_layer(ours, theirs)
    x = torch.randn(B, N, dim)
    close(ours(x), theirs(x))
    record = {}
    close(ours(x, record=record), theirs(x))
    seen_by_attention = x if norm == "post" else theirs.norm1(x)
    _, weights = theirs.self_attn(*[seen_by_attention] * 3, average_attn_weights=False)
    close(record["weights"][0], weights)


def copy_to_marian(ours, theirs):
    inner = theirs.model
    with torch.no_grad():
        inner.shared.weight.copy_(ours.embedding.weight)
        for half in (inner.encoder, inner.decoder):  # theirs: all sines, then all cosines
            half.embed_positions.weight.copy_(ours.position)

    def attention(from_, to):
        copy(from_.query, to.q_proj)
        copy(from_.key, to.k_proj)
        copy(from_.value, to.v_proj)
        copy(from_.output, to.out_proj)

    def rest(from_, to, last_norm):
        attention(from_.attention, to.self_attn)
        copy(from_.norm1, to.self_attn_layer_norm)
        copy(from_.mlp.expand, to.fc1)
        copy(from_.mlp.contract, to.fc2)
        copy(last_norm, to.final_layer_norm)

    for layer, to in zip(ours.encoder, inner.encoder.layers, strict=True):
        rest(layer, to, layer.norm2)
    for layer, to in zip(ours.decoder, inner.decoder.layers, strict=True):
        rest(layer, to, layer.norm3)
        attention(layer.cross_attention, to.encoder_attn)
        copy(layer.norm2, to.encoder_attn_layer_norm)


@pytest.mark.parametrize("seed", [0, 1])
def test_equals_marian_weights_included(seed):
    transformers = pytest.importorskip("transformers")
    ours = tiny(seed)
    config = transformers.MarianConfig(
        vocab_size=TOKENS,
        d_model=12,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=3,
        decoder_attention_heads=3,
        encoder_ffn_dim=20,
        decoder_ffn_dim=20,
        max_position_embeddings=16,
        activation_function="relu",
        scale_embedding=True,
        dropout=0.0,
        pad_token_id=0,
        eos_token_id=2,
        decoder_start_token_id=1,
        attn_implementation="eager",
    )
    theirs = transformers.MarianMTModel(config).eval()
    copy_to_marian(ours, theirs)
    source, target = sentences(seed)
    expected = theirs(
        input_ids=source,
        attention_mask=(source != 0).long(),
        decoder_input_ids=target,
        output_attentions=True,
        use_cache=False,
    )
    record = {}
    close(ours(source, target, record), expected.logits)
    close(ours(source, target), expected.logits)  # the fused kernel
    for name, weights in (
        ("encoder_weights", expected.encoder_attentions),
        ("weights", expected.decoder_attentions),
        ("cross_weights", expected.cross_attentions),
    ):
        assert len(record[name]) == len(weights) == 2
        for mine, one in zip(record[name], weights, strict=True):
            close(mine, one)


# --- What must hold ------------------------------------------------------------------------------------


def test_parameters_of_the_paper():
    with torch.device("meta"):
        count = sum(p.numel() for p in build("base", 37_000).parameters())
        big = sum(p.numel() for p in build("big", 37_000).parameters())
    assert count == 63_082_496
    layer = 4 * (1024**2 + 1024), 2 * 1024 * 4096 + 4096 + 1024, 2 * 1024  # attention, MLP, norm
    attention, mlp, norm = layer
    assert big == 37_000 * 1024 + 6 * (attention + mlp + 2 * norm) + 6 * (2 * attention + mlp + 3 * norm)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 4), st.integers(0, 9999), st.sampled_from(["post", "pre"]))
def test_a_later_target_token_changes_no_earlier_logits(position, seed, norm):
    model = tiny(seed, norm=norm)
    source, target = sentences(seed)
    before = model(source, target)
    changed = target.clone()
    changed[:, position] = target[:, position] % (TOKENS - 1) + 1  # another one, and no padding
    after = model(source, changed)
    close(after[:, :position], before[:, :position])
    assert (after[:, position] - before[:, position]).abs().amax(-1).gt(1e-4).all()


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_padding_behind_the_source_changes_nothing(norm):
    model = tiny(norm=norm)
    source, target = sentences()
    expected = model(source, target)
    more = torch.cat([source, torch.zeros(3, 4, dtype=torch.long)], dim=1)
    close(model(more, target), expected)
    close(model(source[2:, :1], target[2:]), expected[2:])  # the row of one token, alone
    record = {}
    model(more, target, record)
    for weights in record["cross_weights"] + record["encoder_weights"]:
        assert (weights[..., 7:] == 0).all() and (weights[2, ..., 1:] == 0).all()


def test_the_padding_is_the_token_named():
    source, _ = sentences()
    other = tiny(padding=5)
    assert torch.equal(other.encode(source).mask[:, 0, 0], source != 5)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_steps_with_a_cache_equal_the_whole_without(norm):
    model = tiny(norm=norm)
    source, target = sentences()
    expected = model(source, target)
    record = {}
    state = model.start(model.encode(source))
    for t in range(target.shape[1]):
        close(model.step(target[:, t], state), expected[:, t])
    assert state.position == target.shape[1]
    state = model.start(model.encode(source))
    model.step(target[:, 0], state, record)
    assert record["cross_weights"][0].shape == (3, 3, 1, 7) and record["weights"][0].shape == (3, 3, 1, 1)


def test_a_state_follows_its_rows():
    """Rows dropped, repeated and exchanged between two steps, as a beam search does."""
    model = tiny()
    source, target = sentences()
    state = model.start(model.encode(source))
    for t in range(2):
        model.step(target[:, t], state)
    rows = torch.tensor([2, 0, 0, 1])
    state.select(rows)
    expected = model(source[rows], target[rows])
    for t in (2, 3):
        close(model.step(target[rows, t], state), expected[:, t])


def test_the_embedding_is_scaled_and_the_positions_added():
    model = tiny()
    ids = torch.tensor([[3, 3]])
    difference = model.embed("ids", ids)[0, 1] - model.embed("ids", ids)[0, 0]
    close(difference, model.position[1] - model.position[0])
    close(model.embed("ids", ids, start=2)[0, 0], model.embedding.weight[3] * 12**0.5 + model.position[2])


def test_final_norms_stand_behind_pre_norm_only():
    assert isinstance(tiny(norm="post").encoder_norm, nn.Identity)
    assert isinstance(tiny(norm="pre").decoder_norm, nn.LayerNorm)


def test_compiles_whole():
    model = tiny()
    source, target = sentences()
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    close(compiled(source, target), model(source, target))


def test_state_dict_round_trip_and_autocast():
    model, other = tiny(0), tiny(1)
    source, target = sentences()
    other.load_state_dict(model.state_dict())
    close(other(source, target), model(source, target))
    assert "position" not in model.state_dict()
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(source, target)
    assert logits.isfinite().all()
    assert (logits.float() - model(source, target)).abs().max() < 0.5


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_an_encoder_layer_with_a_cache_goes_token_by_token(norm):
    torch.manual_seed(0)
    layer, x, cache = EncoderLayer(8, 2, 6, norm=norm), torch.randn(2, 5, 8), KeyValueCache()
    steps = [layer(token[:, None], cache=cache) for token in x.unbind(1)]
    close(torch.cat(steps, dim=1), layer(x, causal_mask(5)))


def test_dropout_acts_in_training_only():
    model = tiny(dropout=0.5)
    source, target = sentences()
    close(model(source, target), model(source, target))
    model.train()
    assert not torch.allclose(model(source, target), model(source, target))


def test_learns_to_copy_one_sentence():
    torch.manual_seed(0)
    model = Transformer(**TINY)
    source = torch.tensor([[4, 5, 6, 7]])
    target = torch.tensor([[1, 4, 5, 6, 7]])
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        loss = nn.functional.cross_entropy(
            model(source, target[:, :-1]).flatten(0, 1), target[:, 1:].flatten()
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.1


# --- Wrong use -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(vocabulary=0), "vocabulary must be a whole number of at least 1; got 0"),
        (dict(dim=0), "dim must be"),
        (dict(heads=5), "dim 12 is not divisible by heads 5"),
        (dict(norm="mid"), "norm must be 'pre' or 'post'; got 'mid'"),
        (dict(dropout=1.0), "dropout must be"),
        (dict(layers=0), "layers must be"),
        (dict(padding=TOKENS), "padding must be a token of the vocabulary, 0 to 16; got 17"),
        (dict(padding=-1), "padding must be a token"),
    ],
)
def test_sizes_that_cannot_be(options, message):
    with pytest.raises(ValueError, match=message):
        Transformer(**{**TINY, **options})


def test_calls_that_cannot_be():
    model = tiny()
    source, target = sentences()
    with pytest.raises(TypeError, match="source must be a tensor of token numbers, int64; got float32"):
        model(source.float(), target)
    with pytest.raises(ValueError, match=r"target must have shape \(batch, length\); got \(5,\)"):
        model(source, target[0])
    with pytest.raises(ValueError, match="target holds token 17, but the vocabulary is 0 to 16"):
        model(source, target + TOKENS - target.max())
    left = torch.tensor([[0, 4, 5]]).expand(3, 3)
    with pytest.raises(ValueError, match="source has padding before a token: a sentence comes first"):
        model(left, target)
    with pytest.raises(ValueError, match="target has padding before a token: a sentence comes first"):
        model(source, left)
    with pytest.raises(ValueError, match="source has 17 tokens but this model takes at most 16"):
        model(source[:, :1].expand(3, 17), target)
    with pytest.raises(ValueError, match="target has 2 rows but the memory has 3"):
        model(source, target[:2])
    state = model.start(model.encode(source))
    with pytest.raises(ValueError, match="tokens has 1 rows but the state has 3"):
        model.step(target[:1, 0], state)
    full = State(model.encode(source), model.start(model.encode(source)).caches, position=16)
    with pytest.raises(ValueError, match="tokens has 17 tokens but this model takes at most 16"):
        model.step(target[:, 0], full)


def test_tokens_that_cannot_be():
    model = tiny()
    source, target = sentences()
    state = model.start(model.encode(source))
    for tokens, shown in ((target, r"\(3, 5\)"), (target[0, 0], r"\(\)"), ([1, 2, 3], "list")):
        with pytest.raises(ValueError, match=rf"tokens must have shape \(batch,\).*; got {shown}"):
            model.step(tokens, state)
    with pytest.raises(ValueError, match=r"target has shape \(3, 0\), and so not a single token"):
        model(source, target[:, :0])
    with pytest.raises(ValueError, match=r"source has shape \(0, 7\), and so not a single token"):
        model(source[:0], target[:0])


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_layers_say_what_they_are_made_for(norm):
    encoder, decoder = EncoderLayer(8, 2, 6, norm=norm), DecoderLayer(8, 2, 6, norm=norm)
    x = torch.randn(2, 5, 8)
    for call in (encoder, lambda x: decoder(x, x)):
        with pytest.raises(ValueError, match="x has width 7 but this layer was made for width 8"):
            call(x[..., :7])
        with pytest.raises(ValueError, match=r"x must have shape \(batch, tokens, width\); got \(5, 8\)"):
            call(x[0])
        with pytest.raises(TypeError, match="x must be a tensor of floating-point numbers; got int64"):
            call(x.long())
        with pytest.raises(
            TypeError, match=r"x \(float64\) and the layer \(float32\) must have the same dtype"
        ):
            call(x.double())
        with pytest.raises(
            RuntimeError, match=r"x \(meta\) and the layer \(cpu\) must be on the same device"
        ):
            call(x.to("meta"))
    with pytest.raises(TypeError, match="memory must be a tensor of floating-point numbers; got NoneType"):
        decoder(x, None)
    with pytest.raises(ValueError, match="x has 2 rows but memory has 3"):
        decoder(x, torch.randn(3, 4, 8))


def test_unknown_variants():
    assert set(VARIANTS) == {"base", "big"}
    with pytest.raises(ValueError, match="there is no variant 'small'; there are 'base', 'big'"):
        build("small", 100)
