"""One HTML page of pictures with a list of contents: it opens from a file, and asks for no network."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from unittest.mock import patch

from course.show.block import Block

STYLE = """
  :root {
    color-scheme: light;
    --ink: #1f2328; --ground: #ffffff; --muted: #5b6169; --line: #dcd7cb; --link: #0b62a8;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      color-scheme: dark;
      --ink: #e8eaed; --ground: #14171b; --muted: #a7afb8; --line: #3a4149; --link: #6cb2f5;
    }
  }
  * { box-sizing: border-box; }
  body {
    margin: 0; background: var(--ground); color: var(--ink);
    font: 17px/1.55 system-ui, "Segoe UI", Roboto, sans-serif;
  }
  main, header, nav { max-width: 960px; margin: 0 auto; padding: 0 30px; }
  header { padding-top: 36px; }
  h1 { margin: 0 0 10px; font-size: 34px; line-height: 1.2; }
  h2 { margin: 0 0 8px; font-size: 24px; line-height: 1.25; }
  p { max-width: 44em; margin: 0 0 12px; }
  a { color: var(--link); }
  a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
  nav ol { columns: 2; margin: 10px 0 0; padding-left: 1.4em; }
  nav li { break-inside: avoid; padding: 1px 0; }
  section { margin: 44px 0 0; padding-top: 22px; border-top: 1px solid var(--line); }
  .try { padding-left: 14px; border-left: 4px solid var(--link); }
  table { border-collapse: collapse; margin: 0 0 12px; font-variant-numeric: tabular-nums; }
  th, td { padding: 4px 22px 4px 0; text-align: left; border-bottom: 1px solid var(--line); }
  td { text-align: right; }
  footer { max-width: 960px; margin: 50px auto 30px; padding: 14px 30px 0; color: var(--muted); }
  @media (max-width: 600px) {
    nav ol { columns: 1; }
    main, header, nav, footer { padding-left: 16px; padding-right: 16px; }
  }
"""


@dataclass(frozen=True)
class Section:
    """A heading, what the picture is, what to try with it, and the pictures; `text` and `tried` are HTML."""

    title: str
    text: str
    blocks: Sequence[Block]
    tried: str = ""

    @property
    def id(self) -> str:
        return re.sub(r"\W+", "-", self.title.lower()).strip("-")

    @property
    def html(self) -> str:
        tried = f'<p class="try"><strong>Try:</strong> {self.tried}</p>' if self.tried else ""
        pictures = "\n".join(block.html for block in self.blocks)
        title = f'<h2 id="{self.id}-title">{escape(self.title)}</h2>'
        labelled = f'<section id="{self.id}" aria-labelledby="{self.id}-title">'
        return f"{labelled}\n{title}\n<p>{self.text}</p>\n{tried}\n{pictures}\n</section>"


def stills(*draw: Callable[[], None]) -> list[Block]:
    """The still figures that these functions draw, in order, in place of being shown."""
    blocks: list[Block] = []
    with patch("IPython.display.display", blocks.append):
        for each in draw:
            each()
    return blocks


def page(title: str, introduction: str, sections: Sequence[Section], end: str) -> str:
    """The page as text; `introduction` and `end` are HTML."""
    contents = "\n".join(f'<li><a href="#{each.id}">{escape(each.title)}</a></li>' for each in sections)
    body = "\n".join(each.html for each in sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{escape(title)}</h1>
{introduction}
</header>
<nav aria-label="Contents">
<ol>
{contents}
</ol>
</nav>
<main>
{body}
</main>
<footer><p>{end}</p></footer>
</body>
</html>
"""
