"""What in a page of HTML acts: runs a script, asks the network, or loads something else into the page."""

from __future__ import annotations

from html.parser import HTMLParser

ACTING = {"script", "iframe", "object", "embed", "base", "form", "link", "frame", "applet", "portal"}
ASKING = {"src", "href", "action", "data", "formaction", "xlink:href", "srcset", "poster", "background"}
HARMLESS = ("data:image/", "#", "https://", "http://", "mailto:")  # a link that somebody has to follow is one


def what_acts(html: str) -> set[str]:
    """The things in a page that act, each as a few words."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTING:
            self.found.add(f"<{tag} {attrs}>")
        for name, value in attrs:
            text = "".join((value or "").split()).lower()
            if name.startswith("on"):
                self.found.add(f"{tag} {name}")
            if name in ASKING and not text.startswith(HARMLESS):
                self.found.add(f"{tag} {name}={text[:40]}")
            if name in ASKING and tag != "a" and text.startswith("http"):
                self.found.add(f"{tag} asks {text[:40]}")
            if name == "style" and "url(" in text:
                self.found.add(f"{tag} style asks")

    handle_startendtag = handle_starttag
