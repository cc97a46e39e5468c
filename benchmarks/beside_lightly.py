"""A step of SimCLR, MAE and DINO beside lightly's losses and modules in a plain loop, taking turns.

    python -m venv ../peer && ../peer/bin/pip install torch==2.14.1 torchvision==0.29.1 lightly timm
    PYTHONPATH=. ../peer/bin/python -m benchmarks.beside_lightly [--only MAE DINO] [--rounds 3] [--write]

lightly asks for torchvision, which the course does not: both contestants run under the torch of that
environment (which also needs scikit-learn and pillow for ours). A step is forward, backward, AdamW and, in
DINO, what the teacher and the centre do; the views are made beforehand, the same ones for both. Theirs is the
loop of lightly's own examples: one forward a view. Architectures have the same sizes, and no more than 1 % of
the parameters may be in one only. One thread of a CPU in float32, seconds of the processor.
"""

import argparse
import importlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.augment import clock
from benchmarks.library import HEAD, Case, keep, rows
from benchmarks.timing import in_rounds, machine
from course.ssl.dino import DINO
from course.ssl.mae import MAE
from course.ssl.method import Batch, Method
from course.ssl.simclr import SimCLR
from course.vision import resnet, vit

Run = Callable[[], object]


def peer(name: str) -> Any:
    """A module of lightly, timm or torchvision, which have no types."""
    return importlib.import_module(name)


def trained(network: nn.Module, loss: Callable[[], Tensor], after: Callable[[], object]) -> Run:
    """One step of training: AdamW, the same for both."""
    weights = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=1e-4, weight_decay=0.05, fused=True)

    def run() -> None:
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()
        after()

    return run


def ours(method: Method, batch: Batch) -> Run:
    return trained(method, lambda: method(batch)[0], lambda: method.after_step(0.5))


# --- The three -----------------------------------------------------------------------------------------


def simclr(batch: int) -> tuple[Case, nn.Module, nn.Module]:
    """ResNet-18 with the stem for small images, 32 × 32; the head 512 → 512 → 128."""
    views = torch.rand(2, batch, 3, 32, 32)
    method = SimCLR(resnet.build("CIFAR-18", classes=0), 512)
    backbone = peer("torchvision.models").resnet18()
    backbone.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    backbone.maxpool = backbone.fc = nn.Identity()
    head = peer("lightly.models.modules").SimCLRProjectionHead(512, 512, 128)
    theirs = nn.Sequential(backbone, head)
    criterion = peer("lightly.loss").NTXentLoss(temperature=method.tau)
    runs = {
        "ours": ours(method, {"images": views.flatten(0, 1)}),
        "lightly": trained(theirs, lambda: criterion(theirs(views[0]), theirs(views[1])), lambda: None),
    }
    return Case(f"SimCLR, ResNet-18, 32 pixels, batch {batch}: step", runs, batch, 0), method, theirs


def mae(batch: int) -> tuple[Case, nn.Module, nn.Module]:
    """ViT-S/16 at 224 pixels, three quarters hidden; a decoder 256 wide and 4 deep, normalised targets."""
    images = torch.rand(batch, 3, 224, 224)
    method = MAE(vit.build("S/16", classes=0), dim=256, depth=4, heads=8, augment=lambda x, generator: x)
    modules, utils = peer("lightly.models.modules"), peer("lightly.models.utils")
    backbone = modules.MaskedVisionTransformerTIMM(
        peer("timm.models.vision_transformer").vit_small_patch16_224(num_classes=0)
    )
    decoder = modules.MAEDecoderTIMM(
        196, 16, embed_dim=384, decoder_embed_dim=256, decoder_depth=4, decoder_num_heads=8
    )
    tokens = backbone.sequence_length

    def loss() -> Tensor:
        keep, mask = utils.random_token_mask((batch, tokens), mask_ratio=0.75)
        encoded = decoder.embed(backbone.encode(images, idx_keep=keep))
        all_tokens = utils.repeat_token(decoder.mask_token, (batch, tokens))
        decoded = decoder.decode(utils.set_at_index(all_tokens, keep, encoded.type_as(all_tokens)))
        predicted = decoder.predict(utils.get_at_index(decoded, mask))
        target = utils.get_at_index(utils.patchify(images, 16), mask - 1)  # CLS has no patch
        target = (target - target.mean(-1, keepdim=True)) / (target.var(-1, keepdim=True) + 1e-6).sqrt()
        return nn.functional.mse_loss(predicted, target)

    theirs = nn.ModuleList([backbone, decoder])
    views = method.views(images)
    runs = {"ours": ours(method, views), "lightly": trained(theirs, loss, lambda: None)}
    return Case(f"MAE, ViT-S/16, 224 pixels, batch {batch}: step", runs, batch, 0), method, theirs


