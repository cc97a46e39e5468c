#!/usr/bin/env bash
# MyST-NB 1.4.0 (Sphinx 9.0.4): a code cell whose source is empty is left out of the page together with its outputs.
#
# A cell may keep outputs and no source: nbformat validates it, and JupyterLab and nbconvert show what it holds. Tools that
# strip the code of a notebook for its readers make such cells. In a page that MyST-NB makes (nb_execution_mode = "off") the
# output of a cell with one comment as its source is shown, and that of the empty cell is not. nbconvert 7.17.0 shows both of
# them. (The tag `remove-input` on a cell with a source does what is wanted.)
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet myst-nb==1.4.0 sphinx==9.0.4 nbconvert==7.17.0 nbformat==5.10.4
mkdir "$folder/pages"
cat >"$folder/pages/conf.py" <<'PYTHON'
extensions = ["myst_nb"]
nb_execution_mode = "off"
PYTHON
cat >"$folder/look.py" <<'PYTHON'
import sys
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

folder = Path(sys.argv[1])
cells = [new_markdown_cell("# Two outputs")]
for source, word in (("# drawn elsewhere", "OF-THE-COMMENT"), ("", "OF-THE-EMPTY-CELL")):
    cells.append(new_code_cell(source, outputs=[new_output("display_data", {"text/plain": word})]))
notebook = new_notebook(cells=cells)
nbformat.validate(notebook)
nbformat.write(notebook, folder / "index.ipynb")
html, _ = HTMLExporter().from_notebook_node(notebook)
(folder / "nbconvert.txt").write_text(html, encoding="utf-8")
PYTHON
"$folder/env/bin/python" "$folder/look.py" "$folder/pages"
"$folder/env/bin/sphinx-build" -q -b html "$folder/pages" "$folder/html" 2>/dev/null
shown() { grep -q "$1" "$2" && echo shown || echo "not shown"; }
told=$(
    for word in OF-THE-COMMENT OF-THE-EMPTY-CELL; do
        echo "$word: MyST-NB $(shown "$word" "$folder/html/index.html"), nbconvert $(shown "$word" "$folder/pages/nbconvert.txt")"
    done
)
echo "$told"
expected="OF-THE-COMMENT: MyST-NB shown, nbconvert shown
OF-THE-EMPTY-CELL: MyST-NB not shown, nbconvert shown"
[ "$told" = "$expected" ]
