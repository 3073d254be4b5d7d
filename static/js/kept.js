// Keeps what is typed into a long form in this browser until it is saved: a lapsed session loses nothing.
(() => {
  "use strict";
  const form = document.querySelector("[data-keep-form]");
  if (!form) return;
  const name = `kept:${form.dataset.keepForm}`;
  const fields = () => [...form.querySelectorAll("input:not([type=hidden]), textarea")];
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem(name) || "null");
    } catch {
      return null; // storage may be forbidden
    }
  };
  const store = (value) => {
    try {
      if (value) localStorage.setItem(name, JSON.stringify(value));
      else localStorage.removeItem(name);
    } catch {
      // then only the page itself keeps it
    }
  };
  const typed = () => Object.fromEntries(fields().map((field) => [field.name, field.value]));
  if (document.querySelector("#messages .alert-success")) store(null); // this load follows a save
  const kept = stored();
  const notice = form.querySelector("[data-kept]");
  const differs = kept && fields().some((field) => field.name in kept && kept[field.name] !== field.value);
  if (differs) notice.hidden = false;
  else store(null);
  form.querySelector("[data-kept-take]").addEventListener("click", () => {
    fields().forEach((field) => { if (field.name in kept) field.value = kept[field.name]; });
    notice.hidden = true;
  });
  form.querySelector("[data-kept-drop]").addEventListener("click", () => {
    store(null);
    notice.hidden = true;
  });
  form.addEventListener("input", () => store(typed()));
})();
