// Eight views, one of them asked for its twin: the reader's choices, and those of two players who see less.

const element = (id) => document.getElementById(id);
const VIEWS = 8, LABELS = ["you", "colour alone", "grey pixels alone", "who knows nothing"];
const state = { kind: 0, round: 0, chosen: null };
const answers = data.names.map(() => []);  // by kind: { right, loss } of each round that was answered
const kind = () => data.kinds[state.kind];
const rounds = () => kind().views.shape[0];
const asked = () => state.round % VIEWS;  // the place of the framed view
const twinOf = (round, place) => kind().twin.values[round * VIEWS + place];
const sure = () => Number(element("sure").value);
const number = (x) => x.toFixed(2);

// NT-Xent of one view: the similarities of all eight, the view itself left out.
function loss(similarity, self, twin) {
  let sum = 0;
  for (let k = 0; k < VIEWS; k++) if (k !== self) sum += Math.exp(sure() * similarity(k));
  return Math.log(sum) - sure() * similarity(twin);
}

// What a player with a table of cosines would have had in the rounds that the reader has answered.
function byTable(name) {
  return answers[state.kind].map((_, round) => {
    const self = round % VIEWS, twin = twinOf(round, self), start = (round * VIEWS + self) * VIEWS;
    const similarity = (k) => kind()[name].values[start + k];
    const others = [...Array(VIEWS).keys()].filter((k) => k !== self);
    const best = others.reduce((a, b) => (similarity(b) > similarity(a) ? b : a));
    return { right: best === twin, loss: loss(similarity, self, twin) };
  });
}

function mine() {
  return answers[state.kind].map(({ right }, round) => {
    const self = round % VIEWS, twin = twinOf(round, self);
    const chosen = right ? twin : [...Array(VIEWS).keys()].find((k) => k !== self && k !== twin);
    return { right, loss: loss((k) => (k === chosen ? 1 : 0), self, twin) };
  });
}

function score() {
  const found = [mine(), byTable("colour"), byTable("grey")];
  const count = found[0].length, mean = (runs) => runs.reduce((sum, { loss }) => sum + loss, 0) / count;
  const rows = found.map((runs, player) => [
    LABELS[player], count, runs.filter(({ right }) => right).length, count ? number(mean(runs)) : "–",
  ]);
  rows.push([LABELS[3], "", "1 of 7", `ln 7 = ${number(Math.log(VIEWS - 1))}`]);
  element("score").replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr");
    row.replaceChildren(...cells.map((cell) => Object.assign(document.createElement("td"), { textContent: cell })));
    return row;
  }));
}

function sentence() {
  const given = answers[state.kind], last = state.chosen !== null;
  if (!last) return `Round ${state.round + 1} of ${rounds()}: which view is of the same image as the framed one? Click it.`;
  const twin = twinOf(state.round, asked()), own = mine().at(-1);
  const told = own.right ? "Right" : `No: it was view ${twin + 1}`;
  const end = given.length === rounds() ? " That was the last round: choose other views above." : "";
  return `${told}. At 1/τ = ${sure()} this choice costs ${number(own.loss)} nats.${end}`;
}

function show() {
  const { views } = kind(), [, , height, width] = views.shape, size = height * width * 3;
  const buttons = [...element("views").children];
  buttons.forEach((button, place) => {
    const start = (state.round * VIEWS + place) * size;
    const from = picture({ values: views.values.subarray(start, start + size), shape: [height, width] });
    const canvas = button.firstChild;
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(from, 0, 0);
    button.setAttribute("aria-current", place === asked());
    const open = state.chosen === null && place !== asked();
    button.disabled = !open;
    const was = state.chosen === null ? "" : place === twinOf(state.round, asked()) ? "twin" : place === state.chosen ? "wrong" : "";
    button.dataset.was = was;
    button.setAttribute("aria-label", `view ${place + 1}` + (place === asked() ? ", asked" : was === "twin" ? ", the twin" : ""));
  });
  element("next").disabled = state.chosen === null || state.round + 1 >= rounds();
  element("sure").nextElementSibling.textContent = `${sure()}, τ = ${sure() ? number(1 / sure()) : "∞"}`;
  element("said").textContent = sentence();
  score();
}

function choose(place) {
  if (state.chosen !== null || place === asked()) return;
  state.chosen = place;
  answers[state.kind].push({ right: place === twinOf(state.round, asked()) });
  show();
  announce(sentence());
}

for (let place = 0; place < VIEWS; place++) {
  const button = document.createElement("button");
  button.append(document.createElement("canvas"));
  button.addEventListener("click", () => choose(place));
  element("views").append(button);
}
data.names.forEach((name, number) => element("kind").add(new Option(name, number)));
element("kind").addEventListener("change", (event) => {
  const at = Number(event.target.value), done = answers[at].length;
  Object.assign(state, { kind: at, round: done, chosen: null });
  if (done === rounds()) {  // all played: once more
    answers[at] = [];
    state.round = 0;
  }
  show();
});
element("next").addEventListener("click", () => {
  Object.assign(state, { round: state.round + 1, chosen: null });
  show();
  announce(sentence());
});
element("sure").addEventListener("input", show);

onTheme(show);
