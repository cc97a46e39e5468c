// One tensor (B, N, D) as B tables; the cells that share a mean with the chosen one are filled.

const element = (id) => document.getElementById(id);
const [B, N, D] = data.x.shape;
const PER_GROUP = D / data.groups;
const state = { norm: "batch", mode: "training", at: [0, 1, 1], added: 0 };
const EPS = 1e-5;

// --- what is computed ------------------------------------------------------------------------------------------------

const SHARES = {
  batch: ([, , d], [, , e]) => d === e,
  layer: ([b, n], [c, m]) => b === c && n === m,
  instance: ([b, , d], [c, , e]) => b === c && d === e,
  group: ([b, , d], [c, , e]) => b === c && Math.floor(d / PER_GROUP) === Math.floor(e / PER_GROUP),
};
const OVER = {
  batch: `B·N = ${B}·${N}`, layer: `D = ${D}`, instance: `N = ${N}`, group: `N·D/G = ${N}·${PER_GROUP}`,
};

const places = [];
for (let b = 0; b < B; b++) for (let n = 0; n < N; n++) for (let d = 0; d < D; d++) places.push([b, n, d]);

const value = ([b, n, d], added = state.added) => data.x.values[(b * N + n) * D + d] + (b === B - 1 ? added : 0);
const remembers = () => state.norm === "batch" && state.mode === "evaluation";
const sharing = () => (remembers() ? [] : places.filter((place) => SHARES[state.norm](state.at, place)));

function moments(added = state.added) {
  if (remembers()) return { mean: data.mean.values[state.at[2]], variance: data.variance.values[state.at[2]] };
  const values = sharing().map((place) => value(place, added));
  const mean = values.reduce((a, b) => a + b) / values.length;
  return { mean, variance: values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length };
}

function normalised(added = state.added) {
  const { mean, variance } = moments(added);
  return (value(state.at, added) - mean) / Math.sqrt(variance + EPS);
}

// --- the picture -----------------------------------------------------------------------------------------------------

const GAP = 18, TOP = 24;
function layout() {  // the tables beside each other; on a phone one below the other
  const { width, height } = element("cells").getBoundingClientRect();
  const beside = width < 500 ? 1 : B, below = B / beside;
  return { beside, wide: (width - 4 - GAP * (beside - 1)) / (beside * D), high: (height / below - TOP - 4) / N };
}
function corner([b, n, d], { beside, wide, high }) {
  const right = b % beside, down = Math.floor(b / beside);
  return [2 + right * (D * wide + GAP) + d * wide, down * (N * high + TOP + 4) + TOP + n * high];
}
const same = (one, other) => one.every((place, axis) => place === other[axis]);
const short = (x) => x.toFixed(1).replace(/^-0.0$/, "0.0").replace("-", "−");
const number = (x) => x.toFixed(2).replace("-", "−");

function draw() {
  const pen = context(element("cells")), size = layout();
  const filled = sharing();
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = colour("ink");
  pen.font = "14px system-ui, sans-serif";
  for (let b = 0; b < B; b++) {
    const [x, y] = corner([b, 0, 0], size);
    pen.fillText(`image ${b + 1}: ${N} tokens × ${D} channels`, x + (D * size.wide) / 2, y - TOP / 2 - 1);
  }
  pen.font = `${size.wide > 44 ? 14 : 11}px system-ui, sans-serif`;
  for (const place of places) {
    const [x, y] = corner(place, size);
    const shares = filled.some((other) => same(other, place));
    pen.fillStyle = shares ? colour("accent") : colour("paper");
    pen.fillRect(x, y, size.wide, size.high);
    pen.strokeStyle = colour("grid");
    pen.lineWidth = 1;
    pen.strokeRect(x + 0.5, y + 0.5, size.wide - 1, size.high - 1);
    pen.fillStyle = shares ? colour("paper") : colour("ink");
    pen.fillText(short(value(place)), x + size.wide / 2, y + size.high / 2);
  }
  const [x, y] = corner(state.at, size);
  pen.strokeStyle = colour("second");
  pen.lineWidth = 4;
  pen.strokeRect(x + 2, y + 2, size.wide - 4, size.high - 4);
}

function sentence() {
  const [b, n, d] = state.at, { mean, variance } = moments();
  const from = remembers()
    ? "Its mean and deviation are remembered from training; no cell here has a say"
    : `It shares mean and deviation with ${sharing().length} cells (itself among them), ${OVER[state.norm]}`;
  const before = state.added
    ? ` Before the last image was changed it became ${number(normalised(0))}.`
    : "";
  return `Image ${b + 1}, token ${n + 1}, channel ${d + 1} holds ${number(value(state.at))}. ${from}: ` +
    `mean ${number(mean)}, deviation ${number(Math.sqrt(variance))}. It becomes ${number(normalised())}.${before}`;
}

// --- hands -----------------------------------------------------------------------------------------------------------

function show() {
  for (const button of document.querySelectorAll("button")) {
    const { norm, mode } = button.dataset;
    button.setAttribute("aria-pressed", String(norm === state.norm || mode === state.mode));
  }
  element("added").textContent = `+${state.added}`;
  element("said").textContent = sentence();
  draw();
}
function change(what, spoken = true) {
  Object.assign(state, what);
  show();
  if (spoken) announce(sentence());
}

for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", () => change({ ...button.dataset }));
}
element("disturb").addEventListener("input", (event) => change({ added: Number(event.target.value) }));

const cells = element("cells");
cells.setAttribute("aria-label", `${B} images of ${N} tokens and ${D} channels; arrow keys choose a cell.`);
cells.addEventListener("pointermove", (event) => {
  const box = cells.getBoundingClientRect(), size = layout();
  const under = places.find((place) => {
    const [x, y] = corner(place, size);
    const [right, down] = [event.clientX - box.left - x, event.clientY - box.top - y];
    return right >= 0 && right < size.wide && down >= 0 && down < size.high;
  });
  if (under && !same(under, state.at)) change({ at: under }, false);
});
cells.addEventListener("keydown", (event) => {
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
  if (!step) return;
  const [b, n, d] = state.at;
  const across = Math.min(B * D - 1, Math.max(0, b * D + d + step[0]));  // the tables are walked through as one
  const down = Math.min(N - 1, Math.max(0, n + step[1]));
  change({ at: [Math.floor(across / D), down, across % D] });
  event.preventDefault();
});

onTheme(show);
