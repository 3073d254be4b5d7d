// Binds the viewer to the form: what is drawn is answered, what is answered is drawn, and both show the same one chosen.
import { Findings } from "./findings.js";
import { FIELD, FormMarks } from "./form-marks.js";
import { lookAhead } from "./ahead.js";
import { chosenMark } from "./chosen.js";

const host = document.getElementById("viewer");
const form = document.getElementById("work");
const trouble = document.getElementById("viewer-trouble");
const GONE = "The images can’t be shown at this moment. What you typed is kept; load this page again.";
const CHOOSE = "Choose first whether you correct this read or return it; then draw.";
const ELSEWHERE = "This is asked only after another answer. Give that answer first, then draw.";

const say = (sentence) => {
  trouble.textContent = sentence;
  trouble.hidden = !sentence;
};
const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
};
const same = (one, other) => one.tool === other.tool && JSON.stringify(sorted(one.mark)) === JSON.stringify(sorted(other.mark));

class Room {
  constructor(viewer, study) {
    this.viewer = viewer;
    this.marks = new FormMarks(form);
    this.findings = new Findings(form, say);
    this.chosen = chosenMark(study.layers, form, (what) => this.take(what));
    this.redrawn = null; // the finding whose mark the next one replaces
    this.selected = null;
    this.busy = false; // while the viewer is told of the form, what it tells back is no news
  }

