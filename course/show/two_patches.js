// Two patches of an image, picked by hand; a net has been asked about every pair (two_patches.py).

const element = (id) => document.getElementById(id);
const [count, height] = data.images.shape;
const side = data.side, places = side * side, classes = data.words.length;
const now = { image: 0, i: 0, j: side + 1, picked: "i" };

// --- what is known of a pair ---------------------------------------------------------------------------------------

const at = (table, i, j) => table.values[i * places + j];
const truth = (i, j) => at(data.labels, i, j);
const share = (c, i, j) => data.shares.values[((now.image * classes + c) * places + i) * places + j] / 255;

function likeliest(i, j) {
  let best = 0;
  for (let c = 1; c < classes; c += 1) if (share(c, i, j) > share(best, i, j)) best = c;
  return best;
}

function rightPairs() {
  let right = 0;
  for (let i = 0; i < places; i += 1)
    for (let j = 0; j < places; j += 1) right += likeliest(i, j) === truth(i, j);
  return right;
}

const signed = (x) => x.toFixed(2).replace("-", "−");
const steps = (i, j) => Math.hypot(Math.floor(i / side) - Math.floor(j / side), (i % side) - (j % side));

function sentence() {
  const { i, j } = now;
  const said = likeliest(i, j);
  const verdict = said === truth(i, j) ? "right" : "wrong";
  return `Patch ${i}, as seen from patch ${j}: ${data.words[truth(i, j)]}. `
    + `Distance ${steps(i, j).toFixed(2)} steps, scaled ${signed(at(data.distances, i, j))}; `
    + `angle, scaled, ${signed(at(data.angles, i, j))}. `
    + `The net says ${data.words[said]}, with ${Math.round(100 * share(said, i, j))} % (${verdict}). `
    + `Of the ${places * places} pairs of this image it has ${rightPairs()} right.`;
}

// --- picture -------------------------------------------------------------------------------------------------------

function drawImage() {
  const pen = context(element("image"));
  const size = element("image").getBoundingClientRect().width;
  const pixel = size / height, patch = size / side;
  pen.fillStyle = "#ffffff"; // the sheet is paper in any theme
  pen.fillRect(0, 0, size, size);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < height; x += 1) {
      const ink = data.images.values[(now.image * height + y) * height + x];
      if (ink === 0) continue;
      pen.fillStyle = `rgba(17, 20, 24, ${ink / 255})`;
      pen.fillRect(x * pixel, y * pixel, pixel + 0.5, pixel + 0.5);
    }
  pen.strokeStyle = "#8a9099";
  pen.lineWidth = 1;
  for (let line = 1; line < side; line += 1) {
    pen.strokeRect(line * patch, -1, 0, size + 2);
    pen.strokeRect(-1, line * patch, size + 2, 0);
  }
  mark(pen, now.j, patch, "j", "#b84a00", [6, 4]);
  mark(pen, now.i, patch, "i", "#0b62a8", []);
}

function mark(pen, number, patch, name, colour, dash) {
  const x = (number % side) * patch, y = Math.floor(number / side) * patch;
  const inset = name === "j" ? 6 : 3; // both are seen where i is j
  pen.strokeStyle = colour;
  pen.lineWidth = 3;
  pen.setLineDash(dash);
  pen.strokeRect(x + inset, y + inset, patch - 2 * inset, patch - 2 * inset);
  pen.setLineDash([]);
  const left = name === "i" ? x + 6 : x + patch - 24, top = y + 6;
  pen.fillStyle = colour;
  pen.fillRect(left, top, 18, 20);
  pen.fillStyle = "#ffffff";
  pen.font = "bold 15px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(name, left + 9, top + 10);
}

function drawNine() {
  const pen = context(element("nine"));
  const box = element("nine").getBoundingClientRect();
  const wide = box.width / 3, tall = box.height / 3;
  const { i, j } = now, said = likeliest(i, j);
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (let c = 0; c < classes; c += 1) {
    const x = (c % 3) * wide + 3, y = Math.floor(c / 3) * tall + 3;
    const level = share(c, i, j) * (tall - 6);
    pen.fillStyle = colour("grid");
    pen.fillRect(x, y + tall - 6 - level, wide - 6, level); // as water in a glass
    pen.strokeStyle = colour(c === truth(i, j) ? "accent" : "muted");
    pen.lineWidth = c === truth(i, j) ? 4 : 1;
    pen.strokeRect(x, y, wide - 6, tall - 6);
    pen.fillStyle = colour("ink");
    pen.font = `${c === said ? "bold " : ""}15px system-ui, sans-serif`;
    pen.fillText(data.words[c], x + wide / 2 - 3, y + tall / 2 - 13);
    pen.fillText(`${Math.round(100 * share(c, i, j))} %`, x + wide / 2 - 3, y + tall / 2 + 9);
  }
}

// --- hands ---------------------------------------------------------------------------------------------------------

function draw() {
  drawImage();
  drawNine();
  element("said").textContent = sentence();
  element("pick-i").setAttribute("aria-pressed", String(now.picked === "i"));
  element("pick-j").setAttribute("aria-pressed", String(now.picked === "j"));
  [...element("images").querySelectorAll("button")].forEach((button, image) =>
    button.setAttribute("aria-pressed", String(image === now.image)));
}

function change(how) {
  how();
  draw();
  announce(sentence());
}

for (let image = 0; image < count; image += 1) {
  const button = document.createElement("button");
  button.textContent = `image ${image + 1}`;
  button.addEventListener("click", () => change(() => { now.image = image; }));
  element("images").append(button);
}

element("pick-i").addEventListener("click", () => change(() => { now.picked = "i"; }));
element("pick-j").addEventListener("click", () => change(() => { now.picked = "j"; }));
element("swap").addEventListener("click", () => change(() => { [now.i, now.j] = [now.j, now.i]; }));

element("image").addEventListener("click", (event) => {
  const box = element("image").getBoundingClientRect();
  const within = (where, from, size) => Math.min(side - 1, Math.max(0, Math.floor((side * (where - from)) / size)));
  const row = within(event.clientY, box.top, box.height), column = within(event.clientX, box.left, box.width);
  change(() => { now[now.picked] = row * side + column; });
});

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
element("image").addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  if (!move && event.key !== " ") return;
  event.preventDefault();
  if (!move) return change(() => { now.picked = now.picked === "i" ? "j" : "i"; });
  const row = Math.floor(now[now.picked] / side) + move[0], column = (now[now.picked] % side) + move[1];
  if (row < 0 || column < 0 || row >= side || column >= side) return;
  change(() => { now[now.picked] = row * side + column; });
});

onTheme(draw);
