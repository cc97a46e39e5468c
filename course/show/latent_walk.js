// A point of a map of two latents, and the image that a decoder of two linear layers draws there.

const element = (id) => document.getElementById(id);
const [height, width] = data.side, hidden = data.expand_bias.values.length, reach = data.reach;
const state = { z: [0, 0] };
const SLIDERS = ["first", "second"];
const signed = (x) => (x < 0 ? "−" : "") + Math.abs(x).toFixed(1);

// relu, then sigmoid: as course.ssl.autoencoder.Decoder does.
function decoded([a, b]) {
  const first = data.expand_weight.values, second = data.draw_weight.values;
  const unit = Float32Array.from({ length: hidden }, (_, j) =>
    Math.max(0, first[2 * j] * a + first[2 * j + 1] * b + data.expand_bias.values[j]));
  return Float32Array.from({ length: height * width }, (_, i) => {
    let sum = data.draw_bias.values[i];
    for (let j = 0; j < hidden; j++) sum += second[i * hidden + j] * unit[j];
    return 1 / (1 + Math.exp(-sum));
  });
}

function nearest() {
  const points = data.points.values;
  let best = 0, least = Infinity;
  data.labels.forEach((_, n) => {
    const away = Math.hypot(points[2 * n] - state.z[0], points[2 * n + 1] - state.z[1]);
    if (away < least) [best, least] = [n, away];
  });
  return [data.classes[data.labels[best]], least];
}

// --- the pictures ----------------------------------------------------------------------------------------------------

// The map is square: how many pixels a unit takes, and where 0 lies.
function frame() {
  const box = element("map").getBoundingClientRect();
  return { unit: Math.min(box.width, box.height) / (2 * reach), x: box.width / 2, y: box.height / 2 };
}

function drawMap() {
  const pen = context(element("map")), { unit, x, y } = frame();
  const at = ([a, b]) => [x + unit * a, y - unit * b];
  pen.strokeStyle = colour("grid");
  pen.strokeRect(x - reach * unit, y - reach * unit, 2 * reach * unit, 2 * reach * unit);
  for (const radius of [1, 2]) {  // the prior's first and second deviation
    pen.beginPath();
    pen.arc(x, y, radius * unit, 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.font = "12px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const tints = ["ink", "accent", "second", "third", "fourth"];
  data.labels.forEach((label, n) => {
    const point = [data.points.values[2 * n], data.points.values[2 * n + 1]];
    if (Math.max(Math.abs(point[0]), Math.abs(point[1])) > reach) return;
    pen.fillStyle = colour(tints[label % tints.length]);
    pen.fillText(data.classes[label], ...at(point));
  });
  const [left, top] = at(state.z);
  for (const [name, wide] of [["paper", 6], ["ink", 2.5]]) {
    pen.strokeStyle = colour(name);
    pen.lineWidth = wide;
    pen.beginPath();
    pen.moveTo(left - 11, top);
    pen.lineTo(left + 11, top);
    pen.moveTo(left, top - 11);
    pen.lineTo(left, top + 11);
    pen.stroke();
  }
}

function drawImage(values) {
  const pen = context(element("image")), box = element("image").getBoundingClientRect();
  const size = Math.floor(Math.min(box.width / width, box.height / height));
  const top = (box.height - size * height) / 2;
  values.forEach((value, i) => {
    const grey = Math.round(255 * value);
    pen.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
    pen.fillRect((i % width) * size, top + Math.floor(i / width) * size, size, size);
  });
}

function sentence(values) {
  const ink = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [kind, away] = nearest();
  return `At z = (${state.z.map(signed).join(", ")}) the decoder draws ${(100 * ink).toFixed(1)} % of full ink. ` +
    `The nearest image of the map is a ${kind}, ${away.toFixed(2)} away.`;
}

function show() {
  const values = decoded(state.z);
  SLIDERS.forEach((id, axis) => {
    element(id).value = state.z[axis];
    element(id).setAttribute("aria-valuetext", signed(state.z[axis]));
    element(id).nextElementSibling.textContent = signed(state.z[axis]);
  });
  drawMap();
  drawImage(values);
  element("said").textContent = sentence(values);
}

// --- hands -----------------------------------------------------------------------------------------------------------

function move(a, b) {
  state.z = [a, b].map((value) => Math.round(10 * Math.max(-reach, Math.min(reach, value))) / 10);
  show();
  announce(element("said").textContent);
}

SLIDERS.forEach((id, axis) => {
  element(id).min = -reach;
  element(id).max = reach;
  element(id).addEventListener("input", (event) => {
    const z = [...state.z];
    z[axis] = Number(event.target.value);
    move(...z);
  });
});

const map = element("map");
function follow(event) {
  const box = map.getBoundingClientRect(), { unit, x, y } = frame();
  move((event.clientX - box.left - x) / unit, (y - (event.clientY - box.top)) / unit);
}
map.addEventListener("pointerdown", (event) => {
  map.setPointerCapture(event.pointerId);
  follow(event);
});
map.addEventListener("pointermove", (event) => { if (event.buttons) follow(event); });
map.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
  if (!step) return;
  move(state.z[0] + step[0], state.z[1] + step[1]);
  event.preventDefault();
});

onTheme(show);
