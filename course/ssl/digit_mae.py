"""The smallest masked auto-encoder: digits of 8 × 8 pixels, 16 patches each, of parts that are handed in.

    encode(visible patches + their places)  ->  put back among mask tokens, + places  ->  decode  ->  pixels

It is a demonstration that learns in seconds, and no model of images; `course.ssl.mae` is the method.

What people usually get wrong
- features taken with a mask still on: two calls, two answers;
- the error on visible patches taken for the model's: nothing is paid for them;
- positions added after patches were dropped: what is left no longer knows where it was;
- positions that begin silent: at 0.02, as in a ViT, this net is still at the mean digit after 600 steps
  (squared error 0.0723, the mean digit's 0.0733); here they begin as loud as the patches.
"""

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from course.data.digits import CLASSES, TESTED, digits
from course.language.one_layer import one_thread
from course.ssl.mae import masked_loss, patchify, random_masking, take, unpatchify

PATCH, GRID, NUMBERS = 2, (4, 4), 4  # pixels of a patch's side, patches a side, numbers a patch
PATCHES = GRID[0] * GRID[1]
MEAN, STD = 0.305, 0.376  # of all pixels
TEST_SEED = 99
READ = 10  # times that fine-tuning is read on its way

Choose = Callable[[Tensor, int], tuple[Tensor, Tensor]]
Place = Callable[[Tensor, Tensor, Tensor], Tensor]
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def put_back(tokens: Tensor, mask_token: Tensor, restore: Tensor) -> Tensor:
    """Mask tokens behind those that stayed, all in place: (B, kept, d), (d,), (B, N) -> (B, N, d)"""
    masks = mask_token.expand(len(tokens), restore.shape[1] - tokens.shape[1], -1)
    return take(torch.cat([tokens, masks], dim=1), restore)


