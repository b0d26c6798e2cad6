import { RungError } from "../../core/errors.ts";

interface Tries {
  count: number;
  untilMs: number;
}

const FREE_TRIES = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const MOST_NAMES = 1_000;

/** After five wrong passwords for a name, each further one doubles the wait, up to five minutes. */
export class SignInThrottle {
  readonly #tries = new Map<string, Tries>();

  /** @throws RungError `too-many-tries` */
  ask(name: string, nowMs: number): void {
    const waitMs = (this.#tries.get(key(name))?.untilMs ?? 0) - nowMs;
    if (waitMs <= 0) return;
    throw new RungError({
      code: "too-many-tries",
      where: "sign-in",
      what: `too many wrong passwords, wait ${Math.ceil(waitMs / 1000)} s`,
    });
  }

  failed(name: string, nowMs: number): void {
    const tries = this.#tries.get(key(name)) ?? { count: 0, untilMs: 0 };
    tries.count++;
    if (tries.count >= FREE_TRIES) {
      tries.untilMs = nowMs + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries.count - FREE_TRIES));
    }
    this.#tries.set(key(name), tries);
    // Invented names must not fill the memory: the oldest is forgotten.
    if (this.#tries.size > MOST_NAMES) this.#tries.delete(this.#tries.keys().next().value!);
  }

  succeeded(name: string): void {
    this.#tries.delete(key(name));
  }
}

const key = (name: string): string => name.normalize("NFKC").toLowerCase().slice(0, 64);
