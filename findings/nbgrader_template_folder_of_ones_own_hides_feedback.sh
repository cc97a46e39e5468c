#!/usr/bin/env bash
# nbgrader 0.9.6, nbconvert 7.17.2: name a folder of templates of one's own, and `generate_feedback` has no template any more.
#
# nbconvert's documented way to add templates is `HTMLExporter.extra_template_basedirs` in a configuration file. nbgrader finds
# its own `feedback` template by the same setting: it puts its folder there only where nobody has set it. So whoever adds a
# folder, for the formgrader's page or for notebooks in general, takes nbgrader's folder out: the name `feedback` is then in none
# of those that are searched, no page of feedback is written, and what is named as missing is a template that nobody has touched.
# Naming nbgrader's own folder beside one's own helps.
#
# Seen: without the setting one page of feedback; with an empty folder named, status 1, "No template sub-directory with name
# 'feedback' found", and none; with nbgrader's folder named beside it, one again.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet nbgrader==0.9.6 nbconvert==7.17.2
export PATH="$folder/env/bin:$PATH"
mkdir -p "$folder/course/source/ps1" "$folder/own"
cd "$folder/course"
python - <<'END'
import nbformat

role = {"schema_version": 3, "grade": True, "solution": True, "locked": False, "task": False}
cell = nbformat.v4.new_markdown_cell("Why?", metadata={"nbgrader": {**role, "grade_id": "why", "points": 1}})
nbformat.write(nbformat.v4.new_notebook(cells=[cell]), "source/ps1/p1.ipynb")
END
{
    nbgrader generate_assignment ps1
    mkdir -p submitted/ada
    cp -r release/ps1 submitted/ada/ps1
    nbgrader autograde ps1
} >"$folder/log" 2>&1
pages() { # with these folders named; none: without the setting
    rm -rf feedback && mkdir feedback
    echo "c = get_config()" >nbgrader_config.py
    if [[ -n "$1" ]]; then echo "c.HTMLExporter.extra_template_basedirs = [$1]" >>nbgrader_config.py; fi
    status=0
    said=$(nbgrader generate_feedback ps1 2>&1) || status=$?
    found=$(find feedback -name '*.html' | wc -l)
}
theirs=$(python -c 'from nbgrader.server_extensions.formgrader import handlers; print(handlers.template_path)')
pages ""
before=$found
pages "'$folder/own'"
own=$found why=$(grep -o "No template sub-directory with name 'feedback'" <<<"$said" | head -1) ended=$status
pages "'$folder/own', '$theirs'"
both=$found
echo "nbgrader 0.9.6, pages of feedback: $before; with a folder of one's own: $own (status $ended, ${why:-nothing said}); with both: $both"
[[ $before -eq 1 && $own -eq 0 && $ended -ne 0 && -n "$why" && $both -eq 1 ]]
