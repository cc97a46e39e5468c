// A beam search over a tree: at each step the W most probable longer beginnings are kept, and those that end leave.

const element = (id) => document.getElementById(id);
const svg = element("drawing");
const nodes = data.nodes;
const LAST = Math.max(...nodes.map((node) => node.depth));
const ROW = 34, BOX = 26, WIDE = 96;  // CSS pixels
const state = { width: data.width, alpha: 0, step: 0 };

const rows = nodes.map(() => 0);
let free = 0;
(function place(at) {
  const children = nodes[at].children;
  if (!children.length) { rows[at] = free++; return; }
  children.forEach(place);
  rows[at] = children.reduce((sum, child) => sum + rows[child], 0) / children.length;
})(0);

const penalty = (length) => ((5 + length) / 6) ** state.alpha;
const score = (node) => Math.log(node.p) / penalty(node.depth);
const told = (number) => number.toFixed(2).replace("-", "−");
const words = (node) => node.text || "nothing";

// Of each node: "kept", "dropped" or not yet looked at; and the sentences that have ended so far, best first.
function search() {
  const what = nodes.map(() => "later");
  what[0] = "kept";
  let beam = [0];
  const ended = [];
  for (let step = 1; step <= state.step; step++) {
    const longer = beam.flatMap((at) => nodes[at].children).sort((one, other) => nodes[other].p - nodes[one].p);
    longer.forEach((at, place) => { what[at] = place < state.width ? "kept" : "dropped"; });
    const kept = longer.slice(0, state.width);
    ended.push(...kept.filter((at) => nodes[at].ended));
    beam = kept.filter((at) => !nodes[at].ended);
  }
  ended.sort((one, other) => score(nodes[other]) - score(nodes[one]));
  return { what, beam, ended };
}

// --- The drawing ---

function draw() {
  const now = search();
  const across = Math.max(640, element("scroll").clientWidth), high = ROW * data.leaves + 8;
  const x = (node) => WIDE / 2 + 2 + (node.depth / LAST) * (across - WIDE - 4);
  const y = (at) => 4 + ROW * (rows[at] + 0.5);
  svg.style.height = `${high}px`;
  svg.setAttribute("viewBox", `0 0 ${across} ${high}`);
  svg.setAttribute("aria-label", sentence(now));
  svg.replaceChildren();
  nodes.forEach((node, at) => {
    if (!at) return;
    add(svg, "line", {
      x1: x(nodes[node.parent]) + WIDE / 2, y1: y(node.parent), x2: x(node) - WIDE / 2, y2: y(at), class: now.what[at],
    });
  });
  nodes.forEach((node, at) => {
    const group = add(svg, "g", { class: now.what[at] });
    add(group, "rect", { x: x(node) - WIDE / 2, y: y(at) - BOX / 2, width: WIDE, height: BOX, rx: 6 });
    add(group, "text", { x: x(node), y: y(at) }, at ? `${node.word}  ${node.p.toFixed(3)}` : "begin");
    if (node.ended && now.what[at] === "kept") add(group, "circle", { cx: x(node) + WIDE / 2, cy: y(at), r: 5 });
  });
  element("width-said").textContent = state.width;
  element("alpha-said").textContent = state.alpha.toFixed(1);
  element("step").textContent = `step ${state.step} of ${LAST}`;
  element("back").disabled = state.step === 0;
  element("next").disabled = state.step === LAST;
  element("said").textContent = sentence(now);
  element("ended").replaceChildren(...now.ended.map((at, place) => {
    const line = document.createElement("tr");
    line.className = place ? "" : "best";
    const node = nodes[at];
    for (const text of [node.text, node.p.toFixed(3), told(Math.log(node.p)), node.depth, told(score(node))])
      line.insertCell().textContent = text;
    return line;
  }));
}

function sentence({ beam, ended }) {
  if (!state.step) return `Nothing is written yet. In each step the ${state.width} most probable of all longer beginnings are kept.`;
  const kept = beam.length ? `Goes on with ${beam.map((at) => `“${words(nodes[at])}”`).join(" and ")}.` : "No beginning is left: the search is over.";
  if (!ended.length) return `${kept} No sentence has ended yet.`;
  const best = nodes[ended[0]];
  return `${kept} Best of ${ended.length} that ended: “${best.text}”, ${told(Math.log(best.p))} / ` +
    `${penalty(best.depth).toFixed(2)} = ${told(score(best))}.`;
}

function change(what) {
  Object.assign(state, what);
  draw();
  announce(element("said").textContent);
}

element("width").value = state.width;
element("width").addEventListener("input", (event) => change({ width: Number(event.target.value) }));
element("alpha").addEventListener("input", (event) => change({ alpha: Number(event.target.value) }));
element("back").addEventListener("click", () => change({ step: state.step - 1 }));
element("next").addEventListener("click", () => change({ step: state.step + 1 }));
onTheme(draw);
