// The guideline's panel: search with matches marked, from match to match, and one part of it at a time.
// Without this everything stands below each other.
(() => {
  "use strict";
  const panel = document.querySelector("[data-guideline]");
  if (!panel) return;
  const parts = panel.querySelector("[data-parts]"), field = panel.querySelector("#guideline-find");
  const said = panel.querySelector("[data-found]");
  let matches = [], here = -1;

  const shown = () => [...parts.children].find((part) => !part.hidden);
  const clear = () => {
    for (const mark of parts.querySelectorAll("mark")) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
    matches = [];
    here = -1;
  };
  const texts = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement.closest(".visually-hidden")) found.push(walker.currentNode);
    }
    return found;
  };
  const markIn = (node, wanted) => {
    let rest = node;
    for (let at = rest.data.toLowerCase().indexOf(wanted); at >= 0; at = rest.data.toLowerCase().indexOf(wanted)) {
      const match = rest.splitText(at);
      rest = match.splitText(wanted.length);
      const mark = document.createElement("mark");
      match.replaceWith(mark);
      mark.append(match);
      matches.push(mark);
    }
  };
  const tell = () => {
    if (!field.value.trim()) said.textContent = "";
    else said.textContent = matches.length ? `${here + 1} of ${matches.length}` : "not found";
    panel.dataset.matches = String(matches.length);
  };
  const go = (step) => {
    if (matches.length) {
      matches[here]?.classList.remove("here");
      here = (here + step + matches.length) % matches.length;
      matches[here].classList.add("here");
      matches[here].scrollIntoView({ block: "nearest" });
    }
    tell();
  };
  const search = () => {
    clear();
    const wanted = field.value.trim().toLowerCase();
    if (wanted.length > 1) for (const node of texts(shown())) markIn(node, wanted);
    go(1);
  };
  const show = (name) => {
    clear();
    for (const part of parts.children) part.hidden = part.dataset.partOf !== name;
    for (const button of panel.querySelectorAll("[data-part]")) {
      button.setAttribute("aria-pressed", String(button.dataset.part === name));
    }
    search();
  };

  field.addEventListener("input", (event) => {
    event.stopPropagation(); // a search is no answer
    search();
  });
  field.addEventListener("change", (event) => event.stopPropagation());
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // never sends the read
      go(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && field.value) {
      event.preventDefault();
      field.value = "";
      search();
    }
  });
  panel.addEventListener("click", (event) => {
    const part = event.target.closest("[data-part]"), step = event.target.closest("[data-find]");
    if (part) show(part.dataset.part);
    if (step) go(Number(step.dataset.find));
  });
  panel.querySelector("[data-with-script]").hidden = false;
  show("text");
  panel.dataset.ready = "true";
})();
