// The bar below the images: which mark of a read is chosen there, and what can be done with it.
const bar = document.getElementById("viewer-chosen");

const button = (words, act) => {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  made.className = "btn btn-sm btn-outline-primary";
  made.addEventListener("click", act);
  return made;
};

// chosen("A:f1") shows the bar for that mark of a read; for one's own, or none, it goes away.
export const chosenMark = (layers, form, take) => {
  const known = new Map(layers.flatMap(({ name, drawn }) => drawn.map((one) => [one.id, { name, label: one.label }])));
  return (id) => {
    const one = known.get(id);
    bar.hidden = !one || id.startsWith("case:");
    if (bar.hidden) return;
    const [layer, ...rest] = id.split(":"), name = rest.join(":");
    bar.replaceChildren(Object.assign(document.createElement("span"), { textContent: `${one.name}: ${one.label}` }));
    if (form.querySelector(`button[value="${CSS.escape(`take:${layer}:${name}`)}"]`)) {
      bar.append(button("Take it into my answer", () => take(`take:${layer}:${name}`)));
    }
    const pick = form.querySelector(`input[name="${CSS.escape(name.replace(/^fields\./, "pick."))}"][data-letter="${CSS.escape(layer)}"]`);
    if (pick) bar.append(button("Take it into my answer", () => pick.click()));
    const place = name.startsWith("fields.") ? `/fields/${name.slice(7)}` : `/findings/${name}`;
    const comment = layer === "read" && form.querySelector(`textarea[name="${CSS.escape(`comment.${place}`)}"]`);
    if (comment && comment.getClientRects().length) bar.append(button("Comment on it", () => comment.focus()));
  };
};
