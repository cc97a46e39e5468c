#!/usr/bin/env bash
# PyTorch 2.13.0: two calls that compute next to nothing load the compiler the first time they are made.
#
#   torch.broadcast_shapes((2, 3), (3,))        and        with TorchDispatchMode(): torch.ones(2, 3) @ torch.ones(3, 2)
#
# `import torch` alone loads neither `torch._dynamo` nor `sympy`. The first `torch.broadcast_shapes` loads sympy, the first
# operation under a dispatch mode loads `torch._dynamo`, together more than 800 modules and a second of processor time,
# once in a process (several seconds where Python may not keep what it compiles). Whoever measures a function with a dispatch mode (which is how FLOPs are counted), or checks shapes in a
# process that lives for a moment, pays it each time. A `TorchFunctionMode` loads nothing.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet torch==2.13.0 numpy==2.3.5
cat >"$folder/look.py" <<'PYTHON'
import sys
import time

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

torch.set_num_threads(1)


class Functions(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


class Dispatch(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def look(what, call):
    before, start = set(sys.modules), time.process_time()
    call()
    loaded = set(sys.modules) - before
    print(f"{what:<24} loads {len(loaded):>4} modules in {time.process_time() - start:.1f} s of processor")
    return loaded


def multiply(mode):
    with mode:
        torch.ones(2, 3) @ torch.ones(3, 2)


assert "sympy" not in sys.modules and "torch._dynamo" not in sys.modules
functions = look("a function mode", lambda: multiply(Functions()))
shapes = look("torch.broadcast_shapes", lambda: torch.broadcast_shapes((2, 3), (3,)))
dispatch = look("a dispatch mode", lambda: multiply(Dispatch()))
sys.exit(0 if not functions and "sympy" in shapes and "torch._dynamo" in dispatch else 1)
PYTHON
"$folder/env/bin/python" "$folder/look.py"
# Seen on x86-64 with Python 3.11:
#   a function mode          loads    0 modules in 0.0 s of processor
#   torch.broadcast_shapes   loads  487 modules in 0.3 s of processor
#   a dispatch mode          loads  337 modules in 0.7 s of processor
