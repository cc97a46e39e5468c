"""All hostile and broken submissions, family after family, and those that every test run tries."""

from __future__ import annotations

import re

from hostile import broken, calling, disturbing, forging, reading, showing

FAMILIES = (
    forging.family,
    calling.family,
    calling.odd,
    reading.family,
    disturbing.writing,
    disturbing.others,
    disturbing.ending,
    reading.network,
    disturbing.magics,
    showing.family,
    broken.family,
)
CASES = tuple(case for family in FAMILIES for case in family.cases)

# Of cases that try the same in several ways one or two, and few that take until a limit ends them.
_QUICK = set(
    re.findall(
        r"\S+",
        """
        forge-no-asserts forge-run-cell forge-formatter forge-edited-check forge-unlocked
        forge-points forge-strange-points forge-swapped-ids forge-bonus forge-baked-outputs
        forge-verdict forge-check forge-respond forge-wire forge-equal forge-subclass forge-array
        forge-reply-garbage shadow-torch copy-ready-made copy-alias copy-getattr copy-reference
        call-thread call-waiting-thread call-lazy call-fork call-server call-profile-off say-missing
        say-refused foresee-key odd-first-try odd-method odd-compiled odd-float64 odd-settings
        pickle read-canary read-secret read-environment read-memory read-hidden-cases read-raised
        read-handed-links write-gradebook write-others write-home write-packages write-device
        kill-all daemon nohup memory big-file open-files exit-answer quit loop-catching segfault
        close-sockets net-localhost net-unix net-abstract net-raw net-http bash script capture
        stderr-noise reset page-script page-latex page-png page-finding page-attachment broken-empty
        broken-nan broken-renamed broken-link-solution broken-pipe broken-types broken-kernel
        """,
    )
)
QUICK = tuple(case for case in CASES if case.name in _QUICK)
assert len(QUICK) == len(_QUICK), "A case that every test run tries is not there."
