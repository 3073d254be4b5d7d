/** What is said where the graphics card gave the pictures up, and the button that loads them again. */
import type { Desk } from "./desk";
import { make } from "./dom";
import type { Mpr } from "./mpr";
import type { Stage } from "./stage";

const SENTENCE =
  "The graphics card let go of the images, as it does when it sleeps or is short of memory. Your marks are kept.";
const STILL = "The images can't be drawn yet. Try once more, or load the page again: what you answered is kept.";

export class Lost {
  private text = make("p", {});
  private again = make("button", { type: "button", class: "viewer-button" }, "Load the images again");
  readonly element = make("div", { class: "viewer-lost", role: "alert", hidden: true }, this.text, this.again);

  constructor(
    private desk: Desk,
    private stage: Stage,
    private mpr: Mpr,
    private told: (lost: boolean) => void,
  ) {
    this.again.addEventListener("click", () => void this.load());
  }

  get on(): boolean {
    return !this.element.hidden;
  }

  /** Nothing can be drawn on a picture that isn't there. */
  show(): void {
    if (this.on) return;
    this.mpr.drop();
    this.stage.element.inert = true;
    this.text.textContent = SENTENCE;
    this.element.hidden = false;
    this.told(true);
  }

  private async load(): Promise<void> {
    this.again.disabled = true;
    const shown = await this.stage.renew().catch((error: unknown) => this.desk.failed(error));
    this.again.disabled = false;
    this.text.textContent = STILL;
    if (!shown) return;
    this.element.hidden = true;
    this.stage.element.inert = false;
    this.told(false);
    this.stage.current.element.focus();
  }
}
