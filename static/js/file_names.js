// Puts the names of an import's files beside their numbers, if they were sent from this tab; the service has no names.
(() => {
  "use strict";
  const panel = document.querySelector("[data-import]");
  let names = {};
  try {
    names = JSON.parse(sessionStorage.getItem(`consilium-names-${panel.dataset.import}`) || "{}");
  } catch {
    return;
  }
  if (!Object.keys(names).length) return;
  for (const cell of panel.querySelectorAll("[data-name]")) {
    cell.textContent = names[cell.dataset.name] || "";
    cell.hidden = false;
  }
  for (const [mark, hidden] of [["name-head", false], ["names", false], ["no-names", true]]) {
    const found = panel.querySelector(`[data-${mark}]`);
    if (found) found.hidden = hidden;
  }
})();
