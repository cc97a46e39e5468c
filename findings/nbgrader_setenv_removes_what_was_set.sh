#!/usr/bin/env bash
# nbgrader 0.9.6: `nbgrader.utils.setenv` removes variables that were set before, instead of putting them back.
#
# It is a context manager that sets environment variables for a while, and nbgrader's own commands use it around every
# submission. On entering it remembers, for each variable, not its old value but the value of a variable that is called
# like the new value. There is none as a rule, so on leaving the variable is deleted. Whoever hands it a name that is set
# already (a grader of their own that wraps `Execute`, say) finds it gone after the first submission.
#
# Seen: inside "for a while", afterwards None where "as it was" had stood.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet nbgrader==0.9.6
MY_SETTING="as it was" "$folder/env/bin/python" - <<'PYTHON'
import os
import sys
from importlib.metadata import version

from nbgrader.utils import setenv

with setenv(MY_SETTING="for a while"):
    inside = os.environ["MY_SETTING"]
after = os.environ.get("MY_SETTING")
print(f"nbgrader {version('nbgrader')}: inside {inside!r}, afterwards {after!r}")
sys.exit(0 if (inside, after) == ("for a while", None) else 1)
PYTHON
