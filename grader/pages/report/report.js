"use strict";

// Sorting: every heading becomes a button; a second press turns the order round.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
  };
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : order.compare(a, b));
  headings.forEach((heading, column) => {
    if (heading.dataset.nosort !== undefined) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach(other => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map(row => [value(row, column), row]);
      rows.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));  // the sort keeps the order of equals
      body.append(...rows.map(([, row]) => row));
    });
  });
}

// Finding a student.
const filter = document.getElementById("filter");
const rows = [...document.getElementById("everybody").tBodies[0].rows];
const names = rows.map(row => row.cells[0].textContent.toLowerCase());
filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  let shown = 0;
  rows.forEach((row, at) => {
    row.hidden = !names[at].includes(wanted);
    shown += row.hidden ? 0 : 1;
  });
  document.getElementById("found").textContent = wanted ? `${shown} of ${rows.length}` : "";
});
