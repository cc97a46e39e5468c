"""What the library needs to be imported: PyTorch, NumPy and the standard library."""

import pkgutil
import subprocess
import sys

import course

OF_THEIR_OWN = {  # what these are made of, and nobody imports them for something else
    "course.commands": "typer",
    "course.cost": "sympy",
    "course.show.cost_curves": "sympy",
    "course.show.stages": "sympy",
    "course.gallery": "sympy and matplotlib",
}
RARE = "IPython PIL anywidget joblib matplotlib nbgrader num2words pooch rich sacrebleu safetensors scipy "
RARE += "skimage sklearn sympy torchvision tqdm transformers typer"


def test_a_module_is_imported_without_packages_that_only_some_of_its_work_needs():
    """`course.ssl.simclr` once wanted num2words, for number words that it never makes."""
    names = [module.name for module in pkgutil.walk_packages(course.__path__, "course.")]
    names = [name for name in names if name != "course.__main__" and not name.startswith(tuple(OF_THEIR_OWN))]
    assert "course.ssl.simclr" in names and len(names) > 100
    program = f"""
import importlib, sys
sys.modules.update(dict.fromkeys({RARE.split()}))
for name in {names}:
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(name, "|", error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
