#!/usr/bin/env bash
# PyTorch 2.13.0: every start and every stop of the profiler writes a line to the process's standard error.
#
#   with torch.autograd.profiler.profile(): torch.ones(2) + 1
#
# The lines begin with "USDT:" and name a source file of the recorder (Kineto) and "profiler_start" or "profiler_stop".
# They are written to descriptor 2 by C++ code, so `contextlib.redirect_stderr` and the `warnings` module do not see
# them, and in a notebook they stand below the cell. The variable KINETO_LOG_LEVEL=99, set before the first start,
# silences them; nothing else of the profile changes.
#
# Seen: two lines for one profile; none with the variable.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet torch==2.13.0 numpy==2.3.5
cat >"$folder/look.py" <<'PYTHON'
import torch

with torch.autograd.profiler.profile(use_cpu=True):
    torch.ones(2) + 1
PYTHON
"$folder/env/bin/python" "$folder/look.py" 2>"$folder/said"
KINETO_LOG_LEVEL=99 "$folder/env/bin/python" "$folder/look.py" 2>"$folder/quiet"
said=$(grep -c '^USDT:.*profiler_st' "$folder/said" || true)
quiet=$(grep -c 'USDT' "$folder/quiet" || true)
echo "torch 2.13.0: $said lines for one profile, $quiet with KINETO_LOG_LEVEL=99"
[ "$said" = 2 ] && [ "$quiet" = 0 ]
