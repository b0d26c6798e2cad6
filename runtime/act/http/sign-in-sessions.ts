import { randomBytes } from "node:crypto";
import type { Request, RequestHandler } from "express";
import { RungError } from "../../core/errors.ts";
import { SignInThrottle } from "../../core/sign-in-throttle.ts";
import { monotonicMs } from "../../core/time.ts";
import type { People, Person } from "../people.ts";
import type { Role } from "../rights.ts";
import { untrustedText } from "../untrusted-text.ts";
import { bearerOf } from "./host-token.ts";

const IDLE_MS = 30 * 60_000;
/** The actuator listens there only, so every client has this address, whoever stands behind a proxy. */
const LOOPBACK = "127.0.0.1";
/** Who has a session waits for nobody who has none: any local program can use up the tries at the sign-in. */
const WITH_SESSION = "with a session";

interface Session {
  readonly name: string;
  /** When somebody else last gave the password: a token does not outlive it. */
  readonly setAtMs: number;
  usedAtMs: number;
}

/**
 * Who is signed in, by bearer token: kept in the page's sessionStorage and never in a cookie, because cookies
 * ignore ports and a page of the host would send them along.
 */
export class SignInSessions {
  readonly #people: People;
  readonly #throttle: SignInThrottle;
  readonly #sessions = new Map<string, Session>();

  constructor(people: People, throttle = new SignInThrottle()) {
    this.#people = people;
    this.#throttle = throttle;
  }

  /** @throws RungError `wrong-password`, `too-many-tries` */
  async signIn(name: unknown, password: unknown): Promise<{ token: string; name: string; role: Role }> {
    const person = await this.#check(untrustedText(name), password, LOOPBACK);
    const token = randomBytes(32).toString("base64url");
    this.#sessions.set(token, { name: person.name, setAtMs: person.setAtMs, usedAtMs: monotonicMs() });
    return { token, name: person.name, role: person.role };
  }

  /** Checks the password of who has a session again, for what must not be done by whoever finds a signed-in phone. @throws RungError */
  prove(name: string, password: unknown): Promise<Person> {
    return this.#check(name, password, WITH_SESSION);
  }

  async #check(name: string, password: unknown, from: string): Promise<Person> {
    const { waitMs, found } = await this.#throttle.attempt(name, from, () =>
      this.#people.check(name, typeof password === "string" ? password : ""),
    );
    if (waitMs > 0) {
      throw new RungError({
        code: "too-many-tries",
        where: "sign-in",
        what: `too many wrong passwords, wait ${Math.ceil(waitMs / 1000)} s`,
      });
    }
    if (found === undefined) {
      throw new RungError({ code: "wrong-password", where: "sign-in", what: "name or password is wrong" });
    }
    return found;
  }

  /** The person of a request, or undefined. */
  personOf(request: Request): Person | undefined {
    const token = bearerOf(request.headers.authorization);
    const session = this.#sessions.get(token);
    const nowMs = monotonicMs();
    if (session === undefined) return undefined;
    // Asked anew, so that a role or scope that was taken away is gone at once.
    const person = this.#people.find(session.name);
    const isAnother = person?.setAtMs !== session.setAtMs;
    if (person === undefined || isAnother || nowMs - session.usedAtMs > IDLE_MS) {
      this.#sessions.delete(token);
      return undefined;
    }
    session.usedAtMs = nowMs;
    return person;
  }

  /** Ends the session of a request. */
  signOut(request: Request): void {
    this.#sessions.delete(bearerOf(request.headers.authorization));
  }

  /** Lets only people in who signed in. */
  readonly required: RequestHandler = (request, response, next) => {
    const person = this.personOf(request);
    if (person === undefined) {
      return next(new RungError({ code: "not-signed-in", where: "actuator", what: "sign in first" }));
    }
    response.locals.person = person;
    next();
  };
}
