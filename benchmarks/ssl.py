"""The self-supervised methods: their steps, and their losses beside others', all in one run, taking turns.

    python -m benchmarks.ssl [--device auto] [--repeats 7] [--threads 1] [--compile] [--write]

A step is what training repeats: views, forward, backward, AdamW, and what follows. Peers do the same work on
the same numbers, which is checked before anything is timed: losses to five digits, models by their number of
parameters.

    MAE            a step without augmentation, beside transformers' ViTMAEForPreTraining
    losses         NT-Xent and DINO's (with its centre), forward and backward, beside lightly's
    hidden tokens  MAE at 75 % beside the same networks with all tokens in the encoder, forward and backward

No installable peer has a step of the others: transformers' I-JEPA, for one, is the encoder alone. On a GPU
all runs in bfloat16 by autocast, on the CPU in float32, with denormal numbers flushed to zero. FLOPs are
counted by PyTorch in one forward and backward. With one thread on the CPU times are those of the processor,
which others on a busy machine do not lengthen. The augmentations have a benchmark of their own,
`benchmarks.augment`.
"""

import argparse
import importlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.augment import clock, turns
from benchmarks.library import HEAD, Case, keep, precision, rows, same_size
from benchmarks.timing import SIZE_OF_MATRIX, chosen, machine, matrix_rate
from course.ssl.by_name import METHODS, Images, build
from course.ssl.dino import dino_loss
from course.ssl.mae import MAE, reconstruction
from course.ssl.method import Batch, Method
from course.ssl.simclr import nt_xent
from course.vision import vit

Run = Callable[[], object]
DECODERS: dict[
    str, dict[str, Any]
] = {  # dim, depth and heads: the paper's, for B and larger, and one in proportion to S
    "S/16": dict(dim=256, depth=4, heads=8),
    "B/16": dict(dim=512, depth=8, heads=16),
    "L/16": dict(dim=512, depth=8, heads=16),
}
TAU, TAU_T, OUTPUTS = 0.1, 0.04, 4096  # temperatures, and DINO's number of outputs


# --- Steps ---------------------------------------------------------------------------------------------


def method_case(name: str, size: int, batch: int, device: torch.device, compiled: bool) -> Case:
    """The whole step of one method, around its usual encoder, on the CPU around that family's smallest."""
    encoder = METHODS[name].usual
    encoder = f"{encoder.partition('-')[0]}-mini" if device.type == "cpu" else encoder
    method = build(name, Images((3, size, size)), encoder).to(device)
    images = torch.rand(batch, 3, size, size, device=device)
    runs = {"ours": step(method, method, images)}
    if compiled:
        runs["ours, compiled"] = step(method, torch.compile(method), images)
    views = method.views(images)
    flops = counted(lambda: method(views)[0], device)
    return Case(f"{name}, {encoder}, {size} pixels, batch {batch}: step", runs, batch, flops)


def step(method: Method, network: Callable[[Batch], Any], images: Tensor) -> Run:
    """Views, forward, backward, AdamW, and what follows. `network` is the method, or the method compiled."""
    optimiser = torch.optim.AdamW(method.groups(0.05), lr=1e-4, fused=True)
    generator = torch.Generator(images.device).manual_seed(0)

    def run() -> None:
        optimiser.zero_grad()
        batch = method.views(images, generator)
        with precision(images.device):
            loss, _ = network(batch)
        loss.backward()
        optimiser.step()
        method.after_step(0.5)

    return run


def mae_case(variant: str, batch: int, device: torch.device, compiled: bool) -> Case:
    """The step of MAE, without augmentation: ours and transformers'."""
    ours, theirs = mae_of_ours(variant), mae_of_transformers(variant)
    same_size(ours=ours, transformers=theirs)
    images = torch.rand(batch, 3, 224, 224, device=device)
    runs = {"ours": step(ours.to(device), ours, images), "transformers": step_of(theirs.to(device), images)}
    if compiled:
        runs["ours, compiled"] = step(ours, torch.compile(ours), images)
        runs["transformers, compiled"] = step_of(torch.compile(theirs), images)
    views = ours.views(images)
    return Case(f"MAE {variant}, batch {batch}: step", runs, batch, counted(lambda: ours(views)[0], device))


