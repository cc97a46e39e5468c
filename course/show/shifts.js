// A digit on its sheet, moved by hand; every reader has been asked at every place (shifts.py).

const element = (id) => document.getElementById(id);
const [count, height, width] = data.images.shape;
const side = 2 * data.margin + 1;
const classes = data.shares[0].shape[3];
const now = { digit: 0, down: data.margin, right: data.margin }; // in the middle of the sheet

// --- what the readers say ------------------------------------------------------------------------------------------

const sharesAt = (reader, down, right) => {
  const start = ((now.digit * side + down) * side + right) * classes;
  return data.shares[reader].values.subarray(start, start + classes);
};
const reading = (shares) => shares.indexOf(Math.max(...shares));
const truth = () => data.labels[now.digit];

function rightPlaces(reader) {
  let right = 0;
  for (let i = 0; i < side; i += 1)
    for (let j = 0; j < side; j += 1) right += reading(sharesAt(reader, i, j)) === truth();
  return right;
}

function place() {
  const down = now.down - data.margin;
  const right = now.right - data.margin;
  if (down === 0 && right === 0) return "in the middle";
  const parts = [];
  if (right !== 0) parts.push(`${Math.abs(right)} to the ${right > 0 ? "right" : "left"}`);
  if (down !== 0) parts.push(`${Math.abs(down)} ${down > 0 ? "down" : "up"}`);
  return parts.join(", ");
}

function sentence() {
  const told = data.readers.map((name, reader) => {
    const found = reading(sharesAt(reader, now.down, now.right));
    const verdict = found === truth() ? "right" : "wrong";
    return `${name} reads ${found} (${verdict}; right at ${rightPlaces(reader)} of ${side * side} places)`;
  });
  return `A ${truth()}, ${place()}: ${told.join(", ")}.`;
}

// --- picture -------------------------------------------------------------------------------------------------------

function drawSheet() {
  const pen = context(element("sheet"));
  const rows = height + 2 * data.margin;
  const columns = width + 2 * data.margin;
  const cell = element("sheet").getBoundingClientRect().width / columns;
  pen.fillStyle = "#ffffff"; // the sheet is paper in any theme
  pen.fillRect(0, 0, columns * cell, rows * cell);
  for (let i = 0; i < height; i += 1)
    for (let j = 0; j < width; j += 1) {
      const ink = data.images.values[(now.digit * height + i) * width + j];
      if (ink === 0) continue;
      pen.fillStyle = `rgba(17, 20, 24, ${ink / 255})`;
      pen.fillRect((now.right + j) * cell, (now.down + i) * cell, cell + 0.5, cell + 0.5);
    }
  pen.strokeStyle = "#0b62a8"; // where it lay when it was learnt
  pen.setLineDash([4, 4]);
  pen.strokeRect(data.margin * cell, data.margin * cell, width * cell, height * cell);
}

function drawBars() {
  const canvas = element("bars");
  const pen = context(canvas);
  const box = canvas.getBoundingClientRect();
  const each = box.height / data.readers.length;
  pen.font = "14px system-ui, sans-serif";
  data.readers.forEach((name, reader) => {
    const shares = sharesAt(reader, now.down, now.right);
    const found = reading(shares);
    const top = reader * each;
    const floor = top + each - 20;
    const step = box.width / classes;
    pen.textAlign = "left";
    pen.fillStyle = colour("ink");
    pen.fillText(`${name}: ${found} ${found === truth() ? "✓" : "✗"}, ${Math.round(100 * shares[found])} %`, 0, top + 14);
    pen.textAlign = "center";
    for (let c = 0; c < classes; c += 1) {
      const tall = (each - 44) * shares[c];
      pen.fillStyle = colour(c === truth() ? "accent" : "second");
      pen.fillRect(c * step + 2, floor - Math.max(tall, 1), step - 4, Math.max(tall, 1));
      pen.fillStyle = colour(c === found ? "ink" : "muted");
      pen.fillText(String(c), (c + 0.5) * step, floor + 15);
    }
  });
}

// --- hands ---------------------------------------------------------------------------------------------------------

function draw() {
  drawSheet();
  drawBars();
  element("place").textContent = place();
  element("said").textContent = sentence();
  [...element("digits").querySelectorAll("button")].forEach((button, digit) =>
    button.setAttribute("aria-pressed", String(digit === now.digit)));
}

function change(how) {
  how();
  draw();
  announce(sentence());
}

const within = (value) => Math.min(side - 1, Math.max(0, value));
const moveTo = (down, right) => change(() => { now.down = within(down); now.right = within(right); });

for (let digit = 0; digit < count; digit += 1) {
  const button = document.createElement("button");
  button.textContent = `a ${data.labels[digit]}`;
  button.addEventListener("click", () => change(() => { now.digit = digit; }));
  element("digits").append(button);
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
element("sheet").addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  moveTo(now.down + step[0], now.right + step[1]);
});

let grip = null; // where the hand took hold, and where the digit was
element("sheet").addEventListener("pointerdown", (event) => {
  event.target.setPointerCapture(event.pointerId);
  grip = { x: event.clientX, y: event.clientY, ...now };
});
element("sheet").addEventListener("pointermove", (event) => {
  if (!grip || !event.buttons) return;
  const cell = element("sheet").getBoundingClientRect().width / (width + 2 * data.margin);
  const down = within(grip.down + Math.round((event.clientY - grip.y) / cell));
  const right = within(grip.right + Math.round((event.clientX - grip.x) / cell));
  if (down !== now.down || right !== now.right) moveTo(down, right);
});
element("sheet").addEventListener("pointerup", () => { grip = null; });

onTheme(draw);
