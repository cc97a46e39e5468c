"""The project's own files: they agree with each other, name no machine, and fail in one clear sentence."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKED = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))


# --- the files that say what is installed ---


def test_lock_holds_every_requirement_at_a_version_that_fits():
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    for requirement in map(Requirement, wanted):
        version = LOCKED.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in requirements.lock: run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement}: locked at {version}, run `make lock`"


def test_lock_is_nothing_but_pins():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    for line in filter(None, (line.partition("#")[0].strip() for line in lines)):
        assert re.fullmatch(r"[\w.-]+==[\w.!]+", line), f"{line!r} is more than a version"
    assert LOCKED["torch"] == re.search(r"^TORCH := (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert not [name for name in LOCKED if name.startswith("nvidia-")], "PyTorch brings what CUDA needs"


def test_lock_is_complete():
    """Every package that the locked ones ask for here is locked too, all the way down."""
    from importlib import metadata

    pending = [Requirement(r) for r in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]]
    seen = set()
    while pending:
        requirement = pending.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if (name, *sorted(extras)) in seen or re.match("nvidia-|cuda-|triton", name):
            continue
        seen.add((name, *sorted(extras)))
        assert name in LOCKED, f"{name} is needed and not in requirements.lock: run `make lock`"
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                pending.append(needed)
    assert len(seen) > 50


def test_conda_environment_agrees_with_the_project():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert conda["name"] == PROJECT["name"]
    assert conda["channels"] == ["conda-forge", "nodefaults"]
    python, pip, by_pip = conda["dependencies"]
    version = python.removeprefix("python=")
    assert pip == "pip"
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(version)
    # the project itself says what it needs and the lock in which version: there is no second list to keep
    assert by_pip == {"pip": ["-c requirements.lock", "-e ."]}


# --- what is written anywhere in the project ---


def published() -> list[Path]:
    """The files under version control, and those that are about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for path in map(ROOT.joinpath, listed.stdout.splitlines()) if path.is_file()]


def test_no_file_names_a_machine_or_a_registry():
    place = re.compile(r"(?<![\w.}:/~])/(?:work|root|tmp|home|Users|farm)/\w")
    host = re.compile(r"python[h]osted|pypi[.]org|npm[j]s[.]|deb[.]debian[.]|download[.]pytorch[.]")
    for path in published():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            found = place.search(line) or host.search(line)
            assert not found, f"{path.relative_to(ROOT)}:{number} names {found.group()}"


def test_nothing_left_behind_is_published():
    unwanted = re.compile(r"\.ipynb_checkpoints|gradebook\.db|^(submitted|autograded|feedback|class_demo)/")
    for path in published():
        name = path.relative_to(ROOT).as_posix()
        assert not unwanted.search(name), name
        assert name.startswith("lessons/") or not name.endswith(".ipynb"), f"{name} is not in lessons/"


def test_readme_greets_all_three_readers_within_ten_lines():
    start = "\n".join((ROOT / "README.md").read_text().splitlines()[:10]).lower()
    for reader in ["student", "instructor", "on your own"]:
        assert reader in start


def test_readme_names_targets_that_exist():
    text = (ROOT / "README.md").read_text()
    for target in re.findall(r"`make (\w+)", text):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), f"make {target}"


@pytest.mark.parametrize(
    "target", ["help", "lab", "test", "build", "prove", "demo", "gallery", "site", "vendor", "lock", "clean"]
)
def test_make_target(target):
    dry = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert dry.returncode == 0, dry.stderr
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True)
    assert re.search(rf"^  {target} ", listed.stdout, re.MULTILINE)


def test_lab_flags_are_passed_on():
    command = ["make", "--dry-run", "lab", "LAB_FLAGS=--no-browser --port=8899"]
    dry = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--no-browser --port=8899 work/00_start/00_start.ipynb" in dry.stdout
    assert dry.stdout.index("grader work") < dry.stdout.index("jupyter lab"), "there is a copy to open"


# --- one clear sentence ---


