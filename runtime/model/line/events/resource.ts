import type { Awaited, Process } from "./process.ts";

/** So many of something that processes `request` and `release`, first come, first served. */
export class Resource {
  #free: number;
  readonly #waiting: Process[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  get free(): number {
    return this.#free;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  request(): Awaited {
    return {
      begin: (process) => {
        if (this.#free === 0) {
          this.#waiting.push(process);
          return false;
        }
        this.#free--;
        return true;
      },
      abandon: (process) => {
        const place = this.#waiting.indexOf(process);
        if (place >= 0) this.#waiting.splice(place, 1);
      },
    };
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next.resume();
  }
}
