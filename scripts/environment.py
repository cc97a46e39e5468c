"""Makes the Python environment in .venv, or with `environment.py test` one that has the test tools as well.

Uses nothing but the standard library, does nothing where everything is in place already, and where it
cannot go on ends with one sentence that says what to do. `make lab` and `make test` start here.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed.json"  # what .venv holds
LOG = VENV / "install.log"
KERNELS = """from grader.student import is_graded

if not is_graded():
    get_config().InteractiveShellApp.extensions.append("grader.student.cells")
"""
NEEDED_GB = 3
ROOM = f"{NEEDED_GB} GB (10 GB where PyTorch comes with CUDA)"


class Trouble(Exception):
    """What stops the installation, in one sentence that says what to do."""


def main(extra=""):
    """Bring .venv up to date with the lock file, and the lessons with their sources."""
    try:
        wanted = fingerprint()
        done = read_stamp()
        if {**done, "extras": None} == {**wanted, "extras": None} and extra in ["", *done["extras"]]:
            return 0
        if done.get("place") != wanted["place"]:
            check_python()
            check_disk(shutil.disk_usage(ROOT).free)
            make_venv()
            done = {"place": wanted["place"], "contents": None, "extras": []}
            STAMP.write_text(json.dumps(done))  # what breaks off now is taken up again, not begun anew
        extras = sorted({extra, *done["extras"]} - {""})
        check_registry()
        install(extras)
        keep_jupyterlab_quiet()
        begin_kernels()
        failed = build_lessons() or compile_what_kernels_load()
        if not failed:
            STAMP.write_text(json.dumps({**wanted, "extras": extras}))
        return failed
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1


def fingerprint():
    """What decides whether .venv is up to date: its place (its scripts name it) and what it is made from."""
    contents = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + KERNELS.encode()
    return {"place": str(VENV), "contents": hashlib.sha256(contents).hexdigest()}


def read_stamp():
    """What .venv holds; empty where there is none, or where its Python no longer starts."""
    try:
        stamp = json.loads(STAMP.read_text())
        subprocess.run([BIN / "python", "-c", ""], check=True, capture_output=True)
        return stamp
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}


def check_python(version=sys.version_info, find=importlib.util.find_spec):
    """Is this Python new enough, and can it make environments?"""
    if version < (3, 11):
        raise Trouble(
            f"The course needs Python 3.11 or newer and this is {version[0]}.{version[1]}: "
            "install a newer one, and name it as in `make lab PYTHON=python3.12`."
        )
    if not (find("venv") and find("ensurepip")):
        raise Trouble(
            f"{sys.executable} comes without its venv module: install it (on Debian and Ubuntu: "
            "apt-get install python3-venv), or name another Python as in `make lab PYTHON=python3.12`."
        )


def check_disk(free_bytes):
    """Is there room for the packages?"""
    if free_bytes < NEEDED_GB * 1e9:
        raise Trouble(
            f"Too little disk space: the environment needs {ROOM} and {free_bytes / 1e9:.1f} GB are free, "
            "so make room and run this again."
        )


def make_venv():
    """A new, empty .venv, in place of whatever was there."""
    say(f"Making .venv with Python {sys.version.split()[0]}")
    python = getattr(sys, "_base_executable", sys.executable)  # this may be the very .venv that is replaced
    made = subprocess.run([python, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        raise Trouble(f"{python} could not make .venv: {last_line(made.stdout + made.stderr)}")


def check_registry():
    """Does the package registry answer? One small package, asked for once, tells within seconds."""
    pin = re.findall(r"^packaging==\S+", LOCK.read_text(), re.MULTILINE)[0]
    with tempfile.TemporaryDirectory() as folder:
        asked = subprocess.run(
            [*PIP, "download", "--no-deps", "--retries=0", "--timeout=15", f"--dest={folder}", pin],
            capture_output=True,
            text=True,
            env=pip_environment(),
        )
    if asked.returncode:
        output = asked.stdout + asked.stderr
        raise Trouble(NO_ANSWER if "from versions: none" in output else explain(output))


PIP = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def pip_environment():
    """The environment without the settings that would make pip install somewhere else."""
    elsewhere = ["PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME"]
    return {name: value for name, value in os.environ.items() if name not in elsewhere}


def install(extras):
    """Install the project and what it needs, at the locked versions, saying all the while how far it is."""
    project = "." + (f"[{','.join(extras)}]" if extras else "")
    say("Installing the packages" + (f" with those for {' and '.join(extras)}" if extras else ""))
    # Python compiles a module when it is first imported; most of these never are, so nothing is compiled now
    options = ["--progress-bar=off", "--no-compile", f"--constraint={LOCK}"]
    command = [*PIP, "install", *options, "--editable", project]
    progress = Progress()
    with LOG.open("w+", encoding="utf-8") as log:
        pip = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=pip_environment())
        try:
            while pip.poll() is None:
                time.sleep(0.25)
                progress.show(LOG.read_text(encoding="utf-8", errors="replace"))
        finally:
            pip.kill()
        output = LOG.read_text(encoding="utf-8", errors="replace")
    progress.end()
    if pip.returncode:
        raise Trouble(explain(output))


def keep_jupyterlab_quiet():
    """JupyterLab would ask, over the first cells of the first lesson, whether it may fetch news: no."""
    settings = VENV / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    news = {"fetchNews": "false", "checkForUpdates": False}
    overrides = {"@jupyterlab/apputils-extension:notification": news}
    (settings / "overrides.json").write_text(json.dumps(overrides))


def begin_kernels():
    """Kernels begin by noting what readers lose in a restart, so that it is told before any import is run."""
    settings = VENV / "etc" / "ipython"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "ipython_kernel_config.py").write_text(KERNELS)


class Progress:
    """How far pip is, read from its output: on a terminal in place, elsewhere one line every five seconds."""

    def __init__(self):
        self.started = self.shown = time.monotonic()
        self.terminal = sys.stdout.isatty()

    def show(self, output):
        """Print where pip stands, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self.shown < (0.25 if self.terminal else 5):
            return
        self.shown = now
        line = f"      {now - self.started:3.0f} s  {self.describe(output)}"
        print(f"\r{line:<100.100}" if self.terminal else line, end="" if self.terminal else "\n", flush=True)

    def describe(self, output):
        """One phrase on the last thing that pip said."""
        unpacking = re.search(r"^Installing collected packages: (.*)$", output, re.MULTILINE)
        if unpacking:
            total = len(unpacking.group(1).split(","))
            there = len(list(VENV.glob("lib/python*/site-packages/*.dist-info"))) - 1  # less pip itself
            return f"unpacking: {min(max(there, 0), total)} of {total} packages"
        line = r"^ *(?:Downloading|Using cached|Processing) (?:\S*/)?(\w+)\S*( \([\d.]+ \w?B\))?"
        fetched = re.findall(line, output, re.MULTILINE)
        if not fetched:
            return "asking the registry"
        return f"fetching: {len(fetched)} packages, now {''.join(fetched[-1])}"

    def end(self):
        """Close the line that stands on a terminal, and say how long it took."""
        line = f"      {time.monotonic() - self.started:3.0f} s  done"
        print(f"\r{line:<100}" if self.terminal else line, flush=True)


