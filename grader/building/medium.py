"""Words of a lesson that make sense in one of its two media: in the notebook, or on the site's page.

``{{notebook: Put a number in place of `None`, then run both cells.}}{{page: Write it down, then read on.}}``
in a Markdown cell, or in an exercise's statement, is one sentence or the other. A cell with nothing else is
in the other medium not at all.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Medium = Literal["notebook", "page"]
_ONLY = re.compile(rf"\{{\{{({'|'.join(get_args(Medium))}):\s*(.*?)\}}\}}", re.DOTALL)
_UNREAD = re.compile(r"\{\{\w+:[^\n]*")


def words_for(medium: Medium, text: str) -> str:
    """A text as it is read in one medium.

    Raises:
        ValueError: a marker names no medium, or does not end.
    """
    told = _ONLY.sub(lambda found: found[2] if found[1] == medium else "", text)
    if unread := _UNREAD.search(told):
        raise ValueError(f"`{unread[0]}`: write `{{{{notebook: …}}}}` or `{{{{page: …}}}}`")
    return told if told == text else re.sub(r"[ \t]+$", "", told, flags=re.MULTILINE).strip("\n")
