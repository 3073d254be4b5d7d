/** Keys by one spelling: "Ctrl+z", "Shift+1", "PageDown", "w". */

/** How the key that was pressed is spelled; digits by their place, so that Shift doesn't make them signs. */
export function spelled(
  event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): string {
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const key = digit ?? (event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key);
  const letter = /^[a-z]$/.test(key);
  const shift = event.shiftKey && (digit !== undefined || letter || key.length > 1);
  const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shift && "Shift"];
  return [...held.filter(Boolean), key].join("+");
}
