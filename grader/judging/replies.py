"""What an answer that trains has sent, kept for a regrade, so that it need not train again.

A reply is kept and no verdict: it is judged anew, by the points and sentences of today. And it stands for
all that it hangs on, to the byte: everything that its kernel was sent until then (cells, and the judge's
requests, in which the student's own hidden images are), the files beside the notebook, who is graded, and
the code that student code sees. So what one student sent is never found for another, who has other images,
and a helper that was changed three cells above makes another answer.

Keys and texts are made where the judge is, of what it has read as a reply; student code never comes near
them. What failed is not kept: it may have been the machine.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RESOURCE = "replies"  # those to be kept, in what nbconvert hands from one step to the next
LONGEST = 200_000  # characters of a kept reply; one with a class for each of 4,200 images has about 3,000
LARGEST = 50_000_000  # bytes of one that is read
Replies = Mapping[str, str]  # texts, by what they hang on


def key(*hangs_on: Any) -> str:
    """What stands for the JSON values that a reply hangs on."""
    return hashlib.sha256(json.dumps(hangs_on, sort_keys=True).encode()).hexdigest()


def contents(files: Mapping[str, Path]) -> dict[str, str]:
    """What stands for the contents of files, by their names."""
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def written(reply: dict[str, Any]) -> str:
    """A reply as it is kept; nothing where a question in it is not answered, or it would be too long."""
    if any(outcome["failure"] for outcome in reply["outcomes"]):
        return ""
    text = base64.b64encode(zlib.compress(json.dumps(reply).encode())).decode()
    return text if len(text) <= LONGEST else ""


def read(text: str) -> Any:
    """The reply in a text; None where there is none."""
    try:
        return json.loads(zlib.decompressobj().decompress(base64.b64decode(text), LARGEST))
    except (ValueError, zlib.error, binascii.Error, RecursionError):
        return None
