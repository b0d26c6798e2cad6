import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { readJsonFile, writePrivate } from "../core/private-file.ts";
import type { Role } from "../core/roles.ts";
import type { UserList } from "./users.ts";

/** A screen left alone signs out after this. */
const IDLE_MS = 12 * 3_600_000;
/** Everybody signs in again after this. */
const LONGEST_MS = 7 * 24 * 3_600_000;
const SHORTEST_TOKEN = 20;

/** Who is behind a request, as of now. */
export interface Person {
  readonly name: string;
  readonly role: Role;
  /** Parts of the plant this person sees and changes; "" is everything. */
  readonly scopes: readonly string[];
}

interface Session {
  readonly user: string;
  readonly openedAtMs: number;
  usedAtMs: number;
}

/**
 * The open sign-ins. A browser holds the token; kept here, and in `$RUNG_HOME/sessions.json` over restarts, is only
 * its SHA-256. The role is read from the user list each time, so that a change holds at once.
 */
export class Sessions {
  readonly #users: UserList;
  readonly #file: string;
  readonly #now: () => number;
  readonly #byKey: Map<string, Session>;

  constructor(home: string, users: UserList, now: () => number = Date.now) {
    this.#users = users;
    this.#now = now;
    this.#file = join(home, "sessions.json");
    const stored = readJsonFile<Record<string, Session>>(this.#file, "remove it; everybody signs in again");
    this.#byKey = new Map(Object.entries(stored ?? {}));
  }

  /** @returns the token, which is told to nobody but the person */
  open(user: string): string {
    const token = randomBytes(32).toString("base64url");
    const now = this.#now();
    for (const key of this.#byKey.keys()) if (this.#valid(key) === undefined) this.#byKey.delete(key);
    this.#byKey.set(keyOf(token), { user, openedAtMs: now, usedAtMs: now });
    this.#save();
    return token;
  }

  /** The person a token stands for; undefined where it stands for nobody (any more). */
  person(token: string | undefined): Person | undefined {
    if (token === undefined || token.length < SHORTEST_TOKEN) return undefined;
    const key = keyOf(token);
    const person = this.#valid(key);
    if (person !== undefined) this.#byKey.get(key)!.usedAtMs = this.#now();
    return person;
  }

  /** As `person`, without counting as use: a socket that only listens does not keep a session awake. */
  glance(token: string): Person | undefined {
    return this.#valid(keyOf(token));
  }

  close(token: string): void {
    if (this.#byKey.delete(keyOf(token))) this.#save();
  }

  #valid(key: string): Person | undefined {
    const session = this.#byKey.get(key);
    if (session === undefined) return undefined;
    const now = this.#now();
    const user = this.#users.get(session.user);
    if (user === undefined || user.passwordSetAtMs > session.openedAtMs) return undefined;
    if (now - session.openedAtMs > LONGEST_MS || now - session.usedAtMs > IDLE_MS) return undefined;
    return { name: user.name, role: user.role, scopes: user.scopes };
  }

  #save(): void {
    writePrivate(this.#file, `${JSON.stringify(Object.fromEntries(this.#byKey), null, 2)}\n`);
  }
}

function keyOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
