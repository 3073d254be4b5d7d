// One's own keys: a field takes the next key that is pressed in it. Without this its spelling can be typed.
(() => {
  "use strict";
  const form = document.querySelector("form[data-keymap]");
  if (!form) return;
  const said = document.getElementById("keymap-said");
  const HELD = new Set(["Control", "Alt", "Shift", "Meta", "AltGraph", "CapsLock", "Dead", "Process"]);
  form.addEventListener("keydown", (event) => {
    const field = event.target.closest(".key-field");
    if (!field || event.key === "Tab" || event.key === "Escape" || HELD.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const back = event.key === "Backspace" && !event.ctrlKey && !event.altKey && !event.metaKey;
    field.value = back ? field.dataset.default : window.consilium.spelled(event);
    const label = field.labels[0].textContent;
    const others = field.closest("table").querySelectorAll(".key-field");
    const twin = [...others].find((other) => other !== field && other.value === field.value);
    said.textContent = `${label}: ${field.value}.` + (twin ? ` It does “${twin.labels[0].textContent}” already.` : "");
    field.toggleAttribute("aria-invalid", Boolean(twin));
    if (twin) field.setAttribute("aria-invalid", "true");
  });
  form.dataset.ready = "true";
})();
