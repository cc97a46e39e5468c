"""Pictures for the lessons: still ones (`figure`) and ones the reader can handle (`interactive`).

The viewers need PyTorch and are loaded when first asked for: `from course.show import attention_viewer`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from course.show.interactive import interactive
from course.show.style import figure, new, palette
from course.show.unwritten import needs

if TYPE_CHECKING:
    from course.show.align import alignment
    from course.show.predict import predict_cell, predict_number, predict_patch
    from course.show.viewer import Attention, attention_viewer
    from course.show.why import why_this_weight

__all__ = [
    "Attention",
    "alignment",
    "attention_viewer",
    "figure",
    "interactive",
    "needs",
    "new",
    "palette",
    "predict_cell",
    "predict_number",
    "predict_patch",
    "why_this_weight",
]

LATER = {  # name -> the file it stands in
    "Attention": "viewer",
    "alignment": "align",
    "attention_viewer": "viewer",
    "predict_cell": "predict",
    "predict_number": "predict",
    "predict_patch": "predict",
    "why_this_weight": "why",
}


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATER[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
