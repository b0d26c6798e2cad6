/** This process's monotonic and wall clock, turned by hand; `restore` gives them back. */
export class DrivenClock {
  ms = 1_000_000;
  /** Wall time less monotonic time: what somebody who sets the machine's clock changes. */
  wallOffsetMs = Date.UTC(2026, 0, 5, 6);
  readonly #now = performance.now;
  readonly #dateNow = Date.now;

  install(): void {
    performance.now = () => this.ms;
    Date.now = () => Math.trunc(this.ms + this.wallOffsetMs);
  }

  restore(): void {
    performance.now = this.#now;
    Date.now = this.#dateNow;
  }
}
