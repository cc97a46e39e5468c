"""Image GPT against transformers' with copied weights, and its cache against the whole."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from course.vision.pixel import VARIANTS, PixelTransformer, build

COUNTS = {"S": 76_682_240, "M": 455_489_536, "L": 1_362_914_304}
SMALL = dict(colours=11, image_size=4, dim=24, depth=3, heads=3)


@pytest.fixture
def small():
    """A small model with nothing at zero: the head starts there, and would hide everything before it."""
    generator = torch.Generator().manual_seed(0)
    model = PixelTransformer(**SMALL)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.4 * torch.randn(parameter.shape, generator=generator))
    return model.eval()


@pytest.fixture
def tokens():
    return torch.randint(11, (2, 16), generator=torch.Generator().manual_seed(1))


# --- Against transformers ------------------------------------------------------------------------------


def copied(model):
    """transformers' model with the weights of ours."""
    transformers = pytest.importorskip("transformers")
    config = transformers.ImageGPTConfig(
        vocab_size=12,
        n_positions=16,
        n_embd=24,
        n_layer=3,
        n_head=3,
        activation_function="quick_gelu",
        layer_norm_epsilon=1e-5,
        attn_implementation="eager",
    )
    reference = transformers.ImageGPTForCausalImageModeling(config).eval()
    state = {
        "transformer.wte.weight": model.embedding.weight,
        "transformer.wpe.weight": model.position,
        "transformer.ln_f.weight": model.norm.weight,
        "lm_head.weight": model.head.weight,
    }
    for number, layer in enumerate(model.layers):
        at, name = layer.attention, f"transformer.h.{number}."
        state[name + "ln_1.weight"], state[name + "ln_2.weight"] = layer.norm1.weight, layer.norm2.weight
        projections = (at.query, at.key, at.value)  # theirs stores matrices transposed, and the three as one
        state[name + "attn.c_attn.weight"] = torch.cat([p.weight.T for p in projections], dim=1)
        state[name + "attn.c_attn.bias"] = torch.cat([p.bias for p in projections])
        others = {"attn.c_proj": at.output, "mlp.c_fc": layer.mlp.expand, "mlp.c_proj": layer.mlp.contract}
        for theirs, ours in others.items():
            state[f"{name}{theirs}.weight"], state[f"{name}{theirs}.bias"] = ours.weight.T, ours.bias
    reference.load_state_dict(state)
    return reference


