// The cost of two layers at the sliders' position. `cost`, the formulas, is written above by cost_curves.py.

const element = (id) => document.getElementById(id);
const sizes = { ...data.start };
let inside = "n"; // attention is n wide inside (layer b) or d wide (a Transformer)

const SHORTEST = data.choices.L[0];
const LONGEST = data.choices.L[data.choices.L.length - 1];
const MARGIN = { left: 84, right: 16, top: 10, bottom: 42 };

// --- figures -------------------------------------------------------------------------------------------------------

const insideWidth = () => (inside === "n" ? sizes.n : sizes.d);
const mlp = (L) => cost.mlpFlops(L, sizes.d, sizes.n);
const projections = (L) => cost.attentionProjections(L, sizes.d, insideWidth());
const pairs = (L) => cost.attentionPairs(L, sizes.d, insideWidth());
const attention = (L) => projections(L) + pairs(L);

const whole = (number) => Math.round(number).toLocaleString("en-GB");

function scaled(number, base, units) {
  let step = 0;
  while (step < units.length - 1 && number >= base) { number /= base; step += 1; }
  return `${step === 0 ? whole(number) : number.toPrecision(number >= 100 ? 4 : 3)} ${units[step]}`;
}
const flops = (number) => scaled(number, 1000, ["", "k", "M", "G", "T", "P", "E"].map((prefix) => prefix + "FLOPs"));
const bytes = (number) => scaled(number, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);

function side(L) { // 784 tokens are the pixels of a 28 × 28 image
  const root = Math.round(Math.sqrt(L));
  return root * root === L ? ` = ${whole(root)}²` : "";
}

// --- picture -------------------------------------------------------------------------------------------------------

const log = Math.log10;
const box = () => {
  const { width, height } = element("curves").getBoundingClientRect();
  return { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
};
const across = (L, { left, right }) => left + ((right - left) * log(L / SHORTEST)) / log(LONGEST / SHORTEST);

function drawCurves() {
  const pen = context(element("curves"));
  const frame = box();
  const low = log(Math.min(mlp(SHORTEST), attention(SHORTEST))) - 0.2;
  const high = log(Math.max(mlp(LONGEST), attention(LONGEST))) + 0.2;
  const x = (L) => across(L, frame);
  const y = (value) => frame.bottom - ((frame.bottom - frame.top) * (log(value) - low)) / (high - low);

  pen.font = "14px system-ui, sans-serif";
  drawAxes(pen, frame, low, high, x, y);

  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  pen.clip();
  drawPresent(pen, frame, x);
  drawLine(pen, projections, "third", [3, 3], 2, x, y);
  drawLine(pen, pairs, "fourth", [11, 3, 2, 3], 2, x, y);
  drawLine(pen, mlp, "accent", [], 3, x, y);
  drawLine(pen, attention, "second", [9, 3], 3, x, y);
  pen.restore();

  for (const [of, name] of [[mlp, "accent"], [attention, "second"]]) dot(pen, x(sizes.L), y(of(sizes.L)), name);
  drawCrossing(pen, frame, x, y);
}

function drawAxes(pen, frame, low, high, x, y) {
  pen.strokeStyle = colour("grid");
  pen.fillStyle = colour("ink");
  pen.lineWidth = 1;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const [power, name] of [[3, "kFLOPs"], [6, "MFLOPs"], [9, "GFLOPs"], [12, "TFLOPs"], [15, "PFLOPs"], [18, "EFLOPs"]]) {
    if (power < low || power > high) continue;
    line(pen, frame.left, y(10 ** power), frame.right, y(10 ** power));
    pen.fillText(`1 ${name}`, frame.left - 8, y(10 ** power));
  }
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const [L, name] of [[100, "100"], [1e3, "1,000"], [1e4, "10,000"], [1e5, "100,000"], [1e6, "1,000,000"]]) {
    line(pen, x(L), frame.top, x(L), frame.bottom);
    pen.fillText(name, x(L), frame.bottom + 6);
  }
  pen.fillText("L, tokens", (frame.left + frame.right) / 2, frame.bottom + 22);
}

function drawPresent(pen, frame, x) {
  pen.strokeStyle = colour("muted");
  pen.lineWidth = 1.5;
  line(pen, x(sizes.L), frame.top, x(sizes.L), frame.bottom);
}

function drawLine(pen, of, name, dashes, thickness, x, y) {
  pen.strokeStyle = colour(name);
  pen.lineWidth = thickness;
  pen.setLineDash(dashes);
  pen.beginPath();
  for (let step = 0; step <= 100; step += 1) {
    const L = SHORTEST * (LONGEST / SHORTEST) ** (step / 100);
    pen.lineTo(x(L), y(of(L)));
  }
  pen.stroke();
  pen.setLineDash([]);
}

