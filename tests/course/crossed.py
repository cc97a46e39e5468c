"""What crosses from Python into a figure's page."""

import html
import json
import re
from typing import Any

from course.show.block import Block


def data_of(block: Block) -> Any:
    """The data that the figure's script finds."""
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', block.html)[1])
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