def dino(batch: int) -> tuple[Case, nn.Module, nn.Module]:
    """ViT-Ti/8, two crops of 64 pixels and six of 32; the head 2048, 2048, 256, 4096 wide."""
    method = DINO(vit.build("Ti/8", image_size=64, classes=0), 192)
    large, small = torch.rand(2, batch, 3, 64, 64), torch.rand(6, batch, 3, 32, 32)
    modules, utils = peer("lightly.models.modules"), peer("lightly.models.utils")
    student, teacher = (
        nn.Sequential(
            peer("timm.models.vision_transformer").VisionTransformer(
                64, 8, num_classes=0, embed_dim=192, num_heads=3, dynamic_img_size=True
            ),
            modules.DINOProjectionHead(192, 2048, 256, 4096),
        )
        for _ in range(2)
    )
    teacher.load_state_dict(student.state_dict())
    teacher.requires_grad_(False)
    criterion = peer("lightly.loss").DINOLoss(4096)

    def loss() -> Tensor:
        utils.update_momentum(student, teacher, m=0.996)
        with torch.no_grad():
            said = [teacher(view) for view in large]
        return criterion(said, [student(view) for view in (*large, *small)], epoch=0)

    views = {"global": large.flatten(0, 1), "local": small.flatten(0, 1)}
    runs = {"ours": ours(method, views), "lightly": trained(student, loss, lambda: None)}
    return (
        Case(f"DINO, ViT-Ti/8, 2 × 64 and 6 × 32 pixels, batch {batch}: step", runs, batch, 0),
        method,
        student,
    )


CASES = {"MAE": lambda: mae(2), "DINO": lambda: dino(4), "SimCLR": lambda: simclr(8)}


def same_work(case: Case, *networks: nn.Module) -> None:
    """Up to 1 % of the weights that are trained: norms and biases of a head, where the two differ."""
    counts = [sum(p.numel() for p in network.parameters() if p.requires_grad) for network in networks]
    if max(counts) > 1.01 * min(counts):
        raise SystemExit(
            f"{case.name}: these are not the same size, so there is nothing to compare: {counts}"
        )


def table(only: list[str], rounds: int) -> Iterator[str]:
    for name in only:
        case, *networks = CASES[name]()
        same_work(case, *networks)
        yield from rows(case, in_rounds(case.contestants, networks, rounds), 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--rounds", type=int, default=3, help="of three turns of each contestant")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/results")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    device = torch.device("cpu")
    versions = " · ".join(f"{name} {peer(name).__version__}" for name in ("lightly", "timm", "torchvision"))
    lines = ["# Self-supervised steps beside lightly's modules in a plain loop", ""]
    lines += [
        f"{date.today()} · {machine(device)} · {versions} · {options.rounds} × 3 turns · {clock(device)}"
    ]
    lines += ["", HEAD]
    print("\n".join(lines), flush=True)
    for row in table(options.only, options.rounds):
        lines.append(row)
        print(row, flush=True)
    if options.write:
        keep("lightly", lines, device)


if __name__ == "__main__":
    main()