def find_python(folder: Path, named: str = "", **versions: tuple[int, int]) -> subprocess.CompletedProcess:
    """Run the search on a machine whose only Pythons are stand-ins of these versions."""
    for name, version in versions.items():
        fake = folder / name.replace("_", ".")
        # the search asks `python -c '…sys.exit(sys.version_info < (3, 11))'`
        fake.write_text(f"#!/bin/sh\nexit {int(version < (3, 11))}\n")
        fake.chmod(0o755)
    environment = {"PATH": str(folder), "PYTHON": named}
    script = [Path("/bin/sh"), ROOT / "scripts" / "find_python.sh"]
    return subprocess.run(script, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("versions", [{}, {"python3": (3, 9)}, {"python3": (2, 7), "python3_11": (3, 8)}])
def test_no_python(tmp_path, versions):
    run = find_python(tmp_path, **versions)
    assert run.returncode == 1 and run.stdout == ""
    assert is_one_sentence(run.stderr) and "Python 3.11 or newer" in run.stderr


def test_python_that_was_activated_comes_first(tmp_path):
    assert find_python(tmp_path, python3=(3, 12), python3_13=(3, 13)).stdout == "python3\n"
    assert find_python(tmp_path, python3=(3, 9), python3_11=(3, 11)).stdout == "python3.13\n"


def test_python_that_was_named_is_the_only_one_tried(tmp_path):
    assert find_python(tmp_path, "python3.12", python3=(3, 11), python3_12=(3, 12)).stdout == "python3.12\n"
    run = find_python(tmp_path, "python3.9", python3=(3, 11), python3_9=(3, 9))
    assert run.returncode == 1 and is_one_sentence(run.stderr) and "python3.9" in run.stderr


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """scripts/environment.py as a module, working in a copy of the project that has no .venv."""
    spec = importlib.util.spec_from_file_location("environment", ROOT / "scripts" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ["requirements.lock", "pyproject.toml"]:
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    places = {"ROOT": tmp_path, "VENV": venv, "BIN": venv / "bin", "LOCK": tmp_path / "requirements.lock"}
    for name, value in {**places, "STAMP": venv / "installed.json", "LOG": venv / "install.log"}.items():
        monkeypatch.setattr(module, name, value)
    return module


def is_one_sentence(text: str) -> bool:
    text = text.strip()
    return text.count("\n") == 0 and text.endswith(".") and not re.search(r"\. [A-Z]|Traceback", text)


def test_python_too_old(environment):
    with pytest.raises(environment.Trouble) as trouble:
        environment.check_python((3, 9, 2))
    assert is_one_sentence(str(trouble.value)) and "3.9" in str(trouble.value)


def test_script_can_be_read_by_older_pythons():
    """It must come as far as saying that the Python is too old."""
    import ast

    ast.parse((ROOT / "scripts" / "environment.py").read_text(), feature_version=(3, 7))


def test_no_venv_module(environment):
    with pytest.raises(environment.Trouble) as trouble:
        environment.check_python(find=lambda name: None if name == "ensurepip" else object())
    assert is_one_sentence(str(trouble.value)) and "python3-venv" in str(trouble.value)


def test_no_disk(environment, monkeypatch, capsys):
    usage = type("Usage", (), {"free": 4e8})
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda place: usage)
    assert environment.main() == 1
    said = capsys.readouterr().err
    assert is_one_sentence(said) and "needs 3 GB" in said and "0.4 GB are free" in said
    assert not environment.VENV.exists()


def with_pip(environment, script: str) -> None:
    """Put a stand-in for .venv's Python in place, which plays pip."""
    environment.BIN.mkdir(parents=True)
    python = environment.BIN / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    environment.PIP[0] = str(python)
    start = {"place": str(environment.VENV), "contents": None, "extras": []}
    environment.STAMP.write_text(json.dumps(start))


NOWHERE = "ERROR: Could not find a version that satisfies the requirement packaging==1 (from versions: none)"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (NOWHERE, "registry does not answer"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk filled up"),
        ("ReadTimeoutError: HTTPSConnectionPool(host=…): Read timed out.", "registry does not answer"),
        ("ERROR: No matching distribution found for packaging==1", "no packaging==1 for this machine"),
        ("ERROR: something new", "(something new)"),
    ],
)
def test_pip_fails(environment, capsys, said, sentence):
    with_pip(environment, f'[ "$1" = -c ] && exit 0; echo "{said}"; exit 1')
    assert environment.main() == 1
    error = capsys.readouterr().err
    assert is_one_sentence(error) and sentence in error


