import { RungError } from "../core/errors.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import type { OvenSession } from "./oven-session.ts";

/** The ovens that are modelled and followed in this process, by the twin's address. */
export class OvenSessions {
  readonly #models = new Map<string, OvenConfig>();
  readonly #sessions = new Map<string, OvenSession>();

  setModel(twin: string, config: OvenConfig): void {
    this.#models.set(twin, config);
  }

  deleteModel(twin: string): void {
    this.#models.delete(twin);
  }

  model(twin: string): OvenConfig | undefined {
    return this.#models.get(twin);
  }

  setSession(twin: string, session: OvenSession): void {
    this.#sessions.set(twin, session);
  }

  deleteSession(twin: string, session: OvenSession): void {
    if (this.#sessions.get(twin) === session) this.#sessions.delete(twin);
  }

  /** Whether an estimate follows this oven. */
  has(twin: string): boolean {
    return this.#sessions.has(twin);
  }

  /** @throws RungError `no-estimate` */
  require(twin: string): OvenSession {
    const session = this.#sessions.get(twin);
    if (session !== undefined) return session;
    throw new RungError({
      code: "no-estimate",
      where: twin,
      what: "nothing follows this oven",
      advice: "wire an estimate node behind its state, with an oven node as its model",
    });
  }
}
