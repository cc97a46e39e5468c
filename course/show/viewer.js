// One query looks at all keys: the image to choose the query from, one head in large, all heads in small.

const element = (id) => document.getElementById(id);
const [H, W] = data.grid;
const EXTRA = data.extra.length, N = EXTRA + H * W;
const SIDE = data.models.length === 2 ? 176 : 380, SMALL = 84;  // four of 176 stand side by side in a notebook
const MODES = {
  raw: "raw weights", mass: "the fewest keys", rollout: "rollout (all layers up to this one)",
  gradient: "gradient-weighted (up to this layer)",
};
const ACROSS_HEADS = ["rollout", "gradient"];  // one map a layer, not one a head

const state = { layer: data.layers - 1, head: 0, mode: "raw", share: 0.6, scaling: data.models.length === 2 ? "one" : "each", shown: 0, query: firstQuery(), locked: null };

function firstQuery() { return EXTRA ? 0 : Math.floor(H / 2) * W + Math.floor(W / 2); }

// --- Numbers ---

// The row of one query, as weights: (N,).
function row(model, layer, head, query) {
  const across = ACROSS_HEADS.includes(state.mode);
  const place = across ? layer * N + query : (layer * data.heads + head) * N + query;
  return rowOf(data.models[model][across ? state.mode : "raw"], place);
}

// The fewest keys that together hold the share; the others become zero.
function fewest(weights, share) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const kept = new Float32Array(weights.length);
  let held = 0;
  for (const key of byWeight(weights)) {
    if (held >= share * total) break;
    held += weights[key];
    kept[key] = weights[key];
  }
  return kept;
}

// What is drawn for one head: of model 0, of model 1, or (2) the second less the first. Scales, maps and words
// all ask for it: within one drawing it is computed once.
let known = new Map();

function values(head, shown = state.shown) {
  const key = `${head} ${shown}`;
  if (!known.has(key)) known.set(key, compute(head, shown));
  return known.get(key);
}

function compute(head, shown) {
  if (shown === 2) {
    const [first, second] = [0, 1].map((model) => values(head, model));
    return second.map((weight, key) => weight - first[key]);
  }
  const weights = row(shown, state.layer, head, state.query);
  return state.mode === "mass" ? fewest(weights, state.share) : weights;
}

const heads = () => (ACROSS_HEADS.includes(state.mode) ? [0] : [...Array(data.heads).keys()]);

function top(head, shown) {
  if (state.scaling === "each") return largestOf(values(head, shown).subarray(EXTRA));
  const shownOnes = shown === 2 ? [2] : data.models.map((_, model) => model);
  return Math.max(...heads().flatMap((each) => shownOnes.map((one) => largestOf(values(each, one).subarray(EXTRA)))));
}

function nameOf(token) {
  if (token < EXTRA) return data.extra[token];
  const patch = token - EXTRA;
  return `patch in row ${Math.floor(patch / W) + 1}, column ${(patch % W) + 1}`;
}

// --- Pictures ---

const photo = picture(data.image);

const small = document.createElement("canvas");  // one pixel a patch
small.width = W;
small.height = H;

function sized(canvas, side) {
  const width = `${(side * Math.min(1, W / H)).toFixed(1)}px`;
  Object.assign(canvas.style, { width, aspectRatio: `${W} / ${H}` });
  if (canvas.parentElement.tagName === "FIGURE") canvas.parentElement.style.width = width;  // captions wrap below it
}

// Patches as coloured squares, opaque or over the image.
function drawMap(canvas, weights, most, diverges, under) {
  const pen = context(canvas);
  const { width, height } = canvas.getBoundingClientRect();
  const colours = (diverges ? data.diverging : data.sequential).values;
  const pixels = small.getContext("2d").createImageData(W, H);
  for (let patch = 0; patch < H * W; patch++) {
    const share = most ? weights[EXTRA + patch] / most : 0;
    const at = colourAt(share, diverges);
    for (let c = 0; c < 3; c++) pixels.data[4 * patch + c] = colours[at + c];
    pixels.data[4 * patch + 3] = under ? 255 * cover(share) : 255;
  }
  small.getContext("2d").putImageData(pixels, 0, 0);
  pen.imageSmoothingEnabled = false;
  if (under) drawPale(pen, photo, width, height);
  pen.drawImage(small, 0, 0, width, height);
  if (state.mode === "mass" && !diverges && canvas.className === "large") outline(pen, weights, width, height);
  if (state.query >= EXTRA) mark(pen, state.query - EXTRA, width, height);
}

