import { createHash } from "node:crypto";

/** One deploy, as everybody who may read the flows may know it. */
export interface Deployment {
  /** Node-RED's revision of the flows. */
  readonly rev: string;
  /** Name of the person as signed in; null where Node-RED does not say. */
  readonly by: string | null;
  /** Wall time, ms since 1970. */
  readonly atMs: number;
}

/** Earlier ones are forgotten: an editor that was open for longer says that there were others. */
const KEPT = 50;

/** Who deployed which revision, since this process started. */
export class Deployments {
  readonly #now: () => number;
  #list: readonly Deployment[] = [];

  /** @param now wall time, ms */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** These flows were saved. */
  saved(flows: unknown, by: string | null): void {
    this.#list = [...this.#list, { rev: revisionOf(flows), by, atMs: this.#now() }].slice(-KEPT);
  }

  /** The oldest first. */
  list(): readonly Deployment[] {
    return this.#list;
  }
}

/** Node-RED's own revision of flows, which it makes only after the storage has saved them. */
export function revisionOf(flows: unknown): string {
  return createHash("sha256").update(JSON.stringify(flows)).digest("hex");
}

/** Of this process, since Node-RED runs once in one. */
export const deployments = new Deployments();