class DigitMAE(nn.Module):
    """images: (B, 1, 8, 8), from 0 to 1 -> all patches as predicted (B, 16, 4), and hidden (B, 16), boolean

    d: the width. encoder, decoder: modules (B, L, d) -> the same. choose: (noise (B, 16), kept) -> keep,
    restore, as `random_masking` does; place: as `put_back`. kept: how many patches stay.
    """

    def __init__(
        self,
        d: int,
        encoder: Sequence[nn.Module],
        decoder: Sequence[nn.Module],
        *,
        kept: int = 4,
        choose: Choose = random_masking,
        place: Place = put_back,
    ):
        super().__init__()
        self.embedding = nn.Linear(NUMBERS, d)
        self.positions = nn.Parameter(torch.randn(PATCHES, d))
        self.encoder = nn.Sequential(*encoder)
        self.mask_token = nn.Parameter(torch.randn(d))
        self.decoder_positions = nn.Parameter(torch.randn(PATCHES, d))
        self.decoder = nn.Sequential(*decoder)
        self.prediction = nn.Linear(d, NUMBERS)
        self.kept, self.choose, self.place = kept, choose, place

    def forward(self, images: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        keep, restore = self.choose(noise, self.kept)
        tokens = self.encoder(take(self.embed(images), keep))  # (B, kept, d)
        x = self.place(tokens, self.mask_token, restore) + self.decoder_positions  # (B, 16, d)
        hidden = torch.ones_like(noise, dtype=torch.bool).scatter(1, keep, False)
        return self.prediction(self.decoder(x)), hidden

    def embed(self, images: Tensor) -> Tensor:
        """Patches with their places: (B, 1, 8, 8) -> (B, 16, d)"""
        return self.embedding((patchify(images, PATCH) - MEAN) / STD) + self.positions

    def features(self, images: Tensor) -> Tensor:
        """The mean over all tokens, nothing hidden: (B, 1, 8, 8) -> (B, d)"""
        return self.encoder(self.embed(images)).mean(dim=1)

    def features_under_mask(self, images: Tensor, noise: Tensor) -> Tensor:
        """The same with the mask left on, as one should not: what it says depends on the noise."""
        keep, _ = self.choose(noise, self.kept)
        return self.encoder(take(self.embed(images), keep)).mean(dim=1)


def seen_and_unseen() -> tuple[Tensor, Tensor]:
    """Digits to learn from and digits for the test: (1400, 1, 8, 8), (397, 1, 8, 8), from 0 to 1"""
    images = digits()[0][:, None]
    return images[:-TESTED], images[-TESTED:]


@one_thread()
def learn(
    net: DigitMAE,
    loss: Loss = masked_loss,
    steps: int = 500,
    seed: int = 0,
    batch: int = 64,
    lr: float = 1e-2,
) -> list[float]:
    """Train on 1,400 digits, other patches hidden at every step, by AdamW and one cycle -> losses

    loss: (predicted, target, hidden) -> a number; target (B, 16, 4), pixels as they are.
    """
    images, _ = seen_and_unseen()
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(net.parameters(), lr, weight_decay=0.01, foreach=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.1)
    losses = []
    net.train()
    for _ in range(steps):
        some = images[torch.randint(len(images), (batch,), generator=generator)]
        predicted, hidden = net(some, _noise(len(some), generator))
        paid = loss(predicted, patchify(some, PATCH), hidden)
        optimizer.zero_grad()
        paid.backward()
        optimizer.step()
        schedule.step()
        losses.append(paid.item())
    net.eval()
    return losses


@one_thread()
@torch.no_grad()
def errors(net: DigitMAE) -> tuple[float, float]:
    """Mean squared errors on hidden and on visible patches of 397 unseen digits."""
    _, images = seen_and_unseen()
    predicted, hidden = net(images, noise_of_test())
    true = patchify(images, PATCH)
    return masked_loss(predicted, true, hidden).item(), masked_loss(predicted, true, ~hidden).item()


def noise_of_test() -> Tensor:
    """The noise of the test, always the same: (397, 16)"""
    return _noise(TESTED, torch.Generator().manual_seed(TEST_SEED))


def mean_image_error(hidden: Tensor) -> float:
    """What it costs to paint the mean digit into hidden patches: hidden (397, 16), boolean -> a number"""
    seen, unseen = seen_and_unseen()
    mean = patchify(seen, PATCH).mean(dim=0, keepdim=True)
    true = patchify(unseen, PATCH)
    return masked_loss(mean.expand_as(true), true, hidden).item()


@torch.no_grad()
def painted(net: DigitMAE, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Unseen digits, hidden patches as the net paints them, and which: (n, 1, 8, 8) twice, (n, 4, 4)"""
    _, images = seen_and_unseen()
    images = images[:count]
    predicted, hidden = net(images, noise_of_test()[:count])
    patches = torch.where(hidden[..., None], predicted, patchify(images, PATCH))
    return images, unpatchify(patches, GRID, PATCH).clamp(0, 1), hidden.unflatten(1, GRID)


# --- What its features are good for --------------------------------------------------------------------


def few_labels(each: int, seed: int) -> tuple[Tensor, Tensor]:
    """So many labelled digits of each class, drawn by a seed: images (10 · each, 1, 8, 8), labels"""
    images, labels = digits()
    order = torch.randperm(len(images) - TESTED, generator=torch.Generator().manual_seed(seed))
    chosen = torch.cat([order[labels[order] == digit][:each] for digit in range(CLASSES)])
    return images[chosen, None], labels[chosen]


@one_thread()
def probe(features: Callable[[Tensor], Tensor], each: int = 10, seed: int = 0) -> float:
    """The share of unseen digits that a linear classifier reads from frozen features, `each` labels a class.

    features: (B, 1, 8, 8) -> (B, d); they are brought to mean 0 and deviation 1 of the labelled ones.
    """
    from sklearn.linear_model import LogisticRegression  # slow to import

    images, labels = few_labels(each, seed)
    tested = digits()[1][-TESTED:]
    with torch.no_grad():
        known, asked = features(images), features(seen_and_unseen()[1])
    mean, std = known.mean(dim=0), known.std(dim=0) + 1e-6
    model = LogisticRegression(max_iter=1000).fit(((known - mean) / std).numpy(), labels.numpy())
    return float(model.score(((asked - mean) / std).numpy(), tested.numpy()))


@one_thread()
def fine_tune(
    net: DigitMAE, each: int = 10, seed: int = 0, steps: int = 150, lr: float = 1e-3
) -> list[float]:
    """Train the whole encoder and a new linear head on `each` labels a class.

    seed: draws the labelled images and the head. Gives the share of unseen digits that are right, read ten
    times on the way; the last is the result.
    """
    images, labels = few_labels(each, seed)
    unseen, tested = seen_and_unseen()[1], digits()[1][-TESTED:]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = nn.Linear(net.positions.shape[1], CLASSES)
    parts = [net.embedding, net.encoder, head]
    parameters = [net.positions, *(parameter for part in parts for parameter in part.parameters())]
    optimizer = torch.optim.AdamW(parameters, lr, weight_decay=0.05, foreach=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps)
    right = []
    for done in range(1, steps + 1):
        net.train()
        optimizer.zero_grad()
        cross_entropy(head(net.features(images)), labels).backward()
        optimizer.step()
        schedule.step()
        if done * READ // steps > (done - 1) * READ // steps:
            net.eval()
            with torch.no_grad():
                said = head(net.features(unseen)).argmax(dim=1)
            right.append((said == tested).float().mean().item())
    return right


@torch.no_grad()
def shuffled(net: DigitMAE, seed: int = 0) -> DigitMAE:
    """A copy with the numbers of each parameter in a random order: as large, and telling nothing."""
    mixed, generator = copy.deepcopy(net), torch.Generator().manual_seed(seed)
    for parameter in mixed.parameters():
        order = torch.randperm(parameter.numel(), generator=generator)
        parameter.copy_(parameter.flatten()[order].view_as(parameter))
    return mixed


def _noise(count: int, generator: Generator) -> Tensor:
    return torch.rand(count, PATCHES, generator=generator)
