"""What every pretext task must do: learn in twenty steps, repeat its views, tell numbers, compile, move."""

import pytest
import torch

from course.data import digits
from course.ssl.autoencoder import VAE, AutoEncoder
from course.ssl.colorization import Colourisation, ab_bins, colour_prior
from course.ssl.context import Context
from course.ssl.jigsaw import Jigsaw, PatchJigsaw
from course.ssl.relvit import TASKS, RelViT, ViTWithoutPositions
from course.ssl.rotation import Rotation
from course.vision.vit import ViT

D = 32


def vit(kind=ViT, size=8, channels=1):
    return kind(size, patch=2, dim=D, depth=2, heads=2, hidden=64, classes=0, channels=channels)


def flags(B=64, seed=0):
    """Tiny colour images: lightness tells the colour. Bright upper halves are warm, dark ones cold."""
    generator = torch.Generator().manual_seed(seed)
    bright = torch.rand(B, 1, 1, 1, generator=generator)
    warm, cold = torch.tensor([1.0, 0.6, 0.2]), torch.tensor([0.1, 0.2, 0.6])
    colour = bright * warm.view(1, 3, 1, 1) + (1 - bright) * cold.view(1, 3, 1, 1)  # (B, 3, 1, 1)
    shade = torch.linspace(0.6, 1, 8).view(1, 1, 8, 1)
    return (colour * shade).expand(B, 3, 8, 8).clone()


METHODS = {
    "relations": lambda: RelViT(vit(ViTWithoutPositions)),
    "all four": lambda: RelViT(vit(ViTWithoutPositions), TASKS),
    "rotation": lambda: Rotation(vit(), D),
    "jigsaw": lambda: Jigsaw(vit(size=4), D, tile=4, side=2, count=8, hidden=64),
    "patch jigsaw": lambda: PatchJigsaw(vit()),
    "context": lambda: Context(vit(size=2), D, tile=2, gap=1, jitter=0, hidden=64, colour_dropping=False),
    "colourisation": lambda: Colourisation(vit(channels=3), D, prior=colour_prior(flags(), ab_bins())),
    "auto-encoder": lambda: AutoEncoder(vit(), D, (1, 8, 8), hidden=64),
    "VAE": lambda: VAE(vit(), D, (1, 8, 8), latents=8, hidden=64, deviation=0.3),
}
every = pytest.mark.parametrize("name", METHODS)


@pytest.fixture(scope="module")
def images():
    return {"grey": digits()[0][:64, None], "colour": flags()}


def make(name, images):
    torch.manual_seed(0)
    return METHODS[name](), images["colour" if name == "colourisation" else "grey"]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@every
def test_twenty_steps_on_64_images_lower_the_loss(name, images):
    method, x = make(name, images)
    optimiser, generator = torch.optim.AdamW(method.parameters(), lr=3e-3), seeded()

    def judge():
        with torch.no_grad():
            return method(method.views(x, seeded(99)))[0].item()

    before = judge()
    for step in range(20):
        loss, _ = method(method.views(x, generator))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        method.after_step((step + 1) / 20)
    assert judge() < before - 0.02


@every
def test_views_repeat_and_the_loss_says_the_same_and_tells_scalars(name, images):
    method, x = make(name, images)
    kept = x.clone()
    one, two = (method.views(x, seeded(3)) for _ in range(2))
    assert one.keys() == two.keys() and all(torch.equal(one[key], two[key]) for key in one)
    loss, told = method(one)
    assert loss.shape == () and loss.requires_grad and loss == method(two)[0]
    assert told["loss"] == loss
    assert all(number.shape == () and not number.requires_grad for number in told.values())
    assert torch.equal(x, kept)  # the images are left as they were


@every
def test_every_parameter_learns_but_those_left_out(name, images):
    method, x = make(name, images)
    method(method.views(x, seeded()))[0].backward()
    still = {key for key, parameter in method.named_parameters() if parameter.grad is None}
    assert still <= {"encoder.position.table"}
    assert not still or isinstance(method.encoder, ViTWithoutPositions)


@every
def test_every_number_is_made_where_the_images_are(name, images):
    method, x = make(name, images)
    method, x = method.to("meta"), x.to("meta")
    batch = method.views(x)
    assert all(tensor.device.type == "meta" for tensor in batch.values())
    loss, told = method(batch)
    assert all(number.device.type == "meta" for number in (loss, *told.values()))


@every
def test_state_dict_round_trip(name, images):
    method, x = make(name, images)
    batch = method.views(x, seeded())
    torch.manual_seed(1)
    other = METHODS[name]()
    assert other(batch)[0] != method(batch)[0]
    other.load_state_dict(method.state_dict())
    assert other(batch)[0] == method(batch)[0]


@pytest.mark.parametrize("name", ["all four", "jigsaw", "context", "colourisation", "VAE"])
def test_compiles_into_one_graph_and_runs_in_bf16(name, images):
    method, x = make(name, images)
    batch = method.views(x[:8], seeded())
    loss = method(batch)[0]
    compiled = torch.compile(method, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(batch)[0], loss)
    with torch.autocast("cpu", torch.bfloat16):
        assert method(batch)[0].item() == pytest.approx(loss.item(), rel=0.05, abs=0.05)