def test_network_goes_while_installing(environment, capsys):
    lost = "WARNING: Retrying after connection broken by NewConnectionError: Network is unreachable"
    with_pip(environment, f'case "$*" in *" install "*) echo "{lost}"; echo "{NOWHERE}"; exit 1;; esac')
    assert environment.main() == 1
    assert "registry does not answer" in capsys.readouterr().err
    assert json.loads(environment.STAMP.read_text())["contents"] is None  # the next run goes on


def test_what_is_installed_is_not_installed_again(environment, capsys, monkeypatch):
    with_pip(environment, f'echo "$@" >> {environment.ROOT}/calls')
    monkeypatch.setattr(environment, "build_lessons", lambda: 0)
    calls = environment.ROOT / "calls"

    def installations() -> list[str]:
        return [call for call in calls.read_text().splitlines() if " install " in call]

    assert environment.main() == 0
    assert len(installations()) == 1 and installations()[0].endswith("--editable .")
    assert environment.main() == 0
    assert len(installations()) == 1, "nothing changed"
    assert environment.main("test") == 0
    assert installations()[1].endswith("--editable .[test]")
    assert environment.main() == 0
    assert len(installations()) == 2, "an environment with the test tools is good enough for a student"
    environment.LOCK.write_text(environment.LOCK.read_text() + "\n")
    assert environment.main() == 0
    assert len(installations()) == 3 and installations()[2].endswith("--editable .[test]")


def test_what_kernels_load_is_compiled_where_python_is_told_not_to_keep_it(environment, monkeypatch):
    """As in many containers; whoever runs the script by hand has no Makefile that takes the variable away."""
    environment.BIN.mkdir(parents=True)
    python = environment.BIN / "python"
    python.write_text(f'#!/bin/sh\necho "$@ [$PYTHONDONTWRITEBYTECODE]" > {environment.ROOT}/call\n')
    python.chmod(0o755)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert environment.compile_what_kernels_load() == 0
    assert (environment.ROOT / "call").read_text() == "-m grader.sandbox.loaded []\n"


# --- nothing is skipped in CI ---


SKIPS = {
    "called": "import pytest\ndef test_a():\n    pytest.skip('no reason')",
    "marked": "import pytest\n@pytest.mark.skipif(True, reason='no reason')\ndef test_a(): pass",
    "module": "import pytest\npytest.importorskip('no_such_module')\ndef test_a(): pass",
    "expected": "import pytest\n@pytest.mark.xfail\ndef test_a(): assert False",
    "passes": "def test_a(): pass",
}


@pytest.mark.parametrize(("workers", "ci"), [("0", ""), ("0", "true"), ("2", "true")])
def test_a_skip_fails_where_ci_is_set(tmp_path, workers, ci):
    (tmp_path / "conftest.py").write_bytes((ROOT / "tests" / "conftest.py").read_bytes())
    for name, text in SKIPS.items():
        (tmp_path / f"test_{name}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-rA", "-n", workers, "-p", "no:cacheprovider"]
    options = ["--continue-on-collection-errors", "--rootdir", tmp_path, tmp_path]
    environment = {**os.environ, "CI": ci}
    run = subprocess.run([*command, *options], env=environment, capture_output=True, text=True)
    if ci:
        assert run.returncode != 0
        for name, outcome in [("called", "FAILED"), ("marked", "ERROR"), ("module", "ERROR")]:
            assert re.search(rf"^{outcome} .*test_{name}\.py", run.stdout, re.MULTILINE), run.stdout
        assert run.stdout.count("Nothing may be skipped where CI is set.") >= 3
    else:
        assert run.returncode == 0 and "3 skipped" in run.stdout, run.stdout
    assert "1 passed" in run.stdout and "1 xfailed" in run.stdout
