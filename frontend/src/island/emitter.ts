/** Tells whoever listens. */
export class Emitter<Events extends object> {
  private handlers = new Map<keyof Events, Set<(value: never) => void>>();

  on<Name extends keyof Events>(event: Name, handler: (value: Events[Name]) => void): () => void {
    const all = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, all.add(handler as (value: never) => void));
    return () => void all.delete(handler as (value: never) => void);
  }

  tell<Name extends keyof Events>(event: Name, value: Events[Name]): void {
    for (const handler of this.handlers.get(event) ?? []) (handler as (value: Events[Name]) => void)(value);
  }

  clear(): void {
    this.handlers.clear();
  }
}
