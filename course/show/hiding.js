// A masked auto-encoder in the page: what is hidden on the left is painted on the right, as the pointer moves.

const element = (id) => document.getElementById(id);
const [ROWS, COLUMNS] = data.grid, N = ROWS * COLUMNS, P = data.patch, SIDE = COLUMNS * P;
const NUMBERS = P * P * 3;  // of a patch: row, column, colour
const PAINTERS = ["the trained MAE", "nearest visible patch", "zero, true means pasted in", "the original"];
const state = { image: data.first, hidden: new Uint8Array(N), painter: 0, order: data.start, at: 0 };

// --- the network -----------------------------------------------------------------------------------------------------

const weights = (name) => {
  const [first, count] = data.weights.places[name];
  return data.weights.values.values.subarray(first, first + count);
};

// x (n, into) times a matrix (out, into), plus a bias -> (n, out)
function linear(x, n, name) {
  const matrix = weights(`${name}.weight`), bias = weights(`${name}.bias`);
  const out = bias.length, into = matrix.length / out, y = new Float32Array(n * out);
  for (let i = 0; i < n; i++) for (let o = 0; o < out; o++) {
    let sum = bias[o];
    for (let k = 0; k < into; k++) sum += x[i * into + k] * matrix[o * into + k];
    y[i * out + o] = sum;
  }
  return y;
}

function normed(x, n, name) {
  const gain = weights(`${name}.weight`), shift = weights(`${name}.bias`), d = gain.length, y = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    const row = x.subarray(i * d, (i + 1) * d);
    const mean = row.reduce((sum, one) => sum + one, 0) / d;
    const variance = row.reduce((sum, one) => sum + (one - mean) ** 2, 0) / d;
    const scale = 1 / Math.sqrt(variance + 1e-6);
    for (let k = 0; k < d; k++) y[i * d + k] = (row[k] - mean) * scale * gain[k] + shift[k];
  }
  return y;
}

// erf by Abramowitz and Stegun 7.1.26, off by at most 1.5e-7.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}
const gelu = (x) => 0.5 * x * (1 + erf(x / Math.SQRT2));

function attend(x, n, name, heads) {
  const [q, k, v] = ["query", "key", "value"].map((part) => linear(x, n, `${name}.${part}`));
  const d = q.length / n, D = d / heads, mixed = new Float32Array(n * d), scores = new Float32Array(n);
  for (let h = 0; h < heads; h++) for (let i = 0; i < n; i++) {
    let largest = -Infinity, total = 0;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let c = h * D; c < (h + 1) * D; c++) sum += q[i * d + c] * k[j * d + c];
      scores[j] = sum / Math.sqrt(D);
      largest = Math.max(largest, scores[j]);
    }
    for (let j = 0; j < n; j++) total += scores[j] = Math.exp(scores[j] - largest);
    for (let j = 0; j < n; j++) for (let c = h * D; c < (h + 1) * D; c++) mixed[i * d + c] += (scores[j] / total) * v[j * d + c];
  }
  return linear(mixed, n, `${name}.output`);
}

// Pre-norm layers, then the last norm: x (n, d) -> (n, d)
function transformer(x, n, name, depth, heads) {
  for (let layer = 0; layer < depth; layer++) {
    const its = `${name}.layers.${layer}`;
    const looked = attend(normed(x, n, `${its}.norm1`), n, `${its}.attention`, heads);
    x = x.map((one, i) => one + looked[i]);
    const thought = linear(linear(normed(x, n, `${its}.norm2`), n, `${its}.mlp.expand`).map(gelu), n, `${its}.mlp.contract`);
    x = x.map((one, i) => one + thought[i]);
  }
  return normed(x, n, `${name}.norm`);
}

// All patches as predicted from the visible ones: patches (N, P·P·3), 0 … 1 -> the same
function mae(patches, hidden) {
  const [d, e] = [data.width, data.decoder_width];
  const mean = weights("encoder.embedding.projection.mean"), std = weights("encoder.embedding.projection.std");
  const kernel = weights("encoder.embedding.projection.weight"), bias = weights("encoder.embedding.projection.bias");
  const places = weights("encoder.position.table"), kept = [...Array(N).keys()].filter((i) => !hidden[i]);
  const tokens = new Float32Array((1 + kept.length) * d);
  tokens.set(weights("encoder.cls").map((one, c) => one + places[c]));
  kept.forEach((patch, row) => {
    for (let c = 0; c < d; c++) {
      let sum = bias[c];
      for (let p = 0; p < P * P; p++) for (let colour = 0; colour < 3; colour++) {
        sum += ((patches[patch * NUMBERS + p * 3 + colour] - mean[colour]) / std[colour]) * kernel[(c * 3 + colour) * P * P + p];
      }
      tokens[(1 + row) * d + c] = sum + places[(1 + patch) * d + c];
    }
  });
  const known = transformer(tokens, 1 + kept.length, "encoder", data.depth[0], data.heads[0]);
  const short = linear(known, 1 + kept.length, "decoder.embedding");
  const all = new Float32Array((1 + N) * e), mask = weights("decoder.mask"), where = weights("decoder.position.table");
  for (let i = 0; i <= N; i++) all.set(mask, i * e);
  all.set(short.subarray(0, e));
  kept.forEach((patch, row) => all.set(short.subarray((1 + row) * e, (2 + row) * e), (1 + patch) * e));
  const painted = transformer(all.map((one, i) => one + where[i]), 1 + N, "decoder", data.depth[1], data.heads[1]);
  return linear(painted, 1 + N, "decoder.prediction").subarray(NUMBERS);
}

