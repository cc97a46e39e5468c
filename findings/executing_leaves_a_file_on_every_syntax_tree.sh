#!/usr/bin/env bash
# executing 2.3.0 (behind IPython 9.18.1's tracebacks) leaves the tree of the file that failed on every other tree.
#
#   node.parent = ...     is set on each node of the file whose frame is shown, its `ctx` among them
#
# CPython keeps one ast.Load() for all trees (and one Store, Add, ...), so after one traceback through a large file any
# tree that is parsed later leads to it: copy.deepcopy(ast.parse("x")) then copies that whole file, and a tool that
# copies trees often (a mutation tester, a grader) grows slower by three orders of magnitude, with no error.
#
# Seen: ast.parse("x") is a copy of fewer than ten nodes before, and of more than a thousand after one traceback through
# the standard library's argparse.py. Who copies by fields (ast.iter_fields) is not touched.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet ipython==9.18.1 executing==2.3.0 stack-data==0.6.3 asttokens==3.0.2
IPYTHONDIR="$folder" "$folder/env/bin/python" - <<'PYTHON'
import ast
import contextlib
import copy
import io
import sys

from IPython.core.interactiveshell import InteractiveShell


def nodes_of_a_copy():
    memo = {}
    copy.deepcopy(ast.parse("x"), memo)
    return sum(isinstance(one, ast.AST) for one in memo.get(id(memo), []))  # deepcopy keeps alive what it copied


shell = InteractiveShell.instance()
before = nodes_of_a_copy()
with contextlib.redirect_stdout(io.StringIO()):
    shell.run_cell("import argparse\nargparse.ArgumentParser().add_argument('a', nargs='2')")
after = nodes_of_a_copy()
print(f"executing 2.3.0: a copy of ast.parse('x') has {before} nodes before a traceback, {after} after it")
sys.exit(not (before < 10 and after > 1000))
PYTHON
