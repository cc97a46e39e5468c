#!/usr/bin/env bash
# PyTorch 2.13.0 for the CPU: `torch.manual_seed` takes the longer the deeper it is called, and a hundred times as long
# as what it does.
#
#   torch.manual_seed(0)                        a fraction of a millisecond, milliseconds below a test runner or a notebook
#   torch.default_generator.manual_seed(0)      1 to 2 microseconds, however deep, and the same numbers
#
# Where no GPU has been used, the seed for GPUs is kept for later, and with it the whole stack of the caller as text
# (`traceback.format_stack`, once each for CUDA, XPU and MTIA), in case setting it fails one day. So what seeds each draw anew, as
# tests of random code and loops over a data set do, may spend most of its time on seeding; neither the documentation
# of `torch.manual_seed` nor the notes on reproducibility say so.
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
from statistics import median

import torch

if torch.cuda.is_available():
    sys.exit("This is about machines without a GPU.")


def microseconds(seed):
    took = []
    for _ in range(200):
        start = time.perf_counter()
        seed(0)
        took.append(time.perf_counter() - start)
    return 1e6 * median(took)


def below(depth, seed):
    return microseconds(seed) if depth == 0 else below(depth - 1, seed)


took = {}
for depth in (0, 50, 200):
    took[depth] = below(depth, torch.manual_seed), below(depth, torch.default_generator.manual_seed)
    print("{:>3} calls deep: torch.manual_seed {:>6.0f} µs, its default generator's {:.1f} µs".format(depth, *took[depth]))
same = torch.equal(torch.manual_seed(3) and torch.rand(9), torch.default_generator.manual_seed(3) and torch.rand(9))
grows = took[200][0] > 3 * took[0][0]
sys.exit(0 if same and grows and took[50][0] > 50 * took[50][1] else 1)
PYTHON
"$folder/env/bin/python" "$folder/look.py"
# Seen on x86-64 with Python 3.11:
#     0 calls deep: torch.manual_seed    191 µs, its default generator's 1.3 µs
#    50 calls deep: torch.manual_seed   1007 µs, its default generator's 1.3 µs
#   200 calls deep: torch.manual_seed   2170 µs, its default generator's 1.3 µs
