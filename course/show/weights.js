// What the figures of attention weights share.

// One row of weights, from bytes scaled by the row's largest weight (see weights.py).
function rowOf({ levels, largest }, place) {
  const keys = levels.shape[levels.shape.length - 1];
  const unit = largest.values[place] / 255;
  return Float32Array.from(levels.values.subarray(place * keys, (place + 1) * keys), (level) => level * unit);
}

const largestOf = (weights) => weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);

// The places of the entries, from the largest to the smallest.
const byWeight = (weights) => [...weights.keys()].sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]));

// A weight to be read: two digits that count, whatever its size.
function told(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return (value < 0 ? "−" : "") + (size >= 0.0995 ? size.toFixed(2) : size >= 0.000995 ? size.toFixed(4) : size.toExponential(1));
}

// The colour of a share of the scale, from 0 to 1, or from −1 to 1 where it diverges: an offset into its bytes.
const colourAt = (share, diverges) =>
  3 * Math.max(0, Math.min(255, Math.round(diverges ? 127.5 * (1 + share) : 255 * share)));

// The colour scale itself, from left to right.
function drawColours(canvas, colours) {
  const pen = context(canvas);
  const { width, height } = canvas.getBoundingClientRect();
  for (let x = 0; x < width; x++) {
    const at = colourAt(x / (width - 1), false);
    pen.fillStyle = `rgb(${colours[at]}, ${colours[at + 1]}, ${colours[at + 2]})`;
    pen.fillRect(x, 0, 1, height);
  }
}

// Black or white, whichever stands out more from a colour (bytes): as course.show.matrices chooses it.
function inkOn(colour) {
  const linear = [...colour].map((byte) => byte / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.1791 ? "#ffffff" : "#000000";
}

// At most one drawing a frame, however many events ask for it.
function onceAFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  };
}

// An image (height, width, 3) of bytes as a canvas to draw from.
function picture({ values, shape: [height, width] }) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { height, width });
  const pixels = canvas.getContext("2d").createImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = values[3 * i + c];
    pixels.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas;
}

// The image for colours to lie on: grey and pale, its black too, for the dark end of the colours would be lost in it.
function drawPale(pen, photo, width, height) {
  pen.filter = "grayscale(1) contrast(0.4) brightness(1.3)";  // from 0.39 to 0.91
  pen.drawImage(photo, 0, 0, width, height);
  pen.filter = "none";
}

// How opaque a share of the scale lies on it: what gets nothing leaves the image bare, what gets much covers it.
const cover = (share) => 0.92 * Math.sqrt(Math.abs(share));

// A line in white within black, which is seen on every colour.
function strokeTwice(pen, stroke, line, dash = []) {
  for (const [width, style, dashes] of [[2 * line, "#000000", []], [line, "#ffffff", dash]]) {
    pen.lineWidth = width;
    pen.strokeStyle = style;
    pen.setLineDash(dashes);
    stroke();
  }
  pen.setLineDash([]);
}

// A frame [x, y, width, height].
const frame = (pen, box, line, dash) => strokeTwice(pen, () => pen.strokeRect(...box), line, dash);
