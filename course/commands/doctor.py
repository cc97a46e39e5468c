"""`course doctor`: what this machine has for the course, and what to do about what it lacks.

Each check is a small function that gives one or more findings. What it cannot foresee becomes a finding too:
one broken package never hides what the other checks have to say.
"""

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from subprocess import DEVNULL
from typing import Literal

from course.commands.said import counted

REINSTALL = "Run `make clean lab`, which makes the environment anew."


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `broken`: lessons will not work; `note`: they will, and this is worth knowing."""

    what: str
    found: str
    state: Literal["ok", "note", "broken"] = "ok"
    advice: str = ""


def python() -> Iterator[Finding]:
    """Version and place of the interpreter."""
    found = f"{sys.version.split()[0]} at {sys.executable}"
    if sys.prefix == sys.base_prefix and "CONDA_PREFIX" not in os.environ:
        yield Finding(
            "Python", found, "note", "This Python is shared: `make lab` makes one of the course's own."
        )
    else:
        yield Finding("Python", found)


def packages() -> Iterator[Finding]:
    """Versions of the packages, and whether those with compiled parts load."""
    for name in ["torch", "numpy", "matplotlib", "jupyterlab", "ipywidgets", "nbgrader"]:
        try:
            version = metadata.version(name)
            if name in ["torch", "numpy", "matplotlib"]:
                importlib.import_module(name)
            yield Finding(name, version)
        except metadata.PackageNotFoundError:
            yield Finding(name, "missing", "broken", REINSTALL)
        except (ImportError, OSError) as error:  # OSError: a shared library that does not load
            yield Finding(name, f"{version}, does not import: {error}", "broken", REINSTALL)


def processor() -> Iterator[Finding]:
    """CPU cores, and the threads that PyTorch makes of them."""
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = f"{counted(cores, 'core')}, PyTorch uses {counted(torch.get_num_threads(), 'thread')}"
    if cores < 2:
        yield Finding("CPU", found, "note", "The lessons are timed on two cores: expect them to take longer.")
    else:
        yield Finding("CPU", found)


def accelerators() -> Iterator[Finding]:
    """NVIDIA and Apple devices that PyTorch can use."""
    import torch

    none = "none (no lesson needs one)"
    if torch.cuda.is_available():
        for i in range(torch.cuda.device_count()):
            device = torch.cuda.get_device_properties(i)
            memory = f"{device.total_memory / 1e9:.0f} GB"
            yield Finding("CUDA", f"{device.name}, {memory}, CUDA {torch.version.cuda}")
    elif torch.version.cuda and shutil.which("nvidia-smi"):
        advice = f"Update the NVIDIA driver to one for CUDA {torch.version.cuda}, or go on with the CPU."
        yield Finding("CUDA", "an NVIDIA driver that PyTorch cannot use", "note", advice)
    else:
        yield Finding("CUDA", none)
    yield Finding("MPS", "Apple GPU" if torch.backends.mps.is_available() else none)


def kernel() -> Iterator[Finding]:
    """Start the kernel that a lesson asks for, and see whether it is this Python."""
    from jupyter_client.kernelspec import NoSuchKernel
    from jupyter_client.manager import start_new_kernel

    advice = f"Run `{sys.executable} -m ipykernel install --sys-prefix`."
    try:
        manager, client = start_new_kernel(60, "python3", stdout=DEVNULL, stderr=DEVNULL)
    except NoSuchKernel:
        yield Finding("Jupyter kernel", "no kernel named python3", "broken", advice)
        return
    except RuntimeError as error:
        yield Finding("Jupyter kernel", f"python3 does not start: {error}", "broken", REINSTALL)
        return
    said: list[str] = []
    try:
        client.execute_interactive(
            "import sys; print(sys.prefix, end='')",
            timeout=30,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    prefix = "".join(said)
    if Path(prefix).resolve() == Path(sys.prefix).resolve():
        yield Finding("Jupyter kernel", "python3 starts this Python")
    else:
        yield Finding("Jupyter kernel", f"python3 starts another Python, in {prefix}", "broken", advice)


def notebook_extensions() -> Iterator[Finding]:
    """What JupyterLab needs to draw widgets and to show nbgrader's buttons."""
    from jupyter_core.paths import jupyter_path

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    for what, extension in [
        ("Widgets", "@jupyter-widgets/jupyterlab-manager"),
        ("nbgrader's buttons", "@jupyter/nbgrader"),
    ]:
        if any((folder / extension / "package.json").is_file() for folder in folders):
            yield Finding(what, f"{extension} is in JupyterLab")
        else:
            yield Finding(what, f"{extension} is missing from JupyterLab", "broken", REINSTALL)


