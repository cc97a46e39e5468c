// Runs of a few methods over what they cost. A menu says which cost is held equal, a slider how much of it may be spent;
// of each method the longest run that keeps within it is marked, and these are ranked below.

const element = (id) => document.getElementById(id);
const COLOURS = ["accent", "second", "third", "fourth"];
const SHAPES = [ // around (0, 0), of equal area to the eye
  "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0Z", "M-5.5-5.5h11v11h-11Z", "M0-7.5 7.5 0 0 7.5-7.5 0Z", "M0-7 7 6H-7Z",
];
const MARGIN = { left: 56, right: 20, top: 12, bottom: 44 };
const names = [...new Set(data.runs.map((run) => run.name))];
const state = { quantity: data.quantities[0], budget: 0 };

const many = (x) => x.toLocaleString("en-US", { maximumFractionDigits: 1 });
const mean = (runs) => runs.reduce((sum, value) => sum + value, 0) / runs.length;
const spread = (runs) => Math.sqrt(runs.reduce((sum, x) => sum + (x - mean(runs)) ** 2, 0) / (runs.length - 1));
const cost = (run) => run.costs[state.quantity];
// What the slider stops at: each cost that a run has, once.
const stops = () => [...new Set(data.runs.map(cost))].sort((a, b) => a - b);
const most = () => stops()[state.budget];

// Of each method the dearest run within the budget, the best method first; a method without one is left out.
function within() {
  const found = names.map((name) => {
    const affordable = data.runs.filter((run) => run.name === name && cost(run) <= most());
    return affordable.sort((a, b) => cost(b) - cost(a))[0];
  });
  return found.filter(Boolean).sort((a, b) => mean(b.right) - mean(a.right));
}

function draw() {
  const plot = element("plot"), { width, height } = plot.getBoundingClientRect();
  const right = width - MARGIN.right, bottom = height - MARGIN.bottom;
  const costs = stops(), low = Math.log(costs[0]), high = Math.log(costs.at(-1));
  const x = (value) => MARGIN.left + 10 + ((right - MARGIN.left - 20) * (Math.log(value) - low)) / (high - low);
  const all = data.runs.flatMap((run) => run.right);
  const least = 5 * Math.floor(Math.min(...all) / 5), top = 5 * Math.ceil(Math.max(...all) / 5);
  const y = (value) => bottom - ((bottom - MARGIN.top) * (value - least)) / (top - least);
  plot.replaceChildren();
  for (let tick = least; tick <= top; tick += 5) {
    add(plot, "line", { x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick), stroke: "var(--grid)" });
    add(plot, "text", { x: MARGIN.left - 8, y: y(tick) + 4, "text-anchor": "end" }, many(tick));
  }
  let free = -Infinity; // where the last label ends, so that none is written over another
  for (const value of costs) {
    if (x(value) < free) continue;
    add(plot, "text", { x: x(value), y: bottom + 18, "text-anchor": "middle" }, many(value));
    free = x(value) + 62;
  }
  add(plot, "text", { x: (MARGIN.left + right) / 2, y: height - 6, "text-anchor": "middle" }, state.quantity);
  add(plot, "line", { x1: x(most()), x2: x(most()), y1: MARGIN.top, y2: bottom, stroke: "var(--ink)", "stroke-dasharray": "4 3" });
  const chosen = new Set(within());
  names.forEach((name, number) => {
    const runs = data.runs.filter((run) => run.name === name).sort((a, b) => cost(a) - cost(b));
    const path = runs.map((run, i) => `${i ? "L" : "M"}${x(cost(run))} ${y(mean(run.right))}`).join("");
    add(plot, "path", { d: path, fill: "none", stroke: `var(--${COLOURS[number]})`, "stroke-width": 2 });
    for (const run of runs) {
      const [px, py] = [x(cost(run)), y(mean(run.right))];
      const [from, to] = [y(Math.min(...run.right)), y(Math.max(...run.right))];
      add(plot, "line", { x1: px, x2: px, y1: from, y2: to, stroke: `var(--${COLOURS[number]})` });
      add(plot, "path", {
        d: SHAPES[number], transform: `translate(${px} ${py})${chosen.has(run) ? " scale(1.6)" : ""}`,
        fill: `var(--${COLOURS[number]})`, stroke: chosen.has(run) ? "var(--ink)" : "var(--paper)",
      });
    }
  });
}

function sentence() {
  const told = within().map((run) => `${run.name} ${many(mean(run.right))} ± ${many(spread(run.right))}`);
  return `At most ${many(most())} ${state.quantity}. The best first: ${told.join(" · ")}.`;
}

function show() {
  draw();
  element("most").textContent = many(most());
  element("said").textContent = sentence();
}

// The budget that is opened with, or in another quantity the one at which all methods have a run.
function begin() {
  const firsts = names.map((name) => Math.min(...data.runs.filter((run) => run.name === name).map(cost)));
  const wanted = data.budgets[state.quantity] ?? Math.max(...firsts);
  state.budget = stops().findLastIndex((value) => value <= wanted);
  element("budget").max = stops().length - 1;
  element("budget").value = state.budget;
}

for (const quantity of data.quantities) {
  element("quantity").appendChild(document.createElement("option")).textContent = quantity;
}
element("quantity").addEventListener("change", (event) => {
  state.quantity = event.target.value;
  begin();
  show();
});
element("budget").addEventListener("input", (event) => {
  state.budget = Number(event.target.value);
  show();
});
names.forEach((name, number) => {
  const entry = element("names").appendChild(document.createElement("span"));
  const mark = add(entry, "svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" });
  add(mark, "path", { d: SHAPES[number], fill: `var(--${COLOURS[number]})` });
  entry.append(name);
});
element("source").textContent = data.source;
element("plot").setAttribute("aria-label", "Accuracy of each run over what it cost; the ranking stands below.");
begin();
onTheme(show);
