"""Pictures: what they put on the page, what stands in for them, how a block behaves in a real browser."""

import base64
import html
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from course import show
from course.show.block import Block

ALT = 'Weights of "one" query & a map <of them>'


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


@pytest.fixture
def shown(monkeypatch):
    blocks = []
    monkeypatch.setattr("IPython.display.display", blocks.append)
    return blocks


def page_in(block: Block) -> str:
    found = re.search(r'srcdoc="([^"]*)"', block.html)
    assert found
    return html.unescape(found[1])


def data_in(block: Block):
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page_in(block), re.DOTALL)
    assert found
    return json.loads(found[1])


def unpacked(array):
    values = np.frombuffer(base64.b64decode(array["base64"]), dtype=array["dtype"])
    return values.reshape(array["shape"])


# --- Still pictures -------------------------------------------------------------------------------------


def test_a_figure_is_an_image_with_alt_text_and_is_closed(shown):
    from matplotlib import pyplot

    fig, axes = show.new(width=5, height=2)
    axes.plot([1, 2, 3])
    show.figure(fig, alt=ALT)
    (block,) = shown
    bundle = block._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == ALT
    assert f'alt="{html.escape(ALT)}"' in bundle["text/html"]
    assert 'width="480"' in bundle["text/html"]  # 5 inches of 96 pixels: fonts keep their size on the page
    assert "http" not in bundle["text/html"]
    png = base64.b64decode(re.search('base64,([^"]+)', bundle["text/html"])[1])
    assert png.startswith(b"\x89PNG")
    assert not pyplot.fignum_exists(fig.number)


def test_outside_a_notebook_the_alternative_text_is_printed(capsys):
    fig, _ = show.new()
    show.figure(fig, alt="A line\n   that rises.")
    assert capsys.readouterr().out == "A line that rises.\n"


def test_no_font_is_smaller_than_eleven_points():
    _, axes = show.new(1, 2)
    axes[0].plot([1, 2], label="one")
    texts = [axes[0].title, axes[0].xaxis.label, *axes[0].get_xticklabels(), *axes[0].legend().get_texts()]
    assert min(text.get_fontsize() for text in texts) >= 11
    lines = [axes[1].plot([1, 2])[0] for _ in range(4)]
    assert len({line.get_color() for line in lines}) == len({str(line._dash_pattern) for line in lines}) == 4


def test_no_grid_is_drawn_across_an_image(shown):
    fig, (curve, image) = show.new(1, 2)
    curve.plot([1, 2])
    image.imshow(np.eye(3))
    show.figure(fig, alt=ALT)
    assert curve.xaxis.get_gridlines()[0].get_visible()
    assert not image.xaxis.get_gridlines()[0].get_visible()


def test_a_picture_without_alternative_text_is_refused():
    fig, _ = show.new()
    with pytest.raises(ValueError, match="a picture needs an alternative text"):
        show.figure(fig, alt="  ")
    with pytest.raises(ValueError, match="a picture needs an alternative text"):
        show.interactive("", {}, height=10, alt="")


