/** Signs within this time belong together, ms. */
const WINDOW_MS = 60_000;
/** So many foreign messages under numbers that have been are no accident. */
const COLLISIONS = 3;

/**
 * Two publishers under one edge node id (against tck-id-payloads-nbirth-edge-node-descriptor). Two signs give them
 * away: births whose bdSeq goes to and fro without a death between, which a single node cannot do, since it counts up;
 * and different messages under one sequence number.
 */
export class TwinPublishers {
  #births: { bdSeq: number | undefined; atMs: number }[] = [];
  #collisions: number[] = [];

  /** @returns true where this birth shows that there are two */
  born(bdSeq: number | undefined, nowMs: number): boolean {
    this.#births = [...this.#births.filter(({ atMs }) => atMs > nowMs - WINDOW_MS), { bdSeq, atMs: nowMs }];
    const distinct = this.#births.filter((birth, i) => birth.bdSeq !== this.#births[i - 1]?.bdSeq);
    const [first, between] = distinct.slice(-3);
    if (distinct.length < 3 || first!.bdSeq !== bdSeq || between!.bdSeq === bdSeq) return false;
    this.settle();
    return true;
  }

  /** @returns true where this collision shows that there are two */
  collided(nowMs: number): boolean {
    this.#collisions = [...this.#collisions.filter((atMs) => atMs > nowMs - WINDOW_MS), nowMs];
    if (this.#collisions.length < COLLISIONS) return false;
    this.settle();
    return true;
  }

  /** A death that counts ends a session: what came before says nothing about what comes. */
  settle(): void {
    this.#births = [];
    this.#collisions = [];
  }
}
