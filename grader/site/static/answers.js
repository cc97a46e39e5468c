"use strict";
/* Answers in the page. A lesson's own script calls answers(told) with what the grader says (grader/site/answers.py);
   what a reader has answered is kept in this browser, and nowhere else. Formulas and code are judged by the engine
   (grader/site/engine), which is loaded when it is first needed. */

(() => {
  // -- what is kept: {exercise: {lesson, given, right, reader, verdict}}; a browser may forbid it, and the page goes on
  const KEY = "attention-course";
  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { /* nothing is kept, or nothing may be */ }
  const listeners = [];
  function keep() {
    try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* then until the page is closed */ }
    listeners.forEach((tell) => tell());
  }

  function add(parent, name, attributes = {}, text) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  // -- the engine: MicroPython in a worker made of a blob, the only one that a page from file:// may start
  const ENGINE = new URL("../files/engine.js", document.currentScript.src);
  const SECONDS = 5;
  const ENDLESS = `It did not end within ${SECONDS} seconds, and was stopped. Is there a loop that never ends?`;
  let source = null, worker = null, turn = Promise.resolve();

  function loaded() {
    source ??= new Promise((resolve, reject) => {
      window.engine = resolve;
      const script = add(document.head, "script", { src: ENGINE });
      script.onerror = () => { source = null; reject(new Error("files/engine.js is missing")); };
    });
    return source;
  }

  async function started() {
    if (worker) return worker;
    const blob = new Blob([await loaded()], { type: "text/javascript" });
    const one = new Worker(URL.createObjectURL(blob));
    await new Promise((resolve, reject) => {
      one.onmessage = ({ data }) => (data.ready ? resolve() : reject(new Error(data.broken)));
      one.onerror = (event) => reject(new Error(event.message));
    });
    worker = one;
    return one;
  }

  async function run(request) {
    const one = await started();
    return new Promise((resolve, reject) => {
      const stop = (settle, how) => { one.terminate(); worker = null; settle(how); };
      const late = setTimeout(() => stop(resolve, { right: false, sentence: ENDLESS, share: 0 }), SECONDS * 1000);
      one.onmessage = ({ data }) => {
        clearTimeout(late);
        data.broken ? stop(reject, new Error(data.broken)) : resolve({ ...data.reply, printed: data.printed });
      };
      one.postMessage({ request });
    });
  }

  /** What the engine says of an answer; one is asked after the other. */
  function askEngine(told, given) {
    const asked = turn.then(() => run(JSON.stringify({ kind: told.kind, told, given })));
    turn = asked.catch(() => {});
    return asked.then((verdict) => ({
      ...verdict,
      sentence: verdict.sentence && rich(verdict.sentence),
      example: verdict.example && rich(verdict.example),
    }));
  }

  /** As grader.judging.panel.rich. */
  function rich(text) {
    const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
      .replace(/"/g, "&quot;").replace(/'/g, "&#x27;");
    return escaped.replace(/`([^`]+)`/g, "<code>$1</code>").replace(/\*\*([^*]+)\*\*/g, "<b>$1</b>")
      .replace(/(?<![\p{L}\p{N}_])\*(?! )([^*]+)(?<! )\*(?![\p{L}\p{N}_])/gu, "<i>$1</i>");
  }

  // -- judging: {right, sentence, marks, share} and of the engine example and printed; `share` is of the points
  const judges = {
    choice: judgeLetters,
    several: judgeLetters,
    order: judgeLetters,
    pairs: judgePairs,
    number: judgeNumber,
    formula: judgeFormula,
    formulas: judgeTable,
    code: askEngine,
  };

  function judgeLetters(told, given) {
    if (!given) return { right: false, sentence: told.empty, share: 0 };
    if (given === told.right) return { right: true, share: 1 };
    return { right: false, sentence: told.sentences[told.said[given]], share: 0 };
  }

  function judgePairs(told, given) {
    const wrong = told.letters.filter((letter) => given[letter] !== told.right[letter]);
    const answered = wrong.filter((letter) => given[letter]);
    const marks = told.letters.map((letter) => [letter, !wrong.includes(letter)]);
    const share = 1 - wrong.length / told.letters.length;
    if (!wrong.length) return { right: true, share: 1 };
    if (!Object.values(given).some(Boolean)) return { right: false, sentence: told.empty, share: 0 };
    const explained = answered.find((letter) => told.why[letter + "," + given[letter]]);
    const exchanged = pairsOf(answered).find(
      ([one, other]) => given[one] === told.right[other] && given[other] === told.right[one]);
    const sentence = explained ? told.why[explained + "," + given[explained]]
      : exchanged ? `(${exchanged[0]}) and (${exchanged[1]}) have changed places.`
      : `${told.letters.length - wrong.length} of ${told.letters.length} pairs are right.`;
    return { right: false, sentence, marks, share };
  }
  const pairsOf = (list) => list.flatMap((one, place) => list.slice(place + 1).map((other) => [one, other]));

  // As grader.naming.number looks a number up, but for two slips at once: for those there is only the size.
  const EXACT = 1e-12, SINGLE_PRECISION = 1e-6, FEWEST_DIGITS = 4;
  const close = (a, b, bound) => a === b || Math.abs(a - b) <= bound * Math.max(Math.abs(a), Math.abs(b));

  function judgeNumber(told, given, record) {
    const number = asNumber(given);
    if (number === null) {
      return { right: false, sentence: given.trim() ? "That does not read as a number." : told.empty, share: 0 };
    }
    const reader = told.readers[record.reader];
    const { right } = reader;
    if (close(number, right, told.tolerance) || Math.abs(number - right) <= 1e-12) return { right: true, share: 1 };
    const place = named(told, reader, number);
    const size = `${given.trim()} ${told.unit}`.trim() + ` is too ${number > right ? "large" : "small"}.`;
    return { right: false, sentence: told.sentences[place] ?? size, share: 0 };
  }

  function named(told, reader, number) {
    const { right, guesses } = reader;
    if (right > 0 && right < 1 && (number === 0 || number === 1)) return told.whole;
    if (number === 0) return -1;
    const few = reader.rounded.find(([value]) => value === number);
    if (few) return few[1];
    for (const bound of [EXACT, precision(number)]) {
      const fitting = guesses.filter(([value]) => close(value, number, bound));
      if (fitting.length) return theOnlyOne(fitting, reader.thick);
    }
    return reader.ratios.find(([value]) => close(value, number, EXACT))?.[1] ?? -1;
  }

  function theOnlyOne(fitting, thick) {
    const first = fitting.find(([, , sentence]) => sentence >= 0);
    if (!first || fitting.some(([, twin]) => twin !== first[1])) return -1;
    const [, , sentence, authored] = first;
    return authored || thick ? sentence : -1;
  }

  function precision(number) {
    const [digits, exponent] = number.toExponential().split("e");
    const written = digits.replace(/[-.]/g, "").length;
    if (written < FEWEST_DIGITS) return 0;
    return Math.max(10 ** (Number(exponent) - written + 1) / Math.abs(number), SINGLE_PRECISION);
  }

  function asNumber(text) {
    const plain = text.replace(/[\s_]/g, "").replace(/−/g, "-").replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
  }

  const unquoted = (text) => text.trim().replace(/^(["'])(.*)\1$/s, "$2");

  function judgeFormula(told, given) {
    if (!given.trim()) return { right: false, sentence: told.empty, share: 0 };
    return askEngine(told, unquoted(given));
  }

  function judgeTable(told, given) {
    if (!Object.values(given).some((text) => text.trim())) return { right: false, sentence: told.empty, share: 0 };
    return askEngine(told, Object.fromEntries(Object.entries(given).map(([name, text]) => [name, unquoted(text)])));
  }

  // -- asking: each puts its controls into place and gives back how to read them, and how to set them
  const askers = {
    choice: askLetters, several: askLetters, order: askOrder, pairs: askPairs, number: askNumber,
    formula: askFormula, formulas: askTable, code: askCode,
  };
  const IN_THE_FORM = ["number", "formula", "formulas", "code"];

  /** The items of the statement that begin with these names in parentheses; letters and numbers may share a list. */
  function itemsOf(place, names) {
    for (let element = place.previousElementSibling; element; element = element.previousElementSibling) {
      if (element.tagName !== "UL") continue;
      const named = new Map([...element.children].map((item) => [item.querySelector("strong")?.textContent, item]));
      const found = names.map((name) => named.get(`(${name})`));
      if (found.every(Boolean)) return { list: element, items: found };
    }
    throw new Error(`The statement has no list of ${names.join(", ")}.`);
  }

  function askLetters(place, told, id) {
    const { list, items } = itemsOf(place, told.letters);
    const inputs = told.letters.map((letter, at) => {
      const item = items[at];
      const label = document.createElement("label");
      const input = add(label, "input", {
        type: told.kind === "choice" ? "radio" : "checkbox", name: id, value: letter,
      });
      const words = add(label, "span");
      words.append(...item.childNodes);
      item.replaceChildren(label);
      return input;
    });
    list.classList.add("options");
    return {
      read: () => inputs.filter((input) => input.checked).map((input) => input.value).join(),
      set: (given) => inputs.forEach((input) => { input.checked = given.split(",").includes(input.value); }),
    };
  }

  function askOrder(place, told) {
    const { list, items: found } = itemsOf(place, told.letters);
    list.classList.add("options", "order");
    const items = new Map(told.letters.map((letter, at) => [letter, found[at]]));
    for (const [letter, item] of items) {
      const moves = document.createElement("span");
      moves.className = "moves";
      for (const [sign, step, word] of [["↑", -1, "up"], ["↓", 1, "down"]]) {
        const button = add(moves, "button", { type: "button", "aria-label": `Move (${letter}) ${word}` }, sign);
        button.addEventListener("click", () => {
          const all = [...list.children];
          const other = all[all.indexOf(item) + step];
          if (!other) return;
          step < 0 ? other.before(item) : other.after(item);
          button.focus();
        });
      }
      item.prepend(moves);
    }
    const letterOf = (item) => [...items].find(([, one]) => one === item)[0];
    return {
      read: () => [...list.children].map(letterOf).join(),
      set: (given) => given.split(",").forEach((letter) => list.append(items.get(letter))),
    };
  }

  function askPairs(place, told) {
    const { list, items } = itemsOf(place, told.letters);
    list.classList.add("options", "pairs");
    const chosen = new Map(told.letters.map((letter, at) => {
      const select = document.createElement("select");
      select.setAttribute("aria-label", `The number of (${letter})`);
      add(select, "option", { value: "" }, "–");
      for (const number of told.numbers) add(select, "option", { value: number }, number);
      items[at].prepend(select);
      return [letter, select];
    }));
    return {
      read: () => Object.fromEntries([...chosen].map(([letter, select]) => [letter, select.value])),
      set: (given) => chosen.forEach((select, letter) => { select.value = given[letter] ?? ""; }),
    };
  }

  function askNumber(place, told, id, record) {
    record.reader ??= Math.floor(Math.random() * told.readers.length);
    const line = add(place, "p");
    line.innerHTML = "Your numbers: " + told.readers[record.reader].given;
    const label = add(add(place, "p"), "label", {}, "Your answer ");
    const input = add(label, "input", { type: "text", inputmode: "decimal", autocomplete: "off", size: "14" });
    label.append(told.unit ? ` ${told.unit}` : "");
    return { read: () => input.value, set: (given) => { input.value = given; } };
  }

  function formulaNote(place, told) {
    const symbols = Object.entries(told.symbols_told).map(([symbol, meaning]) => `${symbol} (${meaning})`).join(", ");
    add(place, "p", { class: "note" }, `In ${symbols}; no quotes are needed here.`);
  }

  const FORMULA = { type: "text", size: "36", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };

  function askFormula(place, told) {
    formulaNote(place, told);
    const input = add(add(add(place, "p"), "label", {}, "Your formula "), "input", FORMULA);
    return { read: () => input.value, set: (given) => { input.value = given; } };
  }

  function askTable(place, told) {
    formulaNote(place, told);
    const table = add(place, "div", { class: "entries" });
    const inputs = new Map(told.entries.map(([name]) => {
      const label = add(table, "label");
      add(label, "span", {}, name);
      return [name, add(label, "input", FORMULA)];
    }));
    return {
      read: () => Object.fromEntries([...inputs].map(([name, input]) => [name, input.value])),
      set: (given) => inputs.forEach((input, name) => { input.value = given[name] ?? ""; }),
    };
  }

  const DIFFERENT = `The page runs MicroPython: the core of Python, with math, and without numpy, torch, typing or
    statistics. It differs in few things: text cannot be sliced with a step; sum and zip take nothing by name; sorting
    may exchange what is equal; the keys of a dict may come in another order; recursion ends at about 150 calls; what
    errors say is worded otherwise.`;

  function askCode(place, told, id) {
    const label = add(place, "label", { class: "code" });
    add(label, "span", {}, `Your Python: ${told.name}`);
    const lines = told.stub.split("\n").length;
    const input = add(label, "textarea", {
      rows: Math.max(8, lines + 3), spellcheck: "false", autocomplete: "off", autocapitalize: "off",
      "aria-describedby": `${id}-note`,
    });
    input.value = told.stub;
    const note = add(place, "div", { class: "note", id: `${id}-note` });
    add(note, "span", {}, "Ctrl+Enter checks, Tab leaves the editor; Enter keeps the indentation. ");
    const more = add(note, "details");
    add(more, "summary", {}, "Python here is MicroPython: what is different");
    add(more, "p", {}, DIFFERENT);
    const anew = add(place, "button", { type: "button", class: "anew" }, "Start anew");
    anew.addEventListener("click", () => {
      input.focus();
      input.select();
      document.execCommand("insertText", false, told.stub); // the one way that Undo knows of
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        return input.form.requestSubmit();
      }
      const line = input.value.slice(0, input.selectionStart).split("\n").at(-1);
      const indent = line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
      if (!indent) return;
      event.preventDefault();
      document.execCommand("insertText", false, "\n" + indent);
    });
    return { read: () => input.value, set: (given) => { input.value = given; } };
  }

  // -- one exercise
  function ask(place, id, told, lesson, headings) {
    const record = kept[id] ?? { lesson };
    const form = add(place, "form");
    const controls = askers[told.kind](IN_THE_FORM.includes(told.kind) ? form : place, told, id, record);
    const button = add(form, "button", { type: "submit" }, "Check");
    const said = add(form, "div", { class: "said", role: "status" });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.disabled) return;
      record.given = controls.read();
      let verdict = judges[told.kind](told, record.given, record);
      if (verdict instanceof Promise) {
        button.disabled = true;
        said.className = "said";
        said.textContent = "Checking …";
        try {
          record.verdict = verdict = await verdict;
        } catch (error) {
          said.textContent = `Python does not run in this browser: ${error.message}.`;
          return;
        } finally {
          button.disabled = false;
        }
      }
      record.right = verdict.right;
      kept[id] = record;
      keep();
      tell(verdict);
    });
    if (record.given !== undefined) {
      controls.set(record.given);
      tell(record.verdict ?? judges[told.kind](told, record.given, record));
    }

    function tell({ right, sentence, example, marks, share, printed }) {
      said.className = right ? "said right" : "said wrong";
      said.replaceChildren();
      const points = told.points === 1 ? "point" : "points";
      const score = `${Math.round(share * told.points * 100) / 100} of ${told.points} ${points}`;
      add(said, "p", { class: "heading" }, [headings[right ? "right" : "wrong"], ...(told.points ? [score] : [])].join(" · "));
      if (sentence) add(said, "p").innerHTML = sentence;
      if (example) add(said, "p").innerHTML = example;
      if (marks?.length) {
        const signs = marks.map(([name, holds]) => `${holds ? "✓" : "✗"} ${name.length === 1 ? `(${name})` : name}`);
        add(said, "p", { class: "marks" }, signs.join("   "));
      }
      if (printed?.length) {
        add(said, "p", {}, "It printed, over all calls:");
        add(said, "pre", { tabindex: "0" }, printed.join("\n"));
      }
    }
  }

  window.answers = ({ lesson, headings, exercises }) => {
    for (const place of document.querySelectorAll("div.answer")) {
      const id = place.dataset.exercise;
      if (exercises[id]) ask(place, id, exercises[id], lesson, headings);
    }
  };
  window.answers.judge = (told, given, record) => judges[told.kind](told, given, record);

  // -- how far one is: on the front page, with a way to take it along and to clear it
  document.addEventListener("DOMContentLoaded", () => {
    const rights = (lesson) => Object.values(kept).filter((one) => one.right && (!lesson || one.lesson === lesson)).length;
    for (const place of document.querySelectorAll(".done")) {
      const tell = () => { place.textContent = rights(place.dataset.lesson) ? `· ✓ ${rights(place.dataset.lesson)} here` : ""; };
      listeners.push(tell);
      tell();
    }
    const place = document.querySelector("div.progress");
    if (!place) return;
    const line = add(place, "p", { role: "status" });
    const row = add(place, "p");
    const download = add(row, "button", { type: "button" }, "Export my answers");
    download.addEventListener("click", () => {
      const file = new Blob([JSON.stringify(kept, null, 2)], { type: "application/json" });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = "my-answers.json";
      link.click();
      URL.revokeObjectURL(link.href);
    });
    const clear = add(row, "button", { type: "button" }, "Clear my answers");
    clear.addEventListener("click", () => {
      if (!confirm("Forget all answers that this browser keeps for the course?")) return;
      kept = {};
      keep();
    });
    const tell = () => {
      const count = Object.keys(kept).length;
      line.textContent = count
        ? `Right so far in these pages: ${rights()} of the ${count} exercises you have answered.`
        : "You have not answered anything in these pages yet. What you answer is kept in this browser only.";
      download.disabled = clear.disabled = !count;
    };
    listeners.push(tell);
    tell();
  });
})();
