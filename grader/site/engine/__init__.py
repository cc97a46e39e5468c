"""The engine that judges in the page: MicroPython, with Python of ours, in one script, loaded when needed.

    exact, formulas     formulas, read and compared as `grader.formula` does
    functions           a reader's function, run and compared as the judge does
    serve               what the page asks of them
    worker.js           the worker in which they run

These run under MicroPython, and import nothing of the project but one another.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

FILE = "engine.js"
HERE = Path(__file__).parent
MICROPYTHON = HERE.parent / "vendored" / "micropython"
SOURCES = ("exact.py", "formulas.py", "functions.py", "serve.py")
LICENCE = f"/*\n{(HERE / 'LICENCE').read_text(encoding='utf-8')}*/\n"


def script() -> str:
    """The script that hands the page the source of its worker.

    A page from file:// may start only a classic worker, made of a blob; so MicroPython's module becomes a
    function of it, which may wait at its top level, and its WebAssembly comes inside, in base64.
    """
    module = (MICROPYTHON / "micropython.mjs").read_text(encoding="utf-8")
    module = re.sub(r"\bexport (?:default \w+;|(?=async function))", "", module)
    module = module.replace("import.meta.url", '"file:///"')
    wasm = (MICROPYTHON / "micropython.wasm").read_bytes()
    parts = {
        "package": __name__.split("."),
        "sources": {name: (HERE / name).read_text(encoding="utf-8") for name in SOURCES},
        "wasm": base64.b64encode(wasm).decode(),
    }
    worker = (HERE / "worker.js").read_text(encoding="utf-8")
    source = f"(async () => {{\n{module}\nconst PARTS = {json.dumps(parts)};\n{worker}\n}})();\n"
    return f"{LICENCE}engine({json.dumps(source)});\n"


def write(folder: Path) -> None:
    """Write the script into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(script(), encoding="utf-8")
