// How alike learned positions are, through a training: all maps in the grid of the patches, and one of them large.

const element = (id) => document.getElementById(id);
const side = data.side, N = side * side, moments = data.shares.length;
const state = { moment: 0, row: data.row, column: data.column };
const TOP = 22;

const alike = (patch, other) => data.alike.values[(state.moment * N + patch) * N + other];
const chosen = () => state.row * side + state.column;
const number = (x) => x.toFixed(2).replace("-", "−");
const percent = (share) => `${Math.round(100 * share)} %`;

// The mean cosine of a patch with those beside it, and with all others.
function neighbours(patch) {
  const near = [], far = [];
  for (let other = 0; other < N; other++) {
    if (other === patch) continue;
    const apart = Math.abs(Math.floor(other / side) - Math.floor(patch / side)) + Math.abs((other % side) - (patch % side));
    (apart === 1 ? near : far).push(alike(patch, other));
  }
  const mean = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;
  return [mean(near), mean(far)];
}

function drawMap(pen, patch, left, top, dot) {
  for (let other = 0; other < N; other++) {
    const at = colourAt(alike(patch, other), true);
    const [r, g, b] = data.colours.values.subarray(at, at + 3);
    pen.fillStyle = `rgb(${r} ${g} ${b})`;
    pen.fillRect(left + (other % side) * dot, top + Math.floor(other / side) * dot, dot + 0.3, dot + 0.3);
  }
}

// Where the maps lie: the room of one, and of a dot in it.
function layout() {
  const { width, height } = element("maps").getBoundingClientRect();
  const room = Math.min(width, height - TOP) / side;
  return { room, dot: (room - 4) / side };
}

function title(pen, text) {
  pen.fillStyle = colour("ink");
  pen.font = "14px system-ui, sans-serif";
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillText(text, 0, TOP / 2);
}

function drawAll() {
  const pen = context(element("maps")), { room, dot } = layout();
  title(pen, "a map for each patch, where it lies");
  for (let patch = 0; patch < N; patch++) {
    drawMap(pen, patch, (patch % side) * room, TOP + Math.floor(patch / side) * room, dot);
  }
  frame(pen, [state.column * room - 1, TOP + state.row * room - 1, room - 2, room - 2], 1.5);
}

function drawOne() {
  const pen = context(element("one"));
  const { width, height } = element("one").getBoundingClientRect();
  const dot = Math.min(width, height - TOP - 24) / side;
  title(pen, `row ${state.row}, column ${state.column}`);
  drawMap(pen, chosen(), 0, TOP, dot);
  frame(pen, [state.column * dot, TOP + state.row * dot, dot, dot], 1.5);
  pen.fillStyle = colour("muted");
  pen.font = "13px system-ui, sans-serif";
  pen.fillText("blue −1 · white 0 · red 1", 0, TOP + side * dot + 12);
}

function sentence() {
  const [near, far] = neighbours(chosen());
  return `After ${percent(data.shares[state.moment])} of the training, the position of this patch has a cosine of `
    + `${number(near)} with its neighbours and ${number(far)} with all others, on average.`;
}

function show() {
  for (const name of ["moment", "row", "column"]) {
    const slider = element(name);
    slider.value = state[name];
    const text = name === "moment" ? percent(data.shares[state.moment]) : String(state[name]);
    slider.setAttribute("aria-valuetext", text);
    slider.nextElementSibling.textContent = text;
  }
  drawAll();
  drawOne();
  element("said").textContent = sentence();
}

function change(what) {
  Object.assign(state, what);
  show();
  announce(sentence());
}

for (const [name, most] of [["moment", moments - 1], ["row", side - 1], ["column", side - 1]]) {
  element(name).max = most;
  element(name).addEventListener("input", (event) => change({ [name]: Number(event.target.value) }));
}

function point(event) {
  const box = element("maps").getBoundingClientRect(), { room } = layout();
  const column = Math.floor((event.clientX - box.left) / room);
  const row = Math.floor((event.clientY - box.top - TOP) / room);
  const inside = row >= 0 && column >= 0 && row < side && column < side;
  if (inside && (row !== state.row || column !== state.column)) change({ row, column });
}
element("maps").addEventListener("pointerdown", (event) => { event.target.setPointerCapture(event.pointerId); point(event); });
element("maps").addEventListener("pointermove", (event) => { if (event.buttons) point(event); });

onTheme(show);
