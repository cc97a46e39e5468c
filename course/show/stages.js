// Each stage of two models as a rectangle, tokens high and width wide, both to the same scale; FLOPs as bars below.

const element = (id) => document.getElementById(id);
const CANVASES = ["flat", "steps"], GROUPS = ["left", "right"];
const state = { size: data.sizes.indexOf(data.size), chosen: [...data.chosen], at: [1, 0] };  // at: side, stage

const stagesOf = (side) => data.models[state.chosen[side]][state.size];
const total = (side) => stagesOf(side).reduce((sum, stage) => sum + stage.flops, 0);
const COLOURS = ["accent", "second", "third"];
const many = (x) => x.toLocaleString("en-US");
const giga = (x) => (x / 1e9).toFixed(x < 1e9 ? 2 : 1);
const percent = (part, whole) => `${Math.round((100 * part) / whole)} %`;

// --- the picture -----------------------------------------------------------------------------------------------------

const TOP = 22, BOTTOM = 20, GAP = 14;
function rectangles(side) {
  const { width, height } = element(CANVASES[side]).getBoundingClientRect();
  const sides = [0, 1].map(stagesOf);
  const highest = Math.max(...sides.flat().map((stage) => stage.tokens));
  const room = width - GAP * (stagesOf(side).length + 1);
  const widest = stagesOf(side).reduce((sum, stage) => sum + stage.width, 0);
  const scale = Math.min(room / widest, 0.5);
  let x = GAP;
  return stagesOf(side).map((stage) => {
    const high = Math.max(2, ((height - TOP - BOTTOM) * stage.tokens) / highest);
    const box = [x, height - BOTTOM - high, Math.max(2, stage.width * scale), high];
    x += box[2] + GAP + Math.max(0, 46 - box[2]);
    return box;
  });
}

function drawSide(side) {
  const pen = context(element(CANVASES[side]));
  pen.textAlign = "left";
  pen.font = "13px system-ui, sans-serif";
  rectangles(side).forEach(([x, y, wide, high], number) => {
    const stage = stagesOf(side)[number];
    pen.fillStyle = colour(COLOURS[number]);
    pen.fillRect(x, y, wide, high);
    if (state.at[0] === side && state.at[1] === number) {
      pen.strokeStyle = colour("ink");
      pen.lineWidth = 2;
      pen.strokeRect(x - 3, y - 3, wide + 6, high + 6);
    }
    pen.fillStyle = colour("ink");
    pen.textBaseline = "bottom";
    pen.fillText(many(stage.tokens), x, y - 4);
    pen.textBaseline = "top";
    pen.fillText(`${stage.width} × ${stage.layers}`, x, y + high + 5);
  });
}

// The FLOPs of both, stage by stage, to one scale.
function drawBars() {
  const pen = context(element("bars")), { width } = element("bars").getBoundingClientRect();
  const most = Math.max(total(0), total(1)), room = width - 90;
  pen.font = "13px system-ui, sans-serif";
  pen.textBaseline = "middle";
  [0, 1].forEach((side) => {
    let x = 0;
    const y = 4 + 35 * side;
    stagesOf(side).forEach((stage, number) => {
      const wide = (room * stage.flops) / most;
      pen.fillStyle = colour(COLOURS[number]);
      pen.fillRect(x, y, Math.max(1, wide - 1), 26);
      x += wide;
    });
    pen.fillStyle = colour("ink");
    pen.fillText(`${giga(total(side))} GFLOPs`, x + 6, y + 13);
  });
}

function rows() {
  return [0, 1].flatMap((side) => stagesOf(side).map((stage, number) => {
    const line = document.createElement("tr");
    line.className = state.at[0] === side && state.at[1] === number ? "chosen" : "";
    const name = `${state.chosen[side]}${side ? `, ${number + 1}` : ""}`;
    const told = [name, many(stage.tokens), stage.width, stage.layers, many(stage.entries), giga(stage.flops), percent(stage.pairs, stage.flops)];
    for (const text of told) line.appendChild(document.createElement("td")).textContent = text;
    return line;
  }));
}

function sentence() {
  const [side, number] = state.at, stage = stagesOf(side)[number], size = data.sizes[state.size];
  const which = stagesOf(side).length > 1 ? `stage ${number + 1} of ${state.chosen[side]}` : state.chosen[side];
  const share = stagesOf(side).length > 1 ? `, ${percent(stage.flops, total(side))} of the model's` : "";
  return `At ${size} × ${size} pixels ${which} has ${many(stage.tokens)} tokens of width ${stage.width}: ` +
    `${many(stage.entries)} weights in a head, and ${giga(stage.flops)} GFLOPs in its layers${share}. ` +
    `In all: ${state.chosen[0]} ${giga(total(0))}, ${state.chosen[1]} ${giga(total(1))} GFLOPs.`;
}

// --- hands -----------------------------------------------------------------------------------------------------------

function show() {
  element("size").value = state.size;
  element("size").setAttribute("aria-valuetext", `${data.sizes[state.size]} pixels`);
  element("pixels").textContent = data.sizes[state.size];
  GROUPS.forEach((group, side) => {
    for (const button of element(group).children) {
      button.setAttribute("aria-pressed", String(button.textContent === state.chosen[side]));
    }
    drawSide(side);
  });
  drawBars();
  element("rows").replaceChildren(...rows());
  element("said").textContent = sentence();
}
function change(what) {
  Object.assign(state, what);
  show();
  announce(sentence());
}

element("size").max = data.sizes.length - 1;
element("size").addEventListener("input", (event) => change({ size: Number(event.target.value) }));
GROUPS.forEach((group, side) => {
  for (const name of data.sides[side]) {
    const button = element(group).appendChild(document.createElement("button"));
    button.textContent = name;
    button.addEventListener("click", () => {
      const chosen = [...state.chosen];
      chosen[side] = name;
      change({ chosen, at: [side, 0] });
    });
  }
  const canvas = element(CANVASES[side]);
  canvas.setAttribute("aria-label", "Stages as rectangles, tokens high and width wide; arrow keys choose one.");
  canvas.addEventListener("click", (event) => {
    const right = event.clientX - canvas.getBoundingClientRect().left;
    const number = rectangles(side).findLastIndex(([x]) => right >= x - GAP);
    if (number >= 0) change({ at: [side, number] });
  });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const from = state.at[0] === side ? state.at[1] : 0;
    change({ at: [side, Math.min(stagesOf(side).length - 1, Math.max(0, from + step))] });
    event.preventDefault();
  });
});

onTheme(show);
