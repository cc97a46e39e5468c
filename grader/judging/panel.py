"""A verdict in words: plain text for a terminal, HTML for a notebook or a feedback page."""

from __future__ import annotations

import re
from html import escape

from grader.judging.verdict import Part, Status, Verdict

MARKS = {True: "✓", False: "✗"}
HEADINGS = {
    Status.RIGHT: "✓ Right",
    Status.WRONG: "✗ Not yet",
    Status.UNFINISHED: "○ Not written yet",
    Status.FAILED: "✗ It stops with an error",
    Status.FORBIDDEN: "✗ Not your own work",
    Status.UNCHECKED: "○ Not checked here",
}
# Each status has a word and a sign besides its colour; the colours hold 3:1 on white and on dark pages.
COLOURS = {Status.RIGHT: "#1f9d55", Status.UNFINISHED: "#7b8794", Status.UNCHECKED: "#7b8794"}
WRONG_COLOUR = "#d9731a"
ADVICE = "It costs no points, and is worth knowing:"
FEWEST_LISTED = 2  # with fewer parts than this a list of them says nothing


def plain(verdict: Verdict, graded: bool = False, before: str = "") -> str:
    """The verdict as plain text. ``graded`` leaves out what could tell of hidden cases."""
    lines = [f"{HEADINGS[verdict.status]} · {verdict.title} · {points(verdict)}"]
    told = (before, verdict.word, verdict.message, verdict.mistake, _example(verdict, graded))
    lines += [sentence for sentence in told if sentence]
    if shared := _shared_finding(verdict, graded):
        lines.append(shared)
    for part in verdict.graded_parts if _tells_parts(verdict) and not shared else ():
        lines.append(f"  {MARKS[part.held]} {part.name}")
        if found := _finding(verdict, part, graded):
            lines.append(f"      {found}")
    lines += [f"  {ADVICE} {told}" for told in _advice(verdict, graded)]
    if not graded:
        lines += [f"  Your code also said: {line}" for line in verdict.said]
    return "\n".join(lines)


def html(verdict: Verdict, graded: bool = False, before: str = "", footer: str = "") -> str:
    """The verdict as a self-contained block of HTML, readable on light and on dark pages.

    ``before`` is said between its heading and all else, ``footer`` after it.
    """
    colour = COLOURS.get(verdict.status, WRONG_COLOUR)
    body = [
        f'<div style="display:flex;justify-content:space-between;gap:1em;font-weight:600">'
        f"<span>{HEADINGS[verdict.status]} · {rich(verdict.title)}</span>"
        f'<span style="white-space:nowrap">{points(verdict)}</span></div>'
    ]
    for said in filter(None, (before, verdict.word)):
        body.append(f'<p style="margin:.5em 0 .3em">{rich(said)}</p>')
    if verdict.mistake:
        body.append(f'<p style="margin:.5em 0 .3em;font-size:1.05em"><b>{rich(verdict.mistake)}</b></p>')
    if verdict.message:
        body.append(f'<p style="margin:.5em 0 .3em">{rich(verdict.message)}</p>')
    if example := _example(verdict, graded):
        body.append(f'<p style="margin:.5em 0 .3em">{rich(example)}</p>')
    if shared := _shared_finding(verdict, graded):
        body.append(f'<p style="margin:.5em 0 .3em">{rich(shared)}</p>')
    elif _tells_parts(verdict):
        items = "".join(_item(verdict, part, graded) for part in verdict.graded_parts)
        body.append(f'<ul style="list-style:none;margin:.4em 0 0;padding:0">{items}</ul>')
    for told in _advice(verdict, graded):
        body.append(f'<p style="margin:.4em 0 0;opacity:.85">{rich(f"{ADVICE} {told}")}</p>')
    if verdict.said and not graded:
        lines = "<br>".join(escape(line) for line in verdict.said)
        body.append(
            f'<p style="margin:.4em 0 0;opacity:.75">Your code also said (it costs nothing): {lines}</p>'
        )
    if footer:
        body.append(f'<p style="margin:.5em 0 0;opacity:.8">{rich(footer)}</p>')
    return card("".join(body), colour, HEADINGS[verdict.status])


def card(body: str, colour: str, label: str) -> str:
    """A bordered block in the page's own text colour."""
    return (
        f'<div role="status" aria-label="{escape(label)}" style="border:1px solid {colour}66;'
        f"border-left:5px solid {colour};border-radius:4px;padding:.6em .9em;margin:.3em 0;max-width:46em;"
        f'line-height:1.45;color:inherit">{body}</div>'
    )


def points(verdict: Verdict) -> str:
    """``3 of 4 points``."""
    return f"{verdict.score:g} of {verdict.maximum:g} point{'' if verdict.maximum == 1 else 's'}"


def _item(verdict: Verdict, part: Part, graded: bool) -> str:
    found = _finding(verdict, part, graded)
    detail = f'<div style="opacity:.8;padding-left:1.5em">{rich(found)}</div>' if found else ""
    return f"<li>{MARKS[part.held]}&nbsp; {rich(part.name)}{detail}</li>"


def _finding(verdict: Verdict, part: Part, graded: bool) -> str:
    """What was found; nothing where a sentence says all of it."""
    if part.held or _says_all(verdict):
        return ""
    return part.summary if graded else part.finding


def _example(verdict: Verdict, graded: bool) -> str:
    """A case of the first property that fails, where a named mistake stands in place of what was found."""
    if graded or not _says_all(verdict):
        return ""
    part = next((part for part in verdict.graded_parts if part.example), None)
    if part is None:
        return ""
    return f"{part.name}: {part.example}" if len(verdict.graded_parts) > 1 else part.example


def _advice(verdict: Verdict, graded: bool) -> list[str]:
    """What does not hold and costs no points, once the rest does: before that there is enough to do."""
    failed = [part for part in verdict.parts if not (part.is_graded or part.held)]
    told = ((part.name, part.summary if graded else part.finding) for part in failed if verdict.is_right)
    return [f"{name}: {found}" for name, found in told]


def _shared_finding(verdict: Verdict, graded: bool) -> str:
    """What was found, where it is the same for every part: then it is said once."""
    parts = verdict.graded_parts
    alike = len({part.summary for part in parts}) == 1 and not verdict.is_right
    return _finding(verdict, parts[0], graded) if alike and _tells_parts(verdict) else ""


def _tells_parts(verdict: Verdict) -> bool:
    parts = verdict.graded_parts
    if verdict.status in (Status.UNFINISHED, Status.FORBIDDEN, Status.UNCHECKED) or not parts:
        return False
    if _says_all(verdict) and not any(part.held for part in parts):
        return False  # the sentence is what matters
    return len(parts) >= FEWEST_LISTED or not (verdict.is_right or _says_all(verdict))


def _says_all(verdict: Verdict) -> bool:
    """A named mistake explains the numbers; an error that is explained is still somewhere, in some line."""
    return bool(verdict.mistake) and verdict.how != "error"


def rich(text: str) -> str:
    """Escaped text with `code`, **bold** and *emphasis* in it; the stars of ``2*L*d`` stay stars."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    text = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", text)
    return re.sub(r"(?<!\w)\*(?! )([^*]+)(?<! )\*(?!\w)", r"<i>\1</i>", text)
