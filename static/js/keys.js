// Keys that work on every screen: ? opens the list of keys; elements name theirs in data-key.
// Keys without Ctrl can be turned off in that list: who dictates or uses a switch may press them by accident.
(() => {
  "use strict";
  const TEXT = "textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=button])";
  const typing = (target) => target.closest(TEXT) !== null;
  const stored = () => {
    try {
      return localStorage.getItem("single-keys") !== "off";
    } catch {
      return true; // storage may be forbidden; the keys are then on
    }
  };
  const store = (on) => {
    try {
      localStorage.setItem("single-keys", on ? "on" : "off");
    } catch {
      // holds for this page at least
    }
    document.documentElement.dataset.singleKeys = on ? "on" : "off";
  };
  const named = (event) => {
    const parts = [];
    if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
    if (event.altKey) parts.push("Alt");
    parts.push(event.key === " " ? "Space" : event.key);
    return parts.join("+");
  };
  store(stored());
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-single-keys]")) store(event.target.checked);
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return; // the viewer has keys of its own while it has the focus
    const key = named(event);
    const single = !event.ctrlKey && !event.metaKey;
    if (single && typing(event.target)) return;
    if (single && document.documentElement.dataset.singleKeys === "off" && key !== "?") return;
    if (key === "?") {
      const dialog = document.getElementById("keys");
      if (!dialog) return;
      dialog.querySelector("[data-single-keys]").checked = document.documentElement.dataset.singleKeys !== "off";
      if (!dialog.open) dialog.showModal();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target || target.disabled) return;
    event.preventDefault();
    if (target.matches("input[type=radio], input[type=checkbox]")) target.click();
    else if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  });
})();
