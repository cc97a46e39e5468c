"""The library's speed beside transformers and PyTorch's own modules, all in one run, taking turns.

    python -m benchmarks.library [--device auto] [--repeats 7] [--compile] [--write]

Contestants of one case do the same work on the same numbers: the sizes of the models are compared, down to
the parameter, before anything is timed. On a GPU everything runs in bfloat16 by autocast, on the CPU in
float32, with denormal numbers flushed to zero (untrained models make some, and they are slow). "Share" is
the part of this machine's own rate in a large matrix product of that dtype.
"""

import argparse
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.timing import Timing, chosen, machine, matrix_rate, take_turns
from course.attention import causal_mask
from course.language import transformer
from course.position import sinusoidal
from course.vision import vit

RESULTS = Path(__file__).parent / "results"
VOCABULARY, LENGTH = 8000, 64  # of the sentences in the training step
DECODED = 256  # tokens, in the comparison of decoding with and without a cache


# --- The peers -----------------------------------------------------------------------------------------


def vit_of_transformers(variant: str) -> nn.Module:
    """Hugging Face's ViT of the same sizes, with its fused kernel."""
    from transformers import ViTConfig, ViTForImageClassification

    sizes = vit.VARIANTS[variant]
    return ViTForImageClassification(
        ViTConfig(
            hidden_size=sizes["dim"],
            num_hidden_layers=sizes["depth"],
            num_attention_heads=sizes["heads"],
            intermediate_size=sizes["hidden"],
            patch_size=sizes["patch"],
            layer_norm_eps=1e-6,
            num_labels=1000,
            attn_implementation="sdpa",
        )
    )


