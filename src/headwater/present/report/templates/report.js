// Draws each figure when it comes near the screen; until then, in print and without scripts, its picture stands.
"use strict";
(() => {
  const held = JSON.parse(document.getElementById("specifications").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const views = new Map();
  const refuse = () => Promise.reject(new Error("this report fetches nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
  const NARROW = 520; // px

  async function draw(plot) {
    if (!plot.clientWidth) return; // a page that is not shown has no width to draw for
    const figure = held.figures[plot.dataset.figure];
    const narrow = plot.clientWidth < NARROW;
    const spec = narrow && figure.narrow ? figure.narrow : figure.wide;
    const config = structuredClone(dark.matches ? held.dark : held.light);
    if (narrow) config.axisY = { labelLimit: Math.round(plot.clientWidth * 0.38) };
    const live = plot.querySelector(".live");
    live.hidden = false;
    const before = views.get(plot);
    if (before) before.finalize();
    const options = { ast: true, renderer: "svg", actions: false, config, loader, tooltip: { theme: dark.matches ? "dark" : "light" } };
    const result = await vegaEmbed(live, structuredClone(spec), options);
    views.set(plot, result);
    for (const part of live.querySelectorAll("[role],[aria-label],[aria-roledescription]")) {
      // The whole figure is one image with one description; its table holds the numbers.
      for (const name of ["role", "aria-label", "aria-roledescription"]) part.removeAttribute(name);
    }
    plot.classList.add("drawn");
    plot.dataset.drawn = narrow ? "narrow" : "wide";
  }

  const plots = [...document.querySelectorAll(".plot")];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "600px" });
  plots.forEach((plot) => seen.observe(plot));

  const again = () => { for (const plot of views.keys()) draw(plot); };
  dark.addEventListener("change", again);
  addEventListener("afterprint", again); // what is not shown in print has lost its width
  let waiting = 0;
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(again, 200);
  });

  // What is folded has to open when a link leads into it.
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && (target.matches("details") ? target : target.closest("details"));
    if (folded) { folded.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();
})();
