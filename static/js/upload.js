// Sends the files of an import in pieces, three at once, and goes on where a line broke. The service knows files by
// their numbers: their names stay in this tab.
(() => {
  "use strict";
  const panel = document.getElementById("upload");
  if (!panel) return;
  const { files: FILES, csrf, import: IMPORT } = panel.dataset;
  const PIECE = Number(panel.dataset.piece), AT_ONCE = Number(panel.dataset.atOnce), LINES = 3;
  const WAITS = [1000, 2000, 5000, 10000, 30000]; // ms before a broken line is tried again
  const SKIPPED = new Set(["DICOMDIR", ".DS_Store", "Thumbs.db"]); // as the command skips them
  const OTHERS = "These are not the files that were announced: their order or sizes differ. Choose the same folder as "
    + "before, or withdraw this import and begin another.";
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const [drop, running, words, bar, pause, trouble, said, submit, auto] =
    ["drop", "running", "words", "bar", "pause", "trouble", "said", "submit", "auto"].map(part);
  let items = []; // {number, file, name, size, received}
  let others = { files: 0, bytes: 0 }; // here already, from before
  let paused = false, busy = false, broken = 0, began = 0, sent = 0;
  part("with-script").hidden = false;

  // --- asking the service
  const ask = async (url, options = {}) => {
    const headers = { Accept: "application/json", "X-CSRFToken": csrf, ...options.headers };
    let response;
    try {
      response = await fetch(url, { credentials: "same-origin", ...options, headers });
    } catch {
      throw Object.assign(new Error("The line broke."), { passing: true });
    }
    const isJson = (response.headers.get("Content-Type") || "").includes("json");
    const told = isJson ? await response.json().catch(() => ({})) : {};
    if (response.ok) return told;
    const passing = response.status === 429 || response.status === 408 || [502, 503, 504].includes(response.status);
    const signedOut = "You were signed out. Sign in again in another tab, then go on here.";
    const detail = response.status === 401 ? signedOut : told.detail || "That couldn’t be done.";
    throw Object.assign(new Error(detail), { told, passing });
  };
  const pauseFor = (wait) => new Promise((resolve) => { setTimeout(resolve, wait); });
  const patiently = async (act) => {
    for (let tries = 0; ; tries += 1) {
      try {
        const found = await act();
        broken = 0;
        return found;
      } catch (error) {
        if (!error.passing || paused) throw error;
        broken = tries + 1;
        show();
        await pauseFor(WAITS[Math.min(tries, WAITS.length - 1)]);
      }
    }
  };
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

  // --- what was announced, and what comes now
  const announced = async () => {
    const found = [];
    for (let search = "?page_size=200"; search;) {
      const page = await patiently(() => ask(FILES + search));
      found.push(...page.results);
      search = page.next ? new URL(page.next).search : "";
    }
    return found;
  };
  const announce = async (fresh) => {
    for (let start = 0; start < fresh.length; start += AT_ONCE) {
      const some = fresh.slice(start, start + AT_ONCE);
      const headers = { "Content-Type": "application/json", "Idempotency-Key": key() };
      const body = JSON.stringify({ sizes: some.map((one) => one.size) });
      let told;
      try {
        told = await patiently(() => ask(FILES, { method: "POST", headers, body }));
      } catch (error) {
        const fault = error.told && (error.told.faults || [])[0];
        const place = fault && /^\/sizes\/(\d+)$/.exec(fault.path);
        throw fault ? new Error(place ? `${some[place[1]].name}: ${fault.message}` : fault.message) : error;
      }
      told.files.forEach((file, place) => items.push({ ...some[place], number: file.number, received: 0 }));
    }
  };
  const chosen = async (found) => {
    if (busy) return;
    const usable = found.filter(({ name, file }) => file.size && !SKIPPED.has(name.split("/").pop()));
    usable.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    if (!usable.length) return tell("There is no file in what you chose.");
    busy = true;
    paused = false;
    tell("");
    running.hidden = false;
    drop.hidden = true;
    words.textContent = "Looking at what was announced …";
    try {
      await match(usable.map(({ name, file }) => ({ name, file, size: file.size })));
    } catch (error) {
      running.hidden = true;
      drop.hidden = false;
      busy = false;
      return tell(error.message);
    }
    remember();
    busy = false;
    run();
  };
  const match = async (fresh) => {
    const known = await announced();
    items = [];
    others = { files: 0, bytes: 0 };
    if (known.some((file) => file.state === "receiving")) {
      if (known.some((file, place) => !fresh[place] || fresh[place].size !== file.size)) throw new Error(OTHERS);
      items = known.map((file, place) => ({ ...fresh[place], number: file.number, received: file.received }));
      fresh = fresh.slice(known.length);
    } else {
      others = { files: known.length, bytes: known.reduce((sum, file) => sum + file.size, 0) };
    }
    await announce(fresh);
  };
  const remember = () => {
    try {
      const names = JSON.parse(sessionStorage.getItem(`consilium-names-${IMPORT}`) || "{}");
      items.forEach((one) => { names[one.number] = one.name; });
      sessionStorage.setItem(`consilium-names-${IMPORT}`, JSON.stringify(names));
    } catch {
      // Too many names for this tab, or it may keep none: files are then shown by their numbers.
    }
  };

  // --- sending
  const read = async (item) => {
    try {
      return await item.file.slice(item.received, item.received + PIECE).arrayBuffer();
    } catch {
      throw new Error(`${item.name} can’t be read any more. Was it moved or changed?`);
    }
  };
  const send = async (item) => {
    const url = `${FILES}/${item.number}`;
    while (!paused && item.received < item.size) {
      const body = await read(item);
      const headers = { "Content-Type": "application/octet-stream", "Upload-Offset": String(item.received) };
      const before = item.received;
      try {
        item.received = (await ask(url, { method: "PUT", headers, body })).received;
        broken = 0;
      } catch (error) {
        if (error.told && typeof error.told.received === "number") item.received = error.told.received;
        else if (error.passing) item.received = (await patiently(() => ask(url))).received;
        else throw error;
      }
      sent += Math.max(0, item.received - before);
      show();
    }
  };
  const unfinished = () => items.filter((item) => item.received < item.size);
  const run = async () => {
    if (busy) return;
    busy = true;
    began = Date.now();
    sent = 0;
    tell("");
    show();
    const queue = unfinished();
    const line = async () => {
      for (let item = queue.shift(); item && !paused; item = queue.shift()) await send(item);
    };
    const ends = await Promise.allSettled(Array.from({ length: LINES }, () => line().catch((error) => {
      paused = true; // the other lines stop too
      throw error;
    })));
    busy = false;
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) tell(failed.reason.message);
    show();
    if (!unfinished().length) done();
    else if (!paused) run();
  };
  const done = () => {
    running.hidden = true;
    submit.hidden = false;
    said.textContent = "All files are here.";
    if (auto.checked) submit.requestSubmit();
  };

  // --- telling
  const tell = (sentence) => {
    trouble.textContent = sentence;
    trouble.hidden = !sentence;
  };
  const amount = (bytes) => {
    let size = bytes, unit = "bytes";
    for (const larger of ["kB", "MB", "GB", "TB"]) {
      if (size < 1000) break;
      size /= 1000;
      unit = larger;
    }
    return `${unit === "bytes" || size >= 100 ? Math.round(size) : size.toFixed(1)} ${unit}`;
  };
  const left = (bytes) => {
    const seconds = (Date.now() - began) / 1000;
    if (!busy || !sent || seconds < 3) return "";
    const minutes = Math.ceil((bytes * seconds) / sent / 60);
    return minutes > 1 ? `, about ${minutes} minutes left` : ", less than a minute left";
  };
  const show = () => {
    const whole = items.reduce((sum, item) => sum + item.size, others.bytes);
    const here = items.reduce((sum, item) => sum + item.received, others.bytes);
    const files = items.length - unfinished().length + others.files;
    const state = broken ? " The line broke; trying again …" : paused ? " Paused." : "";
    words.textContent = `${files} of ${items.length + others.files} files, ${amount(here)} of ${amount(whole)} are here`
      + `${left(whole - here)}.${state}`;
    bar.max = whole || 1;
    bar.value = here;
    pause.textContent = paused ? "Go on" : "Pause";
  };
  pause.addEventListener("click", () => {
    paused = !paused;
    if (paused) show();
    else run();
  });
  window.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });

  // --- choosing
  const picked = (event) => {
    const found = [...event.target.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
    event.target.value = "";
    chosen(found);
  };
  part("folder").addEventListener("change", picked);
  part("choose").addEventListener("change", picked);
  const inside = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
      return [{ name: entry.fullPath.replace(/^\//, ""), file }];
    }
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
      if (!some.length) return found;
      for (const one of some) found.push(...await inside(one));
    }
  };
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.toggleAttribute("data-over", name === "dragover");
    });
  }
  drop.addEventListener("drop", async (event) => {
    const plain = [...event.dataTransfer.files].map((file) => ({ name: file.name, file }));
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    try {
      chosen(entries.length ? (await Promise.all(entries.map(inside))).flat() : plain);
    } catch {
      tell("What you dropped can’t be read.");
    }
  });
})();
