// Two shapes, aligned from the right; the result or the clash; and which two numbers each cell is made of.

const element = (id) => document.getElementById(id);
const [A, B] = [element("first"), element("second")];
const LARGEST = 8;  // cells along an axis that are still drawn
const CELL = 26, GAP = 40;
const state = { at: [0, 0] };  // the cell of the result that is pointed at

// "3, 1" or "(3, 1)" -> [3, 1]; null where that is no shape.
function shapeOf(text) {
  const inside = text.trim().replace(/^[([]|[)\]]$/g, "").replace(/,\s*$/, "").trim();
  if (inside === "") return [];
  const sizes = inside.split(/[\s,×x]+/).map(Number);
  return sizes.every((size) => Number.isInteger(size) && size >= 0) ? sizes : null;
}

const named = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

// Axis by axis, from the right: [{a, b, size}], in reading order; a and b are undefined where the axis is missing.
function aligned(a, b) {
  const axes = Math.max(a.length, b.length);
  return Array.from({ length: axes }, (_, axis) => {
    const [one, other] = [a[axis - axes + a.length], b[axis - axes + b.length]];
    const [left, right] = [one ?? 1, other ?? 1];
    const size = left === right ? left : left === 1 ? right : right === 1 ? left : null;
    return { a: one, b: other, size };
  });
}

function show() {
  const [a, b] = [shapeOf(A.value), shapeOf(B.value)];
  if (!a || !b) {
    element("axes").hidden = element("cells").hidden = true;
    element("of-cell").textContent = "";
    say(`A shape is whole numbers with commas between them, such as 64, 1. This is none: ${(a ? B : A).value}`);
    return;
  }
  const axes = aligned(a, b);
  drawAxes(axes);
  const clash = axes.findIndex((axis) => axis.size === null);
  if (clash >= 0) {
    const { a: one, b: other } = axes[clash];
    say(`${named(a)} and ${named(b)} do not fit: in axis ${clash - axes.length}, ${one} stands over ${other}, and neither is 1. PyTorch raises an error.`);
  } else {
    const shape = axes.map((axis) => axis.size);
    const count = shape.reduce((product, size) => product * size, 1);
    const grows = count > Math.max(product(a), product(b)) ? ", more than either of them holds" : "";
    say(`The result is ${named(shape)}: ${count.toLocaleString("en-GB")} number${count === 1 ? "" : "s"}${grows}.`);
  }
  drawCells(a, b, axes);
}

const product = (shape) => shape.reduce((whole, size) => whole * size, 1);

function say(text) {
  element("said").textContent = text;
}

function drawAxes(axes) {
  element("axes").hidden = axes.length === 0;
  const row = (name, sizes) => {
    const tr = document.createElement("tr");
    const th = document.createElement("th");
    th.scope = "row";
    th.textContent = name;
    tr.append(th, ...sizes);
    return tr;
  };
  const cell = (text, kind) => {
    const td = document.createElement("td");
    td.textContent = text;
    if (kind) td.className = kind;
    return td;
  };
  const kind = (own, axis) => (axis.size === null ? "clash" : (own ?? 1) !== axis.size ? "stretched" : "");
  const told = (own, axis) => {
    if (own === axis.size || (own !== undefined && axis.size === null)) return `${own}`;
    return axis.size === null ? "" : `${own ?? ""} → ${axis.size}`.trimStart();
  };
  element("axes").tBodies[0].replaceChildren(
    row("first", axes.map((axis) => cell(told(axis.a, axis), kind(axis.a, axis)))),
    row("second", axes.map((axis) => cell(told(axis.b, axis), kind(axis.b, axis)))),
    row("result", axes.map((axis) => cell(axis.size ?? "✗", axis.size === null ? "clash" : ""))),
  );
}

// --- The cells of a small result, and where each of them comes from ---

let grids = null;  // [{name, axes, rows, columns, x}] of what is drawn now

