// Fetches the next case's images into the browser's cache, once this one's are here and somebody is at work on it.
// Of the next case the page learns where its frames are, and nothing else; nothing of it is shown or kept on the page.
const FORM = 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1'; // as the viewer asks
const QUIET = 1500; // ms in which no frame of this case came
const READING = 15000; // ms after which somebody who answered nothing yet is reading
const TOGETHER = 2;

const quiet = () => new Promise((settled) => {
  let timer = setTimeout(done, QUIET);
  const watching = new PerformanceObserver((list) => {
    if (!list.getEntriesByType("resource").some((one) => one.name.includes("/frames/"))) return;
    clearTimeout(timer);
    timer = setTimeout(done, QUIET);
  });
  watching.observe({ type: "resource" });
  function done() {
    watching.disconnect();
    settled();
  }
});
const begun = (form) => new Promise((settled) => {
  setTimeout(settled, READING);
  for (const name of ["input", "change"]) form.addEventListener(name, settled, { once: true });
});
const idle = () => new Promise((settled) => {
  if (window.requestIdleCallback) window.requestIdleCallback(settled, { timeout: READING });
  else setTimeout(settled);
});

const fetched = async (addresses, signal) => {
  const next = addresses.values();
  const some = async () => {
    for (const address of next) {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: FORM }, priority: "low", signal });
      if (!answer.ok) return; // it went to somebody else meanwhile
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, some));
};

export const lookAhead = async (host, form) => {
  const stop = new AbortController(), { signal } = stop;
  for (const name of ["pagehide", "submit"]) window.addEventListener(name, ({ submitter }) => submitter?.formTarget === "_blank" || stop.abort());
  try {
    await begun(form);
    await quiet();
    await idle();
    const { csrfmiddlewaretoken: csrf, token } = form.elements;
    const body = new URLSearchParams({ csrfmiddlewaretoken: csrf.value, token: token.value });
    const answer = await fetch(host.dataset.ahead, { method: "POST", body, credentials: "same-origin", priority: "low", signal });
    if (answer.ok) await fetched((await answer.json()).frames, signal);
  } catch {
    // Nobody waits for it.
  }
  host.dataset.lookedAhead = "true";
};