def test_equals_transformers_hidden_states_and_attentions_too(small, tokens):
    sos = torch.full((2, 1), 11)
    record = {}
    with torch.no_grad():
        logits = small(tokens, record)
        expected = copied(small)(
            torch.cat([sos, tokens[:, :-1]], dim=1), output_hidden_states=True, output_attentions=True
        )
    torch.testing.assert_close(logits, expected.logits, atol=1e-5, rtol=1e-5)
    assert len(record["tokens"]) == 4 and len(record["weights"]) == 3
    for layer in range(3):
        hidden, weights = expected.hidden_states[layer], expected.attentions[layer]
        torch.testing.assert_close(record["tokens"][layer], hidden, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(record["weights"][layer], weights, atol=1e-6, rtol=1e-5)
    last = small.norm(record["tokens"][3])  # transformers' last hidden state is behind the final norm
    torch.testing.assert_close(last, expected.hidden_states[3], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(small(tokens), logits, atol=1e-5, rtol=1e-5)


def test_number_of_parameters_is_that_of_transformers():
    transformers = pytest.importorskip("transformers")
    with torch.device("meta"):
        reference = transformers.ImageGPTForCausalImageModeling(transformers.ImageGPTConfig())
    assert sum(p.numel() for p in reference.parameters()) == COUNTS["S"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_number_of_parameters(variant):
    with torch.device("meta"):
        model = build(variant)
    assert sum(p.numel() for p in model.parameters()) == COUNTS[variant]
    biases = sum(p.numel() for name, p in model.layers.named_parameters() if name.endswith("bias"))
    assert biases == 9 * VARIANTS[variant]["dim"] * VARIANTS[variant]["depth"]


# --- The model -----------------------------------------------------------------------------------------


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 15))
def test_logits_depend_on_earlier_pixels_only(place):
    torch.manual_seed(place)
    model = PixelTransformer(**SMALL).eval()
    torch.nn.init.normal_(model.head.weight)
    tokens = torch.randint(11, (1, 16))
    changed = tokens.clone()
    changed[0, place] = (tokens[0, place] + 1) % 11
    same = (model(tokens) - model(changed)).abs().amax((0, 2)) < 1e-6
    assert same[: place + 1].all() and not same[place + 1 :].any()


def test_starts_by_knowing_nothing(tokens):
    loss = cross_entropy(PixelTransformer(**SMALL)(tokens).flatten(0, 1), tokens.flatten())
    torch.testing.assert_close(loss, torch.tensor(11.0).log())


def test_learns_an_image_by_heart(tokens):
    torch.manual_seed(0)
    model = PixelTransformer(**SMALL)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(150):
        loss = cross_entropy(model(tokens[:1]).flatten(0, 1), tokens[0])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.1
    written = model.eval().complete(tokens[:1, :4], temperature=0.1)
    assert torch.equal(written, tokens[:1])


def test_features_are_the_mean_of_what_a_layer_is_given(small, tokens):
    record = {}
    small(tokens, record)
    for layer in range(3):
        expected = small.layers[layer].norm1(record["tokens"][layer]).mean(1)
        torch.testing.assert_close(small.features(tokens, layer=layer), expected)
    torch.testing.assert_close(small.features(tokens, layer=3), small.norm(record["tokens"][3]).mean(1))
    torch.testing.assert_close(small.features(tokens), small.features(tokens, layer=1))
    partial = {}
    small.features(tokens, partial, layer=2)
    assert len(partial["tokens"]) == 3 and len(partial["weights"]) == 2  # the third layer does not run


def test_step_by_step_equals_all_at_once(small, tokens):
    expected = small(tokens)
    state, read = small.start(), torch.full((2,), small.sos)
    for place in range(16):
        logits = small.step(read, state)
        torch.testing.assert_close(logits, expected[:, place], atol=1e-5, rtol=1e-5)
        read = tokens[:, place]
    assert state.position == 16 and state.caches[0].k.shape == (2, 3, 16, 8)
    with pytest.raises(ValueError, match="an image must have 1 to 16 pixels here; got 17"):
        small.step(read, state)


def test_completing_keeps_what_is_given_and_draws_the_rest(small, tokens):
    def written(seed, **options):
        return small.complete(tokens[:, :5], generator=torch.Generator().manual_seed(seed), **options)

    assert torch.equal(written(0)[:, :5], tokens[:, :5])
    assert torch.equal(written(0), written(0)) and not torch.equal(written(0), written(1))
    cold = written(0, temperature=1e-4)  # almost surely the most likely pixel
    assert torch.equal(small(cold).argmax(-1)[:, 5:], cold[:, 5:])
    assert small.complete(tokens[:, :0]).shape == (2, 16)
    assert torch.equal(small.complete(tokens), tokens)


def test_draws_with_the_models_probabilities(small):
    nothing, generator = torch.zeros(4000, 0, dtype=torch.int64), torch.Generator().manual_seed(0)
    first = small.complete(nothing, generator=generator)
    share = first[:, 0].bincount(minlength=11) / 4000
    expected = small(torch.zeros(1, 1, dtype=torch.int64))[0, 0].softmax(-1)
    torch.testing.assert_close(share, expected, atol=0.03, rtol=0)


def test_compiles_runs_in_bfloat16_and_round_trips(small, tokens):
    compiled = torch.compile(small, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(tokens), small(tokens))
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(small(tokens).float(), small(tokens, {}).float(), atol=0.3, rtol=0.1)
        assert small.complete(tokens[:, :3]).shape == (2, 16)
    other = PixelTransformer(**SMALL).eval()
    other.load_state_dict(small.state_dict())
    torch.testing.assert_close(other(tokens), small(tokens))


# --- Wrong use -----------------------------------------------------------------------------------------


def test_wrong_use(small, tokens):
    with pytest.raises(ValueError, match="tokens holds token 11, but the vocabulary is 0 to 10"):
        small(torch.full((1, 4), small.sos))  # SOS is read, but is no pixel
    with pytest.raises(TypeError, match="tokens must be a tensor of token numbers, int64; got float32"):
        small(torch.rand(1, 4))
    for pixels in (0, 17):
        with pytest.raises(ValueError, match=f"an image must have 1 to 16 pixels here; got {pixels}"):
            small(torch.zeros(1, pixels, dtype=torch.int64))
    with pytest.raises(ValueError, match="layer must be 0 to 3; got 4"):
        small.features(tokens, layer=4)
    state = small.start()
    small.step(torch.full((2,), small.sos), state)
    with pytest.raises(ValueError, match=r"tokens must have shape \(batch,\).*; got \(2, 16\)"):
        small.step(torch.zeros(2, 16, dtype=torch.int64), state)
    with pytest.raises(ValueError, match="tokens has 3 rows but the state has 2"):
        small.step(torch.zeros(3, dtype=torch.int64), state)
    with pytest.raises(ValueError, match="temperature must be above 0; got 0"):
        small.complete(tokens, temperature=0)
    with pytest.raises(ValueError, match="dim 10 is not divisible by heads 4"):
        PixelTransformer(dim=10, heads=4, depth=1)
    with pytest.raises(ValueError, match="there is no variant 'XL'"):
        build("XL")
