// How alike sinusoidal positions are: the cosine of PE(p) and PE(q), as a map of all pairs and as the row of one p.

const element = (id) => document.getElementById(id);
const L = data.length;
const state = { d: data.d, p: data.p };

// PE(p)·PE(q) is a sum of cos(w (p − q)), one for each pair of channels; divided by d/2 it is 1 for p = q.
function alike(gap) {
  let sum = 0;
  for (let i = 0; i < state.d; i += 2) sum += Math.cos(gap / data.base ** (i / state.d));
  return (2 * sum) / state.d;
}
const byGap = () => Array.from({ length: L }, (_, gap) => alike(gap));

// The first gap at which no more than half is left, and the first at which it is back at nine tenths.
function gaps(similar) {
  const half = similar.findIndex((one) => one <= 0.5);
  const away = similar.findIndex((one) => one < 0.9);
  const again = away < 0 ? -1 : similar.findIndex((one, gap) => gap > away && one >= 0.9);
  return { half, again };
}

const number = (x) => x.toFixed(2).replace("-", "−");
const LEFT = 34, BOTTOM = 34, TOP = 20;

function drawMap(similar) {
  const pen = context(element("map"));
  const { width, height } = element("map").getBoundingClientRect();
  const side = Math.min(width - LEFT, height - BOTTOM - TOP), dot = side / L;
  for (let p = 0; p < L; p++) {
    for (let q = 0; q < L; q++) {
      const at = colourAt(similar[Math.abs(p - q)], true);
      const [r, g, b] = data.colours.values.subarray(at, at + 3);
      pen.fillStyle = `rgb(${r} ${g} ${b})`;
      pen.fillRect(LEFT + q * dot, TOP + p * dot, dot + 0.5, dot + 0.5);
    }
  }
  frame(pen, [LEFT, TOP + state.p * dot, side, dot], 1.5);
  pen.fillStyle = colour("ink");
  pen.font = "14px system-ui, sans-serif";
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  pen.fillText("every pair of positions", LEFT + side / 2, TOP / 2);
  for (const q of [0, L / 2, L - 1]) pen.fillText(q, LEFT + (q + 0.5) * dot, TOP + side + 10);
  pen.fillText("q", LEFT + side / 4, TOP + side + 10);
  pen.textAlign = "right";
  for (const p of [0, L - 1]) pen.fillText(p, LEFT - 6, TOP + (p + 0.5) * dot);
  pen.fillText("p", LEFT - 6, TOP + side / 2);
}

function drawRow(similar) {
  const pen = context(element("row"));
  const { width, height } = element("row").getBoundingClientRect();
  const x = (q) => LEFT + ((width - LEFT - 12) * q) / (L - 1);
  const y = (share) => TOP + ((height - TOP - BOTTOM) * (1 - share)) / 2;
  pen.font = "14px system-ui, sans-serif";
  pen.fillStyle = colour("ink");
  pen.textBaseline = "middle";
  for (const share of [-1, 0, 1]) {
    pen.strokeStyle = colour(share === 0 ? "muted" : "grid");
    pen.beginPath();
    pen.moveTo(LEFT, y(share));
    pen.lineTo(width - 12, y(share));
    pen.stroke();
    pen.textAlign = "right";
    pen.fillText(String(share).replace("-", "−"), LEFT - 6, y(share));
  }
  pen.textAlign = "center";
  for (const q of [0, L / 2, L - 1]) pen.fillText(q, x(q), height - BOTTOM + 12);
  pen.fillText("q", x(L / 4), height - BOTTOM + 12);
  pen.fillText(`row p = ${state.p}: its cosine with PE(q)`, (LEFT + width) / 2, TOP / 2);
  pen.strokeStyle = colour("accent");
  pen.lineWidth = 2.5;
  pen.beginPath();
  for (let q = 0; q < L; q++) pen.lineTo(x(q), y(similar[Math.abs(q - state.p)]));
  pen.stroke();
  pen.fillStyle = colour("second");
  pen.beginPath();
  pen.arc(x(state.p), y(1), 5, 0, 2 * Math.PI);
  pen.fill();
}

function sentence() {
  const similar = byGap(), { half, again } = gaps(similar);
  const next = `With d = ${state.d}, PE(${state.p}) and its neighbour have a cosine of ${number(similar[1])}.`;
  const falls = half < 0
    ? `Within ${L} positions it never falls to a half.`
    : `It falls to a half or less at ${half} ${half === 1 ? "step" : "steps"}, whatever p is.`;
  const back = again < 0 ? "" : ` But ${again} steps away it is back at ${number(similar[again])}: two places that look alike.`;
  return `${next} ${falls}${back}`;
}

function show() {
  for (const name of ["d", "p"]) {
    const slider = element(name);
    slider.value = name === "d" ? data.widths.indexOf(state.d) : state.p;
    slider.setAttribute("aria-valuetext", state[name]);
    slider.nextElementSibling.textContent = state[name];
  }
  const similar = byGap();
  drawMap(similar);
  drawRow(similar);
  element("said").textContent = sentence();
}
function change(what) {
  Object.assign(state, what);
  show();
  announce(sentence());
}

element("d").max = data.widths.length - 1;
element("d").addEventListener("input", (event) => change({ d: data.widths[event.target.value] }));
element("p").max = L - 1;
element("p").addEventListener("input", (event) => change({ p: Number(event.target.value) }));

function point(event) {
  const box = element("map").getBoundingClientRect();
  const side = Math.min(box.width - LEFT, box.height - BOTTOM - TOP);
  const p = Math.floor(((event.clientY - box.top - TOP) * L) / side);
  if (p >= 0 && p < L && p !== state.p) change({ p });
}
element("map").addEventListener("pointerdown", (event) => { event.target.setPointerCapture(event.pointerId); point(event); });
element("map").addEventListener("pointermove", (event) => { if (event.buttons) point(event); });

onTheme(show);
