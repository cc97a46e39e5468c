"""README's "Learn without labels", run as it is printed: each command, its seconds, the end of what it says.

    python -m benchmarks.readme

The commands are read from README.md, so what is measured is what a newcomer types, in an empty folder.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADING = "## Learn without labels"
LINES = 12  # of a command's output


def commands() -> list[str]:
    """The lines of the section's first block, without their comments."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition(HEADING)[2]
    (block,) = re.findall(r"```\n(.*?)```", section, re.DOTALL)[:1]
    return [line.partition("#")[0].strip() for line in block.splitlines()]


def main() -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path}
    with tempfile.TemporaryDirectory() as folder:
        for command in commands():
            start = time.perf_counter()
            done = subprocess.run(
                command, shell=True, cwd=folder, env=environment, text=True, capture_output=True
            )
            print(f"$ {command}\n  {time.perf_counter() - start:.0f} s, exit status {done.returncode}")
            said = (done.stdout + done.stderr).splitlines()[-LINES:]
            print(*(f"  {line}" for line in said), sep="\n", flush=True)
            if done.returncode:
                sys.exit(f"README's {command!r} fails.")


if __name__ == "__main__":
    main()
