import { randomBytes } from "node:crypto";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import bcrypt from "bcryptjs";
import { parseAddress } from "../core/address.ts";
import { RungError } from "../core/errors.ts";
import { readJsonFile, writePrivateJson } from "../core/private-file.ts";
import { type Person, ROLES, type Role } from "./rights.ts";

export type { Person } from "./rights.ts";

interface KeptPerson extends Person {
  readonly passwordHash: string;
}

/** What is changed of a person; what is absent stays, and a new one is a viewer of everything. */
export interface PersonChange {
  readonly password?: string;
  readonly role?: Role;
  readonly scopes?: readonly string[];
  /** Who changes it. */
  readonly by: string;
}

const ROUNDS = 10;
const SHORTEST_PASSWORD = 8;
/** bcrypt looks at no more. */
const LONGEST_PASSWORD_BYTES = 72;

/**
 * The people who may arm, approve and commission: the actuator's own, apart from the host's users, in
 * `people.json` (bcrypt). The first start makes `admin` with a random password in `first-login` beside it, which
 * is removed when the password is changed.
 */
export class People {
  readonly #file: string;
  readonly #firstLogin: string;
  #people: KeptPerson[] = [];
  #readAt = "";
  /** Compared against for an unknown name, so that the time tells nothing about which names exist. */
  readonly #nobodyHash = bcrypt.hashSync(randomBytes(16).toString("hex"), ROUNDS);

  constructor(directory: string) {
    this.#file = join(directory, "people.json");
    this.#firstLogin = join(directory, "first-login");
  }

  /** Makes `admin` where there is nobody yet. @returns the file with its password, if it was made now */
  prepare(): string | undefined {
    if (existsSync(this.#file)) return undefined;
    const password = randomBytes(12).toString("base64url");
    this.set("admin", { password, role: "admin", scopes: [""], by: "the first start" });
    writeFileSync(this.#firstLogin, `${JSON.stringify({ user: "admin", password })}\n`, { mode: 0o600 });
    return this.#firstLogin;
  }

  all(): Person[] {
    return this.#read().map(withoutHash);
  }

  names(): string[] {
    return this.#read().map((person) => person.name);
  }

  /** The person of a name, however it is spelt. */
  find(name: string): Person | undefined {
    const person = this.#read().find((candidate) => sameName(candidate.name, name));
    return person === undefined ? undefined : withoutHash(person);
  }

  /**
   * Adds a person, or changes one. Only a password given by somebody else counts as one that others know.
   * @throws RungError `bad-person`, `bad-address` for a scope that is none
   */
  set(name: string, { password, role, scopes, by }: PersonChange): void {
    const before = this.#read().find((person) => sameName(person.name, name));
    if (!/^[\p{L}\p{N}._-]{1,64}$/u.test(name)) {
      throw badPerson(name, "a name has 1 to 64 letters, digits, dots, dashes or underscores");
    }
    if (role !== undefined && !ROLES.includes(role))
      throw badPerson(name, `${role} is no role`, ROLES.join(", "));
    for (const scope of scopes ?? []) if (scope !== "") parseAddress(scope);
    if (password !== undefined) requireGoodPassword(name, password);
    else if (before === undefined) throw badPerson(name, "needs a password");
    const givenByAnother = password !== undefined && (before === undefined || !sameName(by, name));
    const person: KeptPerson = {
      name: before?.name ?? name,
      role: role ?? before?.role ?? "viewer",
      scopes: scopes ?? before?.scopes ?? [""],
      setBy: givenByAnother ? by : before!.setBy,
      setAtMs: givenByAnother ? Date.now() : before!.setAtMs,
      passwordHash: password === undefined ? before!.passwordHash : bcrypt.hashSync(password, ROUNDS),
    };
    const all = this.#read();
    const changed =
      before === undefined ? [...all, person] : all.map((one) => (one === before ? person : one));
    writePrivateJson(this.#file, changed);
    this.#readAt = "";
    if (password !== undefined && sameName(name, "admin")) rmSync(this.#firstLogin, { force: true });
  }

  /** @throws RungError `bad-person` for a name nobody has */
  remove(name: string): void {
    const rest = this.#read().filter((person) => !sameName(person.name, name));
    if (rest.length === this.#people.length) throw badPerson(name, "is nobody here");
    writePrivateJson(this.#file, rest);
    this.#readAt = "";
  }

  /** The person of a name and password, or undefined. */
  async check(name: string, password: string): Promise<Person | undefined> {
    const person = this.#read().find((candidate) => sameName(candidate.name, name));
    const fits = await bcrypt.compare(password, person?.passwordHash ?? this.#nobodyHash);
    return fits && person !== undefined ? withoutHash(person) : undefined;
  }

  /** Read again when `rung arm person` changed the file, which it replaces. */
  #read(): KeptPerson[] {
    const facts = existsSync(this.#file) ? statSync(this.#file) : undefined;
    const at = `${facts?.ino} ${facts?.mtimeMs} ${facts?.size}`;
    if (at !== this.#readAt) {
      this.#people = (readJsonFile<Partial<KeptPerson>[]>(this.#file) ?? []).map(fromFile);
      this.#readAt = at;
    }
    return this.#people;
  }
}

/** Two spellings of one name are one person: a second person must be another one. */
export const sameName = (a: string, b: string): boolean =>
  a.normalize("NFKC").toLowerCase() === b.normalize("NFKC").toLowerCase();

/** A file from before there were roles: whoever stood in it could commission and arm everything. */
function fromFile(kept: Partial<KeptPerson>): KeptPerson {
  const name = String(kept.name);
  const old = kept.role === undefined;
  return {
    name,
    role: old
      ? sameName(name, "admin")
        ? "admin"
        : "engineer"
      : ROLES.includes(kept.role!)
        ? kept.role!
        : "viewer",
    scopes: old ? [""] : Array.isArray(kept.scopes) ? kept.scopes.map(String) : [],
    setBy: kept.setBy ?? "unknown",
    setAtMs: kept.setAtMs ?? 0,
    passwordHash: String(kept.passwordHash ?? ""),
  };
}

function withoutHash({ name, role, scopes, setBy, setAtMs }: KeptPerson): Person {
  return { name, role, scopes, setBy, setAtMs };
}

function requireGoodPassword(name: string, password: string): void {
  if (password.length < SHORTEST_PASSWORD) {
    throw badPerson(name, `the password must have at least ${SHORTEST_PASSWORD} characters`);
  }
  if (Buffer.byteLength(password) > LONGEST_PASSWORD_BYTES) {
    throw badPerson(name, `the password must have at most ${LONGEST_PASSWORD_BYTES} bytes`);
  }
}

function badPerson(where: string, what: string, advice?: string): RungError {
  return new RungError({ code: "bad-person", where, what, ...(advice === undefined ? {} : { advice }) });
}
