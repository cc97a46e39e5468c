// A sound, downwards, looks at the frames of a film, across. A slider moves the sound against the film.

const element = (id) => document.getElementById(id);
const [F, M, H, W] = data.frames.shape, N = data.weights.levels.shape[2], BANDS = data.bands.shape[3];
const STEPS = N / M, SECONDS = data.sounds.shape[1] / data.rate, FRAME = SECONDS / M;  // moments a frame, seconds
const LEFT = 110, SOUND = 84, TOP = 52;  // where the map begins; how wide the sound is drawn
const state = { film: 0, at: data.delays.indexOf(0), second: null };

const late = () => data.delays[state.at];
const row = (moment) => rowOf(data.weights, (state.at * F + state.film) * N + moment);
const note = (m) => (m >= 0 && m < M ? data.notes.values[state.film * M + m] : -1);
const heard = (moment) => note(Math.floor(moment / STEPS) - late());  // the note that sounds then
const signed = (x) => x.toFixed(1).replace("-", "−");

// Of the moments in which a tone sounds: how far behind the frame shown they look, and how much on their own note.
function measures() {
  let lag = 0, own = 0, tones = 0;
  for (let n = 0; n < N; n++) {
    if (heard(n) < 0) continue;
    const weights = row(n), now = (n + 0.5) / STEPS;
    weights.forEach((weight, m) => {
      lag += weight * (now - m - 0.5);
      own += note(m) === heard(n) ? weight : 0;
    });
    tones += 1;
  }
  return { lag: lag / tones, own: own / tones };
}

function sentence() {
  const { lag, own } = measures(), by = late();
  const when = by === 0 ? "The sound is in time" : `The sound is ${by > 0 ? "late" : "early"} by ${Math.abs(by)} frame${Math.abs(by) > 1 ? "s" : ""}`;
  return `${when}. While a tone sounds, it looks ${signed(lag)} frames behind what is shown, on average; `
    + `${Math.round(100 * own)} % of the look is on frames in which its own note is sung.`;
}

// --- Drawing ---

const canvas = element("map");
let stills = [];

function prepare() {
  stills = Array.from({ length: M }, (_, m) => {
    const from = (state.film * M + m) * H * W, values = new Uint8Array(3 * H * W);
    for (let i = 0; i < H * W; i++) values.fill(data.frames.values[from + i], 3 * i, 3 * i + 3);
    return picture({ values, shape: [H, W] });
  });
}

function draw() {
  const pen = context(canvas), box = canvas.getBoundingClientRect();
  const cell = (box.width - LEFT - 4) / M, line = (box.height - TOP - 4) / N;
  pen.imageSmoothingEnabled = false;
  const shown = state.second === null ? -1 : Math.min(M - 1, Math.floor(state.second / FRAME));
  const paint = (share) => {
    const at = colourAt(share, false);
    const [r, g, b] = data.sequential.values.subarray(at, at + 3);
    pen.fillStyle = `rgb(${r}, ${g}, ${b})`;
  };
  const side = Math.min(cell - 2, TOP - 20);
  stills.forEach((still, m) => {
    const x = LEFT + (m + 0.5) * cell - side / 2;
    pen.drawImage(still, x, 16, side, side);
    if (m === shown) frame(pen, [x - 1, 15, side + 2, side + 2], 2, []);
  });
  pen.fillStyle = colour("ink");
  pen.font = "13px system-ui, sans-serif";
  pen.textBaseline = "top";
  pen.fillText("frames →", LEFT, 0);
  pen.fillText("sound ↓", LEFT - SOUND, TOP - 18);
  const most = Math.max(...Array.from({ length: N }, (_, n) => largestOf(row(n))));
  for (let n = 0; n < N; n++) {
    const y = TOP + n * line;
    for (let b = 0; b < BANDS; b++) {
      paint(data.bands.values[((state.at * F + state.film) * N + n) * BANDS + b] / 255);
      pen.fillRect(LEFT - SOUND + (b * (SOUND - 8)) / BANDS, y, (SOUND - 8) / BANDS + 0.5, line + 0.5);
    }
    row(n).forEach((weight, m) => {
      paint(weight / most);
      pen.fillRect(LEFT + m * cell, y, cell - 0.5, line + 0.5);
    });
  }
  const path = (from, to) => { pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to); pen.stroke(); };
  strokeTwice(pen, () => path([LEFT, TOP], [LEFT + M * cell, TOP + N * line]), 1.5, [6, 5]);
  if (state.second !== null) {
    const y = TOP + (state.second / SECONDS) * N * line;
    strokeTwice(pen, () => path([LEFT - SOUND, y], [LEFT + M * cell, y]), 1.5, []);
  }
}

function show() {
  const by = late();
  element("late-said").textContent = `${by < 0 ? "−" : ""}${Math.abs(by)} frame${Math.abs(by) === 1 ? "" : "s"}`;
  element("late").setAttribute("aria-valuetext", element("late-said").textContent);
  element("said").textContent = sentence();
  canvas.setAttribute("aria-label", sentence());
  element("play").textContent = state.second === null ? "Play" : "Stop";
  draw();
}

// --- Playing: the film's frames and, where the browser has it, the sound, moved as the slider says ---

let player = null;

function sound() {
  const samples = data.sounds.shape[1], from = state.film * samples;
  const by = Math.round(late() * FRAME * data.rate), buffer = player.createBuffer(1, samples, data.rate);
  const wave = buffer.getChannelData(0);
  for (let i = 0; i < samples; i++) wave[i] = data.sounds.values[from + ((((i - by) % samples) + samples) % samples)] / 127.5 - 1;
  const source = player.createBufferSource();
  source.buffer = buffer;
  source.connect(player.destination);
  source.start();
  return source;
}

let ended = null;

function play() {
  if (ended) { ended(); return; }
  let source = null;
  try { player ??= new AudioContext(); source = sound(); } catch { source = null; }  // then silently
  const begun = performance.now();
  let going = true;
  ended = () => {
    going = false;
    ended = null;
    state.second = null;
    source?.stop();
    show();
  };
  const tick = () => {
    if (!going) return;
    state.second = (performance.now() - begun) / 1000;
    if (state.second >= SECONDS) ended(); else { show(); requestAnimationFrame(tick); }
  };
  tick();
}

element("film").append(...data.titles.map((title, film) => new Option(title, film)));
Object.assign(element("late"), { min: data.delays[0], max: data.delays[data.delays.length - 1], value: 0 });
element("late").addEventListener("input", (event) => {
  ended?.();
  state.at = data.delays.indexOf(Number(event.target.value));
  show();
  announce(sentence());
});
element("film").addEventListener("change", (event) => {
  ended?.();
  state.film = Number(event.target.value);
  prepare();
  show();
  announce(sentence());
});
element("play").addEventListener("click", play);

prepare();
onTheme(show);
