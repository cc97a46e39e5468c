// A picture under augmentations that sliders set, and the label that training would see beside it.

const element = (id) => document.getElementById(id);
const [pictures, rounds, strengths, size] = data.images.shape;
const COLOUR = 3, AREA = size * size * COLOUR;
const SLIDERS = [
  // id, name, from, to, step, at first, how it is told
  ["crop", "crop, share of the area", 0.1, 1, 0.05, 1, (x) => x.toFixed(2)],
  ["turn", "turned", -180, 180, 15, 0, (x) => `${x}°`],
  ["hue", "hue turned", -0.5, 0.5, 0.05, 0, (x) => x.toFixed(2)],
  ["n", "RandAugment, n", 0, rounds - 1, 1, 0, (x) => `${x}`],
  ["m", "RandAugment, m", 0, 10, 10 / (strengths - 1), 0, (x) => `${x}`],
  ["mix", "MixUp, λ", 0, 1, 0.05, 1, (x) => x.toFixed(2)],
  ["side", "CutMix, side", 0, size, 1, 0, (x) => `${x}`],
  ["place", "CutMix, across", 0, size - 1, 1, Math.floor(size / 2), (x) => `${x}`],
];
const state = { own: 0, partner: 1 % pictures, mirror: false };

// --- Pictures: red, green, blue from 0 to 255, row by row --------------------------------------------

function chosen(number, n, m) {
  const start = ((number * rounds + n) * strengths + m) * AREA;
  return data.images.values.subarray(start, start + AREA);
}

function moved(image) {  // crop around the middle, turn, mirror: where each pixel is read, bilinearly
  const zoom = Math.sqrt(state.crop), angle = state.turn * Math.PI / 180, half = (size - 1) / 2;
  if (zoom === 1 && angle === 0 && !state.mirror) return Array.from(image);
  const out = new Array(AREA), cos = Math.cos(angle) * zoom, sin = Math.sin(angle) * zoom;
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    const across = state.mirror ? half - x : x - half, down = y - half;
    const u = half + cos * across - sin * down, v = half + sin * across + cos * down;
    const left = Math.floor(u), top = Math.floor(v);
    for (let c = 0; c < COLOUR; c++) {
      const at = (row, column) => image[(clip(row) * size + clip(column)) * COLOUR + c];
      const upper = at(top, left) * (left + 1 - u) + at(top, left + 1) * (u - left);
      const lower = at(top + 1, left) * (left + 1 - u) + at(top + 1, left + 1) * (u - left);
      out[(y * size + x) * COLOUR + c] = upper * (top + 1 - v) + lower * (v - top);
    }
  }
  return out;
}

const clip = (place) => Math.min(size - 1, Math.max(0, place));

function recoloured(image) {  // the hue in sixths of the circle; the value and the chroma stay
  if (state.hue === 0) return image;
  const out = image.slice();
  for (let i = 0; i < AREA; i += COLOUR) {
    const [r, g, b] = [image[i], image[i + 1], image[i + 2]], high = Math.max(r, g, b), chroma = high - Math.min(r, g, b);
    if (chroma === 0) continue;
    const sixth = high === r ? (g - b) / chroma : high === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
    const hue = (sixth + 6 * state.hue + 12) % 6;
    [5, 3, 1].forEach((turn, c) => {
      const k = (turn + hue) % 6;
      out[i + c] = high - chroma * Math.max(0, Math.min(k, 4 - k, 1));
    });
  }
  return out;
}

function box() {
  const corner = (middle) => middle - Math.floor(state.side / 2);
  const [left, top] = [corner(state.place), corner(Math.floor(size / 2))];
  return { left: Math.max(0, left), right: Math.min(size, left + state.side),
    top: Math.max(0, top), bottom: Math.min(size, top + state.side) };
}

const pasted = () => { const b = box(); return Math.max(0, b.right - b.left) * Math.max(0, b.bottom - b.top) / size ** 2; };
const share = () => state.mix * (1 - pasted());  // of the label, of the picture's own class

function result() {
  const own = recoloured(moved(chosen(state.own, state.n, Math.round(state.m * (strengths - 1) / 10))));
  const other = chosen(state.partner, 0, 0), b = box();
  return own.map((value, i) => {
    const pixel = Math.floor(i / COLOUR), x = pixel % size, y = Math.floor(pixel / size);
    const inside = x >= b.left && x < b.right && y >= b.top && y < b.bottom;
    return inside ? other[i] : state.mix * value + (1 - state.mix) * other[i];
  });
}

// --- What is shown -------------------------------------------------------------------------------------

function drawImage() {
  const pen = context(element("image")), room = element("image").getBoundingClientRect();
  const scale = Math.min(room.width, room.height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(picture({ values: Uint8ClampedArray.from(result()), shape: [size, size] }), 0, 0, scale, scale);
}

function shares() {
  const names = data.classes, own = Math.round(100 * share()) / 100;  // so that what is printed sums to 1
  const found = new Map([[names[state.own], own]]);
  found.set(names[state.partner], (found.get(names[state.partner]) ?? 0) + 1 - own);
  return [...found];
}

function drawLabel() {
  const pen = context(element("label")), room = element("label").getBoundingClientRect();
  pen.font = "13px system-ui, sans-serif";
  pen.textBaseline = "middle";
  shares().forEach(([name, part], row) => {
    pen.fillStyle = colour("ink");
    pen.fillText(name, 0, 16 + 28 * row);
    pen.fillStyle = colour(row === 0 ? "accent" : "second");
    pen.fillRect(90, 6 + 28 * row, Math.max(1, part * (room.width - 140)), 20);
    pen.fillStyle = colour("ink");
    pen.fillText(part.toFixed(2), 96 + part * (room.width - 140), 16 + 28 * row);
  });
}

function sentence() {
  const label = shares().filter(([, part]) => part > 0).map(([name, part]) => `${part.toFixed(2)} ${name}`).join(", ");
  const drawn = Math.min(1, state.side ** 2 / size ** 2);
  const cut = state.side === 0 ? "" : ` The box that was drawn is ${(100 * drawn).toFixed(1)}\u00a0% of the picture, ` +
    `pasted are ${(100 * pasted()).toFixed(1)}\u00a0%.`;
  return `The label that training sees: ${label}.${cut}`;
}

function show() {
  for (const [id, , , , , , told] of SLIDERS) {
    element(id).value = state[id];
    element(id).setAttribute("aria-valuetext", told(state[id]));
    element(id).nextElementSibling.textContent = told(state[id]);
  }
  element("own").value = state.own;
  element("partner").value = state.partner;
  element("mirror").checked = state.mirror;
  drawImage();
  drawLabel();
  element("said").textContent = sentence();
}

function changed(id, value) {
  state[id] = value;
  show();
  announce(sentence());
}

function reset() {
  state.mirror = false;
  for (const [id, , , , , first] of SLIDERS) state[id] = first;
}

for (const [id, name, low, high, step] of SLIDERS) {
  element("sliders").insertAdjacentHTML("beforeend", `<label for="${id}">${name}</label>` +
    `<input type="range" id="${id}" min="${low}" max="${high}" step="${step}"><output for="${id}"></output>`);
  element(id).addEventListener("input", (event) => changed(id, Number(event.target.value)));
}
for (const id of ["own", "partner"]) {
  data.names.forEach((name, number) => element(id).add(new Option(name, number)));
  element(id).addEventListener("change", (event) => changed(id, Number(event.target.value)));
}
element("mirror").addEventListener("change", (event) => changed("mirror", event.target.checked));
element("reset").addEventListener("click", () => { reset(); show(); announce(sentence()); });
reset();
onTheme(show);
