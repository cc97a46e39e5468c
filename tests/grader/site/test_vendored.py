"""What the pages are served with is what its list says: each file from a package of that version."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "grader" / "site"
PACKAGES = json.loads((SITE / "vendored.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def vendor():
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "scripts" / "vendor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_files_are_those_of_the_list(package, vendor):
    folder = SITE / "vendored" / package["into"]
    assert vendor.digest(folder) == package["sha256"], "run `make vendor`, and look at what changed"
    said = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    assert (said["name"], said["version"]) == (package["name"], package["version"])
    assert said["license"] == package["licence"]


def test_nothing_else_is_vendored():
    assert {path.name for path in (SITE / "vendored").iterdir()} == {p["into"] for p in PACKAGES}


def test_a_changed_file_is_found(vendor, tmp_path):
    (tmp_path / "a.js").write_text("1")
    before = vendor.digest(tmp_path)
    (tmp_path / "a.js").write_text("2")
    assert vendor.digest(tmp_path) != before


def test_without_npm_it_says_what_to_install(vendor, monkeypatch, capsys):
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    assert vendor.main() == 1 and "apt-get install npm" in capsys.readouterr().err
