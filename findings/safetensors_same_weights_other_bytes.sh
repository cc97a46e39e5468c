#!/usr/bin/env bash
# safetensors 0.8.0: the same tensors with the same metadata are written as different bytes from one call to the next.
#
#   save_file({"w": zeros(2)}, path, metadata={"a": "1", ..., "h": "8"})
#
# The entries of "__metadata__" in the header come from a hash map with a random seed, so their order changes; tensors
# are sorted (by alignment, then name), and without metadata the file is always the same. A checksum or a version
# control system therefore takes an unchanged checkpoint for a new one as soon as it carries two entries or more.
#
# Seen: 20 files of eight entries, more than one checksum; 20 files without metadata, one.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet safetensors==0.8.0 numpy==2.3.5
cat >"$folder/look.py" <<'PYTHON'
import hashlib
import sys

import numpy
from safetensors.numpy import save_file

metadata = {letter: letter for letter in "abcdefgh"} if sys.argv[1] == "with" else None
seen = set()
for _ in range(20):
    save_file({"w": numpy.zeros(2, numpy.float32)}, sys.argv[2], metadata=metadata)
    seen.add(hashlib.sha256(open(sys.argv[2], "rb").read()).hexdigest())
print(len(seen))
PYTHON
with=$("$folder/env/bin/python" "$folder/look.py" with "$folder/file")
without=$("$folder/env/bin/python" "$folder/look.py" without "$folder/file")
echo "safetensors 0.8.0: $with checksums of 20 files with eight entries of metadata, $without without metadata"
[ "$with" -gt 1 ] && [ "$without" = 1 ]