// The border of the patches that were kept: not by colour alone.
function outline(pen, weights, width, height) {
  const kept = (y, x) => y >= 0 && y < H && x >= 0 && x < W && weights[EXTRA + y * W + x] > 0;
  const [dx, dy] = [width / W, height / H];
  pen.beginPath();
  for (let y = 0; y < H; y++) {
    for (let x = 0; x < W; x++) {
      if (!kept(y, x)) continue;
      if (!kept(y - 1, x)) { pen.moveTo(x * dx, y * dy); pen.lineTo((x + 1) * dx, y * dy); }
      if (!kept(y + 1, x)) { pen.moveTo(x * dx, (y + 1) * dy); pen.lineTo((x + 1) * dx, (y + 1) * dy); }
      if (!kept(y, x - 1)) { pen.moveTo(x * dx, y * dy); pen.lineTo(x * dx, (y + 1) * dy); }
      if (!kept(y, x + 1)) { pen.moveTo((x + 1) * dx, y * dy); pen.lineTo((x + 1) * dx, (y + 1) * dy); }
    }
  }
  strokeTwice(pen, () => pen.stroke(), 2);
}

// A frame around the query's patch.
function mark(pen, patch, width, height) {
  const [dx, dy] = [width / W, height / H];
  frame(pen, [(patch % W) * dx + 1, Math.floor(patch / W) * dy + 1, dx - 2, dy - 2], 2);
}

function drawImage() {
  const canvas = element("image");
  const pen = context(canvas);
  const { width, height } = canvas.getBoundingClientRect();
  pen.imageSmoothingEnabled = false;
  pen.drawImage(photo, 0, 0, width, height);
  pen.strokeStyle = "rgba(128, 128, 128, 0.35)";
  pen.lineWidth = 1;
  pen.beginPath();
  for (let x = 1; x < W; x++) { pen.moveTo((x * width) / W, 0); pen.lineTo((x * width) / W, height); }
  for (let y = 1; y < H; y++) { pen.moveTo(0, (y * height) / H); pen.lineTo(width, (y * height) / H); }
  pen.stroke();
  if (state.query >= EXTRA) mark(pen, state.query - EXTRA, width, height);
}

function drawScale() {
  const canvas = element("scale");
  const diverges = state.shown === 2;
  drawColours(canvas, (diverges ? data.diverging : data.sequential).values);
  const most = told(top(state.head, state.shown));
  element("scale-low").textContent = diverges ? `−${most}` : "0";
  element("scale-high").textContent = diverges
    ? `+${most}; the middle is 0`
    : state.scaling === "one" ? `${most}, for all maps` : `${most}, for the large map; each small one has its own`;
  canvas.setAttribute("aria-label", `Colour scale from ${element("scale-low").textContent} to ${element("scale-high").textContent}`);
}

// --- The page ---

const large = data.models.map((_, model) => largeFigure(model));
if (data.models.length === 2) large.push(largeFigure(2));

function largeFigure(shown) {
  const figure = document.createElement("figure");
  const canvas = document.createElement("canvas");
  canvas.className = "large";
  canvas.setAttribute("role", "img");
  canvas.addEventListener("pointermove", (event) => readKey(event, canvas, shown));
  canvas.addEventListener("pointerleave", say);
  const caption = document.createElement("figcaption");
  figure.append(canvas, caption);
  element("large").append(figure);
  sized(canvas, SIDE);
  return { canvas, caption, shown };
}

function labelOf(shown) {
  return shown === 2 ? `${data.models[1].name} less ${data.models[0].name}` : data.models[shown].name;
}

