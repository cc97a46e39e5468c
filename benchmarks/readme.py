"""README's "Learn without labels", run as it is printed: each command, its seconds, the end of what it says.

    python -m benchmarks.readme

The commands are read from README.md, so what is measured is what a newcomer types, in an empty folder. It
fails where a command does, and where the table that they lead to does not say what README says: that the
encoder beats a random one and labels alone.
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


def losers(table: str, method: str) -> list[str]:
    """The rows of an evaluation whose linear probe is not below the method's."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    column = next(row for row in rows if "linear probe" in row).index("linear probe")
    shares = {
        row[0]: float(row[column].split()[0]) for row in rows if len(row) > column and "±" in row[column]
    }
    own = shares.pop(method)
    return [name for name, share in shares.items() if share >= own]


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
        for table in Path(folder).glob("runs/*/evaluation.md"):
            method = table.parent.name.partition("-")[0]
            if better := losers(table.read_text(encoding="utf-8"), method):
                sys.exit(f"README says that {method} wins, but its probe is not above {', '.join(better)}.")


if __name__ == "__main__":
    main()