// --- who else paints -------------------------------------------------------------------------------------------------

// A picture's patches, row by row: (N, P·P·3), 0 … 1
function patchesOf(image) {
  const pixels = data.images.values, patches = new Float32Array(N * NUMBERS);
  for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) for (let c = 0; c < 3; c++) {
    const patch = Math.floor(y / P) * COLUMNS + Math.floor(x / P);
    patches[patch * NUMBERS + ((y % P) * P + (x % P)) * 3 + c] = pixels[((image * SIDE + y) * SIDE + x) * 3 + c] / 255;
  }
  return patches;
}

function meanColour(patches, patch) {
  const mean = [0, 0, 0];
  for (let i = 0; i < NUMBERS; i++) mean[i % 3] += patches[patch * NUMBERS + i] / (P * P);
  return mean;
}
const filled = (colours) => Float32Array.from({ length: N * NUMBERS }, (_, i) => colours[Math.floor(i / NUMBERS)][i % 3]);

// The mean colour of the nearest visible patches; of several equally near ones, of them all.
function nearest(patches, hidden) {
  const kept = [...Array(N).keys()].filter((i) => !hidden[i]), means = kept.map((i) => meanColour(patches, i));
  return filled([...Array(N).keys()].map((i) => {
    const apart = kept.map((j) => (Math.floor(i / COLUMNS) - Math.floor(j / COLUMNS)) ** 2 + ((i % COLUMNS) - (j % COLUMNS)) ** 2);
    const least = Math.min(...apart), near = means.filter((_, j) => apart[j] === least);
    return [0, 1, 2].map((c) => near.reduce((sum, mean) => sum + mean[c], 0) / near.length);
  }));
}

// Zero, shown with the true patch's own mean, one for all its numbers.
function zero(patches) {
  return filled([...Array(N).keys()].map((i) => Array(3).fill(meanColour(patches, i).reduce((sum, one) => sum + one, 0) / 3)));
}

function decibels(painted, patches, hidden) {
  let sum = 0, count = 0;
  for (let i = 0; i < N * NUMBERS; i++) if (hidden[Math.floor(i / NUMBERS)]) [sum, count] = [sum + (painted[i] - patches[i]) ** 2, count + 1];
  return -10 * Math.log10(sum / count);
}

// --- the picture -----------------------------------------------------------------------------------------------------

let patches, painted, scores, many;
function compute() {
  patches = patchesOf(state.image);
  many = state.hidden.reduce((sum, one) => sum + one, 0);
  painted = [mae(patches, state.hidden), many < N ? nearest(patches, state.hidden) : filled(Array(N).fill([0.5, 0.5, 0.5])), zero(patches), patches];
  scores = painted.slice(0, 3).map((one) => (many ? decibels(one, patches, state.hidden).toFixed(1) : "–"));
}

function paint(canvas, shown, hatched) {
  const pen = context(canvas), { width, height } = canvas.getBoundingClientRect();
  const small = new OffscreenCanvas(SIDE, SIDE), image = new ImageData(SIDE, SIDE);
  for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) {
    const patch = Math.floor(y / P) * COLUMNS + Math.floor(x / P), at = patch * NUMBERS + ((y % P) * P + (x % P)) * 3;
    for (let c = 0; c < 3; c++) image.data[(y * SIDE + x) * 4 + c] = 255 * Math.min(1, Math.max(0, shown[at + c]));
    image.data[(y * SIDE + x) * 4 + 3] = 255;
  }
  small.getContext("2d").putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, width, height);
  if (!hatched) return;
  const [wide, high] = [width / COLUMNS, height / ROWS];
  pen.lineWidth = 1;
  for (let i = 0; i < N; i++) if (state.hidden[i]) {
    const [left, top] = [(i % COLUMNS) * wide, Math.floor(i / COLUMNS) * high];
    pen.fillStyle = colour("paper");
    pen.fillRect(left, top, wide, high);
    pen.strokeStyle = colour("muted");
    pen.beginPath();
    pen.moveTo(left, top + high);
    pen.lineTo(left + wide, top);
    pen.stroke();
  }
  if (document.activeElement === canvas) {
    pen.strokeStyle = colour("second");
    pen.lineWidth = 3;
    pen.strokeRect((state.at % COLUMNS) * wide + 1.5, Math.floor(state.at / COLUMNS) * high + 1.5, wide - 3, high - 3);
  }
}

