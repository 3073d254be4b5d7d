// How many pixels this screen has, where nobody said so before: the browser knows it, the size of the glass it doesn't.
(() => {
  "use strict";
  const form = document.querySelector("form[data-display]");
  if (!form) return;
  const pixels = (points) => Math.round(points * window.devicePixelRatio);
  const found = { width: pixels(screen.width), height: pixels(screen.height) };
  const said = document.getElementById("measured");
  for (const [name, value] of Object.entries(found)) {
    if (!form.elements[name].value) form.elements[name].value = value;
  }
  said.textContent = `This browser counts ${found.width} by ${found.height} pixels on the screen that it is on now.`;
  said.hidden = false;
  const follow = () => {
    const yes = form.querySelector("input[name=calibrated][value=yes]").checked;
    form.elements.calibrated_on.disabled = !yes;
  };
  form.addEventListener("change", follow);
  follow();
})();