const headButtons = Array.from({ length: data.heads }, (_, head) => {
  const button = document.createElement("button");
  const canvas = document.createElement("canvas");
  const text = document.createElement("span");
  button.append(canvas, text);
  sized(canvas, SMALL);
  button.addEventListener("click", () => change({ head }));
  element("heads").append(button);
  return { button, canvas, text };
});

function drawHeads() {
  const across = ACROSS_HEADS.includes(state.mode);
  element("heads").hidden = across;
  if (across) return;
  const most = state.scaling === "one" ? top(0, state.shown) : null;
  headButtons.forEach(({ button, canvas, text }, head) => {
    const weights = values(head);
    const own = largestOf(weights.subarray(EXTRA));
    drawMap(canvas, weights, most ?? own, state.shown === 2, false);
    button.setAttribute("aria-pressed", head === state.head);
    text.innerHTML = `head ${head}<br>max ${told(own)}`;
  });
}

function drawLarge() {
  for (const { canvas, caption, shown } of large) {
    const weights = values(state.head, shown);
    drawMap(canvas, weights, top(state.head, shown), shown === 2, element("under").checked);
    const what = ACROSS_HEADS.includes(state.mode) ? MODES[state.mode] : `layer ${state.layer}, head ${state.head}`;
    const outside = data.extra.map((name, token) => `${name} ${told(weights[token])}`);
    caption.textContent = `${labelOf(shown)}: ${what}` + (outside.length ? ` · outside the grid: ${outside.join(", ")}` : "");
    canvas.setAttribute("aria-label", caption.textContent);
  }
}

function readKey(event, canvas, shown) {
  const key = EXTRA + patchAt(event, canvas);
  const weight = values(state.head, shown)[key];
  element("said").textContent = `${labelOf(shown)}: ${nameOf(state.query)} gives ${told(weight)} to the ${nameOf(key)}.`;
}

// One sentence on what is seen, for everybody; a screen reader hears it when the query is chosen.
function sentence() {
  const weights = values(state.head);
  const most = weights.reduce((best, weight, key) => (Math.abs(weight) > Math.abs(weights[best]) ? key : best), 0);
  const where = ACROSS_HEADS.includes(state.mode) ? "" : `, head ${state.head}`;
  let text = `From ${nameOf(state.query)}, layer ${state.layer}${where}: most (${told(weights[most])}) goes to ${most === state.query ? "itself" : nameOf(most)}.`;
  if (state.mode === "mass" && state.shown < 2) {
    const kept = weights.reduce((count, weight) => count + (weight > 0), 0);
    text += ` ${kept} of ${N} keys hold ${Math.round(100 * state.share)} % of the weight.`;
  }
  if (state.shown < 2 && !ACROSS_HEADS.includes(state.mode)) {
    const model = data.models[state.shown];
    const place = state.layer * data.heads + state.head;
    text += ` Over all queries this head has ${model.entropy.values[place].toFixed(1)} of at most ${Math.log2(N).toFixed(1)} bits of entropy, and looks ${model.distance.values[place].toFixed(1)} patches far.`;
  }
  return text;
}

function say() { element("said").textContent = sentence(); }

function fillKeys() {
  const weights = values(state.head);
  const order = byWeight(weights).slice(0, 10);
  element("keys").innerHTML = order.map((key) => {
    const patch = key - EXTRA;
    const place = patch < 0 ? [data.extra[key], "–", "–"] : ["patch", Math.floor(patch / W) + 1, (patch % W) + 1];
    return `<tr><td></td><td>${place[1]}</td><td>${place[2]}</td><td>${told(weights[key])}</td></tr>`;
  }).join("");
  [...element("keys").rows].forEach((line, i) => { line.cells[0].textContent = order[i] < EXTRA ? data.extra[order[i]] : "patch"; });
}

function fillSummary() {
  const model = data.models[Math.min(state.shown, data.models.length - 1)];
  const head = (text) => `<tr><th>${text}</th>${[...Array(data.heads).keys()].map((h) => `<th>head ${h}</th>`).join("")}</tr>`;
  const line = (layer) => `<tr><th>layer ${layer}</th>` + [...Array(data.heads).keys()].map((h) => {
    const place = layer * data.heads + h;
    return `<td>${model.entropy.values[place].toFixed(1)} · ${model.distance.values[place].toFixed(1)}</td>`;
  }).join("") + "</tr>";
  element("summary").innerHTML = head("bits · patches") + [...Array(data.layers).keys()].map(line).join("");
}

