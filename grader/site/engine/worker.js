"use strict";
/* MicroPython in a worker of a page: gets {request}, gives {reply, printed} or {broken}. What stands in
   PARTS before it is put there by grader/site/engine: the sources of Python, and the WebAssembly in base64. */

const printed = [];
const MOST_LINES = 200;

async function start() {
  const bytes = Uint8Array.from(atob(PARTS.wasm), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/wasm" }));
  const python = await loadMicroPython({
    url, heapsize: 16 * 1024 * 1024, stdout: (line) => { if (printed.length < MOST_LINES) printed.push(line); },
  });
  let folder = "/lib";
  python.FS.mkdir(folder);
  for (const part of PARTS.package) python.FS.mkdir(folder += `/${part}`);
  for (const [name, source] of Object.entries(PARTS.sources)) python.FS.writeFile(`${folder}/${name}`, source);
  python.runPython(`from ${PARTS.package.join(".")}.serve import furnish, serve\nfurnish()`);
  return python;
}

const started = start();
started.then(() => postMessage({ ready: true }), (error) => postMessage({ broken: String(error) }));
onmessage = async ({ data: { request } }) => {
  const python = await started;
  printed.length = 0;
  try {
    python.globals.set("request", request);
    python.runPython("reply = serve(request)\nprint()"); // a line that has no end would come with the next run
    if (printed.at(-1) === "") printed.pop();
    postMessage({ reply: JSON.parse(python.globals.get("reply")), printed: [...printed] });
  } catch (error) {
    postMessage({ broken: String(error) });
  }
};
