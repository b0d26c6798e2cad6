import { randomBytes } from "node:crypto";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import bcrypt from "bcryptjs";
import { RungError } from "../core/errors.ts";
import { readJsonFile, writePrivateJson } from "../core/private-file.ts";

interface Person {
  readonly name: string;
  readonly passwordHash: string;
}

const ROUNDS = 10;
const SHORTEST_PASSWORD = 8;

/**
 * The people who may arm, approve and commission: the actuator's own, apart from the host's users, in
 * `people.json` (bcrypt). The first start makes `admin` with a random password in `first-login` beside it, which
 * is removed when the password is changed.
 */
export class People {
  readonly #file: string;
  readonly #firstLogin: string;
  #people: Person[] = [];
  #readAtMs = -1;
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
    this.set("admin", password);
    writeFileSync(this.#firstLogin, `${JSON.stringify({ user: "admin", password })}\n`, { mode: 0o600 });
    return this.#firstLogin;
  }

  names(): string[] {
    return this.#read().map((person) => person.name);
  }

  /** Adds a person, or changes a password. @throws RungError `bad-person` */
  set(name: string, password: string): void {
    if (!/^[\p{L}\p{N}._-]{1,64}$/u.test(name)) {
      throw new RungError({
        code: "bad-person",
        where: name,
        what: "a name has 1 to 64 letters, digits, dots, dashes or underscores",
      });
    }
    if (password.length < SHORTEST_PASSWORD) {
      throw new RungError({
        code: "bad-person",
        where: name,
        what: `the password must have at least ${SHORTEST_PASSWORD} characters`,
      });
    }
    const others = this.#read().filter((person) => !sameName(person.name, name));
    const person = { name, passwordHash: bcrypt.hashSync(password, ROUNDS) };
    writePrivateJson(this.#file, [...others, person]);
    this.#readAtMs = -1;
    if (sameName(name, "admin")) rmSync(this.#firstLogin, { force: true });
  }

  /** @throws RungError `bad-person` for a name nobody has */
  remove(name: string): void {
    const rest = this.#read().filter((person) => !sameName(person.name, name));
    if (rest.length === this.#people.length) {
      throw new RungError({ code: "bad-person", where: name, what: "is nobody here" });
    }
    writePrivateJson(this.#file, rest);
    this.#readAtMs = -1;
  }

  /** The person's name as stored, or undefined. */
  async check(name: string, password: string): Promise<string | undefined> {
    const person = this.#read().find((candidate) => sameName(candidate.name, name));
    const fits = await bcrypt.compare(password, person?.passwordHash ?? this.#nobodyHash);
    return fits ? person?.name : undefined;
  }

  /** Read again when `rung arm person` changed the file. */
  #read(): Person[] {
    const changedMs = existsSync(this.#file) ? statSync(this.#file).mtimeMs : 0;
    if (changedMs !== this.#readAtMs) {
      this.#people = readJsonFile<Person[]>(this.#file) ?? [];
      this.#readAtMs = changedMs;
    }
    return this.#people;
  }
}

/** Two spellings of one name are one person: a second person must be another one. */
export const sameName = (a: string, b: string): boolean =>
  a.normalize("NFKC").toLowerCase() === b.normalize("NFKC").toLowerCase();