const sentence = () => !many ? "Nothing is hidden: nothing is asked." :
  `${many} of ${N} patches are hidden. On them the trained MAE has ${scores[0]} dB, the nearest visible patch ${scores[1]} dB` +
  `${many === N ? " (nothing is visible: grey)" : ""}; zero with the true means pasted in, which has learnt nothing, ${scores[2]} dB.`;

function show() {
  const shown = patches.map((one, i) => (state.hidden[Math.floor(i / NUMBERS)] ? painted[state.painter][i] : one));
  paint(element("board"), patches, true);
  paint(element("painted"), shown, false);
  element("painted").setAttribute("aria-label", `The picture as painted by ${PAINTERS[state.painter]}`);
  element("title").textContent = PAINTERS[state.painter];
  element("percent").textContent = `${Math.round((100 * many) / N)} %`;
  element("share").setAttribute("aria-valuetext", `${many} of ${N} patches`);
  [...element("pictures").children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === state.image)));
  [...element("painters").children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === state.painter)));
  element("rows").replaceChildren(...PAINTERS.slice(0, 3).map((name, i) => {
    const line = document.createElement("tr");
    line.className = i === state.painter ? "chosen" : "";
    for (const text of [name, scores[i]]) line.appendChild(document.createElement("td")).textContent = text;
    return line;
  }));
  element("said").textContent = sentence();
}
function change(what) {
  Object.assign(state, what);
  compute();
  show();
  announce(sentence());
}

// --- hands -----------------------------------------------------------------------------------------------------------

// Patches in an order drawn by a number (mulberry32): the first of them are hidden.
function shuffled(seed) {
  const order = [...Array(N).keys()];
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  for (let i = N - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
function atRandom(percent, order) {
  const hidden = new Uint8Array(N);
  for (const patch of shuffled(order).slice(0, Math.round((N * percent) / 100))) hidden[patch] = 1;
  change({ hidden, order });
}
element("share").addEventListener("input", (event) => atRandom(Number(event.target.value), state.order));
element("again").addEventListener("click", () => atRandom(Number(element("share").value), state.order + 1));

for (let i = 0; i < data.images.shape[0]; i++) {
  const button = element("pictures").appendChild(document.createElement("button"));
  button.textContent = `picture ${i + 1}`;
  button.addEventListener("click", () => change({ image: i }));
}
PAINTERS.forEach((name, painter) => {
  const button = element("painters").appendChild(document.createElement("button"));
  button.textContent = name;
  button.addEventListener("click", () => change({ painter }));
});

const board = element("board");
board.setAttribute("aria-label", "The picture's 8 by 8 patches; arrow keys choose one, space hides or shows it.");
let pen = null;  // 1 while patches are being hidden, 0 while they are being shown
function under(event) {
  const box = board.getBoundingClientRect();
  const column = Math.floor(((event.clientX - box.left) / box.width) * COLUMNS);
  const row = Math.floor(((event.clientY - box.top) / box.height) * ROWS);
  return column >= 0 && column < COLUMNS && row >= 0 && row < ROWS ? row * COLUMNS + column : -1;
}
function put(patch, value) {
  if (patch < 0 || state.hidden[patch] === value) return;
  const hidden = state.hidden.slice();
  hidden[patch] = value;
  change({ hidden, at: patch });
}
board.addEventListener("pointerdown", (event) => {
  const patch = under(event);
  pen = 1 - state.hidden[patch];
  board.setPointerCapture(event.pointerId);
  put(patch, pen);
});
board.addEventListener("pointermove", (event) => { if (pen !== null) put(under(event), pen); });
for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, () => { pen = null; });
board.addEventListener("focus", show);
board.addEventListener("blur", show);
board.addEventListener("keydown", (event) => {
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
  if (event.key === " ") put(state.at, 1 - state.hidden[state.at]);
  else if (!down && !right) return;
  else {
    const row = Math.min(ROWS - 1, Math.max(0, Math.floor(state.at / COLUMNS) + down));
    state.at = row * COLUMNS + Math.min(COLUMNS - 1, Math.max(0, (state.at % COLUMNS) + right));
    show();
  }
  event.preventDefault();
});

element("share").value = Math.round(100 * data.share);
atRandom(100 * data.share, data.start);
onTheme(show);
