// Keeps what is typed on the server, says when it did, and keeps the lease alive while somebody works here.
(() => {
  "use strict";
  const form = document.getElementById("work");
  if (!form) return;
  const { draftUrl, beatUrl } = form.dataset;
  const kept = document.getElementById("kept");
  const lease = document.getElementById("lease");
  const said = document.getElementById("lease-said");
  const trouble = document.getElementById("trouble");
  const WAIT = 1500; // ms after the last keystroke
  const RETRY = 5000;
  const BEAT = 60000;
  const SOON = 5; // minutes
  const NEWER = "A newer draft of this case was saved elsewhere, such as in an outside viewer. Load this page anew to see it: nothing typed here is saved any more.";
  const OFFLINE = "Offline: kept on this page";
  let changed = false, saving = null, timer = 0, lost = false;

  const warn = (sentence) => {
    if (trouble.textContent !== sentence) trouble.textContent = sentence;
    trouble.hidden = false;
  };
  const send = (url, body, more) => fetch(url, {
    method: "POST",
    body: new URLSearchParams(body),
    credentials: "same-origin",
    headers: { Accept: "application/json" },
    ...more,
  });
  const answer = async (response) => {
    const told = (response.headers.get("Content-Type") || "").includes("json") ? await response.json() : {};
    if (response.ok) return told;
    throw Object.assign(new Error(told.detail || ""), { told, status: response.status });
  };

  const keep = async (more) => {
    if (saving) await saving.catch(() => {});
    if (!changed || lost) return;
    changed = false;
    kept.textContent = "Saving …";
    saving = send(draftUrl, new FormData(form), more).then(answer);
    try {
      const told = await saving;
      form.elements.draft_version.value = told.version;
      kept.textContent = `Saved ${window.consilium.local(new Date(told.saved_at))}`;
      trouble.hidden = true;
    } catch (error) {
      changed = true;
      kept.textContent = error.status ? "Not saved" : OFFLINE;
      if (error.told && error.told.detail) {
        lost = error.status === 409 || error.status === 403 || error.status === 404;
        warn(error.told.detail);
      } else warn("What you typed can’t be saved at this moment. It stays on this page, and is tried again.");
      if (!lost) later(RETRY);
    } finally {
      saving = null;
    }
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  };
  form.addEventListener("input", () => {
    changed = true;
    if (!lost) kept.textContent = "Not saved yet";
    later(WAIT);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep({ keepalive: true });
    else comeBack();
  });
  window.addEventListener("online", () => keep());
  // Ways out that don't send the form themselves keep it first.
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-keep-first]") || !changed || lost) return;
    event.preventDefault();
    await keep();
    event.target.submit();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.formTarget === "_blank") return; // opened beside this page
    clearTimeout(timer);
    changed = false;
  });

  // Parts of the page that are asked for alone: a refusal, or the page of the sign-in, must not take their place.
  document.addEventListener("htmx:responseError", () => {
    warn("That couldn’t be done: your time on this case may be over. What you typed stays on this page.");
  });
  document.addEventListener("htmx:sendError", () => {
    warn("The service can’t be reached at this moment. What you typed stays on this page.");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!/<html/i.test(event.detail.xhr.responseText)) return;
    event.detail.shouldSwap = false;
    warn("You were signed out. What you typed stays on this page: sign in again in another tab, then go on here.");
  });

  let busy = true; // somebody did something since the last beat
  let announced = Infinity;
  for (const name of ["keydown", "pointerdown", "pointermove", "wheel"]) {
    document.addEventListener(name, () => { busy = true; }, { passive: true });
  }
  const minutes = () => Math.ceil((new Date(lease.dataset.until) - new Date()) / 60000);
  const count = () => {
    const left = minutes();
    lease.classList.toggle("urgent", left <= SOON);
    lease.textContent = left > 0 ? `Yours for ${left} min` : "Your time is over; it stays yours until somebody takes it";
    const step = left <= 0 ? 0 : left <= SOON ? SOON : Infinity;
    if (step < announced) said.textContent = lease.textContent;
    announced = step;
  };
  // What stands here must not be saved over it. Where all of it was saved before, the page simply shows the newer one.
  const newer = () => {
    lost = true;
    if (!changed && location.pathname === form.dataset.page) location.reload();
    else warn(NEWER);
  };
  const beat = async () => {
    if (!busy || lost) return;
    busy = false;
    try {
      const { csrfmiddlewaretoken: csrf, token } = form.elements;
      const body = { csrfmiddlewaretoken: csrf.value, token: token.value };
      const told = await answer(await send(beatUrl, body));
      lease.dataset.until = told.lease_until;
      if (saving) await saving.catch(() => {});
      if (told.draft_version > Number(form.elements.draft_version.value)) newer();
    } catch (error) {
      if (error.told && error.told.detail) {
        lost = error.status === 409;
        warn(error.told.detail);
      }
    }
    count();
  };
  // Back from another tab: somebody is here again, and a viewer may have saved a draft meanwhile.
  const comeBack = () => {
    busy = true;
    beat();
  };
  count();
  setInterval(count, 10000);
  setInterval(beat, BEAT);
})();
