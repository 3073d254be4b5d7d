// Changes to the list of findings that the viewer asks for: one after the other, and tried again when offline.
const RETRY = 5000;
const OFFLINE = "Offline: what you drew is kept on this page, and is added as soon as the service can be reached.";
const REFUSED = "That couldn’t be done: your time on this case may be over. What you typed and drew stays on this page.";

export class Findings {
  constructor(form, say) {
    this.form = form;
    this.say = say;
    this.queue = Promise.resolve();
  }

  // Resolves to the new list, once it stands on the page; to null if it was refused.
  change(what, drawn) {
    this.queue = this.queue.then(() => this.send(what, drawn));
    return this.queue;
  }

  async send(what, drawn) {
    for (;;) {
      try {
        return await this.once(typeof what === "function" ? what() : what, drawn);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        this.say(OFFLINE);
        await this.back();
      }
    }
  }

  async once(what, drawn) {
    if (what === null) return null;
    const body = new URLSearchParams(new FormData(this.form));
    body.set("change", what);
    if (drawn) body.set("drawn", JSON.stringify(drawn));
    const response = await fetch(this.form.dataset.findingsUrl, {
      method: "POST", body, credentials: "same-origin", headers: { "HX-Request": "true" },
    });
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    const list = template.content.getElementById("findings");
    if (!response.ok || !list || template.content.querySelector("main")) {
      this.say(REFUSED);
      return null;
    }
    this.say("");
    document.getElementById("findings").replaceWith(list);
    window.htmx.process(list);
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    return list;
  }

  back() {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        window.removeEventListener("online", go);
        resolve();
      };
      const timer = setTimeout(go, RETRY);
      window.addEventListener("online", go);
    });
  }
}
