"""Fetches anew what the site's pages are served with, at the versions that grader/site/vendored.json says.

Needs npm, which nothing else here does. To renew: change a version in that file and run `make vendor`; the
checksums there are written anew, and a test holds the files against them.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from fnmatch import fnmatch
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "grader" / "site"
LIST, PLACE = SITE / "vendored.json", SITE / "vendored"


def main() -> int:
    """Fetch each package and note its checksum."""
    if not shutil.which("npm"):
        print("This needs npm (on Debian and Ubuntu: apt-get install npm).", file=sys.stderr)
        return 1
    packages = json.loads(LIST.read_text(encoding="utf-8"))
    for package in packages:
        print(f"==> {package['name']} {package['version']}", flush=True)
        folder = PLACE / package["into"]
        shutil.rmtree(folder, ignore_errors=True)
        fetch(package, folder)
        package["sha256"] = digest(folder)
    LIST.write_text(json.dumps(packages, indent=2) + "\n", encoding="utf-8")
    return 0


def fetch(package: dict, folder: Path) -> None:
    """Put the files that are wanted of a package of npm's into a folder, with the changes that are listed."""
    with tempfile.TemporaryDirectory() as scratch:
        command = ["npm", "pack", "--silent", f"{package['name']}@{package['version']}"]
        packed = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True)
        with tarfile.open(Path(scratch, packed.stdout.split()[-1])) as archive:
            archive.extractall(scratch, filter="data")
        top = Path(scratch, "package")
        for file in sorted(top.rglob("*")):
            place = file.relative_to(top)
            if file.is_file() and any(fnmatch(place.as_posix(), wanted) for wanted in package["files"]):
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, folder / place)
    for place, changes in package.get("changed", {}).items():
        text = (folder / place).read_text(encoding="utf-8")
        for theirs, ours in changes.items():
            text = text.replace(theirs, ours)
        (folder / place).write_text(text, encoding="utf-8")


def digest(folder: Path) -> str:
    """The checksum of all files of a folder, with their names."""
    total = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return total.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