  bind() {
    const { viewer } = this;
    viewer.on("drawn", (one) => this.busy || this.drawn(one));
    viewer.on("changed", (one) => this.busy || this.write(one.id, one.mark));
    viewer.on("removed", (id) => this.busy || this.removed(id));
    viewer.on("selected", (id) => this.busy || this.choose(id));
    viewer.on("refused", ({ sentence }) => say(sentence));
    form.addEventListener("focusin", (event) => this.follow(event.target));
    form.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("change", () => this.sync());
    form.addEventListener("input", (event) => event.target !== form && this.sync());
    form.addEventListener("room:open", (event) => this.arm(event.target));
    document.addEventListener("htmx:afterSettle", () => this.sync());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  // The viewer shows what the form holds, and nothing else as one's own.
  sync() {
    const mine = this.marks.all(), there = new Map(this.viewer.export().map((one) => [one.id, one]));
    for (const one of mine) this.marks.tell(this.marks.question(one.id));
    this.busy = true;
    try {
      const kept = new Set(mine.map((one) => one.id));
      for (const id of there.keys()) if (!kept.has(id) && !this.waiting.has(id)) this.viewer.remove(id);
      if (mine.some((one) => !there.has(one.id) || !same(one, there.get(one.id)))) {
        this.viewer.import([...mine, ...[...there.values()].filter((one) => this.waiting.has(one.id) && !kept.has(one.id))]);
      }
    } finally {
      this.busy = false;
    }
    this.chosen(this.selected);
  }

  waiting = new Set(); // drawn, and not yet on the form

  async drawn(one) {
    const redrawn = this.redrawn;
    this.redrawn = null;
    if (redrawn && this.marks.finding(redrawn)?.dataset.type === one.tool) return this.written(redrawn, one.mark);
    if (one.tool === "missed") return this.missed(one);
    if (one.tool.startsWith(FIELD)) return this.answered(one);
    if (!document.getElementById("findings") || !this.marks.isAsked(document.getElementById("findings"))) return this.refuse(one.id, CHOOSE);
    this.waiting.add(one.id);
    const list = await this.findings.change(`draw:${one.tool}`, { id: one.id, mark: one.mark });
    this.waiting.delete(one.id);
    if (!list) return undefined;
    this.sync();
    const made = [...list.querySelectorAll("[data-finding]")].at(-1);
    const why = list.querySelector(":scope > .fault");
    if (why) return say(why.textContent.trim());
    this.go(made);
    return this.select(made.dataset.finding);
  }

  missed(one) {
    if (!this.marks.isAsked(document.getElementById("missed"))) return this.refuse(one.id, CHOOSE);
    const id = this.marks.addMissed(one.mark);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    this.sync();
    this.marks.missed(id).querySelector("textarea").focus();
    return undefined;
  }

  // A mark that answers a field: the field must be asked, and in an arbitration be answered by oneself.
  answered(one) {
    const question = this.marks.question(one.tool);
    if (!question) return this.refuse(one.id, CHOOSE);
    const own = question.closest("[data-row]")?.querySelector("input[type=radio][value=own]");
    if (own && !own.checked) own.click();
    if (!this.marks.isAsked(question)) this.meet(question);
    if (!this.marks.isAsked(question)) return this.refuse(one.id, form.querySelector("[name=verdict]") ? CHOOSE : ELSEWHERE);
    return this.written(one.tool, one.mark);
  }

  // Where one unanswered choice opens the question, whoever draws has made it.
  meet(question) {
    for (const { name, asks, values } of JSON.parse(question.dataset.when || "[]")) {
      const offered = form.querySelectorAll(`input[type=radio][name="${CSS.escape(name)}"]`);
      if (asks !== "is" || values.length !== 1 || [...offered].some((input) => input.checked && input.value)) return;
      [...offered].find((input) => input.value === values[0])?.click();
    }
  }

  written(id, mark) {
    this.write(id, mark);
    this.sync();
    this.go(this.marks.finding(id) || this.marks.question(id));
    this.select(id);
  }

  write(id, mark) {
    this.marks.write(id, mark);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  refuse(id, sentence) {
    this.busy = true;
    this.viewer.remove(id);
    this.busy = false;
    say(sentence);
  }

  async removed(id) {
    const finding = this.marks.finding(id);
    if (!finding) {
      this.marks.clear(id);
      form.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    await this.findings.change(() => this.marks.finding(id)?.querySelector("[data-remove]").value ?? null);
    this.sync();
  }

  async take(what) {
    const list = await this.findings.change(what);
    this.sync();
    if (list) this.go([...list.querySelectorAll("[data-finding]")].at(-1));
  }

  select(id) {
    this.busy = true;
    this.viewer.select(id);
    this.busy = false;
    this.mark(id);
  }

  choose(id) {
    this.mark(id);
    this.chosen(id);
    const place = id && (this.marks.finding(id) || this.marks.question(id));
    if (place) place.scrollIntoView({ block: "nearest" });
  }

  mark(id) {
    this.selected = id;
    for (const one of form.querySelectorAll("[data-finding]")) one.classList.toggle("chosen", one.dataset.finding === id);
  }

  // Whoever stands in the form at a mark, or comments on one, sees it.
  follow(element) {
    const [, kind, name] = /^comment\.\/(fields|findings)\/([^/]+)/.exec(element.name || "") || [];
    const id = kind ? `read:${kind === "fields" ? FIELD : ""}${name}` : this.marks.idOf(element);
    if (id && id !== this.selected) this.select(id);
  }

  go(element) {
    if (element) form.dispatchEvent(new CustomEvent("room:go", { detail: element }));
  }

  arm(question) {
    const button = question.querySelector("[data-draw]");
    if (button && !this.marks.tell(question)) this.viewer.draw(button.dataset.draw);
  }

  clicked(event) {
    const clear = event.target.closest("[data-clear], [data-unmiss]");
    if (clear) {
      this.marks.clear(this.marks.idOf(clear));
      form.dispatchEvent(new Event("input", { bubbles: true }));
      this.sync();
    }
    const button = event.target.closest("[data-draw]");
    if (!button) return;
    this.redrawn = button.closest("[data-finding]")?.dataset.finding ?? null;
    this.viewer.draw(button.dataset.draw);
    if (event.detail === 0) host.querySelector("[tabindex='0']")?.focus(); // pressed on the keyboard
  }

  // Alt with an arrow goes from mark to mark, from anywhere; without Alt where an arrow does nothing else.
  key(event) {
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || event.ctrlKey || document.querySelector("dialog[open]")) return;
    if (!event.altKey && !event.target.matches("[data-finding]")) return;
    const ids = this.marks.all().map((one) => one.id);
    if (!ids.length) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1, here = ids.indexOf(this.selected);
    const id = ids[here < 0 ? (step > 0 ? 0 : ids.length - 1) : (here + step + ids.length) % ids.length];
    const place = this.marks.finding(id) || this.marks.question(id);
    (place.matches("[tabindex]") ? place : place.querySelector("[data-draw]") || place).focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
    this.select(id);
  }
}

// Another layout, window or order of series, once chosen, is where the next case of the kind begins.
const MOST_KINDS = 60; // as screens/layouts.py
const keepHanging = (viewer, { hanging, series, layout_name: name }) => {
  const own = (what) => name.replace("layout", what);
  let last = `${hanging.rows}x${hanging.columns}`;
  const keep = {
    preset: (choice) => window.consilium.remember(`preset.${choice.modality}`, choice.name),
    order: (choice) => {
      const kinds = choice.series.map((uid) => series.find((one) => one.uid === uid).kind);
      window.consilium.remember(own("order"), kinds.slice(0, MOST_KINDS).join(" "));
    },
    usual: ({ rows, columns }) => {
      last = `${rows}x${columns}`;
      window.consilium.remember(own("hanging"), "usual");
      for (const modality of new Set(series.map((one) => one.modality))) window.consilium.remember(`preset.${modality}`, "stored");
    },
  };
  viewer.on("chose", (choice) => keep[choice.what](choice));
  viewer.on("state", ({ rows, columns, mpr }) => {
    const now = `${rows}x${columns}`;
    if (mpr || now === last) return;
    last = now;
    window.consilium.remember(name, now);
  });
};

const told = async () => {
  const response = await fetch(host.dataset.images, { credentials: "same-origin" });
  const study = await response.json();
  if (!response.ok) throw Object.assign(new Error(study.detail), { sentence: study.detail });
  return study;
};

const start = async () => {
  const [study, island] = await Promise.all([told(), import(host.dataset.viewer)]);
  const { layers, layout_name: layout, ...shown } = study;
  host.replaceChildren();
  const viewer = await island.load(host, shown);
  window.consilium = Object.assign(window.consilium || {}, { viewer }); // for a picture of what is seen, and for other keys
  const room = new Room(viewer, study);
  viewer.import(layers.flatMap(({ layer, drawn }) => drawn.map((one) => ({ ...one, layer, locked: true }))));
  room.sync();
  room.bind();
  keepHanging(viewer, study);
  const asked = layers.find((one) => one.layer === "case")?.drawn[0];
  if (asked) viewer.select(asked.id);
  host.dataset.bound = "true";
  lookAhead(host, form);
};

start().catch((error) => {
  host.replaceChildren();
  say(error.sentence || GONE);
  host.dataset.failed = "true";
});
