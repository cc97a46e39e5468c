// A guess, on a grid or on a line; then the answer, and how far it is.

const element = (id) => document.getElementById(id);
const state = { guess: null, at: 0, revealed: false };  // `at` is where the keyboard is

// --- On a grid: a patch of an image, or a cell of a table ---

function onAGrid() {
  const [H, W] = data.values.shape, values = data.values.values;
  const canvas = element("grid");
  const named = data.rows !== undefined;
  const LEFT = named ? 80 : 0, TOP = named ? 26 : 0, SIDE = 380;
  const cell = SIDE / Math.max(H, W);
  const best = values.reduce((most, value, place) => (value > values[most] ? place : most), 0);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values[best]];
  canvas.style.width = `${LEFT + cell * W}px`;
  canvas.style.height = `${TOP + cell * H}px`;
  canvas.setAttribute("aria-label", `${data.question} ${H} rows and ${W} columns; arrow keys move, Enter marks.`);
  const photo = data.image && picture(data.image);

  const nameOf = (place) => {
    const [row, column] = [Math.floor(place / W), place % W];
    return named ? `row ${data.rows[row]}, column ${data.columns[column]}` : `row ${row + 1}, column ${column + 1}`;
  };

  function draw() {
    const pen = context(canvas);
    pen.font = "14px system-ui, sans-serif";
    pen.textBaseline = "middle";
    pen.textAlign = "center";
    pen.imageSmoothingEnabled = false;
    if (photo && state.revealed) drawPale(pen, photo, cell * W, cell * H);
    else if (photo) pen.drawImage(photo, 0, 0, cell * W, cell * H);
    for (let place = 0; place < H * W; place++) drawCell(pen, place);
    if (named) drawNames(pen);
    if (state.revealed) mark(pen, best, [4, 3]);
    if (state.guess !== null) mark(pen, state.guess, []);
    if (document.activeElement === canvas && !state.revealed) mark(pen, state.at, [1, 3]);
  }

  function drawCell(pen, place) {
    const [x, y] = corner(place);
    if (state.revealed) {
      const share = high > low ? (values[place] - low) / (high - low) : 1;
      const at = colourAt(share, false);
      const rgb = data.colours.values.subarray(at, at + 3);
      pen.fillStyle = `rgb(${rgb.join(" ")} / ${photo ? cover(share) : 1})`;
      pen.fillRect(x, y, cell, cell);
      if (cell >= 44) {  // behind the number the cell's own colour, opaque, where a photo shines through the cell
        const text = [values[place].toFixed(2).replace("-", "−"), x + cell / 2, y + cell / 2];
        [pen.strokeStyle, pen.lineWidth, pen.lineJoin] = [`rgb(${rgb.join(" ")})`, 6, "round"];
        pen.strokeText(...text);
        pen.fillStyle = inkOn(rgb);
        pen.fillText(...text);
      }
    }
    pen.strokeStyle = photo ? "rgba(128, 128, 128, 0.4)" : colour("muted");
    pen.lineWidth = 1;
    pen.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
  }

  function drawNames(pen) {
    pen.fillStyle = colour("ink");
    data.columns.forEach((name, column) => pen.fillText(name, LEFT + (column + 0.5) * cell, TOP / 2));
    pen.textAlign = "right";
    data.rows.forEach((name, row) => pen.fillText(name, LEFT - 8, TOP + (row + 0.5) * cell));
    pen.textAlign = "center";
  }

  const corner = (place) => [LEFT + (place % W) * cell, TOP + Math.floor(place / W) * cell];

  function mark(pen, place, dash) {
    const [x, y] = corner(place);
    frame(pen, [x + 2, y + 2, cell - 4, cell - 4], 2.5, dash);
  }

  function sentence() {
    if (state.guess === null) return `Mark a ${data.word}: click it, or use the arrow keys and Enter.`;
    const marked = `You marked ${nameOf(state.guess)}`;
    if (!state.revealed) return `${marked}. Reveal when you are sure.`;
    if (values[state.guess] === high) return `${marked}: right, with ${told(high)} no other has more.`;
    const apart = Math.hypot(Math.floor(state.guess / W) - Math.floor(best / W), (state.guess % W) - (best % W));
    return `${marked}, which has ${told(values[state.guess])}. The most, ${told(high)}, is in ${nameOf(best)} (dashed): ` +
      `${apart.toFixed(1)} ${data.word}${apart === 1 ? "" : (data.word === "patch" ? "es" : "s")} away, and ${told(high - values[state.guess])} more.`;
  }

  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - LEFT) / cell);
    const row = Math.floor((event.clientY - box.top - TOP) / cell);
    if (row >= 0 && row < H && column >= 0 && column < W) choose(row * W + column);
  });
  canvas.addEventListener("keydown", (event) => {
    const [row, column] = [Math.floor(state.at / W), state.at % W];
    const moves = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1] };
    if (event.key in moves) {
      const [toRow, toColumn] = moves[event.key];
      state.at = Math.min(H - 1, Math.max(0, toRow)) * W + Math.min(W - 1, Math.max(0, toColumn));
      show(nameOf(state.at));
    } else if (event.key === "Enter" || event.key === " ") choose(state.at);
    else return;
    event.preventDefault();
  });
  for (const change of ["focus", "blur"]) canvas.addEventListener(change, () => show());

  function choose(place) {
    if (state.revealed) return;
    Object.assign(state, { guess: place, at: place });
    show(sentence());
  }

  element("low").textContent = told(low);
  element("high").textContent = told(high);
  element("line").hidden = true;
  return { draw, sentence };
}

