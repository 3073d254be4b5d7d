/** Plays the active cell's series, at the speed that its file tells or a person chose. */
import type { Stage } from "./stage";

const USUAL = 15;

export class Cine {
  /** Frames a second; null: as the file says. */
  rate: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private stage: Stage,
    private changed: () => void,
  ) {}

  get playing(): boolean {
    return this.timer !== undefined;
  }

  toggle(): void {
    if (this.playing) return this.stop();
    this.next();
    this.changed();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.changed();
  }

  /** Waits for each frame to be drawn: a slow line makes a slow film, never a wrong one. */
  private next(): void {
    const { current } = this.stage;
    const { frames, index, frame } = current.pane;
    const wait = this.rate ? 1000 / this.rate : (frame?.duration ?? 1000 / USUAL);
    this.timer = setTimeout(() => {
      if (frames.length < 2) return this.stop();
      void current.go((index + 1) % frames.length).then(() => this.playing && this.next());
    }, wait);
  }
}
