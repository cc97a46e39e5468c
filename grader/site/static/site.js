"use strict";
/* What every page does: figures that load when they come into view, code that can be copied, notebooks that are saved. */

(() => {
  // -- figures: each is a script of its own that calls figure(name, page)
  const waiting = new Map(); // name → frames
  window.figure = (name, page) => {
    for (const frame of waiting.get(name) ?? []) frame.srcdoc = page;
    waiting.delete(name);
  };

  function load(frame) {
    const address = frame.dataset.figure;
    if (!address) return;
    delete frame.dataset.figure;
    const name = address.replace(/^.*\/|\.js$/g, "");
    if (waiting.has(name)) return waiting.get(name).push(frame);
    waiting.set(name, [frame]);
    const script = document.createElement("script");
    script.src = address;
    script.onerror = () => frame.replaceWith("This figure is missing: " + address);
    document.head.append(script);
  }

  function copyable(block) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const text = block.querySelector("pre").textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        const range = document.createRange(); // no clipboard here: select it, for Ctrl-C
        range.selectNodeContents(block.querySelector("pre"));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    block.append(button);
  }

  // -- a notebook: from a folder a browser shows what a link says to download, so it comes as a script
  window.notebook = (name, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  function save(event) {
    if (location.protocol !== "file:") return;
    event.preventDefault();
    const script = document.createElement("script");
    script.src = event.currentTarget.href + ".js";
    script.onload = () => script.remove();
    document.head.append(script);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const near = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        near.unobserve(entry.target);
        load(entry.target);
      }
    }, { rootMargin: "600px" });
    for (const frame of document.querySelectorAll("iframe[data-figure]")) near.observe(frame);
    for (const block of document.querySelectorAll(".cell_input .highlight, details.model .highlight")) copyable(block);
    for (const link of document.querySelectorAll('a[download][href$=".ipynb"]')) link.addEventListener("click", save);
    // what scrolls sideways can be reached with the keyboard
    for (const wide of document.querySelectorAll(".highlight pre, .table-wrapper, .cell_output :has(> img)")) {
      if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    }
  });
})();
