"""The gallery: every picture of `course.show`, drawn from models that are trained here and now.

python -m course.gallery [FILE]        about two minutes on two cores; FILE is build/gallery.html without
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import matplotlib

from course.gallery import of_painters, of_reader, of_translator
from course.gallery.models import Painter, Reader, Translator, train_all
from course.gallery.page import Section, page
from course.terminal import print_anywhere

INTRODUCTION = """
<p>The pictures of <code>course.show</code>, each drawn from a model that was trained when this page was made,
on data that comes with the course. Nothing here needs a kernel, a server or a network: keep the file, and it
stays alive.</p>
<p>The models are toys, trained in about a minute: a Vision Transformer of {vit:,} parameters on {images:,}
images of 8 × 8 pixels, a Transformer of {transformer:,} parameters on {pairs} number words, and small
perceptrons. They show how to <em>read</em> the pictures. What large models do is another question.</p>
<p>What moves can be handled by mouse and by keyboard: Tab goes to it, arrow keys move in it. It follows your
system’s light or dark theme; still figures keep their light card.</p>
"""


END = (
    "Digits: E. Alpaydin and C. Kaynak, Optical recognition of handwritten digits (1998), the 1,797 "
    "images that come with scikit-learn, enlarged threefold for the Vision Transformer. Number words: "
    "as the library num2words spells them. Accuracies are those of the run that made this page."
)
TITLE = "Seeing attention"


def introduction(reader: Reader, translator: Translator) -> str:
    """What the models are, with their sizes."""
    sizes = {
        name: sum(parameter.numel() for parameter in model.parameters())
        for name, model in (("vit", reader.after), ("transformer", translator.model))
    }
    return INTRODUCTION.format(**sizes, images=reader.learnt_from, pairs=translator.learnt_from)


def sections(reader: Reader, translator: Translator, painters: Sequence[Painter]) -> list[Section]:
    """All that is shown, in order."""
    return [
        *of_reader.sections(reader),
        *of_translator.sections(translator),
        *of_painters.sections(painters),
    ]


def build(reader: Reader, translator: Translator, painters: Sequence[Painter]) -> str:
    """The page as text."""
    return page(TITLE, introduction(reader, translator), sections(reader, translator, painters), END)


def main() -> None:
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "build/gallery.html")
    matplotlib.use("Agg")
    print_anywhere()
    start = time.perf_counter()
    print("Training a reader, a translator and six painters …", flush=True)
    reader, translator, painters = train_all()
    print(
        f"{time.perf_counter() - start:.0f} s. Read right: {reader.accuracy(reader.after):.1%} of "
        f"{len(reader.labels)} unseen digits; translated without a mistake: {translator.accuracy:.0%} of "
        f"{len(translator.pairs)} unseen numbers. Drawing …",
        flush=True,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(build(reader, translator, painters), encoding="utf-8")
    size = path.stat().st_size / 1e6
    print(f"{path}: {size:.1f} MB, made in {time.perf_counter() - start:.0f} s. Open it in a browser.")


if __name__ == "__main__":
    main()