function drawCrossing(pen, frame, x, y) {
  const L = overtaking();
  const [where, text] = L > 0
    ? [L, `attention overtakes: L = ${whole(L)}`]
    : [mlp(1) / pairs(1), `L² part overtakes the MLP: L = ${whole(mlp(1) / pairs(1))}`];
  if (where < SHORTEST || where > LONGEST) return;
  pen.beginPath();
  pen.arc(x(where), y(mlp(where)), 8, 0, 2 * Math.PI);
  pen.strokeStyle = colour("ink");
  pen.lineWidth = 2;
  pen.stroke();
  const toTheRight = x(where) + 16 + pen.measureText(text).width < frame.right;
  pen.textAlign = toTheRight ? "left" : "right";
  pen.textBaseline = "top";
  pen.fillStyle = colour("ink");
  pen.fillText(text, x(where) + (toTheRight ? 14 : -14), toTheRight ? y(mlp(where)) + 8 : y(mlp(where)) - 24);
}

function line(pen, fromX, fromY, toX, toY) {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

function dot(pen, x, y, name) {
  pen.beginPath();
  pen.arc(x, y, 6, 0, 2 * Math.PI);
  pen.fillStyle = colour(name);
  pen.fill();
  pen.strokeStyle = colour("paper");
  pen.lineWidth = 2;
  pen.stroke();
}

// --- words ---------------------------------------------------------------------------------------------------------

// The price per token is projections + pairs·L for attention and constant for the MLP: solved for L.
const overtaking = () => (mlp(1) - projections(1)) / pairs(1);

function drawTable() {
  const { L, d, n } = sizes;
  const output = `${whole(L)} × ${whole(d)}`;
  const rows = {
    mlp: [cost.mlpParameters(L, d, n), mlp(L), output, `X W1, ${whole(L)} × ${whole(n)}: ${bytes(cost.mlpMiddle(L, d, n))}`],
    attention: [
      cost.attentionParameters(L, d, insideWidth()), attention(L), output,
      `Q Kᵀ, ${whole(L)} × ${whole(L)}: ${bytes(cost.attentionMiddle(L, d, n))}`,
    ],
  };
  for (const [id, [parameters, price, shape, middle]] of Object.entries(rows)) {
    const cells = element(id).querySelectorAll("td");
    [whole(parameters), flops(price), shape, middle].forEach((text, place) => { cells[place].textContent = text; });
  }
}

function sentence() {
  const { L } = sizes;
  const ratio = attention(L) / mlp(L);
  const percent = Math.round((100 * pairs(L)) / attention(L));
  const share = percent < 1 ? "Less than 1" : percent > 99 ? "More than 99" : percent;
  const crossing = overtaking();
  const race = inside === "n"
    ? "It is more expensive at every length."
    : crossing > 0 ? `It overtakes the MLP at L = ${whole(crossing)}.` : "With so few units in the MLP, attention is more expensive at every length.";
  return `Attention costs ${ratio >= 10 ? whole(ratio) : ratio.toFixed(ratio < 0.1 ? 4 : 2)} times the MLP. `
    + `${share} % of its price is for pairs of tokens, the part with L². ${race}`;
}

// --- hands ---------------------------------------------------------------------------------------------------------

function draw() {
  for (const name of ["L", "d", "n"]) {
    const text = whole(sizes[name]) + (name === "L" ? side(sizes.L) : "");
    const slider = element(name);
    slider.value = data.choices[name].indexOf(sizes[name]);
    slider.setAttribute("aria-valuetext", text);
    slider.nextElementSibling.textContent = text;
  }
  for (const name of ["n", "d"]) element(`wide-${name}`).setAttribute("aria-pressed", String(inside === name));
  drawCurves();
  drawTable();
  element("said").textContent = sentence();
}

function change(how) {
  how();
  draw();
  announce(sentence());
}

for (const [name, choices] of Object.entries(data.choices)) {
  const slider = element(name);
  slider.max = choices.length - 1;
  slider.addEventListener("input", () => change(() => { sizes[name] = choices[slider.value]; }));
}
for (const name of ["n", "d"]) element(`wide-${name}`).addEventListener("click", () => change(() => { inside = name; }));

function point(event) { // the length under the pointer
  const frame = box();
  const x = event.clientX - element("curves").getBoundingClientRect().left;
  const nearest = data.choices.L.reduce((best, L) => (Math.abs(across(L, frame) - x) < Math.abs(across(best, frame) - x) ? L : best));
  if (nearest !== sizes.L) change(() => { sizes.L = nearest; });
}
element("curves").addEventListener("pointerdown", (event) => { event.target.setPointerCapture(event.pointerId); point(event); });
element("curves").addEventListener("pointermove", (event) => { if (event.buttons) point(event); });

onTheme(draw);
