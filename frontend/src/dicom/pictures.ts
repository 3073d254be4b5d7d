/** The pixels of frames: asked for once, shared by all that show them, the nearest first. */
import { bytesOf } from "./asking";
import type { Frame } from "./frames";
import { pixelsOf, type Pixels } from "./pixels";

const KEPT_BYTES = 768 * 1024 * 1024;
const TOGETHER = 4;

export class Pictures {
  private known = new Map<string, Promise<Pixels>>();
  private sizes = new Map<string, number>();
  private total = 0;
  private stop = new AbortController();
  private queue: Frame[] = [];
  private running = 0;

  constructor(private root: string) {}

  /** The pixels of a frame; fails with Unanswered or an Error whose message is a sentence. */
  of(frame: Frame): Promise<Pixels> {
    const key = keyOf(frame);
    const before = this.known.get(key);
    const wanted = before ?? this.fetched(frame, key);
    this.known.delete(key); // the latest asked for is the last to be forgotten
    this.known.set(key, wanted);
    return wanted;
  }

  /** Fetches frames in this order while nothing more urgent is asked for; replaces what waited before. */
  soon(frames: Frame[]): void {
    this.queue = frames.filter((frame) => !this.known.has(keyOf(frame)));
    while (this.running < TOGETHER && this.queue.length) void this.next();
  }

  close(): void {
    this.queue = [];
    this.stop.abort();
    this.known.clear();
  }

  private async next(): Promise<void> {
    this.running += 1;
    for (let frame = this.queue.shift(); frame; frame = this.queue.shift()) {
      if (this.total > KEPT_BYTES / 2) break;
      await this.of(frame).catch(() => undefined); // whoever shows it asks again and hears why
    }
    this.running -= 1;
  }

  private fetched(frame: Frame, key: string): Promise<Pixels> {
    const pixels = bytesOf(this.root, frame, this.stop.signal).then((bytes) => pixelsOf(bytes, frame));
    pixels.then(
      (found) => this.remember(key, found),
      () => this.known.delete(key),
    );
    return pixels;
  }

  private remember(key: string, pixels: Pixels): void {
    this.sizes.set(key, pixels.data.byteLength);
    this.total += pixels.data.byteLength;
    for (const oldest of this.known.keys()) {
      if (this.total <= KEPT_BYTES) break;
      this.known.delete(oldest);
      this.total -= this.sizes.get(oldest) ?? 0;
      this.sizes.delete(oldest);
    }
  }
}

/** Names a frame within a case. */
export function keyOf(frame: Frame): string {
  return `${frame.series}/${frame.sop}/${frame.number}`;
}
