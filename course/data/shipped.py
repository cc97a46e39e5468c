"""The data that scikit-learn ships, read from its files: importing it for them takes two seconds."""

from importlib.util import find_spec
from pathlib import Path


def shipped(name: str) -> Path:
    """One of the files below ``sklearn/datasets``: ``data/digits.csv.gz``, for example.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.
    """
    found = find_spec("sklearn")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("this data comes with scikit-learn, which is not installed", name="sklearn")
    return Path(found.origin).parent / "datasets" / name
