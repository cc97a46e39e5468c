"use strict";
/* The cost calculator. `cost` and `presets` come from grader/site/calculator.py: no formula is written here. */

(() => {
  const form = document.getElementById("calculator");
  const results = document.getElementById("costs");
  const curves = document.querySelector("div.curves");

  // -- numbers for people
  const whole = (number) => Math.round(number).toLocaleString("en-GB");
  function scaled(number, base, units) {
    let step = 0;
    const full = () => number >= base || Number(number.toPrecision(3)) >= base; // 999.9 k is 1.00 M
    while (step < units.length - 1 && full()) { number /= base; step += 1; }
    return `${step ? number.toPrecision(number >= 1000 ? 4 : 3) : whole(number)} ${units[step]}`;
  }
  const flops = (number) => scaled(number, 1000, ["", "k", "M", "G", "T", "P", "E", "Z"].map((prefix) => prefix + "FLOPs"));
  const bytes = (number) => scaled(number, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]);
  const percent = (part, all) => `${Math.round((100 * part) / all)} %`;

  function add(parent, name, attributes = {}, text) {
    const svg = parent.namespaceURI.endsWith("svg") || name === "svg";
    const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  // -- what is asked for
  const NAMES = { image: "The side of the image", patch: "The side of a patch", L: "The number of tokens", d: "The width",
    h: "The number of heads", depth: "The number of layers", ratio: "The MLP ratio", B: "The batch" };

  /** The sizes, or a sentence on what to mend. */
  function sizes() {
    const kind = form.elements.input.value;
    const own = { kind, bytes: Number(form.elements.bytes.value) };
    for (const [name, words] of Object.entries(NAMES)) {
      const field = form.elements[name];
      if (field.closest("[hidden]")) continue;
      own[name] = Number(field.value);
      const whole = name === "ratio" || Number.isInteger(own[name]);
      if (!field.value || !(own[name] >= field.min && own[name] <= field.max) || !whole) {
        return `${words} must be a ${name === "ratio" ? "number" : "whole number"} from ${field.min} to ${Number(field.max).toLocaleString("en-GB")}.`;
      }
    }
    if (kind === "image" && own.image % own.patch) return `An image of ${own.image} pixels is not cut into patches of ${own.patch}: ${own.image} is not divisible by ${own.patch}.`;
    if (own.d % own.h) return `Width ${own.d} is not divisible by ${own.h} heads.`;
    own.n = Math.max(1, Math.round(own.ratio * own.d));
    own.L ??= cost.image.length(own);
    return own;
  }

  // -- what it costs
  function tell(own) {
    const model = cost[own.kind], layer = cost.layer;
    const total = model.flops(own), layers = own.B * own.depth;
    const parts = [["projections of attention", layer.projections(own)], ["scores and means, with L²", layer.pairs(own)], ["MLP", layer.mlp(own)]];
    const rest = total - layers * parts.reduce((sum, [, part]) => sum + part, 0);
    const images = own.kind === "image" ? "images" : "sequences";
    const rows = [
      ["Tokens, L", whole(own.L), `${own.kind === "image" ? `CLS and (${own.image}/${own.patch})² patches; ` : ""}n = ${whole(own.n)} hidden units`],
      ["Parameters", whole(model.parameters(own)), `${bytes(own.bytes * model.parameters(own))} of weights`],
      ["Work, forward", flops(total), `${own.B === 1 ? "" : `${whole(own.B)} ${images}; `}${scaled(total / 2, 1000, ["", "k", "M", "G", "T", "P", "E"])} multiply–adds`],
      ...parts.map(([name, part]) => [name, flops(layers * part), percent(layers * part, total), "part"]),
      ...(rest / total > 1e-9 ? [["patches and head", flops(rest), percent(rest, total), "part"]] : []),
      ["Attention matrices", bytes(layers * own.bytes * layer.matrix(own)), `${bytes(own.bytes * layer.matrix(own))} in one layer, for one ${images.slice(0, -1)}: ${whole(own.h)} × ${whole(own.L)}²`],
      ["Kept for the backward pass, fused", bytes(own.bytes * model.keptFused(own)), "the matrices are not among it"],
      ["… with explicit attention", bytes(own.bytes * model.keptExplicit(own)), "the matrices are among it"],
    ];
    const table = document.createElement("table");
    const body = add(table, "tbody");
    for (const [name, value, note, kind] of rows) {
      const row = add(body, "tr", kind ? { class: kind } : {});
      add(row, "th", { scope: "row" }, name);
      const cell = add(row, "td");
      add(cell, "span", { class: "number" }, value);
      add(cell, "small", {}, note);
    }
    results.replaceChildren(table);
  }

  // -- curves
  const HEIGHT = 340, FRAME = { left: 86, right: 16, top: 14, bottom: 44 };
  const SHORTEST = 16, LONGEST = 2 ** 20;
  const MARKED = [[16, "16"], [256, "256"], [4096, "4,096"], [65536, "65,536"], [2 ** 20, "1,048,576"]];

  function plot({ title, unit, lines, present, crossing, alt }) {
    const figure = add(curves, "figure");
    add(figure, "p", { class: "title" }, title);
    const WIDTH = Math.min(640, curves.clientWidth || 640); // a unit is a pixel: letters stay as large on a phone
    const svg = add(figure, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": alt });
    const shown = lines.flatMap(({ of }) => [of(SHORTEST), of(LONGEST)]).map(Math.log10);
    const low = Math.min(...shown) - 0.2, high = Math.max(...shown) + 0.2;
    const x = (L) => FRAME.left + (Math.log2(L / SHORTEST) / Math.log2(LONGEST / SHORTEST)) * (WIDTH - FRAME.left - FRAME.right);
    const y = (value) => HEIGHT - FRAME.bottom - ((Math.log10(value) - low) / (high - low)) * (HEIGHT - FRAME.top - FRAME.bottom);
    const line = (x1, y1, x2, y2, kind) => add(svg, "line", { x1, y1, x2, y2, class: kind });
    for (let power = 0; power <= 24; power += unit.step) {
      const value = unit.base ** power;
      if (Math.log10(value) < low || Math.log10(value) > high) continue;
      line(FRAME.left, y(value), WIDTH - FRAME.right, y(value), "grid");
      add(svg, "text", { x: FRAME.left - 8, y: y(value) + 5, class: "end" }, unit.say(value).replace(".00", ""));
    }
    for (const [L, name] of MARKED) {
      line(x(L), FRAME.top, x(L), HEIGHT - FRAME.bottom, "grid");
      if (L === 65536 && WIDTH < 480) continue; // no room for its name
      add(svg, "text", { x: x(L), y: HEIGHT - FRAME.bottom + 20, class: L === LONGEST ? "end" : L === SHORTEST ? "" : "middle" }, name);
    }
    add(svg, "text", { x: (FRAME.left + WIDTH - FRAME.right) / 2, y: HEIGHT - 6, class: "middle" }, "L, tokens");
    if (present >= SHORTEST && present <= LONGEST) line(x(present), FRAME.top, x(present), HEIGHT - FRAME.bottom, "present");
    for (const { of, kind } of lines) {
      const points = Array.from({ length: 65 }, (_, step) => SHORTEST * (LONGEST / SHORTEST) ** (step / 64));
      add(svg, "polyline", { points: points.map((L) => `${x(L).toFixed(1)},${y(of(L)).toFixed(1)}`).join(" "), class: `curve ${kind}` });
    }
    if (crossing >= SHORTEST && crossing <= LONGEST) add(svg, "circle", { cx: x(crossing), cy: y(lines[0].of(crossing)), r: 7, class: "crossing" });
    const words = add(figure, "figcaption");
    const legend = add(words, "span", { class: "legend" });
    for (const { name, kind } of lines) {
      const entry = add(legend, "span");
      add(add(entry, "svg", { viewBox: "0 0 36 10", width: 36, height: 10, "aria-hidden": "true" }), "line", { x1: 0, y1: 5, x2: 36, y2: 5, class: `curve ${kind}` });
      entry.append(` ${name}`);
    }
    add(words, "p", {}, alt);
  }

  function draw(own) {
    const at = (formula) => (L) => formula({ ...own, L });
    const layer = cost.layer;
    const meet = cost.crossing.attentionMlp(own), fill = cost.crossing.matrixRest(own);
    curves.replaceChildren();
    plot({
      title: "Work of one layer, for one sample",
      unit: { base: 10, step: 3, say: flops },
      lines: [
        { name: "attention", kind: "first", of: at(layer.attention) },
        { name: "MLP", kind: "second", of: at(layer.mlp) },
        { name: "its scores and means, with L²", kind: "third", of: at(layer.pairs) },
      ],
      present: own.L,
      crossing: meet,
      alt: meet > 0
        ? `Attention costs less than the MLP up to L = n − 2d = ${whole(meet)}, and more beyond. Here L = ${whole(own.L)}: attention takes ${(layer.attention(own) / layer.mlp(own)).toPrecision(3)} times the MLP's work.`
        : `With n ≤ 2d the curves do not cross: attention costs more than the MLP at every length. Here L = ${whole(own.L)}: ${(layer.attention(own) / layer.mlp(own)).toPrecision(3)} times as much.`,
    });
    plot({
      title: "Kept by one layer, for one sample",
      unit: { base: 1024, step: 1, say: bytes },
      lines: [
        { name: "explicit attention", kind: "first", of: (L) => own.bytes * at(layer.keptExplicit)(L) },
        { name: "fused attention", kind: "second", of: (L) => own.bytes * at(layer.keptFused)(L) },
        { name: "the matrices alone", kind: "third", of: (L) => own.bytes * at(layer.matrix)(L) },
      ],
      present: own.L,
      crossing: fill,
      alt: `From L = ${whole(fill)} on the matrices of attention are more than half of what the explicit path keeps. Here L = ${whole(own.L)}: they are ${percent(layer.matrix(own), layer.keptExplicit(own))} of it.`,
    });
  }

  // -- the form
  function update() {
    for (const part of form.querySelectorAll("[data-input]")) part.hidden = part.dataset.input !== form.elements.input.value;
    const own = sizes();
    const refused = typeof own === "string";
    form.querySelector(".refused").textContent = refused ? own : "";
    results.hidden = curves.hidden = refused; // numbers of other sizes than those that are shown would mislead
    if (refused) return;
    tell(own);
    draw(own);
  }

  const own = "sizes of your own";
  for (const name of [...Object.keys(presets), own]) add(form.elements.preset, "option", {}, name);
  form.elements.preset.value = "ViT-B/16";
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target === form.elements.preset) {
      for (const [name, value] of Object.entries(presets[target.value] ?? {})) form.elements[name].value = value;
    } else if (["d", "h", "depth", "ratio", "patch"].includes(target.name)) form.elements.preset.value = own;
    update();
  });
  addEventListener("resize", update);
  update();
})();
