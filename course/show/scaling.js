// The reader sets five points of a curve; revealed beside them: the measured curve, and the distance to it.

const svg = document.getElementById("plot");
const button = (name) => document.getElementById(name);
const LEFT = 64, RIGHT = 158, TOP = 14, BOTTOM = 52;
const MIDDLE = 1;  // of the quartiles

const quantities = {
  largest: {
    name: "largest weight", top: 1, step: 0.02,
    ticks: [[0, "0"], [0.25, "0.25"], [0.5, "0.50"], [0.75, "0.75"], [1, "1"]],
    told: (value) => (value === 0 ? "0" : value.toFixed(value < 0.01 ? 4 : value > 0.99 && value < 1 ? 3 : 2)),
  },
  entropy: {
    name: "entropy", top: data.bits, step: 0.25,
    ticks: [[0, "0"], [4, "4"], [8, "8"], [data.bits, data.bits.toFixed(1)]],
    told: (value) => value.toFixed(1) + " bits",
  },
};
for (const quantity of Object.values(quantities)) {
  Object.assign(quantity, {
    guess: data.guessed.map(() => quantity.top / 2), touched: false, revealed: false, scaled: false,
  });
}
let shown = "largest";
let height, width;

const at = (curve, place, quartile) => data[shown][curve].values[3 * place + quartile];
const x = (place) => LEFT + ((width - LEFT - RIGHT) * place) / (data.widths.length - 1);
const y = (value) => TOP + (height - TOP - BOTTOM) * (1 - value / quantities[shown].top);
const size = (number) => number.toLocaleString("en-GB");

