"""Grading a whole class: many workers grade, one writer writes, and any of it may be killed and begun again.

nbgrader grades one submission after the other and writes to the gradebook at every step, so that one dead
process ends the run, and two runs side by side get in each other's way. Here a worker grades one submission
with nbgrader's own converter in a course that holds nothing else (`grader.batch.worker`), and hands back what
came out. The writer (`grader.batch.writer`) stores it and replays nbgrader's own preprocessors into the
gradebook, many submissions in one transaction. `grader.batch.run` ties the two together.
"""

import sys

# jsonschema would load a grammar of web addresses, which takes two seconds and which no notebook needs.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
