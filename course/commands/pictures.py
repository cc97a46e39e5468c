"""The pictures that a training leaves in its folder: its curves, and what it paints, where it paints.

    curves.png            what was told over the epochs
    reconstructions.png   a few images, what the network was shown of them, and what it made of that

An MAE or FCMAE whose targets are normalised has learnt no patch's mean and contrast. Put back from the true
patch they would be most of the picture, and none of it the network's work: so its painting, and the truth
beside it, stay in normalised units, grey where they are 0.
"""

from collections.abc import Callable, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from course.data.image_set import ImageSet
from course.show.reconstructions import side_by_side
from course.show.training import history
from course.ssl.autoencoder import VAE, AutoEncoder
from course.ssl.colorization import Colourisation, lab_to_rgb, rgb_to_lab
from course.ssl.fcmae import FCMAE
from course.ssl.mae import MAE, patch_statistics, patchify, unpatchify
from course.ssl.method import WATCHED, Method
from course.training.modes import evaluating
from course.training.run_folder import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAINTED = 4  # images
REACH = 2.0  # standard deviations: normalised values from black, through grey at 0, to white


def leave_pictures(run: Run, method: Method, data: Sized) -> None:
    """Write the pictures of a training that is over; method and data on any device."""
    import matplotlib

    matplotlib.use("Agg")
    asked, device = run.asked, next(method.parameters()).device
    what = f"{asked['method']} with {asked['encoder']}, on {things(data)} of {Path(asked['data']).name}"
    if not isinstance(data, ImageSet):
        keep(history(run.rows, what), run.folder / "curves.png")
        return
    with evaluating(method), torch.no_grad():
        watched = data.floats(slice(WATCHED)).to(device)
        encoder: Any = method.encoder  # it offers features
        dim = encoder.features(watched[:1]).shape[-1]
        curves = history(run.rows, what, directions=min(len(watched) - 1, dim))
        apart = torch.linspace(0, len(data) - 1, min(PAINTED, len(data))).long()
        images = data.floats(apart).to(device)  # (n, C, H, W)
        paintings = painting(method, images, what)
    for name, fig in (("curves", curves), ("reconstructions", paintings)):
        keep(fig, run.folder / f"{name}.png")


def things(data: Sized) -> str:
    """`1,438 images`, or videos."""
    return f"{len(data):,} {'images' if isinstance(data, ImageSet) else 'videos'}"


def painting(method: Method, images: Tensor, what: str) -> "Figure | None":
    """A figure of what a trained method makes of some images (n, C, H, W); None where it paints nothing."""
    for kind, paint in PAINTERS.items():
        if isinstance(method, kind):
            return paint(method, images, what)
    return None


def _mae(method: MAE, images: Tensor, what: str) -> "Figure":
    batch = method.views(images, torch.Generator(images.device).manual_seed(0))
    predicted, hidden = method.predict(batch)
    grid = method.encoder.embedding.grid(batch["images"])
    return _masked(
        batch["images"], predicted, hidden.unflatten(1, grid), method.patch, method.normalise, what
    )


def _fcmae(method: FCMAE, images: Tensor, what: str) -> "Figure":
    batch = method.views(images, torch.Generator(images.device).manual_seed(0))
    cell, predicted = method.encoder.cell(), method.predict(batch)
    return _masked(batch["images"], predicted, batch["hidden"], cell, method.normalise, what)