def mae_of_ours(variant: str) -> MAE:
    """MAE without augmentation."""
    encoder = vit.build(variant, classes=0)
    return MAE(encoder, **DECODERS[variant], augment=lambda images, generator: images)


def mae_of_transformers(variant: str) -> nn.Module:
    """Hugging Face's MAE of the same sizes, with its fused kernel."""
    transformers = importlib.import_module("transformers")
    sizes, decoder = vit.VARIANTS[variant], DECODERS[variant]
    return transformers.ViTMAEForPreTraining(
        transformers.ViTMAEConfig(
            hidden_size=sizes["dim"],
            num_hidden_layers=sizes["depth"],
            num_attention_heads=sizes["heads"],
            intermediate_size=sizes["hidden"],
            patch_size=sizes["patch"],
            layer_norm_eps=1e-6,
            decoder_hidden_size=decoder["dim"],
            decoder_num_hidden_layers=decoder["depth"],
            decoder_num_attention_heads=decoder["heads"],
            decoder_intermediate_size=4 * decoder["dim"],
            norm_pix_loss=True,
            attn_implementation="sdpa",
        )
    )


def step_of(model: Any, images: Tensor) -> Run:
    """Forward, backward and AdamW of a model whose output holds the loss."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.05, fused=True)

    def run() -> None:
        optimiser.zero_grad()
        with precision(images.device):
            loss = model(images).loss
        loss.backward()
        optimiser.step()

    return run


def hidden_tokens_case(variant: str, batch: int, device: torch.device) -> Case:
    """Forward and backward of MAE, with a quarter of the tokens in the encoder and with all of them."""
    mae = mae_of_ours(variant).to(device)
    views = mae.views(torch.rand(batch, 3, 224, 224, device=device))
    images, grid = views["images"], mae.encoder.embedding.grid(views["images"])
    order = torch.arange(grid[0] * grid[1], device=device).expand(batch, -1)

    def all_tokens() -> Tensor:
        predicted = mae.decoder(mae.encode(images, order), order, grid)
        hidden = views["noise"] > views["noise"].quantile(1 - mae.ratio, dim=1, keepdim=True)
        return reconstruction(predicted, images, hidden, mae.patch, mae.normalise)[0]

    def a_quarter() -> Tensor:
        return mae(views)[0]

    few, many = counted(a_quarter, device), counted(all_tokens, device)
    runs = {"ours": both_ways(a_quarter, mae, device), "all tokens": both_ways(all_tokens, mae, device)}
    name = (
        f"MAE {variant}, batch {batch}: forward and backward ({many / few:.2f} × the FLOPs with all tokens)"
    )
    return Case(name, runs, batch, 0)  # a rate would be of two different counts


# --- Losses --------------------------------------------------------------------------------------------


def nt_xent_case(batch: int, device: torch.device) -> Case:
    """SimCLR's loss, forward and backward, on 128 numbers a view."""
    z1, z2 = (torch.randn(batch, 128, device=device, requires_grad=True) for _ in range(2))
    losses = {"ours": lambda: nt_xent(z1, z2, TAU)}
    lightly = lightly_losses()
    if lightly is not None:
        theirs = lightly.NTXentLoss(temperature=TAU)
        losses["lightly"] = lambda: theirs(z1, z2)
    return loss_case(f"NT-Xent, batch {batch}", losses, (z1, z2), batch)


def dino_case(batch: int, crops: int, device: torch.device) -> Case:
    """DINO's loss and its centre, forward and backward."""
    student = torch.randn(crops, batch, OUTPUTS, device=device, requires_grad=True)
    teacher = torch.randn(2, batch, OUTPUTS, device=device)
    center = torch.zeros(OUTPUTS, device=device)

    def ours() -> Tensor:
        loss = dino_loss(student, teacher, center, TAU, TAU_T)
        center.lerp_(teacher.mean((0, 1)), 0.1)
        return loss

    losses: dict[str, Callable[[], Tensor]] = {"ours": ours}
    lightly = lightly_losses()
    if lightly is not None:
        theirs = lightly.DINOLoss(OUTPUTS, teacher_temp=TAU_T, student_temp=TAU).to(device)
        losses["lightly"] = lambda: theirs(list(teacher), list(student), TAU_T)
    return loss_case(f"DINO, batch {batch}, {crops} crops, {OUTPUTS} outputs", losses, (student,), batch)


