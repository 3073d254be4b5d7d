// The bar below the images: which mark of a read is chosen there, and what can be done with it.
const bar = document.getElementById("viewer-chosen");
const FIELD = "fields.";

const button = ([words, act]) => {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  made.className = "btn btn-sm btn-outline-primary";
  made.addEventListener("click", act);
  return made;
};

// chosen("A:f1") shows the bar for that mark of a read; for one's own, the case's, or none, it goes away.
export const chosenMark = (layers, form, take) => {
  const known = new Map(layers.flatMap(({ name, drawn }) => drawn.map((one) => [one.id, `${name}: ${one.label}`])));
  const find = (selector, value) => form.querySelector(selector.replace("?", CSS.escape(value)));
  const acts = (layer, name) => {
    const offered = find("button[value='?']", `take:${layer}:${name}`);
    const pick = find(`input[data-letter="${CSS.escape(layer)}"][name='?']`, name.replace(FIELD, "pick."));
    const place = name.startsWith(FIELD) ? `/fields/${name.slice(FIELD.length)}` : `/findings/${name}`;
    const comment = layer === "read" ? find("textarea[name='?']", `comment.${place}`) : null;
    return [
      ...(offered ? [["Take it into my answer", () => take(offered.value)]] : []),
      ...(pick ? [["Take it into my answer", () => pick.click()]] : []),
      ...(comment?.getClientRects().length ? [["Comment on it", () => comment.focus()]] : []),
    ];
  };
  let said = "";
  return (id) => {
    const words = id && !id.startsWith("case:") ? known.get(id) : "";
    bar.hidden = !words;
    const [layer, ...rest] = (id || "").split(":"), found = words ? acts(layer, rest.join(":")) : [];
    const now = [id, ...found.map(([told]) => told)].join(" ");
    if (now === said) return; // what is there already isn't read out again
    said = now;
    bar.replaceChildren(Object.assign(document.createElement("span"), { textContent: words || "" }), ...found.map(button));
  };
};
