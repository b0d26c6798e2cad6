import { statSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../core/errors.ts";
import { readJsonFile, writePrivate } from "../core/private-file.ts";
import { ROLES, type Role } from "../core/roles.ts";
import { areScopes, EVERYWHERE } from "../core/scopes.ts";

/** A person who may sign in. */
export interface User {
  /** Lower case, as typed at the sign-in. */
  readonly name: string;
  readonly role: Role;
  /** Parts of the plant by address, each with all below it; "" is everything. */
  readonly scopes: readonly string[];
  /** bcrypt; null until a first password is set, and nobody signs in with null. */
  readonly hash: string | null;
  /** Milliseconds since 1970; sessions opened before it are void. */
  readonly passwordSetAtMs: number;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,31}$/;

/** `$RUNG_HOME/users.json`, read anew whenever another process has changed it. */
export class UserList {
  readonly file: string;
  #users: readonly User[] = [];
  #version = "";

  constructor(home: string) {
    this.file = join(home, "users.json");
  }

  /** @throws RungError `broken-file` */
  all(): readonly User[] {
    const stat = statSync(this.file, { throwIfNoEntry: false });
    const version = stat === undefined ? "none" : `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
    if (version !== this.#version) {
      const stored = readJsonFile<{ users?: unknown }>(this.file, "restore it, or remove it to begin anew");
      this.#users = stored === undefined ? [] : this.#checked(stored.users);
      this.#version = version;
    }
    return this.#users;
  }

  get(name: string): User | undefined {
    return this.all().find((user) => user.name === name.toLowerCase());
  }

  /** @throws RungError `bad-user-name`, `user-exists` */
  checkNew(name: string): void {
    if (!NAME.test(name)) {
      throw new RungError({
        code: "bad-user-name",
        where: name,
        what: "is no user name",
        advice: "use 1 to 32 of a-z, 0-9, dot, dash and underscore, a letter or digit first",
      });
    }
    if (this.get(name) !== undefined) {
      throw new RungError({
        code: "user-exists",
        where: name,
        what: "is there already",
        advice: "change it with rung user role or rung user password",
      });
    }
  }

  /** @throws RungError `bad-user-name`, `user-exists` */
  add(user: { name: string; role: Role; scopes?: readonly string[]; hash: string | null }): void {
    this.checkNew(user.name);
    this.#save([...this.all(), { scopes: EVERYWHERE, ...user, passwordSetAtMs: Date.now() }]);
  }

  /** @throws RungError `unknown-user`, `last-admin` */
  remove(name: string): void {
    const gone = this.require(name);
    this.#save(this.#withAdmin(this.all().filter((user) => user.name !== gone.name)));
  }

  /** @throws RungError `unknown-user`, `last-admin` */
  setRole(name: string, role: Role): void {
    const changed = this.require(name);
    this.#save(
      this.#withAdmin(this.all().map((user) => (user.name === changed.name ? { ...user, role } : user))),
    );
  }

  /** @param scopes from `scopesFrom`, or EVERYWHERE @throws RungError `unknown-user` */
  setScopes(name: string, scopes: readonly string[]): void {
    const changed = this.require(name);
    this.#save(this.all().map((user) => (user.name === changed.name ? { ...user, scopes } : user)));
  }

  /** Also ends the person's open sessions. @throws RungError `unknown-user` */
  setHash(name: string, hash: string): void {
    const changed = this.require(name);
    this.#save(
      this.all().map((user) =>
        user.name === changed.name ? { ...user, hash, passwordSetAtMs: Date.now() } : user,
      ),
    );
  }

  /** @throws RungError `unknown-user` */
  require(name: string): User {
    const user = this.get(name);
    if (user !== undefined) return user;
    throw new RungError({
      code: "unknown-user",
      where: name,
      what: "is no user here",
      advice: `known are ${
        this.all()
          .map((known) => known.name)
          .join(", ") || "none"
      }`,
    });
  }

  #withAdmin(users: readonly User[]): readonly User[] {
    if (users.some((user) => user.role === "admin")) return users;
    throw new RungError({
      code: "last-admin",
      where: this.file,
      what: "would be left without an admin",
      advice: "make another person admin first",
    });
  }

  #checked(users: unknown): readonly User[] {
    const broken = (what: string) =>
      new RungError({ code: "broken-file", where: this.file, what, advice: "restore it, or remove it" });
    if (!Array.isArray(users)) throw broken("holds no list of users");
    return users.map((user: Partial<User> | null) => {
      const roleKnown = (ROLES as readonly unknown[]).includes(user?.role);
      const hashFits = user?.hash === null || typeof user?.hash === "string";
      if (typeof user?.name !== "string" || !roleKnown || !hashFits)
        throw broken("holds a user without name, role or hash");
      // People written down before there were scopes were bound to nothing.
      const { scopes = EVERYWHERE } = user!;
      if (!areScopes(scopes)) throw broken(`holds scopes of ${user!.name} that are no addresses`);
      return { ...user, scopes } as User;
    });
  }

  #save(users: readonly User[]): void {
    writePrivate(this.file, `${JSON.stringify({ users }, null, 2)}\n`);
    this.#version = "";
  }
}