def _masked(
    images: Tensor, predicted: Tensor, hidden: Tensor, patch: int, normalise: bool, what: str
) -> "Figure":
    """images (n, C, H, W), predicted (n, N, patch²·C), hidden (n, rows, columns) boolean"""
    truth, mask = patchify(images, patch), hidden.flatten(1)[..., None]  # (n, N, patch²·C), (n, N, 1)
    if normalise:
        mean, std = patch_statistics(truth)
        truth = (truth - mean) / std
    painted = torch.where(mask, predicted.to(truth.dtype), truth)
    grey = _mean(truth, ~mask)[:, None, None]  # of what was shown; exactly 0 where patches are normalised
    errors, guessed = (_mean((x - truth).square(), mask).tolist() for x in (painted, grey))
    columns = {"painted": painted, "the truth": truth}
    grid = (hidden.shape[1], hidden.shape[2])
    drawn = {name: unpatchify(x, grid, patch) for name, x in columns.items()}
    if normalise:
        drawn = {name: (x / REACH + 1) / 2 for name, x in drawn.items()}
        units = (
            "Each patch has its mean taken away and its contrast made 1, in the painting as in the truth: "
            "the loss asks for no more, so light and dark are those within a patch, and mid-grey is 0. "
        )
    else:
        units = ""
    return side_by_side(
        {"shown to it": images.cpu()} | {name: x.clamp(0, 1).cpu() for name, x in drawn.items()},
        hidden=hidden.cpu().numpy(),
        said=_compared(errors, "one grey", guessed),
        caption=f"{what}: training images, cropped as in training, with the hatched patches hidden. {units}"
        "The patches that it was shown are the truth's. Errors count hidden patches only.",
    )


def _mean(values: Tensor, where: Tensor) -> Tensor:
    """The mean over some patches of each image: (n, N, width), (n, N, 1) boolean -> (n,)"""
    return (values * where).sum(dim=(1, 2)) / (where.sum(dim=(1, 2)) * values.shape[-1])


def _autoencoder(method: AutoEncoder, images: Tensor, what: str) -> "Figure":
    features = method.encoder.features(images)  # (n, dim)
    kept = f"the {features.shape[-1]} numbers that the encoder keeps of each"
    return _decoded(images, method.decoder(features), kept, what)


def _vae(method: VAE, images: Tensor, what: str) -> "Figure":
    means, _ = method.posterior(method.encoder.features(images)).chunk(2, dim=1)  # (n, latents)
    kept = f"the means of the {means.shape[-1]} latents of each, without their noise"
    return _decoded(images, method.decoder(means), kept, what)


def _decoded(images: Tensor, decoded: Tensor, kept: str, what: str) -> "Figure":
    flat = images.mean(dim=(2, 3), keepdim=True)  # (n, C, 1, 1)
    return side_by_side(
        {"the truth": images.cpu(), "painted": decoded.float().clamp(0, 1).cpu()},
        said=_compared(_errors(decoded, images), "its mean colour", _errors(flat, images)),
        caption=f"{what}: training images, and what the decoder makes of {kept}.",
    )


def _colourisation(method: Colourisation, images: Tensor, what: str) -> "Figure":
    coloured, lab = method.colourise(images), rgb_to_lab(images)
    grey = lab_to_rgb(torch.cat([lab[:, :1], torch.zeros_like(lab[:, 1:])], dim=1)).clamp(0, 1)
    return side_by_side(
        {"shown to it": grey.cpu(), "coloured": coloured.clamp(0, 1).cpu(), "the truth": images.cpu()},
        said=_compared(_errors(coloured, images), "left grey", _errors(grey, images)),
        caption=f"{what}: training images without their colours, and the colours that it gives them. "
        "How light each place is was shown to it; its colours alone are its work.",
    )


def _errors(painted: Tensor, images: Tensor) -> list[float]:
    """The mean squared error of each image: (n, C, H, W) twice"""
    return (painted.float() - images).square().mean(dim=(1, 2, 3)).tolist()


def _compared(errors: list[float], simple: str, guessed: list[float]) -> list[str]:
    """An error means something beside that of the simplest guess."""
    return [f"squared error {error:.2g}\n{simple}: {guess:.2g}" for error, guess in zip(errors, guessed)]


def keep(fig: "Figure | None", path: Path) -> None:
    """Write a figure, if there is one, and close it."""
    from matplotlib import pyplot

    if fig is not None:
        fig.savefig(path, dpi=100)
        pyplot.close(fig)


PAINTERS: dict[type[Method], Callable[[Any, Tensor, str], "Figure"]] = {
    MAE: _mae,
    FCMAE: _fcmae,
    AutoEncoder: _autoencoder,
    VAE: _vae,
    Colourisation: _colourisation,
}
