// "Choose all on this page": ticks every case of the list, or none.
(() => {
  "use strict";
  const button = document.querySelector("[data-choose-all]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = [...button.form.querySelectorAll("input[type=checkbox]")];
    const all = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !all; });
  });
})();
