import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { UserList } from "./users.ts";

export const FIRST_LOGIN_MINUTES = 10;
export const FIRST_ADMIN = "admin";

/**
 * The one-time way in of a fresh install: a link that may set the first admin's password once, within ten minutes.
 * It lives in memory only, so a restart makes a new one and voids the old.
 */
export class FirstLogin {
  readonly #users: UserList;
  readonly #now: () => number;
  #digest: Buffer | undefined;
  #untilMs = 0;

  constructor(users: UserList, now: () => number = Date.now) {
    this.#users = users;
    this.#now = now;
  }

  /**
   * Makes `admin` where there is nobody yet.
   * @returns the token of the link, or undefined where an admin can sign in already
   */
  offer(): string | undefined {
    if (this.#users.all().length === 0) this.#users.add({ name: FIRST_ADMIN, role: "admin", hash: null });
    const waiting = this.#users.get(FIRST_ADMIN);
    const canSignIn = this.#users.all().some((user) => user.role === "admin" && user.hash !== null);
    if (canSignIn || waiting === undefined) return undefined;
    const token = randomBytes(24).toString("base64url");
    this.#digest = digestOf(token);
    this.#untilMs = this.#now() + FIRST_LOGIN_MINUTES * 60_000;
    return token;
  }

  /** Whether the link may still be used. Looking does not use it up, since mail and chat programs look at links. */
  fits(token: string): boolean {
    if (this.#digest === undefined || this.#now() > this.#untilMs) return false;
    if (this.#users.get(FIRST_ADMIN)?.hash !== null) return false;
    return timingSafeEqual(this.#digest, digestOf(token));
  }

  /** @returns whether the token fitted; it does only once */
  take(token: string): boolean {
    const fits = this.fits(token);
    if (fits) this.#digest = undefined;
    return fits;
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