const line = (points) => points.map(([px, py], i) => `${i ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");

function drawAxes(quantity) {
  for (const [value, text] of quantity.ticks) {
    add(svg, "line", { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value), stroke: "var(--grid)" });
    add(svg, "text", { x: LEFT - 20, y: y(value) + 5, "text-anchor": "end" }, text);
  }
  data.guessed.forEach((place) => {
    const label = (place === data.guessed[0] ? "d = " : "") + size(data.widths[place]);
    add(svg, "text", { x: x(place), y: height - BOTTOM + 34, "text-anchor": "middle" }, label);
  });
  const ends = { largest: ["one key has it all", "all keys alike"], entropy: ["all keys alike", "one key has it all"] };
  add(svg, "text", { x: width - RIGHT + 22, y: TOP + 5, class: "quiet" }, ends[shown][0]);
  add(svg, "text", { x: width - RIGHT + 22, y: height - BOTTOM + 5, class: "quiet" }, ends[shown][1]);
}

function drawCurve(curve, colour, dash, label, shift) {
  const places = data.widths.map((_, place) => place);
  const band = [...places.map((p) => [x(p), y(at(curve, p, 2))]), ...places.reverse().map((p) => [x(p), y(at(curve, p, 0))])];
  places.reverse();
  add(svg, "path", { d: line(band) + "Z", fill: `var(--${colour})`, opacity: 0.16 });
  const middle = places.map((p) => [x(p), y(at(curve, p, MIDDLE))]);
  add(svg, "path", { d: line(middle), fill: "none", stroke: `var(--${colour})`, "stroke-width": 3, "stroke-dasharray": dash });
  const [lastX, lastY] = middle[middle.length - 1];
  add(svg, "text", { x: lastX + 22, y: lastY + shift, style: `fill:var(--${colour});font-weight:600` }, label);
}

function drawGuess(quantity) {
  const points = data.guessed.map((place, i) => [x(place), y(quantity.guess[i])]);
  add(svg, "path", { d: line(points), fill: "none", stroke: "var(--accent)", "stroke-width": 2, "stroke-dasharray": "2 5" });
  points.forEach(([px, py], i) => {
    const place = data.guessed[i];
    if (quantity.revealed) {
      add(svg, "line", { x1: px, x2: px, y1: py, y2: y(at("raw", place, MIDDLE)), stroke: "var(--ink)", "stroke-dasharray": "3 3" });
    }
    const handle = add(svg, "g", {
      class: "handle", tabindex: 0, role: "slider", "data-guess": i, "aria-orientation": "vertical",
      "aria-label": `Your guess: ${quantity.name} at d = ${size(data.widths[place])}`,
      "aria-valuemin": 0, "aria-valuemax": quantity.top.toFixed(1), "aria-valuenow": quantity.guess[i].toFixed(2),
      "aria-valuetext": quantity.told(quantity.guess[i]), "aria-disabled": quantity.revealed,
    });
    add(handle, "circle", { class: "halo", cx: px, cy: py, r: 15 });
    add(handle, "circle", { cx: px, cy: py, r: 8, fill: "var(--accent)", stroke: "var(--paper)", "stroke-width": 2 });
  });
}

function draw() {
  const quantity = quantities[shown];
  const focused = document.activeElement?.dataset?.guess;
  ({ width, height } = svg.getBoundingClientRect());
  svg.replaceChildren();
  svg.setAttribute("aria-label", `Five guesses of the ${quantity.name} against the width d`);
  drawAxes(quantity);
  if (quantity.scaled) drawCurve("scaled", "third", "2 4", "variance 1", shown === "largest" ? -14 : 26);
  if (quantity.revealed) drawCurve("raw", "second", "none", "measured", shown === "largest" ? 26 : -14);
  drawGuess(quantity);
  if (focused !== undefined) svg.querySelector(`[data-guess="${focused}"]`).focus();
  for (const name of Object.keys(quantities)) button(name).setAttribute("aria-pressed", name === shown);
  button("reveal").disabled = !quantity.touched || quantity.revealed;
  button("scaled").disabled = !quantity.revealed || quantity.scaled;
  button("again").disabled = !quantity.touched;
  button("said").textContent = told(quantity);
}

function told(quantity) {
  if (!quantity.revealed) {
    return `Where will the ${quantity.name} be at each width? Drag the five handles, or Tab to one and use the arrow keys; then reveal.`;
  }
  const gaps = data.guessed.map((place, i) => Math.abs(quantity.guess[i] - at("raw", place, MIDDLE)));
  const worst = gaps.indexOf(Math.max(...gaps));
  const place = data.guessed[worst];
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const last = data.widths.length - 1;
  let text = `Your line is ${quantity.told(mean)} away on average. It is furthest off at d = ${size(data.widths[place])}: you said ` +
    `${quantity.told(quantity.guess[worst])}, measured ${quantity.told(at("raw", place, MIDDLE))} ` +
    `(median of ${data.draws} draws; the band holds the middle half).`;
  if (quantity.scaled) {
    text += ` With scores of variance 1 it is ${quantity.told(at("scaled", 0, MIDDLE))} at d = 4 and ` +
      `${quantity.told(at("scaled", last, MIDDLE))} at d = ${size(data.widths[last])}.`;
  }
  return text;
}

function set(i, value) {
  const quantity = quantities[shown];
  if (quantity.revealed) return;
  quantity.guess[i] = Math.min(quantity.top, Math.max(0, value));
  quantity.touched = true;
  draw();
}

svg.addEventListener("keydown", (event) => {
  const i = event.target.dataset.guess;
  if (i === undefined) return;
  const { guess, step, top } = quantities[shown];
  const moves = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };
  const ends = { Home: 0, End: top };
  if (event.key in moves) set(i, guess[i] + step * moves[event.key]);
  else if (event.key in ends) set(i, ends[event.key]);
  else return;
  event.preventDefault();
});

let dragged = null;

function drag(event) {
  const { top } = svg.getBoundingClientRect();
  set(dragged, quantities[shown].top * (1 - (event.clientY - top - TOP) / (height - TOP - BOTTOM)));
}

svg.addEventListener("pointerdown", (event) => {
  const { left } = svg.getBoundingClientRect();
  const distances = data.guessed.map((place) => Math.abs(event.clientX - left - x(place)));
  dragged = distances.indexOf(Math.min(...distances));
  svg.setPointerCapture(event.pointerId);
  drag(event);
  svg.querySelector(`[data-guess="${dragged}"]`).focus();
  event.preventDefault();
});
svg.addEventListener("pointermove", (event) => { if (dragged !== null) drag(event); });
for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { dragged = null; });

for (const name of Object.keys(quantities)) {
  button(name).addEventListener("click", () => { shown = name; draw(); });
}

function answer(change) {
  Object.assign(quantities[shown], change);
  draw();
  announce(told(quantities[shown]));
}

button("reveal").addEventListener("click", () => answer({ revealed: true }));
button("scaled").addEventListener("click", () => answer({ scaled: true }));
button("again").addEventListener("click", () => answer({
  revealed: false, scaled: false, touched: false, guess: data.guessed.map(() => quantities[shown].top / 2),
}));

onTheme(draw);
