// The form of a task: what is asked follows the answers, number keys choose, nothing is sent by accident.
(() => {
  "use strict";
  const form = document.getElementById("work");
  if (!form) return;
  const NOT_ASSESSABLE = "not·assessable";
  const box = (name) => form.querySelector(`[data-question][data-name="${CSS.escape(name)}"]`);

  // What is answered to a question now: the texts of its inputs, or of the read that was picked for it.
  const given = (name) => {
    const picked = form.querySelector(`input[name="pick.${CSS.escape(name.replace(/^fields\./, ""))}"]:checked`);
    if (picked && picked.value !== "own") {
      return picked.closest("[data-row]").hidden ? [] : JSON.parse(picked.dataset.texts);
    }
    const question = box(name);
    if (!question || question.hidden) return [];
    const texts = [];
    for (const input of question.querySelectorAll("input, textarea, select")) {
      if (input.type === "hidden" || "optional" in input.dataset) continue;
      if (input.type === "radio" || input.type === "checkbox") {
        if (input.checked) texts.push(input.name.endsWith(".na") ? NOT_ASSESSABLE : input.value);
      } else texts.push(input.value.trim());
    }
    return texts.filter((text) => text !== "");
  };
  const holds = (condition) => {
    const texts = given(condition.name);
    if (condition.asks === "absent") return texts.length === 0;
    const assessed = texts.length > 0 && !texts.includes(NOT_ASSESSABLE);
    return assessed && (condition.asks === "present" || texts.some((text) => condition.values.includes(text)));
  };
  // In the order of the page: a condition asks only about what stands before it.
  const follow = () => {
    for (const part of form.querySelectorAll("[data-when], [data-own-of]")) {
      if (part.dataset.when) part.hidden = !JSON.parse(part.dataset.when).every(holds);
      if (part.dataset.ownOf) {
        const picked = form.querySelector(`input[name="${CSS.escape(part.dataset.ownOf)}"]:checked`);
        part.hidden = !picked || picked.value !== "own";
      }
    }
  };

  const seen = (element) => element.getClientRects().length > 0;
  const questions = () => [...form.querySelectorAll("[data-question], [data-row]")].filter(
    (one) => seen(one) && !one.parentElement.closest("[data-row]"));
  const inputs = (question) => [...question.querySelectorAll("input:not([type=hidden]), textarea, select")].filter(seen);
  const asked = (question) => "mark" in question.dataset
    ? [...question.querySelectorAll("input:not([type=hidden]):not([data-optional]), textarea")] : inputs(question);
  const answered = (question) => asked(question).some((input) =>
    input.type === "radio" || input.type === "checkbox" ? input.checked && input.value !== "" : input.value.trim() !== "");
  const goTo = (question) => {
    if (!question) return;
    const all = inputs(question);
    const draw = [...question.querySelectorAll("[data-draw]")].find(seen);
    const target = all.find((input) => input.checked) || draw || all[0];
    if (!target) return;
    target.focus({ preventScroll: true });
    question.scrollIntoView({ block: "nearest" });
    if (target === draw) draw.closest("[data-mark]").dispatchEvent(new Event("room:open", { bubbles: true }));
  };
  const current = () => {
    const here = document.activeElement && document.activeElement.closest("[data-question], [data-row]");
    if (here && form.contains(here)) return here;
    return questions().find((question) => !answered(question)) || null;
  };
  const nextOpen = (from) => {
    const all = questions();
    const start = from ? all.indexOf(from.closest("[data-row]") || from) + 1 : 0;
    return all.slice(start).find((one) => !answered(one)) || all.find((one) => !answered(one) && one !== from);
  };
  const choose = (question, key) => {
    const target = inputs(question).find((input) => input.dataset.choice === key);
    if (!target) return false;
    target.focus({ preventScroll: true });
    target.click();
    if (target.type === "radio" && target.value !== "own") {
      const all = questions();
      const whole = question.closest("[data-row]") || question;
      goTo(all[all.indexOf(whole) + 1] || whole);
    } else if (target.value === "own") follow();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    const isText = target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && target.matches("input") && form.contains(target)) {
      event.preventDefault(); // Enter in one field must not send the whole read
      return;
    }
    if (event.defaultPrevented || isText || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (document.documentElement.dataset.singleKeys === "off") return;
    if (window.consilium.spelled(event) === window.consilium.keyOf("next-question", "n")) {
      event.preventDefault();
      goTo(nextOpen(current()));
      return;
    }
    const question = current();
    if (question && choose(question, event.key.toLowerCase())) event.preventDefault();
  });

  // Something was drawn: on to what is asked of it, or to what is asked next.
  form.addEventListener("room:go", (event) => {
    const place = event.detail, inside = [...place.querySelectorAll("[data-question]")].filter(seen);
    const question = inside.find((one) => !answered(one));
    if (question) goTo(question);
    else if (place.matches("[data-finding]")) place.focus({ preventScroll: true });
    else goTo(nextOpen(place));
  });

  form.addEventListener("change", follow);
  form.addEventListener("input", follow);
  document.addEventListener("htmx:afterSettle", (event) => {
    follow();
    if (event.target.id === "opened") return; // a viewer that was let in is no answer
    form.dispatchEvent(new Event("input", { bubbles: true })); // a finding more or less is worth a draft
  });

  // One read for all fields at once; single fields can still be changed.
  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-take]");
    if (all) {
      for (const radio of form.querySelectorAll(`input[data-letter="${CSS.escape(all.dataset.take)}"]`)) {
        if (radio.closest("[data-row]").dataset.disputed === "true") radio.checked = true;
      }
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog).showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
    const panel = event.target.closest("[data-toggle-panel]");
    if (panel) {
      const details = document.getElementById(panel.dataset.togglePanel);
      details.open = !details.open;
      if (details.open) details.querySelector("summary").focus();
    }
    const fault = event.target.closest("#faults a[href^='#']");
    if (fault) {
      const place = document.getElementById(fault.hash.slice(1));
      if (place) {
        event.preventDefault();
        const details = place.closest("details");
        if (details) details.open = true;
        place.focus();
        place.scrollIntoView({ block: "center" });
      }
    }
  });

  // Sent once: the buttons rest until the answer is there, and wake if the page is shown again.
  const rest = (on) => {
    for (const button of document.querySelectorAll("button[data-once]")) button.disabled = on;
    form.toggleAttribute("aria-busy", on);
  };
  document.addEventListener("submit", (event) => {
    const stays = event.submitter && event.submitter.formTarget === "_blank"; // opened beside this page
    if (event.target.method === "post" && !stays) setTimeout(() => rest(true));
  });
  window.addEventListener("pageshow", (event) => event.persisted && rest(false));

  follow();
  // Ready when the parts that are asked for alone are, too: they are wired when the whole page is here.
  document.addEventListener("DOMContentLoaded", () => { form.dataset.ready = "true"; });
  const faults = document.getElementById("faults");
  if (faults) faults.focus();
})();