def loss_case(
    name: str, losses: dict[str, Callable[[], Tensor]], inputs: tuple[Tensor, ...], items: int
) -> Case:
    """Losses of the same numbers, once it is sure that they are the same."""
    values = {who: float(loss().detach()) for who, loss in losses.items()}
    if max(values.values()) - min(values.values()) > 1e-5 * abs(values["ours"]):
        raise SystemExit(f"These losses differ, so there is nothing to compare: {values}.")

    def turn(loss: Callable[[], Tensor]) -> Run:
        return lambda: torch.autograd.grad(loss(), inputs)

    return Case(f"{name}: forward and backward", {who: turn(loss) for who, loss in losses.items()}, items, 0)


def lightly_losses() -> Any:
    """lightly's losses, or None where it is not installed."""
    try:
        return importlib.import_module("lightly.loss")
    except ImportError:
        return None


# --- Common --------------------------------------------------------------------------------------------


def both_ways(loss: Callable[[], Tensor], model: nn.Module, device: torch.device) -> Run:
    """Forward and backward, without a step of the optimiser."""

    def run() -> None:
        model.zero_grad()
        with precision(device):
            value = loss()
        value.backward()

    return run


def counted(loss: Callable[[], Tensor], device: torch.device) -> int:
    """FLOPs of forward and backward; attention in single products, for the fused one is not counted."""
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH), precision(device):
        loss().backward()
    return counter.get_total_flops()


def own_rate() -> float:
    """`matrix_rate` in float32, with the clock that the contestants have: FLOP/s of the CPU."""
    n = SIZE_OF_MATRIX["cpu"]
    a, b = (torch.randn(n, n) for _ in range(2))
    return 2 * n**3 / turns({"product": lambda: a @ b}, a.device, 7)["product"].median


def cases(device: torch.device, compiled: bool) -> Iterator[Case]:
    """All of them, of a size that suits the device."""
    cuda = device.type == "cuda"
    for name in METHODS:
        yield method_case(name, *((224, 128) if cuda else (32, 16)), device, compiled)
    for variant, batch in (("B/16", 256), ("L/16", 128)) if cuda else (("S/16", 2),):
        yield mae_case(variant, batch, device, compiled)
    for variant, batch in (("B/16", 256), ("L/16", 128)) if cuda else (("S/16", 2),):
        yield hidden_tokens_case(variant, batch, device)
    for batch in (1024, 4096) if cuda else (128, 512):
        yield nt_xent_case(batch, device)
    yield dino_case(128 if cuda else 32, 8, device)


def report(case: Case, device: torch.device, repeats: int, rate: float) -> Iterator[str]:
    """Time one case, and say so in lines of the table."""
    yield from rows(case, turns(case.contestants, device, repeats), rate)
    if case.name.startswith(("NT-Xent", "DINO")) and "lightly" not in case.contestants:
        yield f"| {case.name} | lightly | not installed | – | – | – | – | – | – |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--repeats", type=int, default=7, help="turns of each contestant, at least 5")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch, on the CPU")
    parser.add_argument("--compile", action="store_true", help="time torch.compile as well")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/results")
    options = parser.parse_args()
    if options.repeats < 5:
        parser.error("--repeats must be at least 5: a median of fewer says little")
    device = chosen(options.device)
    cuda = device.type == "cuda"
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    rate = matrix_rate(device, torch.bfloat16) if cuda else own_rate()
    lines = ["# Self-supervised methods: steps, losses, and their peers", ""]
    lines += [f"{date.today()} · {machine(device)} · {options.repeats} turns · {clock(device)}", ""]
    lines += [f"One large matrix product: {rate / 1e12:.3g} TFLOP/s.", "", HEAD]
    print("\n".join(lines), flush=True)
    for case in cases(device, options.compile):
        for row in report(case, device, options.repeats, rate):
            lines.append(row)
            print(row, flush=True)
    if options.write:
        keep("ssl", lines, device)


if __name__ == "__main__":
    main()
