// Rows of a table as dots. Two menus say which of its columns lie along and go up; a dot that is pointed at is read out.

const element = (id) => document.getElementById(id);
const COLOURS = ["accent", "second", "third", "fourth"];
const SHAPES = [ // around (0, 0), of equal area to the eye
  "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0Z", "M-5.5-5.5h11v11h-11Z", "M0-7.5 7.5 0 0 7.5-7.5 0Z", "M0-7 7 6H-7Z",
];
const MARGIN = { left: 66, right: 20, top: 14, bottom: 46 };
const NEAR = 24; // pixels
const WIDE = 20; // a quantity that spans a larger factor gets a logarithmic axis
const state = { along: data.along[0], up: data.up[0], chosen: 0 };

const has = (row) => row.numbers[state.along] !== undefined && row.numbers[state.up] !== undefined;
// The dots of this picture, from left to right: the arrow keys go through them in this order.
const dots = () => data.rows.filter(has).sort((a, b) => a.numbers[state.along] - b.numbers[state.along]);
const many = (x) => x.toLocaleString("en-US", { maximumFractionDigits: 2 });

// --- axes ------------------------------------------------------------------------------------------------------------

function axis(values, from, to) {
  const least = Math.min(...values), most = Math.max(...values);
  const isLog = least > 0 && most / least > WIDE;
  const f = isLog ? Math.log10 : (value) => value;
  const room = 0.06 * (f(most) - f(least)) || 1;
  const [low, high] = [f(least) - room, f(most) + room];
  const at = (value) => from + ((to - from) * (f(value) - low)) / (high - low);
  return { at, ticks: isLog ? decades(low, high) : evenly(low, high) };
}

function decades(low, high) {
  const found = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const first of high - low > 3 ? [1] : [1, 3]) {
      const value = first * 10 ** power;
      if (Math.log10(value) >= low && Math.log10(value) <= high) found.push(value);
    }
  }
  return found;
}

function evenly(low, high) {
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((first) => first * power >= rough);
  const found = [];
  for (let number = Math.ceil(low / step); number * step <= high; number++) found.push(number * step);
  return found;
}

let places; // of the dots, in pixels

// --- the picture -----------------------------------------------------------------------------------------------------

function draw() {
  const plot = element("plot"), shown = dots();
  const { width, height } = plot.getBoundingClientRect();
  const right = width - MARGIN.right, bottom = height - MARGIN.bottom;
  const x = axis(shown.map((row) => row.numbers[state.along]), MARGIN.left, right);
  const y = axis(shown.map((row) => row.numbers[state.up]), bottom, MARGIN.top);
  plot.replaceChildren();
  places = [];
  for (const tick of y.ticks) {
    add(plot, "line", { x1: MARGIN.left, x2: right, y1: y.at(tick), y2: y.at(tick), stroke: "var(--grid)" });
    add(plot, "text", { x: MARGIN.left - 8, y: y.at(tick) + 4, "text-anchor": "end" }, many(tick));
  }
  for (const tick of x.ticks) {
    add(plot, "line", { x1: x.at(tick), x2: x.at(tick), y1: MARGIN.top, y2: bottom, stroke: "var(--grid)" });
    add(plot, "text", { x: x.at(tick), y: bottom + 18, "text-anchor": "middle" }, many(tick));
  }
  add(plot, "text", { x: (MARGIN.left + right) / 2, y: height - 8, "text-anchor": "middle" }, state.along);
  drawSame(plot, shown, x, y);
  shown.forEach((row, number) => {
    const kind = data.kinds.indexOf(row.kind), isChosen = number === state.chosen;
    const [px, py] = [x.at(row.numbers[state.along]), y.at(row.numbers[state.up])];
    add(plot, "path", {
      d: SHAPES[kind], transform: `translate(${px} ${py})${isChosen ? " scale(1.5)" : ""}`, "data-model": row.model,
      class: isChosen ? "dot chosen" : "dot", fill: `var(--${COLOURS[kind]})`, stroke: isChosen ? "var(--ink)" : "var(--paper)",
    });
    places.push([px, py]);
    if (isChosen) {
      const anchor = px > width / 2 ? "end" : "start", aside = px > width / 2 ? -13 : 13;
      add(plot, "text", { x: px + aside, y: py - 8, "text-anchor": anchor, "font-weight": 600 }, row.model);
    }
  });
}

// The rows of the chosen one's model are joined: what changes when only the kind does.
function drawSame(plot, shown, x, y) {
  const same = shown.filter((row) => row.model === shown[state.chosen].model);
  const path = same.map((row, i) => `${i ? "L" : "M"}${x.at(row.numbers[state.along])} ${y.at(row.numbers[state.up])}`);
  add(plot, "path", { d: path.join(""), fill: "none", stroke: "var(--ink)", "stroke-dasharray": "4 3" });
}

function sentence() {
  const row = dots()[state.chosen];
  const told = Object.entries(row.numbers).map(([quantity, value]) => `${quantity}: ${many(value)}`).join(" · ");
  return `${row.model}, ${row.kind}. ${told}.${row.note ? ` ${row.note}` : ""}`;
}

function below() {
  const absent = [...new Set(data.rows.filter((row) => !has(row)).map((row) => `${row.model} (${row.kind})`))];
  const missing = absent.length ? `Without a dot, as a number is not printed: ${absent.join(", ")}. ` : "";
  return `${missing}${data.source}`;
}

// --- hands -----------------------------------------------------------------------------------------------------------

function show() {
  draw();
  element("said").textContent = sentence();
  element("missing").textContent = below();
}
function choose(number) {
  if (number === state.chosen) return;
  state.chosen = number;
  show();
  announce(sentence());
}

// A pointer that rests while the picture changes under it has chosen nothing.
let rested = "";
element("plot").addEventListener("pointermove", (event) => {
  const here = `${event.clientX} ${event.clientY}`;
  if (here !== rested) pointAt(event);
  rested = here;
});
element("plot").addEventListener("click", (event) => pointAt(event));
function pointAt({ clientX, clientY }) {
  const { left: x, top: y } = element("plot").getBoundingClientRect();
  const far = places.map(([px, py]) => Math.hypot(px - clientX + x, py - clientY + y));
  const nearest = far.indexOf(Math.min(...far));
  if (far[nearest] < NEAR) choose(nearest);
}

for (const menu of ["along", "up"]) {
  for (const quantity of data[menu]) {
    element(menu).appendChild(document.createElement("option")).textContent = quantity;
  }
  element(menu).addEventListener("change", (event) => {
    Object.assign(state, { [menu]: event.target.value, chosen: 0 });
    show();
    announce(sentence());
  });
}
data.kinds.forEach((kind, number) => {
  const entry = element("kinds").appendChild(document.createElement("span"));
  const mark = add(entry, "svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" });
  add(mark, "path", { d: SHAPES[number], fill: `var(--${COLOURS[number]})` });
  entry.append(kind);
});
element("plot").setAttribute("aria-label", "A dot for each row of the table; arrow keys go from dot to dot.");
element("plot").addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
  if (!step) return;
  choose(Math.min(dots().length - 1, Math.max(0, state.chosen + step)));
  event.preventDefault();
});

onTheme(show);
