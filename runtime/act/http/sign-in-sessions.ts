import { randomBytes } from "node:crypto";
import type { Request, RequestHandler } from "express";
import { RungError } from "../../core/errors.ts";
import { SignInThrottle } from "../../core/sign-in-throttle.ts";
import { monotonicMs } from "../../core/time.ts";
import type { People } from "../people.ts";
import { bearerOf } from "./host-token.ts";

const IDLE_MS = 30 * 60_000;
/** The actuator listens there only, so every client has this address, whoever stands behind a proxy. */
const LOOPBACK = "127.0.0.1";

interface Session {
  readonly name: string;
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
  async signIn(name: unknown, password: unknown): Promise<{ token: string; name: string }> {
    const person = await this.prove(String(name ?? ""), password);
    const token = randomBytes(32).toString("base64url");
    this.#sessions.set(token, { name: person, usedAtMs: monotonicMs() });
    return { token, name: person };
  }

  /** Checks a password again, for what must not be done by whoever finds a signed-in phone. @throws RungError */
  async prove(name: string, password: unknown): Promise<string> {
    const { waitMs, found } = await this.#throttle.attempt(name, LOOPBACK, () =>
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
  personOf(request: Request): string | undefined {
    const token = bearerOf(request.headers.authorization);
    const session = this.#sessions.get(token);
    const nowMs = monotonicMs();
    if (session === undefined) return undefined;
    const known = this.#people.names().includes(session.name);
    if (!known || nowMs - session.usedAtMs > IDLE_MS) {
      this.#sessions.delete(token);
      return undefined;
    }
    session.usedAtMs = nowMs;
    return session.name;
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
