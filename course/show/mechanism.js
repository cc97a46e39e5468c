// One query through attention, a column a step: scores, scaled scores, weights, weighted values, their sum.

const element = (id) => document.getElementById(id);
const svg = element("drawing");
const d = data.k.shape[1], [Lk, dv] = data.v.shape;
const state = { query: 0, step: 0 };
const LAST = 5;
const TOP = 40, ROW = 58, BOX = 34;  // CSS pixels

const row = ({ values, shape }, place) => Array.from(values.subarray(place * shape[1], (place + 1) * shape[1]));
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const short = (number) => (Math.abs(number) < 0.005 ? "0" : String(+number.toFixed(2))).replace("-", "−");
const vector = (numbers) => `[${numbers.map(short).join(", ")}]`;
const dot = (one, other) => one.map((number, i) => `${short(number)}·${short(other[i])}`).join(" + ");

function compute() {
  const q = row(data.q, state.query);
  const keys = data.names.map((_, key) => row(data.k, key));
  const scores = keys.map((k) => sum(k.map((number, i) => number * q[i])));
  const scaled = scores.map((score) => score / Math.sqrt(d));
  const most = Math.max(...scaled);  // no power of e is too large
  const shares = scaled.map((score) => Math.exp(score - most));
  const weights = shares.map((share) => share / sum(shares));
  const parts = weights.map((weight, key) => row(data.v, key).map((number) => weight * number));
  const output = [...Array(dv).keys()].map((i) => sum(parts.map((part) => part[i])));
  return { q, keys, scores, scaled, weights, parts, output };
}

// --- The drawing ---

function box(x, y, width, text, kind = "") {
  const group = add(svg, "g", { class: kind });
  add(group, "rect", { x: x - width / 2, y: y - BOX / 2, width, height: BOX, rx: 6 });
  add(group, "text", { x, y }, text);
}

function draw() {
  const now = compute();
  const width = Math.max(600, element("scroll").clientWidth), middle = TOP + (ROW * Lk) / 2;
  svg.style.height = `${TOP + ROW * Lk + 4}px`;
  svg.setAttribute("viewBox", `0 0 ${width} ${TOP + ROW * Lk + 4}`);
  svg.setAttribute("aria-label", sentence(now));
  svg.replaceChildren();
  const at = (share) => share * width;
  const x = { q: at(0.07), k: at(0.215), score: at(0.335), scaled: at(0.435), weight: at(0.56), value: at(0.715), output: at(0.93) };
  const heads = [["q", "query", 0], ["k", "keys", 0], ["score", "q · k", 1], ["scaled", `÷ √${d}`, 2], ["weight", "weight", 3],
    ["value", state.step >= 4 ? "weight × value" : "values", 0], ["output", "sum", 5]];
  for (const [place, text, step] of heads) {
    const kind = step === state.step && step ? "now" : state.step >= step ? "" : "quiet";
    add(svg, "text", { x: x[place], y: 16, class: kind }, text);
  }
  box(x.q, middle, at(0.12), vector(now.q), "query");
  now.keys.forEach((key, place) => {
    const y = TOP + ROW * (place + 0.5);
    if (state.step >= 1) add(svg, "line", { x1: x.q + at(0.06), y1: middle, x2: x.k - at(0.065), y2: y, class: "query" });
    box(x.k, y, at(0.13), `${data.names[place]} = ${vector(key)}`);
    if (state.step >= 1) add(svg, "text", { x: x.score, y }, short(now.scores[place]));
    if (state.step >= 2) add(svg, "text", { x: x.scaled, y }, short(now.scaled[place]));
    if (state.step >= 3) {
      const long = at(0.11);
      add(svg, "rect", { x: x.weight - long / 2, y: y + 9, width: long * now.weights[place], height: 9, class: "bar" });
      add(svg, "rect", { x: x.weight - long / 2, y: y + 9, width: long, height: 9, style: "fill: none" });
      add(svg, "text", { x: x.weight, y: y - 6 }, now.weights[place].toFixed(3));
    }
    const value = vector(row(data.v, place));
    box(x.value, y, at(0.16), state.step >= 4 ? `${now.weights[place].toFixed(3)} × ${value}` : value);
    if (state.step >= 5) {
      const [from, to] = [x.value + at(0.08), x.output - at(0.055)];
      const bend = (from + to) / 2;
      add(svg, "path", {
        d: `M${from} ${y}C${bend} ${y} ${bend} ${middle} ${to} ${middle}`, class: "output",
        "stroke-width": 1 + 7 * now.weights[place],
      });
    }
  });
  if (state.step >= 5) box(x.output, middle, at(0.11), vector(now.output), "output");
  element("step").textContent = `step ${state.step} of ${LAST}`;
  element("back").disabled = state.step === 0;
  element("next").disabled = state.step === LAST;
  element("said").textContent = sentence(now);
}

function sentence(now) {
  const best = now.weights.indexOf(Math.max(...now.weights));
  const name = data.names[best], key = now.keys[best];
  const exponents = now.scaled.map((score) => `e^${short(score)}`);
  return [
    `A query, ${Lk} keys, and beside each key the value that it hands over.`,
    `Similarity: the query meets each key in a dot product. With ${name}: ${dot(now.q, key)} = ${short(now.scores[best])}.`,
    `Affinity: each score is divided by √${d} = ${Math.sqrt(d).toFixed(2)}. For ${name}: ${short(now.scores[best])} / ` +
      `${Math.sqrt(d).toFixed(2)} = ${short(now.scaled[best])}.`,
    `Softmax: ${exponents[best]} / (${exponents.join(" + ")}) = ${now.weights[best].toFixed(3)} for ${name}. The bars together are one.`,
    `Each value is multiplied by its key's weight: ${name} hands over ${now.weights[best].toFixed(3)} of its value.`,
    `Added up, they are the output, ${vector(now.output)}: a mean of the values in which ${name} counts most.`,
  ][state.step];
}

function change(what) {
  Object.assign(state, what);
  draw();
  announce(element("said").textContent);
}

element("query").append(...data.queries.map((name, place) => new Option(name, place)));
element("query").addEventListener("change", (event) => change({ query: Number(event.target.value) }));
element("back").addEventListener("click", () => change({ step: state.step - 1 }));
element("next").addEventListener("click", () => change({ step: state.step + 1 }));
onTheme(draw);
