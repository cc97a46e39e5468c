#!/usr/bin/env bash
# jsonschema 4.25.0 to 4.26.0 with rfc3987-syntax 1.1.0: `import nbformat` computes for more than a second longer where
# JupyterLab is installed.
#
#   pip install nbformat                        import nbformat: as long as its own modules take
#   pip install nbformat jupyter-events         the same import, a second and more later
#
# jupyter-events, and so every Jupyter server, asks for `jsonschema[format-nongpl]`. From 4.25.0 on that brings
# rfc3987-syntax, which jsonschema imports if it is there, for a check of addresses that no notebook's schema asks for;
# and rfc3987-syntax has Lark read and compile its grammar when it is imported, in every process anew. So nbformat,
# nbconvert, nbclient and nbgrader, each process of theirs, pay for what they never call. jsonschema 4.24.1 asks for
# nothing of the kind.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONDONTWRITEBYTECODE
for version in 4.24.1 4.26.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet "jsonschema[format-nongpl]==$version" nbformat==5.10.4
done
cat >"$folder/look.py" <<'PYTHON'
import json
import subprocess
import sys

IMPORT = "import time; start = time.process_time(); import nbformat, sys; " \
    "print(time.process_time() - start, 'rfc3987_syntax' in sys.modules)"


def look(python):
    runs = [subprocess.run([python, "-c", IMPORT], capture_output=True, text=True, check=True) for _ in range(6)]
    seconds, loaded = zip(*(run.stdout.split() for run in runs[1:]), strict=True)  # the first compiles
    return sorted(map(float, seconds))[2], "True" in loaded


took = {}
for version in sys.argv[1:]:
    took[version], loaded = look(f"{sys.path[0]}/{version}/bin/python")
    print(f"jsonschema {version}: import nbformat takes {took[version]:.2f} s of processor"
          + (", and loads rfc3987_syntax" if loaded else ""))
before, after = took.values()
sys.exit(0 if loaded and after > 2 * before else 1)
PYTHON
python3 "$folder/look.py" 4.24.1 4.26.0
# Seen on x86-64 with Python 3.11:
#   jsonschema 4.24.1: import nbformat takes 0.19 s of processor
#   jsonschema 4.26.0: import nbformat takes 1.91 s of processor, and loads rfc3987_syntax