function drawAll() {
  known = new Map();
  drawImage();
  drawLarge();
  drawScale();
  drawHeads();
  element("layer-said").textContent = `${state.layer} of ${data.layers - 1}`;
  element("share-said").textContent = `${Math.round(100 * state.share)} %`;
  element("share-row").hidden = state.mode !== "mass";
  element("place").textContent = `Query: ${nameOf(state.query)}.`;
  element("lock").textContent = state.locked === null ? "Click to hold it." : "Held; click again to let go.";
  [...element("extra").children].forEach((button, token) => button.setAttribute("aria-pressed", token === state.query));
  say();
  if (element("keys").closest("details").open) fillKeys();
}

const drawSoon = onceAFrame(drawAll);
const drawAndSaySoon = onceAFrame(() => { drawAll(); announce(sentence()); });

function change(what, spoken = true) {
  Object.assign(state, what);
  (spoken ? drawAndSaySoon : drawSoon)();
}

// --- Hands ---

function patchAt(event, canvas) {
  const box = canvas.getBoundingClientRect();
  const x = Math.min(W - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * W)));
  const y = Math.min(H - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * H)));
  return y * W + x;
}

const image = element("image");
sized(image, SIDE);
image.setAttribute("aria-label", `The image in ${H} rows and ${W} columns of patches. Arrow keys choose the query, Enter holds it.`);
image.addEventListener("pointermove", (event) => {
  const query = EXTRA + patchAt(event, image);
  if (state.locked === null && query !== state.query) change({ query }, false);
});
image.addEventListener("click", (event) => {
  const query = EXTRA + patchAt(event, image);
  change({ query, locked: state.locked === query ? null : query });
});
image.addEventListener("keydown", (event) => {
  const patch = Math.max(0, state.query - EXTRA);
  const [y, x] = [Math.floor(patch / W), patch % W];
  const moves = { ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1], Home: [y, 0], End: [y, W - 1] };
  if (event.key in moves) {
    const [toY, toX] = state.query < EXTRA ? [y, x] : moves[event.key];
    const query = EXTRA + Math.min(H - 1, Math.max(0, toY)) * W + Math.min(W - 1, Math.max(0, toX));
    change({ query, locked: query });
  } else if (event.key === "Enter" || event.key === " ") {
    change({ locked: state.locked === null ? state.query : null });
  } else return;
  event.preventDefault();
});

data.extra.forEach((name, token) => {
  const button = document.createElement("button");
  button.textContent = name;
  button.addEventListener("click", () => change({ query: token, locked: token }));
  element("extra").append(button);
});
element("extra").hidden = EXTRA === 0;

for (const [mode, text] of Object.entries(MODES)) {
  if (mode !== "gradient" || data.models.every((model) => model.gradient)) element("mode").append(new Option(text, mode));
}
for (const [shown, text] of [...data.models.keys(), ...(data.models.length === 2 ? [2] : [])].map((one) => [one, labelOf(one)])) {
  element("compare").append(new Option(text, shown));
}
element("compare-row").hidden = data.models.length < 2;
element("scaling").value = state.scaling;
element("layer").max = data.layers - 1;
element("layer").value = state.layer;
element("layer").addEventListener("input", (event) => change({ layer: Number(event.target.value) }));
element("share").addEventListener("input", (event) => change({ share: event.target.value / 100 }));
for (const [id, name, parse] of [["mode", "mode", String], ["scaling", "scaling", String], ["compare", "shown", Number]]) {
  element(id).addEventListener("change", (event) => { change({ [name]: parse(event.target.value) }); fillSummary(); });
}
element("under").addEventListener("change", () => change({}));
element("keys").closest("details").addEventListener("toggle", fillKeys);
fillSummary();
onTheme(drawAll);
