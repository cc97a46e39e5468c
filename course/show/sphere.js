// Points on a sphere, moved down the gradient of NT-Xent, and what alignment and uniformity say of them.

const element = (id) => document.getElementById(id);
const N = data.places.shape[0], RATE = 0.1, STEPS = 100, LOWEST = 0.05, HIGHEST = 2, NOTCHES = 20;
const state = { steps: 0, turn: 0.5, tilt: 0.5, x: [] };
const row = (values, i) => [values[3 * i], values[3 * i + 1], values[3 * i + 2]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const plus = (a, b, scale = 1) => a.map((value, i) => value + scale * b[i]);
const length = (a) => Math.sqrt(dot(a, a));
const unit = (a) => a.map((value) => value / length(a));
const number = (x) => x.toFixed(2).replace("-", "−");
const apart = (a, b) => { const d = plus(a, b, -1); return dot(d, d); };
const mean = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;

// τ on a scale of ratios, with 0.1 and 1 near its notches
const tau = () => LOWEST * (HIGHEST / LOWEST) ** (Number(element("tau").value) / NOTCHES);
const notch = (value) => Math.round((NOTCHES * Math.log(value / LOWEST)) / Math.log(HIGHEST / LOWEST));

// All 2N views, first views in front, and how long each was before it became a unit.
const raw = () => [0, 1].flatMap((which) => state.x.map((x, i) => plus(x, row(data.noise.values, which * N + i))));

// The share of view k in the softmax of view i, for all k, itself left out.
function shares(views, i) {
  const e = views.map((view, k) => (k === i ? 0 : Math.exp((dot(views[i], view) - 1) / tau())));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((value) => value / sum);
}
const twin = (i) => (i + N) % (2 * N);

function loss(views) {
  return mean(views.map((_, i) => -Math.log(shares(views, i)[twin(i)])));
}

function step() {
  const long = raw(), views = long.map(unit), pull = views.map(() => [0, 0, 0]);
  views.forEach((view, i) => {
    shares(views, i).forEach((share, k) => {
      if (k === i) return;
      const by = (share - (k === twin(i) ? 1 : 0)) / tau() / (2 * N);
      pull[i] = plus(pull[i], views[k], by);
      pull[k] = plus(pull[k], view, by);
    });
  });
  const gradient = pull.map((g, i) => plus(g, views[i], -dot(g, views[i])).map((value) => value / length(long[i])));
  state.x = state.x.map((x, i) => unit(plus(x, plus(gradient[i], gradient[i + N]), -RATE * Math.min(1, tau()) * N)));
  state.steps += 1;
}

function measures() {
  const views = raw().map(unit), pairs = [], nearest = [];
  for (let i = 0; i < N; i++) {
    let most = -1;
    for (let k = 0; k < N; k++) {
      if (k === i) continue;
      pairs.push(Math.exp(-2 * apart(state.x[i], state.x[k])));
      most = Math.max(most, dot(state.x[i], state.x[k]));
    }
    nearest.push((180 / Math.PI) * Math.acos(Math.min(1, most)));
  }
  const twins = state.x.map((_, i) => apart(views[i], views[i + N]));
  return { loss: loss(views), alignment: mean(twins), uniformity: Math.log(mean(pairs)), nearest: mean(nearest) };
}

function sentence() {
  const { loss, alignment, uniformity, nearest } = measures();
  return `Step ${state.steps} at τ = ${number(tau())}: loss ${number(loss)}, alignment ${number(alignment)}, `
    + `uniformity ${number(uniformity)}; the nearest other image is ${Math.round(nearest)}° away, on average.`;
}

function draw() {
  const pen = context(element("ball")), box = element("ball").getBoundingClientRect();
  const radius = Math.min(box.width, box.height) / 2 - 12, [cx, cy] = [box.width / 2, box.height / 2];
  const [s, c, u, v] = [Math.sin(state.turn), Math.cos(state.turn), Math.sin(state.tilt), Math.cos(state.tilt)];
  const seen = ([x, y, z]) => {
    const [a, b] = [c * x - s * y, s * x + c * y];
    return [cx + radius * a, cy - radius * (v * z - u * b), v * b + u * z];  // the last: towards the reader if below 0
  };
  pen.strokeStyle = colour("muted");
  pen.beginPath();
  pen.arc(cx, cy, radius, 0, 2 * Math.PI);
  pen.stroke();
  const chosen = Number(element("image").value) - 1, views = raw().map(unit);
  const q = shares(views, chosen);
  for (let k = 0; k < N; k++) {
    if (k === chosen) continue;
    const [from, to] = [seen(state.x[chosen]), seen(state.x[k])];
    pen.lineWidth = Math.max(0.2, 24 * (q[k] + q[k + N]));
    pen.strokeStyle = colour("muted");
    pen.beginPath();
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0], to[1]);
    pen.stroke();
  }
  const names = ["accent", "second", "third", "fourth"];
  pen.font = "600 13px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  state.x.forEach((x, i) => {
    const [left, top, depth] = seen(x), kind = Math.floor(i / data.each);
    pen.globalAlpha = depth > 0 ? 0.4 : 1;  // behind
    pen.fillStyle = colour(names[kind]);
    pen.fillText("ABCD"[kind], left, top);
    if (i === chosen) { pen.lineWidth = 2; pen.strokeStyle = colour("ink"); pen.strokeRect(left - 9, top - 9, 18, 18); }
  });
  pen.globalAlpha = 1;
}

function show() {
  element("tau").nextElementSibling.textContent = number(tau());
  element("tau").setAttribute("aria-valuetext", number(tau()));
  element("image").nextElementSibling.textContent = element("image").value;
  element("said").textContent = sentence();
  draw();
}

function reset() {
  state.x = Array.from({ length: N }, (_, i) => row(data.places.values, i));
  state.steps = 0;
}

element("tau").value = notch(data.tau);
for (const name of ["tau", "image"]) element(name).addEventListener("input", show);
element("run").addEventListener("click", () => {
  for (let count = 0; count < STEPS; count++) step();
  show();
  announce(sentence());
});
element("again").addEventListener("click", () => { reset(); show(); announce(sentence()); });
element("ball").addEventListener("pointerdown", (event) => event.target.setPointerCapture(event.pointerId));
element("ball").addEventListener("pointermove", (event) => {
  if (!event.buttons) return;
  state.turn += event.movementX / 120;
  state.tilt = Math.max(-1.5, Math.min(1.5, state.tilt + event.movementY / 120));
  draw();
});

reset();
onTheme(show);
