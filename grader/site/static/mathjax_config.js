// MathJax from the site's own folder, its letters too: none of it is asked of the network.
(() => {
  const place = new URL((document.documentElement.dataset.content_root ?? "./") + "_static/", document.baseURI).href;
  window.MathJax = {
    loader: {
      paths: { mathjax: place + "mathjax", "mathjax-newcm": place + "mathjax-newcm" },
    },
    tex: { macros: {} },
    output: { fontPath: place + "mathjax-newcm" },
    svg: { mtextInheritFont: true },
    options: {
      ignoreHtmlClass: "tex2jax_ignore|mathjax_ignore|document",
      processHtmlClass: "tex2jax_process|mathjax_process|math|output_area",
      enableSpeech: false,
      enableBraille: false,
      enableEnrichment: false,
      menuOptions: { settings: { enrich: false, speech: false, braille: false, assistiveMml: true } },
    },
  };
})();
