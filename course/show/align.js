// Target tokens down, source tokens across; the steps of the decoding are played one at a time.

const element = (id) => document.getElementById(id);
const { source, target } = data;
const [Lt, Ls] = [target.length, source.length];
const TOP = 34, GAP = 6, SECOND = 1000;  // GAP between names and cells; a step takes at most a second
const MEAN = -1;  // instead of a head

const state = { layer: data.layers - 1, head: data.heads > 1 ? MEAN : 0, step: Lt, row: Lt - 1, column: 0 };
state.column = byWeight(row(state.row))[0];

function row(step) {
  return state.head === MEAN
    ? rowOf(data.mean, state.layer * Lt + step)
    : rowOf(data.weights, (state.layer * data.heads + state.head) * Lt + step);
}

// The end of the colour scale: the largest weight of all steps, so that a colour means the same in each of them.
const top = () => Math.max(...target.map((_, step) => largestOf(row(step))));

// --- The matrix ---

const canvas = element("matrix");
let left = 0, cell = data.cell;

// As wide as the page allows: names on the left, cells as large as they fit, never too small to hit.
function layOut() {
  const pen = canvas.getContext("2d");
  pen.font = "14px system-ui, sans-serif";
  left = Math.max(...target.map((token) => pen.measureText(token).width)) + 2 * GAP + 22;
  const room = element("scroll").clientWidth - left - 2;
  cell = Math.max(12, Math.min(upright() ? data.cell : 2 * data.cell, room / Ls));
  canvas.style.width = `${Math.ceil(left + cell * Ls + 2)}px`;
  canvas.style.maxWidth = "none";
  canvas.style.height = `${above() + data.cell * Lt + 2}px`;
}

const upright = () => source.every((token) => token.length <= 2);
const above = () => (upright() ? TOP : 20 + 8 * Math.min(14, Math.max(...source.map((token) => token.length))));

function draw() {
  layOut();
  const pen = context(canvas);
  pen.font = "14px system-ui, sans-serif";
  pen.textBaseline = "middle";
  names(pen);
  const most = top();
  for (let step = 0; step < state.step; step++) {
    row(step).forEach((weight, place) => {
      const at = colourAt(weight / most, false);
      const [r, g, b] = data.sequential.values.subarray(at, at + 3);
      pen.fillStyle = `rgb(${r}, ${g}, ${b})`;
      pen.fillRect(left + place * cell, above() + step * data.cell, cell - 1, data.cell - 1);
    });
  }
  mark(pen, state.row, byWeight(row(state.row))[0], [2, 2]);
  mark(pen, state.row, state.column, []);
  drawColours(element("scale"), data.sequential.values);
  element("scale-high").textContent = told(most);
  element("scale").setAttribute("aria-label", `Colour scale from 0 to ${told(most)}, the largest weight here`);
}

function names(pen) {
  const bold = (on) => { pen.font = `${on ? "700 " : ""}14px system-ui, sans-serif`; pen.fillStyle = colour(on ? "accent" : "ink"); };
  pen.textAlign = "right";
  target.forEach((token, step) => {
    if (step >= state.step) return;
    bold(step === state.row);
    pen.fillText(token, left - GAP, above() + (step + 0.5) * data.cell);
  });
  source.forEach((token, place) => {
    bold(place === state.column);
    pen.save();
    pen.translate(left + (place + 0.5) * cell, above() - GAP);
    if (!upright()) pen.rotate(-Math.PI / 3);
    pen.textAlign = upright() ? "center" : "left";
    pen.textBaseline = upright() ? "bottom" : "middle";
    pen.fillText(token, 0, 0);
    pen.restore();
  });
}

// A frame around a cell; dashed for the source token that gets most.
function mark(pen, step, place, dash) {
  frame(pen, [left + place * cell + 1, above() + step * data.cell + 1, cell - 3, data.cell - 3], 2, dash);
}

// --- In words ---

function sentence() {
  const weights = row(state.row);
  const most = byWeight(weights)[0];
  const head = state.head === MEAN ? "the mean of all heads" : `head ${state.head}`;
  const where = data.layers * data.heads > 1 ? ` (layer ${state.layer}, ${head})` : "";
  return `Step ${state.row + 1} wrote “${target[state.row]}” and gave ${told(weights[state.column])} to ` +
    `“${source[state.column]}”, source token ${state.column + 1}${where}. ` +
    (most === state.column ? "No other gets more." : `Most, ${told(weights[most])}, went to “${source[most]}”, token ${most + 1}.`);
}

function fillTable() {
  const weights = row(state.row);
  const lines = byWeight(weights).slice(0, 8).map((place) => {
    const line = document.createElement("tr");
    for (const text of [source[place], place + 1, told(weights[place])]) line.insertCell().textContent = text;
    return line;
  });
  element("cells").replaceChildren(...lines);
}

function drawAll() {
  draw();
  element("layer-said").textContent = `${state.layer} of ${data.layers - 1}`;
  element("step-said").textContent = `${state.step} of ${Lt}`;
  element("step").value = state.step;
  element("said").textContent = sentence();
  element("play").textContent = playing ? "Pause" : state.step === Lt ? "Play from the start" : "Play";
  fillTable();
}

const drawSoon = onceAFrame(drawAll);
const drawAndSaySoon = onceAFrame(() => { drawAll(); announce(sentence()); });

function change(what, spoken = true) {
  Object.assign(state, what);
  state.row = Math.min(state.row, state.step - 1);
  (spoken ? drawAndSaySoon : drawSoon)();
}

// --- Hands ---

let playing = null;

function goTo(step) {
  state.step = step;
  change({ row: step - 1, column: byWeight(row(step - 1))[0] });
}

function pause() {
  clearInterval(playing);
  playing = null;
}

element("play").addEventListener("click", () => {
  if (playing) {
    pause();
    change({});
    return;
  }
  const from = state.step === Lt ? 1 : state.step;
  playing = setInterval(() => {
    if (state.step >= Lt) { pause(); change({}); } else goTo(state.step + 1);
  }, Math.min(SECOND, 15 * SECOND / Lt));
  goTo(from);
});

canvas.addEventListener("pointermove", (event) => {
  const box = canvas.getBoundingClientRect();
  const place = Math.floor((event.clientX - box.left - left) / cell);
  const step = Math.floor((event.clientY - box.top - above()) / data.cell);
  if (place >= 0 && place < Ls && step >= 0 && step < state.step) change({ row: step, column: place }, false);
});
canvas.addEventListener("keydown", (event) => {
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Ls], End: [0, Ls] };
  if (!(event.key in moves)) return;
  const [down, right] = moves[event.key];
  change({
    row: Math.min(state.step - 1, Math.max(0, state.row + down)),
    column: Math.min(Ls - 1, Math.max(0, state.column + right)),
  });
  event.preventDefault();
});

element("head").append(...(data.heads > 1 ? [new Option("mean of all", MEAN)] : []));
element("head").append(...Array.from({ length: data.heads }, (_, head) => new Option(head, head)));
element("head").value = state.head;
element("layer").max = data.layers - 1;
element("layer").value = state.layer;
element("step").max = Lt;
element("layer-row").hidden = data.layers === 1;
element("head-row").hidden = data.heads === 1;
element("layer").addEventListener("input", (event) => change({ layer: Number(event.target.value) }));
element("head").addEventListener("change", (event) => change({ head: Number(event.target.value) }));
element("step").addEventListener("input", (event) => { pause(); goTo(Number(event.target.value)); });
onTheme(drawAll);
