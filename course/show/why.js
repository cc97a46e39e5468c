// The numbers between one query and one key, step by step.

const element = (id) => document.getElementById(id);
const [Lq, D] = data.q.shape, [Lk, Dv] = data.v.shape;
const state = { query: data.query, key: data.key };

const entries = (array, row, width) => Array.from(array.values.subarray(row * width, (row + 1) * width));
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const fixed = (number) => (number < 0 ? "−" : "") + Math.abs(number).toFixed(2);

function compute() {
  const q = entries(data.q, state.query, D), k = entries(data.k, state.key, D);
  const scores = [...Array(Lk).keys()].map((key) => sum(entries(data.k, key, D).map((entry, i) => entry * q[i])));
  const scaled = scores.map((score) => score / Math.sqrt(D));
  const allowed = scores.map((_, key) => data.allowed.values[state.query * Lk + key] === 1);
  const powers = scaled.map((score, key) => (allowed[key] ? Math.exp(score) : 0));
  const total = sum(powers);
  const most = Math.max(...scaled.filter((_, key) => allowed[key]));  // no power of e is too large for what follows
  const shares = scaled.map((score, key) => (allowed[key] ? Math.exp(score - most) : 0));
  const weights = shares.map((share) => (total ? share / sum(shares) : 0));
  const output = [...Array(Dv).keys()].map((i) => sum(weights.map((weight, key) => weight * data.v.values[key * Dv + i])));
  return { q, k, products: q.map((entry, i) => entry * k[i]), scores, scaled, allowed, powers, total, weights, output };
}

// --- The tables ---

function line(head, cells, chosen = false) {
  const row = document.createElement("tr");
  const first = document.createElement("th");
  first.textContent = head;
  row.append(first);
  for (const cell of cells) {
    const place = row.insertCell();
    if (cell instanceof Node) place.append(cell);
    else place.textContent = cell;
  }
  row.classList.toggle("chosen", chosen);
  return row;
}

function bar(share, most) {
  const span = document.createElement("span");
  span.className = share < 0 ? "bar minus" : "bar";
  span.style.width = `${(150 * Math.abs(share)) / (most || 1)}px`;
  return span;
}

function draw() {
  const now = compute();
  const [query, key] = [data.queries[state.query], data.keys[state.key]];
  const score = now.scores[state.key];
  element("products").tBodies[0].replaceChildren(
    line(`query ${query}`, [...now.q.map(fixed), ""]),
    line(`key ${key}`, [...now.k.map(fixed), ""]),
    line("product", [...now.products.map(fixed), `sum ${fixed(score)}`], true),
  );
  element("scaled").textContent = `${fixed(score)} / √${D} = ${fixed(score)} / ${Math.sqrt(D).toFixed(2)} = ${fixed(now.scaled[state.key])}`;
  element("softmax").tBodies[0].replaceChildren(...now.weights.map((weight, place) => {
    const row = line(data.keys[place], [
      fixed(now.scaled[place]), !data.masked ? "–" : now.allowed[place] ? "may" : "must not",
      now.allowed[place] ? now.powers[place].toPrecision(3) : "0", told(weight), bar(weight, 1),
    ], place === state.key);
    row.addEventListener("click", () => change({ key: place }));
    return row;
  }), line("all", ["", "", now.total.toPrecision(3), told(sum(now.weights)), ""]));
  const value = entries(data.v, state.key, Dv);
  const weight = now.weights[state.key];
  element("values").tBodies[0].replaceChildren(
    line(`value ${key}`, value.map(fixed)),
    line(`× weight ${told(weight)}`, value.map((entry) => fixed(weight * entry)), true),
    line("output: all keys", now.output.map(fixed)),
  );
  element("said").textContent = sentence(now, query, key);
}

function sentence(now, query, key) {
  const place = now.products.reduce((best, product, i) => (Math.abs(product) > Math.abs(now.products[best]) ? i : best), 0);
  const weight = now.weights[state.key];
  if (!now.allowed[state.key]) return `The mask forbids query ${query} to look at key ${key}: its weight is 0, and its value brings nothing.`;
  const rank = now.weights.filter((other) => other > weight).length;
  return `Query ${query} gives key ${key} ${told(weight)} of its attention, ${rank ? `number ${rank + 1}` : "the most"} of ${Lk} keys. ` +
    `What counts most in its score is entry ${place + 1}, ${fixed(now.q[place])} · ${fixed(now.k[place])} = ${fixed(now.products[place])}.`;
}

function change(what) {
  Object.assign(state, what);
  element("query").value = state.query;
  element("key").value = state.key;
  draw();
  announce(element("said").textContent);
}

element("query").append(...data.queries.map((name, place) => new Option(name, place)));
element("key").append(...data.keys.map((name, place) => new Option(name, place)));
element("query").value = state.query;
element("key").value = state.key;
for (const id of ["query", "key"]) element(id).addEventListener("change", (event) => change({ [id]: Number(event.target.value) }));
onTheme(draw);
