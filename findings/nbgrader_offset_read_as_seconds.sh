#!/usr/bin/env bash
# nbgrader 0.9.6: a time zone written as +0100 is read as one hundred seconds, and +01:00 as no zone at all.
#
#   nbgrader.utils.parse_utc("2026-11-22 13:00:00 +0100")    gives 12:58:20, where 12:00:00 is right
#   nbgrader.utils.parse_utc("2026-11-22 13:00:00 +01:00")   gives 13:00:00, likewise
#
# Of three words the last is taken for the zone and tried with int(); dateutil takes such a number for seconds.
# What is no number is looked up as a zone's name, and the time is taken for UTC where there is none so called. The
# formgrader proposes the zone of a due date in just this form (nbgrader.utils.to_numeric_tz gives "+0100"), so with
# Exchange.timezone = "Europe/Berlin" every due date that is set there in winter is 58 minutes and 20 seconds late, and +0530
# is off by more than five hours. With UTC, the default, it is +0000 and nothing shows.
#
# Seen: the two values above, and "+0100" from to_numeric_tz.
#
# Exits 1 when that has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet nbgrader==0.9.6
"$folder/env/bin/python" - <<'PYTHON'
import sys

from nbgrader.utils import parse_utc, to_numeric_tz

proposed = to_numeric_tz("Etc/GMT-1")  # one hour east, all the year
without, within = (str(parse_utc(f"2026-11-22 13:00:00 {zone}")) for zone in (proposed, "+01:00"))
print(f"nbgrader 0.9.6 proposes {proposed}; with it 13:00 is {without}, with +01:00 {within}")
sys.exit((proposed, without, within) != ("+0100", "2026-11-22 12:58:20", "2026-11-22 13:00:00"))
PYTHON
