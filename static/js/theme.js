// Runs before the page is painted: light or dark, as chosen here or as the system prefers.
(() => {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; the system's wish then holds
    }
  };
  const wanted = () => root.dataset.reading === "true" ? (stored() || "dark") : (stored() || (system.matches ? "dark" : "light"));
  const show = () => { root.dataset.bsTheme = wanted(); };
  show();
  system.addEventListener("change", show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", next);
    } catch {
      // shown for this page at least
    }
    root.dataset.bsTheme = next;
  });
})();
