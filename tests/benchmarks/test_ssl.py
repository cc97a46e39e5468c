"""The benchmark of self-supervised methods: its steps train, its peers do the same work, its losses agree."""

from typing import Any

import pytest
import torch

from benchmarks import ssl
from course.ssl.by_name import Images, build

CPU = torch.device("cpu")


@pytest.fixture
def tiny(monkeypatch):
    """A variant of ViT small enough for a test, with a decoder."""
    sizes = dict(patch=56, dim=32, depth=2, heads=2, hidden=64)
    monkeypatch.setitem(ssl.vit.VARIANTS, "S/56", sizes)
    monkeypatch.setitem(ssl.DECODERS, "S/56", dict(dim=16, depth=1, heads=2))


def test_a_step_trains_the_encoder_and_draws_anew():
    method: Any = build("mae", Images((3, 16, 16)), "vit-mini/4")
    before = [parameter.detach().clone() for parameter in method.encoder.layers.parameters()]
    seen = []

    def network(batch):
        seen.append(batch["noise"])
        return method(batch)

    run = ssl.step(method, network, torch.rand(2, 3, 16, 16))
    run()
    run()
    assert any(not torch.equal(a, b) for a, b in zip(before, method.encoder.layers.parameters()))
    assert not torch.equal(*seen)


@pytest.mark.parametrize("name", ["rotation", "dino", "ijepa"])
def test_a_case_of_a_method_runs(name):
    case = ssl.method_case(name, 16, 2, CPU, compiled=False)
    assert list(case.contestants) == ["ours"] and case.flops > 0 and case.items == 2
    case.contestants["ours"]()


@pytest.mark.slow  # transformers takes its time to be imported
def test_mae_of_transformers_is_as_large(tiny):
    case = ssl.mae_case("S/56", 2, CPU, compiled=False)
    assert list(case.contestants) == ["ours", "transformers"]
    for run in case.contestants.values():
        run()


def test_hiding_tokens_saves_flops(tiny):
    """A quarter of 16 patches and CLS is 5 tokens of 17 in the encoder; the decoder has all, both times."""
    case = ssl.hidden_tokens_case("S/56", 2, CPU)
    ratio = float(case.name.split("(")[1].split(" ×")[0])
    assert 1 < ratio < 17 / 5
    assert case.flops == 0  # the two differ in theirs, and the table has one number a case
    for run in case.contestants.values():
        run()


def test_losses_that_differ_are_not_compared():
    z = torch.randn(4, 3, requires_grad=True)
    losses = {"ours": lambda: z.square().mean(), "theirs": lambda: z.square().sum()}
    with pytest.raises(SystemExit, match="These losses differ"):
        ssl.loss_case("a loss", losses, (z,), 4)


def test_cases_of_losses_run_without_lightly(monkeypatch):
    monkeypatch.setattr(ssl, "lightly_losses", lambda: None)
    monkeypatch.setattr(ssl, "OUTPUTS", 16)
    for case in (ssl.nt_xent_case(4, CPU), ssl.dino_case(2, 3, CPU)):
        case.contestants["ours"]()
        assert "| lightly | not installed |" in list(ssl.report(case, CPU, 5, 1e12))[-1]