def explain(output):
    """The sentence for what made pip fail, read from what it printed."""
    missing = re.search(r"No matching distribution found for ([^\s;(]+)", output)
    if "No space left on device" in output or "Errno 28" in output:
        return (
            f"The disk filled up while installing: the environment needs {ROOM}, for a while also where "
            "temporary files go, so make room and run this again."
        )
    if re.search(NETWORK, output):
        return NO_ANSWER
    if missing:
        return (
            f"The registry has no {missing.group(1)} for this machine and its Python: run `make clean`, then "
            "name another Python, as in `make lab PYTHON=python3.11`."
        )
    return f"pip could not install the packages ({last_line(output)}); all it said is in .venv/{LOG.name}."


NO_ANSWER = (
    "The package registry does not answer: check the network, or the mirror and the proxy that pip is set "
    "to, then run this again; what is installed already is kept."
)
NETWORK = (
    "ConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Max retries exceeded|NameResolutionError|"
    "ProxyError|SSLError|Temporary failure in name resolution|Network is unreachable|"
    "Connection (?:refused|reset|broken|aborted)"
)


def last_line(output):
    """The last error that a program printed, else simply its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["it said nothing"]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines)[-1].removeprefix("ERROR: ").rstrip(".")


def build_lessons():
    """Make this folder a course for nbgrader; lessons that somebody works in are left alone."""
    say("Building the lessons")
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])  # nbgrader calls its helpers by name
    return subprocess.run([BIN / "grader", "build"], cwd=ROOT, env={**os.environ, "PATH": path}).returncode


def compile_what_kernels_load():
    """Kernels that the grader confines cannot keep what they compile; each grading would begin with it."""
    say("Compiling what notebooks load")
    kept = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # kernels load a debugger, which advises
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # set in many containers, and then nothing would be kept
    return subprocess.run([BIN / "python", "-m", "grader.sandbox.loaded"], cwd=ROOT, env=kept).returncode


def say(what):
    """Tell the reader which step begins."""
    print(f"==> {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