function drawCells(a, b, axes) {
  const small = axes.length > 0 && axes.length <= 2 && axes.every(({ size }) => size !== null && size > 0 && size <= LARGEST);
  element("cells").hidden = !small;
  element("of-cell").textContent = "";
  if (!small) return;
  const flat = (shape) => [shape.length > 1 ? shape[0] : 1, shape.length > 0 ? shape[shape.length - 1] : 1];
  let x = 0;
  grids = [["first", a], ["second", b], ["result", axes.map(({ size }) => size)]].map(([name, shape]) => {
    const [rows, columns] = flat(shape);
    const grid = { name, axes: shape.length, rows, columns, x };
    x += Math.max(columns * CELL, 60) + GAP;
    return grid;
  });
  const result = grids[2];
  state.at = [Math.min(state.at[0], result.rows - 1), Math.min(state.at[1], result.columns - 1)];
  const canvas = element("cells");
  canvas.style.width = `${x}px`;
  canvas.style.height = `${result.rows * CELL + 30}px`;
  canvas.setAttribute("aria-label", `The result, ${result.rows} by ${result.columns}; arrow keys move, and the two numbers that meet in a cell are told.`);
  paint();
}

// The cell of one of the two tensors that is read for a cell of the result: axes of length one are always read at 0.
const source = (grid) => [grid.rows === 1 ? 0 : state.at[0], grid.columns === 1 ? 0 : state.at[1]];

function paint() {
  const pen = context(element("cells"));
  pen.font = "14px system-ui, sans-serif";
  pen.textBaseline = "middle";
  for (const grid of grids) {
    const [row, column] = grid.name === "result" ? state.at : source(grid);
    pen.fillStyle = colour("ink");
    pen.fillText(grid.name, grid.x, 10);
    for (let i = 0; i < grid.rows; i++) {
      for (let j = 0; j < grid.columns; j++) {
        const lit = i === row && j === column;
        pen.fillStyle = lit ? colour("accent") : colour("control");
        pen.strokeStyle = colour("muted");
        pen.lineWidth = lit ? 2 : 1;
        pen.fillRect(grid.x + j * CELL, 22 + i * CELL, CELL - 3, CELL - 3);
        pen.strokeRect(grid.x + j * CELL + 0.5, 22.5 + i * CELL, CELL - 4, CELL - 4);
      }
    }
  }
  const [first, second, result] = grids;
  element("of-cell").textContent =
    `${entry(result, state.at)} is made of ${entry(first, source(first))} and ${entry(second, source(second))}.`;
}

// "first[1, 2]", with as many numbers as the tensor has axes.
const entry = ({ name, axes }, at) => `${name}[${at.slice(2 - axes).join(", ")}]`;

function point(row, column) {
  const { rows, columns } = grids[2];
  state.at = [Math.min(rows - 1, Math.max(0, row)), Math.min(columns - 1, Math.max(0, column))];
  paint();
  announce(element("of-cell").textContent);
}

element("cells").addEventListener("pointermove", (event) => {
  const box = element("cells").getBoundingClientRect();
  const { x, rows, columns } = grids[2];
  const [row, column] = [Math.floor((event.clientY - box.top - 22) / CELL), Math.floor((event.clientX - box.left - x) / CELL)];
  if (row >= 0 && row < rows && column >= 0 && column < columns) point(row, column);
});
element("cells").addEventListener("keydown", (event) => {
  const [row, column] = state.at;
  const moves = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1] };
  if (!(event.key in moves)) return;
  point(...moves[event.key]);
  event.preventDefault();
});

for (const [name, first, second] of data.examples) {
  const button = document.createElement("button");
  button.textContent = name;
  button.addEventListener("click", () => { [A.value, B.value] = [first, second]; show(); });
  element("examples").append(button);
}
for (const field of [A, B]) field.addEventListener("input", show);
[A.value, B.value] = [data.first, data.second];
onTheme(show);
