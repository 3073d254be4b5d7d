// What opens above a list closes with Escape, or with a click beside it. Without this it closes with its own button.
(() => {
  "use strict";
  const open = () => document.querySelector("details.tool[open]");
  document.addEventListener("keydown", (event) => {
    const tool = open();
    if (event.key !== "Escape" || !tool || document.querySelector("dialog[open]")) return;
    tool.open = false;
    tool.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    const tool = open();
    if (tool && !tool.contains(event.target)) tool.open = false;
  });
})();
