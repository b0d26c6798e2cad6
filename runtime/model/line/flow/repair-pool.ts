/** Somebody who waits for a crew. */
export interface RepairRequest {
  readonly name: string;
  /** Told when somebody comes. */
  begin(): void;
}

/** So many people who mend, first come, first served. */
export class RepairPool {
  #free: number;
  readonly waiting: RepairRequest[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** @returns whether somebody comes at once; else the request waits */
  request(request: RepairRequest): boolean {
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    this.waiting.push(request);
    return false;
  }

  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.#free++;
    else next.begin();
  }

  /** Somebody is at work already when the run begins. */
  seize(): void {
    this.#free--;
  }
}
