"""Lets the cases and their harness be imported as the package `hostile`.

The repository's root has to be there too: ``tests/grader`` alone would be taken for the package `grader`.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT), str(ROOT / "tests")]