// --- On a line: a number ---

function onALine() {
  const { low, high, answer } = data;
  const slider = element("number");
  const step = 10 ** Math.floor(Math.log10((high - low) / 100));
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const say = (number) => `${number.toLocaleString("en-GB", { maximumFractionDigits: digits + 1 })}${data.unit ? " " + data.unit : ""}`;
  Object.assign(slider, { min: low, max: high, step, value: (low + high) / 2 });
  slider.setAttribute("aria-label", data.question);
  slider.addEventListener("input", () => {
    state.guess = Number(slider.value);
    show(say(state.guess));
  });

  function draw() {
    slider.disabled = state.revealed;
    element("number-said").textContent = state.guess === null ? "" : `your guess: ${say(state.guess)}`;
    element("answer").hidden = !state.revealed;
    element("answer").textContent = `▲\n${say(answer)}`;
    element("answer").style.left = `${(100 * (answer - low)) / (high - low)}%`;
  }

  function sentence() {
    if (state.guess === null) return "Move the slider to your guess; then reveal.";
    if (!state.revealed) return "Reveal when you are sure.";
    const gap = Math.abs(state.guess - answer);
    if (gap <= step / 2) return `It is ${say(answer)}, as you said.`;
    return `It is ${say(answer)}. You said ${say(state.guess)}, which is ${say(gap)} too ${state.guess > answer ? "high" : "low"}.`;
  }

  element("grid").hidden = true;
  return { draw, sentence };
}

// --- What both share ---

const { draw, sentence } = data.kind === "grid" ? onAGrid() : onALine();

function show(spoken) {
  draw();
  element("reveal").disabled = state.guess === null || state.revealed;
  element("again").disabled = state.guess === null;
  element("legend").hidden = !(state.revealed && data.kind === "grid");
  if (!element("legend").hidden) drawColours(element("scale"), data.colours.values);
  element("said").textContent = sentence();
  if (spoken) announce(spoken);
}

element("question").textContent = data.question;
element("reveal").addEventListener("click", () => { state.revealed = true; show(sentence()); });
element("again").addEventListener("click", () => { Object.assign(state, { guess: null, revealed: false }); show("Guess again."); });
onTheme(() => show());
