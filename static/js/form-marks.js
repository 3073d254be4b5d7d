// The marks that the form holds: found, written and emptied by the name that the viewer knows them by.
// A finding's mark goes by the finding's id, a drawn field's by its name, "fields.<key>".
import { markFrom, textsOf } from "./marks.js";

export const FIELD = "fields.";
const MISSED = "missed:";
const markOf = (place) => place.querySelector("input[type=hidden]");
const inputOf = (question, name) => question.querySelector(`[name="${CSS.escape(`${question.dataset.name}.${name}`)}"]`);
const has = (question) => (name) => inputOf(question, name) !== null;
const text = (question) => (name) => inputOf(question, name)?.value ?? "";

const hiddenOn = (question) => {
  const found = inputOf(question, "on");
  if (found) return found;
  const made = Object.assign(document.createElement("input"), { type: "hidden", name: `${question.dataset.name}.on` });
  question.append(made);
  return made;
};

export class FormMarks {
  constructor(form) {
    this.form = form;
  }

  // The question that holds a mark, whether or not it is asked now; null if there is none.
  question(id) {
    if (id.startsWith(MISSED)) return this.missed(id);
    if (id.startsWith(FIELD)) return this.form.querySelector(`[data-mark][data-name="${CSS.escape(id)}"]`);
    return this.finding(id)?.querySelector("[data-mark]") ?? null;
  }

  finding(id) {
    return this.form.querySelector(`[data-finding="${CSS.escape(id)}"]`);
  }

  // The comment on a place where something was missed.
  missed(id) {
    return this.form.querySelector(`[data-missed="${CSS.escape(id)}"]`);
  }

  addMissed(mark) {
    const taken = [...this.form.querySelectorAll("[data-missed]")].map((one) => Number(one.dataset.missed.slice(MISSED.length)));
    const number = Math.max(0, ...taken) + 1;
    const template = document.createElement("template");
    template.innerHTML = document.getElementById("missed-new").innerHTML.replaceAll("NUMBER", String(number));
    document.getElementById("missed").append(template.content);
    const id = `${MISSED}${number}`;
    this.write(id, mark);
    return id;
  }

  idOf(element) {
    const missed = element.closest("[data-missed]");
    if (missed) return missed.dataset.missed;
    const finding = element.closest("[data-finding]");
    if (finding) return finding.dataset.finding;
    const name = element.closest("[data-mark]")?.dataset.name ?? "";
    return name.startsWith(FIELD) ? name : null;
  }

  isAsked(question) {
    return question.closest("[hidden]") === null;
  }

  // What the viewer shows as one's own: every whole mark of a question that is asked now.
  all() {
    const found = [];
    for (const question of this.form.querySelectorAll("[data-mark]")) {
      const id = this.idOf(question), finding = question.closest("[data-finding]");
      if (id === null || !this.isAsked(question) || (finding && this.question(id) !== question)) continue;
      const mark = markFrom(question.dataset.mark, text(question), has(question));
      if (!mark) continue;
      const label = finding ? finding.querySelector("legend").textContent.trim() : question.closest("fieldset")?.querySelector("legend")?.textContent.trim();
      found.push({ id, tool: finding ? finding.dataset.type : id, mark, layer: "mine", label: label || "" });
    }
    for (const one of this.form.querySelectorAll("[data-missed]")) {
      if (this.isAsked(one)) found.push({ id: one.dataset.missed, tool: "missed", mark: JSON.parse(markOf(one).value), layer: "mine", label: "Missed here" });
    }
    return found;
  }

  write(id, mark) {
    if (id.startsWith(MISSED)) {
      const place = this.missed(id);
      if (place) markOf(place).value = JSON.stringify(mark);
      return;
    }
    const question = this.question(id);
    if (!question) return;
    const { on, ...texts } = textsOf(mark, has(question));
    for (const [name, value] of Object.entries(texts)) inputOf(question, name).value = value;
    hiddenOn(question).value = on;
    const unknown = inputOf(question, "na");
    if (unknown) unknown.checked = false;
    this.tell(question);
  }

  clear(id) {
    if (id.startsWith(MISSED)) {
      this.missed(id)?.remove();
      return;
    }
    const question = this.question(id);
    if (!question) return;
    for (const input of question.querySelectorAll("input:not([type=checkbox]), textarea")) input.value = "";
    this.tell(question);
  }

  // Says beside the button whether something is drawn.
  tell(question) {
    if ("missed" in question.dataset) return true;
    const drawn = markFrom(question.dataset.mark, text(question), has(question)) !== null;
    const place = question.querySelector("[data-place]");
    if (!place) return drawn;
    place.textContent = drawn ? "On the image" : "Not drawn yet";
    const clear = question.querySelector("[data-clear]");
    if (clear) clear.hidden = !drawn;
    return drawn;
  }
}
