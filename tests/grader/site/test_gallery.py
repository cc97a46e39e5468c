"""The gallery's page: every section with its heading, words, and pictures in files beside the page."""

import ast

from grader.site import gallery
from grader.site.figures import Figures

FRAME = '<iframe srcdoc="&lt;p&gt;it moves&lt;/p&gt;" title="what one sees in it"></iframe>'
TOLD = {
    "introduction": "<p>Toys.</p>",
    "sections": [
        {"title": "One", "text": "What it is.", "tried": "move it.", "pictures": [FRAME, "<p>still</p>"]},
        {"title": "Other", "text": "More.", "tried": "", "pictures": []},
    ],
}


def test_a_page_has_each_section_and_its_pictures_apart(tmp_path):
    page = gallery.page(TOLD, Figures(tmp_path, "files/gallery"))
    texts = [cell.source for cell in page.cells if cell.cell_type == "markdown"]
    assert texts[0].startswith("# Seeing attention\n\n<p>Toys.</p>")
    assert [text.partition("\n")[0] for text in texts[1:-1]] == ["## One", "## Other"]
    assert "<strong>Try:</strong> move it." in texts[1] and "Try" not in texts[2]
    one, other = (cell for cell in page.cells if cell.cell_type == "code")
    assert [len(cell.outputs) for cell in (one, other)] == [2, 0]
    (script,) = tmp_path.iterdir()
    assert f'data-figure="files/gallery/{script.name}"' in one.outputs[0].data["text/html"]
    assert one.metadata.tags == ["remove-input"] and "it moves" in script.read_text()


def test_the_cells_that_draw_it_are_code():
    for cell in gallery.CELLS:
        ast.parse(cell)
