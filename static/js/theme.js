// Runs before the page is painted: light or dark, as chosen here or as the system prefers.
(() => {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    if (root.dataset.theme) return root.dataset.theme; // chosen by whoever is signed in, on whatever machine
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; the system's wish then holds
    }
  };
  // Kept for the person, where somebody is signed in; a line that is broken loses no more than that.
  const remember = (name, value) => {
    if (!root.dataset.looksUrl) return;
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const body = new URLSearchParams({ name, value });
    fetch(root.dataset.looksUrl, { method: "POST", credentials: "same-origin", headers, body }).catch(() => {});
  };
  window.consilium = Object.assign(window.consilium || {}, { remember });
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
    if (root.dataset.looksUrl) root.dataset.theme = next;
    root.dataset.bsTheme = next;
    remember("theme", next);
  });
})();
