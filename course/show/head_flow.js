// The shapes of multi-head attention, one step after another: rectangles to scale, one colour a head.

const element = (id) => document.getElementById(id);
const { B, d } = data;
const state = { step: 0, L: data.start.L, h: data.start.h };
const w = () => d / state.h;

// Each step: its name, its shape, what to draw (kind, names), and a sentence.
const STEPS = [
  { name: "the tokens X", shape: () => [B, state.L, d], kind: "whole", names: ["X"],
    text: () => `${B} sequences of ${state.L} tokens, each ${d} numbers wide. One sequence is drawn: a row for each token.` },
  { name: "queries, keys, values", shape: () => [B, state.L, d], kind: "cut", names: ["Q", "K", "V"],
    text: () => `Three linear layers. Nothing is divided yet, but the colours show which numbers will belong to which head: ${w()} of ${d} columns each.` },
  { name: "cut, and heads in front", shape: () => [B, state.h, state.L, w()], kind: "heads", names: ["Q", "K", "V"],
    text: () => `Every head gets ${w()} columns of all ${state.L} tokens. Heads now stand where a batch would: no loop is needed.` },
  { name: "scores", shape: () => [B, state.h, state.L, state.L], kind: "tables", names: ["Q Kᵀ / √"],
    text: () => `A table of ${state.L} × ${state.L} in each head, divided by √${w()}, the root of the width of a head. More heads: more tables, each made of fewer products.` },
  { name: "weights", shape: () => [B, state.h, state.L, state.L], kind: "tables", names: ["softmax"],
    text: () => `Each row of each table sums to one: ${state.h * state.L} distributions for a sequence, where one head has ${state.L}.` },
  { name: "weighted sums", shape: () => [B, state.h, state.L, w()], kind: "heads", names: ["weights · V"],
    text: () => `Each head hands over a mean of its own ${w()} columns of V.` },
  { name: "heads side by side", shape: () => [B, state.L, d], kind: "cut", names: ["merged"],
    text: () => `Tokens in front again, the heads of each token side by side: ${state.h} · ${w()} = ${d}. The colours must lie as they did in step 2. Still no head has met another.` },
  { name: "the output layer", shape: () => [B, state.L, d], kind: "whole", names: ["Y"],
    text: () => `One linear layer d → d mixes the heads. Same shape as X: layers can be stacked.` },
];

const HUES = ["accent", "second", "third", "fourth"];
const GAP = 26, TOP = 30;

function draw() {
  const pen = context(element("flow"));
  const { width, height } = element("flow").getBoundingClientRect();
  const { kind, names } = STEPS[state.step];
  const room = (width - GAP * (names.length + 1)) / names.length;
  pen.font = "14px system-ui, sans-serif";
  pen.textAlign = "center";
  names.forEach((name, place) => {
    const left = GAP + place * (room + GAP);
    const title = name.endsWith("√") ? `${name}${w()}` : name;
    pen.fillStyle = colour("ink");
    pen.fillText(title, left + room / 2, 16);
    PAINT[kind](pen, left, room, height - TOP - 8);
  });
}

// A matrix: rows of cells, coloured by which head each column belongs to (null: none yet).
function matrix(pen, left, top, rows, columns, dot, head) {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const of = head(column);
      pen.fillStyle = colour(of === null ? "muted" : HUES[of % HUES.length]);
      pen.globalAlpha = 0.55 + 0.4 * ((row + column) % 2);
      pen.fillRect(left + column * dot, top + row * dot, dot - 1, dot - 1);
    }
  }
  pen.globalAlpha = 1;
}

const fitting = (room, high, columns, rows) => Math.max(2, Math.min(room / columns, high / rows, 18));

const PAINT = {
  whole(pen, left, room, high) {
    const dot = fitting(room, high, d, state.L);
    matrix(pen, left + (room - d * dot) / 2, TOP, state.L, d, dot, () => null);
  },
  cut(pen, left, room, high) {
    const dot = fitting(room, high, d, state.L);
    matrix(pen, left + (room - d * dot) / 2, TOP, state.L, d, dot, (column) => Math.floor(column / w()));
  },
  heads(pen, left, room, high) { several(pen, left, room, high, w()); },
  tables(pen, left, room, high) { several(pen, left, room, high, state.L); },
};

// One matrix for each head, in as many columns as leave them largest.
function several(pen, left, room, high, columns) {
  const { h, L } = state;
  const sizes = [1, 2, 4, 8].filter((across) => across <= h).map((across) => {
    const down = Math.ceil(h / across);
    return { across, dot: fitting(room - 8 * (across - 1), high - 8 * (down - 1), across * columns, down * L) };
  });
  const { across, dot } = sizes.reduce((best, one) => (one.dot > best.dot ? one : best));
  const wide = across * columns * dot + 8 * (across - 1);
  for (let head = 0; head < h; head++) {
    const x = left + (room - wide) / 2 + (head % across) * (columns * dot + 8);
    const y = TOP + Math.floor(head / across) * (L * dot + 8);
    matrix(pen, x, y, L, columns, dot, () => head);
    badge(pen, x + (columns * dot) / 2, y + (L * dot) / 2, head);
  }
}

// A head's number, for who cannot tell the colours.
function badge(pen, x, y, head) {
  pen.fillStyle = colour("paper");
  pen.beginPath();
  pen.arc(x, y, 9, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = colour("ink");
  pen.textBaseline = "middle";
  pen.fillText(head, x, y + 0.5);
  pen.textBaseline = "alphabetic";
}

function show() {
  const step = STEPS[state.step];
  for (const name of ["L", "h"]) {
    const slider = element(name);
    slider.value = data.choices[name].indexOf(state[name]);
    slider.setAttribute("aria-valuetext", state[name]);
    slider.nextElementSibling.textContent = state[name];
  }
  element("back").disabled = state.step === 0;
  element("on").disabled = state.step === STEPS.length - 1;
  element("step").textContent = `${state.step + 1} of ${STEPS.length}: ${step.name}`;
  element("shape").textContent = `(${step.shape().join(", ")})`;
  element("said").textContent = step.text();
  draw();
}
function change(what) {
  Object.assign(state, what);
  show();
  announce(`${STEPS[state.step].name}, ${element("shape").textContent}. ${STEPS[state.step].text()}`);
}

element("back").addEventListener("click", () => change({ step: state.step - 1 }));
element("on").addEventListener("click", () => change({ step: state.step + 1 }));
for (const name of ["L", "h"]) {
  element(name).max = data.choices[name].length - 1;
  element(name).addEventListener("input", (event) => change({ [name]: data.choices[name][event.target.value] }));
}

onTheme(show);
