// An image whose squares are moved, step by step, and the probabilities that networks give to each class.

const element = (id) => document.getElementById(id);
const [steps, height, width] = data.images.shape, classes = data.classes.length;
const state = { moved: 0 };
const number = (x) => x.toFixed(2);
const answer = (model, kind) => data.answers.values[(model * steps + state.moved) * classes + kind];

function likeliest(model) {
  let best = 0;
  for (let kind = 1; kind < classes; kind++) if (answer(model, kind) > answer(model, best)) best = kind;
  return best;
}

function drawImage() {
  const pen = context(element("image")), box = element("image").getBoundingClientRect();
  const size = height * width * 3;
  const values = data.images.values.subarray(state.moved * size, (state.moved + 1) * size);
  const scale = Math.min(box.width / width, box.height / height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(picture({ values, shape: [height, width] }), 0, 0, width * scale, height * scale);
}

function drawBars() {
  const pen = context(element("bars")), box = element("bars").getBoundingClientRect();
  const names = data.names, room = box.width / names.length, line = (box.height - 24) / classes;
  pen.font = "13px system-ui, sans-serif";
  pen.textBaseline = "middle";
  names.forEach((name, model) => {
    const left = model * room, label = 22, most = room - label - 44;
    pen.fillStyle = colour("ink");
    pen.textAlign = "left";
    pen.fillText(name, left, 10);
    for (let kind = 0; kind < classes; kind++) {
      const y = 24 + kind * line, share = answer(model, kind);
      pen.fillStyle = colour("ink");
      pen.fillText(data.classes[kind], left, y + line / 2);
      pen.fillStyle = colour(kind === data.label ? "accent" : "muted");
      pen.fillRect(left + label, y + 3, Math.max(1, share * most), line - 6);
      if (share >= 0.05) pen.fillText(number(share), left + label + share * most + 5, y + line / 2);
    }
  });
}

function sentence() {
  const told = data.names.map((name, model) => {
    const best = likeliest(model);
    return `${name}: ${data.classes[best]}, with ${number(answer(model, best))}`;
  });
  return `Step ${state.moved} of ${steps - 1}; the right answer is ${data.classes[data.label]}. ${told.join("; ")}.`;
}

function show() {
  const slider = element("moved");
  slider.value = state.moved;
  slider.setAttribute("aria-valuetext", `step ${state.moved}`);
  slider.nextElementSibling.textContent = state.moved;
  drawImage();
  drawBars();
  element("said").textContent = sentence();
}

element("moved").max = steps - 1;
element("moved").addEventListener("input", (event) => {
  state.moved = Number(event.target.value);
  show();
  announce(sentence());
});

onTheme(show);
