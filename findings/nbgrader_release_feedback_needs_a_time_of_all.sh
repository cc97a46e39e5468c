#!/usr/bin/env bash
# nbgrader 0.9.6: one submission without a time, and `nbgrader release_feedback` stops before the others.
#
# Submissions may lie in submitted/ without a timestamp.txt, as the documentation says of those that did not come through
# the exchange: `autograde` and `generate_feedback` take them. `release_feedback` opens timestamp.txt (and
# submission_secret.txt) of every page of feedback that it finds, in no particular order, without asking whether it is there.
# The first one that is not ends the command with FileNotFoundError, and whoever would have come behind it gets no page.
# `--student` releases the others one by one.
#
# Seen: with three students, one of them without a time, the command ends with status 1 and FileNotFoundError, and not one page
# had been released (up to two may be, by the order); with a time for everybody three are.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet nbgrader==0.9.6
export PATH="$folder/env/bin:$PATH"
for student in ada ben cleo; do
    place="$folder/course/feedback/$student/ps1"
    mkdir -p "$place"
    echo "<p>Well done, $student.</p>" >"$place/p1.html"
    echo "a secret of $student's" >"$place/submission_secret.txt"
    echo "2026-11-22 13:00:00 UTC" >"$place/timestamp.txt"
done
mkdir "$folder/exchange"
chmod a+rwx "$folder/exchange"
release() {
    (cd "$folder/course" && nbgrader release_feedback ps1 --course c --Exchange.root="$folder/exchange" 2>&1)
}
rm "$folder/course/feedback/ben/ps1/timestamp.txt"
status=0
said=$(release) || status=$?
some=$(find "$folder/exchange" -name '*.html' | wc -l)
echo "2026-11-22 13:00:00 UTC" >"$folder/course/feedback/ben/ps1/timestamp.txt"
release >/dev/null
all=$(find "$folder/exchange" -name '*.html' | wc -l)
echo "nbgrader 0.9.6, one of three without a time: status $status, $(grep -o 'FileNotFoundError.*timestamp' <<<"$said" | head -1), $some released; with a time for all: $all"
[[ $status -ne 0 && $said == *FileNotFoundError* && $some -lt 3 && $all -eq 3 ]]