def test_the_course_does_not_import_matplotlib_until_it_draws():
    program = (
        "import sys, course, course.show; sys.exit('matplotlib' in sys.modules or 'IPython' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_colours_are_readable_and_the_same_in_both_places():
    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        low, high = sorted([luminance(one), luminance(other)])
        return (high + 0.05) / (low + 0.05)

    page = page_in(show.interactive("", {}, height=10, alt="x"))
    light, dark = (
        dict(re.findall(r"--(\w+): (#\w{6})", rule)) for rule in re.findall(r":root[^{]*\{([^}]*)", page)
    )
    for name in ("ink", "muted", "accent", "second", "third", "fourth"):
        assert light[name] == getattr(show.palette, name)
        assert contrast(light[name], light["paper"]) >= 4.5  # as text, and as the ground of what is pressed
        assert contrast(dark[name], dark["paper"]) >= 4.5
    for theme in (light, dark):
        assert contrast(theme["ink"], theme["control"]) >= 4.5


# --- Pictures to handle ---------------------------------------------------------------------------------


def test_data_make_the_round_trip():
    rng = np.random.default_rng(0)
    data = {
        "weights": rng.normal(size=(2, 3, 4)).astype(np.float32),
        "image": rng.integers(0, 256, size=(5, 4), dtype=np.uint8),
        "mask": np.eye(3, dtype=bool),
        "counts": np.arange(4),
        "wide": rng.normal(size=(3, 4)).T,  # float64, not contiguous
        "tokens": ["the", "</script>", "<!-- &amp;"],
        "nested": {"layers": [np.zeros((0, 2), np.uint8)]},
        "scale": np.float64(0.5),
    }
    got = data_in(show.interactive("", data, height=10, alt=ALT))
    assert got["tokens"] == data["tokens"] and got["scale"] == 0.5
    for name, dtype in [("weights", "float32"), ("image", "uint8"), ("mask", "uint8"), ("counts", "float32")]:
        assert got[name]["dtype"] == dtype
        np.testing.assert_array_equal(unpacked(got[name]), data[name])
    np.testing.assert_allclose(unpacked(got["wide"]), data["wide"], rtol=1e-6)
    assert unpacked(got["nested"]["layers"][0]).shape == (0, 2)


def test_the_block_asks_the_network_for_nothing():
    block = show.interactive("draw()", {"a": np.zeros(3)}, body="<p>x</p>", css="p{}", height=10, alt=ALT)
    assert "http" not in block.html and "//" not in re.sub(r"//.*|base64\S*", "", page_in(block))
    assert not re.search(r"\b(src|href|import|url)\b\s*[=(]", page_in(block))


def test_alternative_text_is_title_and_plain_text():
    block = show.interactive("", {}, height=321, alt=ALT)
    assert repr(block) == block._repr_mimebundle_()["text/plain"] == ALT
    assert f'title="{html.escape(ALT)}"' in block.html
    assert f"<title>{html.escape(ALT)}</title>" in page_in(block)
    assert "height:321px" in block.html
    assert "image/png" not in block._repr_mimebundle_()


def test_nothing_can_break_out_of_its_place():
    script = "const a = '</script><b>', b = \"<!--\", c = '{{data}}', d = `\"'&amp;`;"
    block = show.interactive(
        script, {}, body='<p title="a">&lt;{{css}}</p>', css="/* </STYLE> */", height=9, alt=ALT
    )
    assert block.html.count("<") == 2 and block.html.count(">") == 2  # the frame's own tags
    page = page_in(block)
    assert page.count("</script>") == 3 and page.lower().count("</style>") == 1
    assert r"""const a = '<\/script><b>', b = "<\!--", """ in page
    assert "c = '{{data}}', d = `\"'&amp;`" in page and '<p title="a">&lt;{{css}}</p>' in page


def test_a_fallback_is_a_png_with_its_own_alternative_text():
    fig, _ = show.new()
    block = show.interactive("", {}, height=10, alt=ALT, fallback=fig)
    png = block._repr_mimebundle_()["image/png"]
    assert base64.b64decode(png).startswith(b"\x89PNG")
    assert f'<img src="data:image/png;base64,{png}" alt="{html.escape(ALT)}"' in block.html


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({1, 2}, "data may hold JSON values and NumPy arrays; got set"),
        (np.array(["a"]), "data may hold arrays of numbers; got an array of <U1"),
    ],
)
def test_data_that_cannot_cross_are_named(value, sentence):
    with pytest.raises(TypeError, match=sentence):
        show.interactive("", {"x": value}, height=10, alt=ALT)


# --- In a browser ---------------------------------------------------------------------------------------

SCRIPT = """
const slider = document.querySelector("input"), said = document.querySelector("output");
const canvas = document.querySelector("canvas");
let times = 0;
onTheme(() => {
  const pen = context(canvas), [rows, columns] = data.w.shape;
  pen.fillStyle = colour("accent");
  pen.fillRect(0, 0, 10, 10);
  said.textContent = `${data.w.values[slider.value * columns]} of ${rows} </script> ${++times}`;
  announce("row " + slider.value);
});
slider.addEventListener("input", () => { said.textContent = data.w.values[slider.value * 2]; });
"""