class ViTOfPyTorch(nn.Module):
    """A ViT around PyTorch's own TransformerEncoder."""

    def __init__(self, variant: str):
        super().__init__()
        sizes = vit.VARIANTS[variant]
        dim, patch = sizes["dim"], sizes["patch"]
        self.embedding = nn.Conv2d(3, dim, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.position = nn.Parameter(torch.zeros(1, 1 + (224 // patch) ** 2, dim))
        layer = nn.TransformerEncoderLayer(
            dim, sizes["heads"], sizes["hidden"], 0.0, "gelu", 1e-6, batch_first=True, norm_first=True
        )
        final = nn.LayerNorm(dim, 1e-6)
        self.encoder = nn.TransformerEncoder(layer, sizes["depth"], final, enable_nested_tensor=False)
        self.head = nn.Linear(dim, 1000)

    def forward(self, images: Tensor) -> Tensor:
        x = self.embedding(images).flatten(2).transpose(1, 2)  # (B, N, dim)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1) + self.position
        return self.head(self.encoder(x)[:, 0])


class TransformerOfPyTorch(nn.Module):
    """The paper's model around PyTorch's own Transformer, less the two final norms that it adds."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 512)
        nn.init.normal_(self.embedding.weight, std=512**-0.5)
        self.register_buffer("position", sinusoidal(LENGTH, 512))
        self.transformer = nn.Transformer(512, 8, 6, 6, 2048, dropout=0.0, batch_first=True)
        self.transformer.encoder.norm = self.transformer.decoder.norm = None

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        embed = [self.embedding(ids) * 512**0.5 + self.position for ids in (source, target)]
        future = ~causal_mask(target.shape[1], target.device)  # here True forbids
        padding = source == 0
        y = self.transformer(
            *embed,
            tgt_mask=future,
            tgt_is_causal=True,
            src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
        )
        return y @ self.embedding.weight.T


def marian_of_transformers() -> nn.Module:
    """Hugging Face's Marian, the paper's architecture to the letter, at the sizes of "base"."""
    from transformers import MarianConfig, MarianMTModel

    sizes = dict(d_model=512, encoder_layers=6, decoder_layers=6, encoder_ffn_dim=2048, decoder_ffn_dim=2048)
    heads = dict(encoder_attention_heads=8, decoder_attention_heads=8)
    tokens = dict(vocab_size=VOCABULARY, pad_token_id=0, eos_token_id=1, decoder_start_token_id=2)
    rest = dict(activation_function="relu", scale_embedding=True, dropout=0.0, attn_implementation="sdpa")
    return MarianMTModel(MarianConfig(**sizes, **heads, **tokens, **rest))


# --- The cases -----------------------------------------------------------------------------------------


@dataclass
class Case:
    """What is timed, a function a contestant (ours first), and what one run of it amounts to."""

    name: str
    contestants: dict[str, Callable[[], object]]
    items: int  # images or tokens
    flops: int


def image_cases(variant: str, batch: int, device: torch.device, compiled: bool) -> Iterator[Case]:
    """The forward and the training step of a ViT."""
    models = same_size(
        ours=vit.build(variant), transformers=vit_of_transformers(variant), pytorch=ViTOfPyTorch(variant)
    )
    images = torch.randn(batch, 3, 224, 224, device=device)
    labels = torch.randint(1000, (batch,), device=device)
    forward, both = image_flops(variant, batch)
    ready = list(prepared(models, device, compiled))
    runs = {name: inference(model, images) for name, model in ready}
    yield Case(f"ViT-{variant} forward, batch {batch}", runs, batch, forward)
    runs = {name: training(model, (images,), labels) for name, model in ready}
    yield Case(f"ViT-{variant} training step, batch {batch}", runs, batch, both)


def translation_case(batch: int, device: torch.device, compiled: bool) -> Case:
    """The training step of the Transformer base."""
    marian = marian_of_transformers()
    models = same_size(
        ours=transformer.build("base", VOCABULARY, dropout=0.0, max_length=LENGTH),
        pytorch=TransformerOfPyTorch(),
        transformers=marian,
    )
    source, target, labels = (torch.randint(3, VOCABULARY, (batch, LENGTH), device=device) for _ in range(3))
    runs = {}
    for name, model in prepared(models, device, compiled):
        inputs: tuple[Tensor, ...] = (source, target)
        if name.startswith("transformers"):
            inputs = (source, (source != 0).long(), target)  # ids, mask, target ids
        runs[name] = training(model, inputs, labels)
    with torch.device("meta"):
        model = transformer.build("base", VOCABULARY, dropout=0.0)
        ids = torch.zeros(batch, LENGTH, dtype=torch.long)
        with FlopCounterMode(display=False) as counter:
            model(ids, ids).sum().backward()
    name = f"Transformer base training step, batch {batch}, {LENGTH} + {LENGTH} tokens"
    return Case(name, runs, batch * LENGTH, counter.get_total_flops())


def decoding_case(batch: int, device: torch.device) -> Case:
    """Writing 256 tokens, greedily: with the cache, without, and as transformers' generate does."""
    ours = transformer.build("base", VOCABULARY, dropout=0.0, max_length=DECODED + 1).to(device).eval()
    theirs = marian_of_transformers().to(device).eval()
    source = torch.randint(3, VOCABULARY, (batch, LENGTH), device=device)

    @torch.no_grad()
    def cached() -> None:
        state = ours.start(ours.encode(source))
        tokens = torch.full((batch,), 2, device=device)
        for _ in range(DECODED):
            tokens = ours.step(tokens, state).argmax(-1)

    @torch.no_grad()
    def uncached() -> None:
        memory = ours.encode(source)
        target = torch.full((batch, 1), 2, device=device)
        for _ in range(DECODED):
            tokens = ours.decode(target, memory)[:, -1:].argmax(-1)
            target = torch.cat([target, tokens], dim=1)

    @torch.no_grad()
    def generate() -> None:
        theirs.generate(
            source,
            num_beams=1,
            do_sample=False,
            use_cache=True,
            min_new_tokens=DECODED,
            max_new_tokens=DECODED,
        )

    def in_precision(run: Callable[[], None]) -> Callable[[], object]:
        def inside() -> None:
            with precision(device):
                run()

        return inside

    writers = {"ours": cached, "ours, no cache": uncached, "transformers": generate}
    runs = {name: in_precision(run) for name, run in writers.items()}
    return Case(f"greedy decoding of {DECODED} tokens, batch {batch}", runs, batch * DECODED, 0)


def same_size(**models: nn.Module) -> dict[str, nn.Module]:
    """The models, once it is sure that they have equally many parameters."""
    counts = {
        name: sum(p.numel() for p in model.parameters() if p.requires_grad) for name, model in models.items()
    }
    if len(set(counts.values())) > 1:
        raise SystemExit(f"These models are not the same size, so there is nothing to compare: {counts}.")
    return models


def prepared(
    models: dict[str, nn.Module], device: torch.device, compiled: bool
) -> Iterator[tuple[str, nn.Module]]:
    """The models on the device, and on request each compiled as well."""
    for name, model in models.items():
        yield name, model.to(device)
    for name, model in models.items() if compiled else ():
        yield f"{name}, compiled", torch.compile(model)


def image_flops(variant: str, batch: int) -> tuple[int, int]:
    """FLOPs of a forward, and of forward and backward, counted by PyTorch on the meta device."""
    with torch.device("meta"):
        model, images = vit.build(variant), torch.empty(batch, 3, 224, 224)
    with FlopCounterMode(display=False) as counter:
        logits = model(images)
        forward = counter.get_total_flops()
        logits.sum().backward()
    return forward, counter.get_total_flops()


def precision(device: torch.device) -> contextlib.AbstractContextManager[object]:
    """bfloat16 by autocast on a GPU, float32 on the CPU."""
    cuda = device.type == "cuda"
    return torch.autocast("cuda", torch.bfloat16) if cuda else contextlib.nullcontext()


def inference(model: nn.Module, images: Tensor) -> Callable[[], object]:
    """One forward without gradients."""

    @torch.no_grad()
    def run() -> None:
        model.eval()
        with precision(images.device):
            model(images)

    return run


def training(model: nn.Module, inputs: tuple[Tensor, ...], labels: Tensor) -> Callable[[], object]:
    """One step: forward, cross-entropy, backward, AdamW."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)

    def run() -> None:
        model.train()
        optimiser.zero_grad()
        with precision(labels.device):
            output = model(*inputs)
            logits = output if isinstance(output, Tensor) else output.logits
            loss = cross_entropy(logits.flatten(0, -2), labels.flatten())
        loss.backward()
        optimiser.step()

    return run


# --- The table -----------------------------------------------------------------------------------------


def rows(case: Case, timings: dict[str, Timing], rate: float) -> Iterator[str]:
    """The lines of one case, ours first; the ratio is each one's time over ours."""
    ours = timings["ours"].median
    for name, timing in timings.items():
        seconds = timing.median
        memory = "–" if timing.peak_bytes is None else f"{timing.peak_bytes / 2**20:,.0f}"
        speed = case.flops / seconds
        flops = f"{speed / 1e12:.3g} | {speed / rate:.0%}" if case.flops else "– | –"
        spread = f"{min(timing.seconds) * 1e3:,.1f}–{max(timing.seconds) * 1e3:,.1f}"
        yield (
            f"| {case.name} | {name} | {seconds * 1e3:,.1f} | {spread} | {seconds / ours:.2f} | {memory} "
            f"| {case.items / seconds:,.1f} | {flops} |"
        )


HEAD = (
    "| case | who | ms, median | ms, all | time / ours | peak MiB | images, tokens / s | TFLOP/s | share |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---:|"
)


def keep(name: str, lines: Sequence[str], device: torch.device) -> None:
    """Write the lines of a benchmark to benchmarks/results, in a file for each kind of device."""
    card = torch.cuda.get_device_name(device).replace(" ", "-") if device.type == "cuda" else "cpu"
    RESULTS.mkdir(exist_ok=True)
    place = RESULTS / f"{name}-{card}.md"
    place.write_text("\n".join(lines) + "\n")
    print(f"\nWritten to benchmarks/results/{place.name}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--repeats", type=int, default=7, help="turns of each contestant, at least 5")
    parser.add_argument("--compile", action="store_true", help="time torch.compile as well")
    parser.add_argument("--write", action="store_true", help="keep the table in benchmarks/results")
    options = parser.parse_args()
    if options.repeats < 5:
        parser.error("--repeats must be at least 5: a median of fewer says little")
    device = chosen(options.device)
    cuda = device.type == "cuda"
    torch.set_flush_denormal(True)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    rate = matrix_rate(device, torch.bfloat16 if cuda else torch.float32)
    title = f"{date.today()} · {machine(device)} · {options.repeats} turns"
    machines_own = f"One large matrix product: {rate / 1e12:.3g} TFLOP/s."
    lines = ["# The library beside its peers", "", title, "", machines_own, "", HEAD]
    print("\n".join(lines), flush=True)

    def report(case: Case) -> None:
        for row in rows(case, take_turns(case.contestants, device, options.repeats), rate):
            lines.append(row)
            print(row, flush=True)

    for variant, batch in (("S/16", 256 if cuda else 8), ("B/16", 128 if cuda else 4)):
        for case in image_cases(variant, batch, device, options.compile):
            report(case)
    report(translation_case(64 if cuda else 8, device, options.compile))
    report(decoding_case(16 if cuda else 2, device))
    if options.write:
        keep("library", lines, device)


if __name__ == "__main__":
    main()
