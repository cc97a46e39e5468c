"""Figures of a page as files beside it, loaded when they come into view: the text does not wait for them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
from html import unescape
from pathlib import Path

_FRAME = re.compile(r'<iframe srcdoc="([^"]*)"')
_IMAGE = re.compile(r'<img src="data:image/png;base64,([^"]*)"([^>]*? width="(\d+)")')


class Figures:
    """The figures of one page.

    Args:
        folder: where they are written.
        address: how the page reaches that folder.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address

    def apart(self, html: str) -> str:
        """The HTML of an output with its pictures, and what can be handled in it, in files of their own.

        A frame's content comes as a script, which a page from file:// may load, and is set into a frame of
        the page's own: so it sees whether the page is dark.
        """
        html = _FRAME.sub(lambda found: f'<iframe data-figure="{self._script(found[1])}"', html)
        return _IMAGE.sub(self._lazy, html)

    def _lazy(self, image: re.Match[str]) -> str:
        """An image that says how high it is: what stands below it does not move when it comes."""
        width, height = struct.unpack(">II", base64.b64decode(image[1][:64])[16:24])  # as its header says
        high = round(int(image[3]) * height / width)
        return f'<img loading="lazy" src="{self.picture(image[1])}"{image[2]} height="{high}"'

    def picture(self, png: str) -> str:
        """The address of a picture, given in base64."""
        return self._kept(base64.b64decode(png), "png")

    def _script(self, srcdoc: str) -> str:
        page = unescape(srcdoc)
        name = _name(page.encode())
        return self._kept(f"figure({json.dumps(name)}, {json.dumps(page)});\n".encode(), "js", name)

    def _kept(self, content: bytes, ending: str, name: str = "") -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{name or _name(content)}.{ending}"
        if not file.is_file():  # its name is its content
            file.write_bytes(content)
        return f"{self.address}/{file.name}"


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