@pytest.fixture
def opened(chromium_browser, tmp_path):
    """Open a block on a page from file://, as the page's author and the reader's system would have it."""

    def open_page(body_attributes="", system="light", script=SCRIPT):
        fig, _ = show.new()
        block = show.interactive(
            script,
            {"w": np.arange(8, dtype=np.float32).reshape(4, 2)},
            body='<label>Row <input type="range" max="3" value="1"></label><output></output>'
            '<canvas style="width:100%;height:120px"></canvas>',
            height=150,
            alt=ALT,
            fallback=fig,
        )
        file = tmp_path / "page.html"
        file.write_text(
            f"<!DOCTYPE html><meta charset=utf-8><body {body_attributes}>{block.html}</body>", "utf-8"
        )
        page = chromium_browser.new_page(color_scheme=system, viewport={"width": 800, "height": 600})
        page.goto(file.as_uri())
        return page, page.frame_locator("iframe")

    return open_page


def corner(frame):
    """The colour of the canvas near its corner: red, green, blue, opacity."""
    return frame.locator("canvas").evaluate(
        "canvas => Array.from(canvas.getContext('2d').getImageData(2, 2, 1, 1).data)"
    )


@pytest.mark.browser
@pytest.mark.parametrize(
    ("body", "system", "theme"),
    [
        ('data-jp-theme-light="true"', "dark", "light"),
        ('data-jp-theme-light="false"', "light", "dark"),
        ('style="background:#111"', "light", "dark"),  # a page that is dark and does not say so
        ("", "dark", "light"),  # a page that leaves all to the browser is white, whatever the system prefers
        ('style="background:#fff"', "dark", "light"),
    ],
)
def test_the_theme_is_that_of_the_page_around(opened, body, system, theme):
    _, frame = opened(body, system)
    assert frame.locator("html").get_attribute("data-theme") == theme


@pytest.mark.browser
def test_the_block_lives_in_a_browser(opened):
    page, frame = opened('data-jp-theme-light="true"')
    keys = page.evaluate_handle(
        "() => { const keys = []; addEventListener('keydown', e => keys.push(e.key)); return keys }"
    )
    assert frame.locator("output").inner_text() == "2 of 4 </script> 1"
    assert corner(frame) == [0x0B, 0x62, 0xA8, 255]
    assert frame.locator("#spoken").inner_text() == "row 1"

    frame.locator("input").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("a")
    assert frame.locator("output").inner_text() == "4"
    assert keys.json_value() == []  # what is typed in the block stays in the block

    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    frame.locator("html[data-theme=dark]").wait_for(state="attached")
    frame.locator("output", has_text="of 4").wait_for()  # drawn again
    assert corner(frame) == [0x6C, 0xB2, 0xF5, 255]  # in the dark accent

    assert page.locator("img").is_hidden()  # the still picture makes way for the live one
    missing = "document.documentElement.scrollHeight - innerHeight"
    assert frame.locator("html").evaluate(missing) <= 0  # taller than asked: the block has grown


@pytest.mark.browser
def test_a_theme_changed_while_hidden_is_drawn_when_seen_again(opened):
    """As JupyterLab does: it hides everything while it loads the other theme's style sheet."""
    page, frame = opened('data-jp-theme-light="true"')
    page.evaluate("document.body.style.display = 'none'")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_timeout(100)
    page.evaluate("document.body.style.display = ''")
    frame.locator("output", has_text="script> 2").wait_for(timeout=5000)
    assert corner(frame) == [0x6C, 0xB2, 0xF5, 255]


@pytest.mark.browser
def test_the_picture_is_drawn_again_in_a_narrower_window(opened):
    page, frame = opened()
    page.set_viewport_size({"width": 400, "height": 600})
    frame.locator("output", has_text="script> 2").wait_for(timeout=5000)
    width, drawn = frame.locator("canvas").evaluate("canvas => [canvas.clientWidth, canvas.width]")
    assert width == drawn < 400


@pytest.mark.browser
def test_a_script_that_stops_says_so(opened):
    _, frame = opened(script="throw new Error('no such layer')")
    assert (
        "This picture has stopped: Uncaught Error: no such layer"
        in frame.locator("[role=alert]").inner_text()
    )
