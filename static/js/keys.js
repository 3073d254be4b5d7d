// Keys that work on every screen: ? opens the list of keys; elements name theirs in data-key, and by data-action-key
// what they do, so that a person's own key for it counts instead (the page Keys of their account).
// Keys without Ctrl can be turned off in that list: who dictates or uses a switch may press them by accident.
(() => {
  "use strict";
  const root = document.documentElement;
  const TEXT = "textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=button])";
  const typing = (target) => target.closest(TEXT) !== null;
  const chosen = JSON.parse(root.dataset.keys || "{}");
  const keyOf = (action, otherwise) => chosen[action] || otherwise;
  const stored = () => {
    try {
      return (root.dataset.singleKeysKept || localStorage.getItem("single-keys")) !== "off";
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
    root.dataset.singleKeys = on ? "on" : "off";
  };
  // As the viewer spells keys: digits by their place, letters small, Shift named where it doesn't show in the sign.
  const spelled = (event) => {
    const digit = /^Digit(\d)$/.exec(event.code);
    const key = digit ? digit[1] : event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const shift = event.shiftKey && (digit || /^[a-z]$/.test(key) || key.length > 1);
    const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shift && "Shift"];
    return [...held.filter(Boolean), key].join("+");
  };
  // The sign that it makes counts too: on some keyboards / is made with Shift and a digit.
  const spellings = (event) => [spelled(event), ...(event.ctrlKey || event.metaKey || event.altKey ? [] : [event.key])];
  // What isn't shown, as on a phone, has no key either; what is folded away in a panel that is shown, has.
  const reachable = (one) => (one.closest("details:not([open])") || one).getClientRects().length > 0;
  const targetOf = (event) => {
    const pressed = spellings(event);
    const offered = [...document.querySelectorAll("[data-key]")].filter(reachable);
    return offered.find((one) => pressed.includes(keyOf(one.dataset.actionKey, one.dataset.key)));
  };
  // What a button says of its key is what its person chose.
  const show = () => {
    for (const one of document.querySelectorAll("[data-action-key]")) {
      const said = one.querySelector(":scope > kbd");
      if (said) said.textContent = keyOf(one.dataset.actionKey, one.dataset.key);
    }
  };
  store(stored());
  window.consilium = Object.assign(window.consilium || {}, { keyOf, spelled });
  show();
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-single-keys]")) return;
    store(event.target.checked);
    if (window.consilium.remember) window.consilium.remember("single_keys", event.target.checked ? "on" : "off");
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return; // the viewer has keys of its own while it has the focus
    const single = !event.ctrlKey && !event.metaKey;
    if (single && typing(event.target)) return;
    if (single && root.dataset.singleKeys === "off" && event.key !== "?") return;
    if (event.key === "?" && single) {
      const dialog = document.getElementById("keys");
      if (!dialog) return;
      dialog.querySelector("[data-single-keys]").checked = root.dataset.singleKeys !== "off";
      if (!dialog.open) dialog.showModal();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const target = targetOf(event);
    if (!target || target.disabled) return;
    event.preventDefault();
    const closed = target.matches("summary") ? null : target.closest("details:not([open])");
    if (closed) closed.open = true;
    if (target.matches("input[type=radio], input[type=checkbox]")) target.click();
    else if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  });
})();