def grading_tools() -> Iterator[Finding]:
    """nbgrader starts alembic by name, so that this environment's commands must be on the PATH."""
    if shutil.which("alembic"):
        yield Finding("Commands", "on the PATH")
    else:
        advice = "To use nbgrader's own commands, first run `. .venv/bin/activate`."
        yield Finding("Commands", "this environment's commands are not on the PATH", "note", advice)


def embedded_data() -> Iterator[Finding]:
    """The digits that come with scikit-learn, on which every lesson can run offline."""
    from course.data.digits import digits

    images, _ = digits()  # (1797, 8, 8)
    yield Finding("Digits", f"{len(images):,} images of {images.shape[1]} × {images.shape[2]}")


def own_data() -> Iterator[Finding]:
    """The folder of larger data sets that the reader has named, if any."""
    place = os.environ.get("COURSE_DATA")
    if not place:
        yield Finding("COURSE_DATA", "not set (no lesson needs it)")
    elif not Path(place).is_dir():
        advice = "Set COURSE_DATA to a folder that exists, or unset it to use the embedded data."
        yield Finding("COURSE_DATA", f"{place} is not a folder", "note", advice)
    else:
        names = sorted(entry.name for entry in Path(place).iterdir() if not entry.name.startswith("."))
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        yield Finding("COURSE_DATA", f"{place}: {shown or 'empty'}")


def disk() -> Iterator[Finding]:
    """Free space where the reader works."""
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free < 1:
        yield Finding("Disk", f"{free:.1f} GB free", "note", "Make room, or notebooks cannot be saved.")
    else:
        yield Finding("Disk", f"{free:.0f} GB free")


CHECKS: list[Callable[[], Iterator[Finding]]] = [
    python,
    packages,
    processor,
    accelerators,
    kernel,
    notebook_extensions,
    grading_tools,
    embedded_data,
    own_data,
    disk,
]


def examine() -> list[Finding]:
    """All findings, in the order of `CHECKS`."""
    findings: list[Finding] = []
    for check in CHECKS:
        try:
            findings.extend(check())
        except Exception as error:  # a doctor who faints helps nobody
            name = check.__name__.replace("_", " ").capitalize()
            findings.append(Finding(name, f"{type(error).__name__}: {error}", "broken", REINSTALL))
    return findings


def show(findings: list[Finding]) -> None:
    """Print the findings: a table on a terminal, plain lines elsewhere; then what to do."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    mark = {"ok": "ok", "note": "note", "broken": "BROKEN"}
    console = Console()
    if console.is_terminal:
        colour = {"ok": "green", "note": "yellow", "broken": "bold red"}
        table = Table("", "What", "Found", box=None, header_style="bold")
        for f in findings:
            table.add_row(f"[{colour[f.state]}]{mark[f.state]}[/]", f.what, escape(f.found))
        console.print(table)
    else:
        for f in findings:
            print(f"{mark[f.state]:<6}  {f.what:<18}  {f.found}")
    todo = [f for f in findings if f.advice]
    print("\nWhat to do:" if todo else "\nAll is well.")
    for f in todo:
        print(f"  {f.what}: {f.advice}")
