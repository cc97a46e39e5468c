"""What lessons and kernels import, loaded by the zygote before it forks any kernel.

As a program (``python -m grader.sandbox.loaded``) it does that and nothing else: so Python compiles all of it
once, when an environment is made. A confined process, which sees the packages read-only, would compile it at
every start.
"""

from __future__ import annotations

import importlib

MODULES = (
    "numpy",
    "torch",
    "torch.utils._device",  # every question asks for the device that is set
    "torch.fx.experimental.symbolic_shapes",  # and a gradient of a tensor for this
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",  # every kernel loads it, and it takes as long as all else of a start
    "tornado.platform.asyncio",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "stack_data",  # this and the next three for showing an error
    "pygments.formatters.html",
    "pygments.formatters.terminal256",
    "pygments.lexers.python",
    "encodings.idna",
    "faulthandler",
    "sqlite3",
    "grader.student.kernel",
    "grader.notebook",
    "grader.formula",
    "course.attention",
    "course.cost",
    "course.data",
    "course.data.recall",
    "course.show",
    "course.show.attending",
    "course.show.cost_curves",
    "course.show.cost_stills",
    "course.show.matrices",
    "course.show.mechanism",
    "course.show.scaling",
)


def load() -> None:
    """Import all of it. Nothing is computed."""
    for module in MODULES:
        importlib.import_module(module)


if __name__ == "__main__":
    load()
