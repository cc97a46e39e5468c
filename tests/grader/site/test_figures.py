"""What a page loads later lies beside it, and nothing of it is lost."""

import json
import re

from matplotlib import pyplot

from course.show.block import image_of
from course.show.interactive import interactive
from grader.site.figures import Figures


def drawing():
    figure, axes = pyplot.subplots(figsize=(4, 3))
    axes.plot([1, 2])
    return figure


def test_a_figure_to_handle_comes_as_a_script_with_the_same_page_in_it(tmp_path):
    block = interactive("add(document.body, 'p', {}, 'é < \"');", {}, height=100, alt="A figure that says é.")
    html = Figures(tmp_path / "f", "../f").apart(block.html)
    assert "srcdoc" not in html and 'title="A figure that says é."' in html
    (name,) = re.findall(r'data-figure="\.\./f/(\w+)\.js"', html)
    called, page = json.loads(f"[{(tmp_path / 'f' / f'{name}.js').read_text().strip()[len('figure(') : -2]}]")
    assert called == name and "'é < \"'" in page and page.startswith("<!DOCTYPE html>")


def test_a_picture_keeps_its_words_and_says_its_height(tmp_path):
    image, _ = image_of(drawing(), "A line that rises from one to two.")
    html = Figures(tmp_path, "f").apart(f"<p>{image}</p>{image}")
    (file,) = tmp_path.glob("*.png")  # twice the same is one file
    assert file.read_bytes().startswith(b"\x89PNG")
    assert html.count(f'loading="lazy" src="f/{file.name}" alt="A line that rises from one to two."') == 2
    assert 'width="384" height="288"' in html and "base64" not in html
