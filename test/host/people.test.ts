import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mayAs, ROLES, roleFrom } from "../../runtime/core/roles.ts";
import { FirstLogin } from "../../runtime/host/first-login.ts";
import { checkPassword, hashPassword, passwordFits } from "../../runtime/host/password.ts";
import { permissionsOf } from "../../runtime/host/permissions.ts";
import { Sessions } from "../../runtime/host/sessions.ts";
import { UserList } from "../../runtime/host/users.ts";
import { removeHome, temporaryHome } from "./host-process.ts";

describe("people who may sign in", () => {
  let home: string;
  beforeEach(() => {
    home = temporaryHome();
  });
  afterEach(() => removeHome(home));

  it("keeps hashes only, in a file only its owner reads", async () => {
    const users = new UserList(home);
    users.add({ name: "anna", role: "operator", hash: await hashPassword("correct horse battery") });
    assert.equal(statSync(users.file).mode & 0o777, 0o600);
    assert.doesNotMatch(readFileSync(users.file, "utf8"), /correct horse/);
    assert.equal(await passwordFits("correct horse battery", users.get("ANNA")?.hash), true);
    assert.equal(await passwordFits("correct horse batterx", users.get("anna")?.hash), false);
    assert.equal(await passwordFits("correct horse battery", users.get("nobody")?.hash), false);
    assert.equal(await passwordFits("correct horse battery", null), false);
  });

  it("reads what another process has changed", () => {
    const host = new UserList(home);
    const commandLine = new UserList(home);
    host.add({ name: "anna", role: "admin", hash: "x" });
    assert.equal(commandLine.get("anna")?.role, "admin");
    commandLine.add({ name: "ben", role: "viewer", hash: "x" });
    commandLine.setRole("ben", "engineer");
    assert.equal(host.get("ben")?.role, "engineer");
  });

  it("refuses what would lock everybody out, and says what to do", () => {
    const users = new UserList(home);
    users.add({ name: "anna", role: "admin", hash: "x" });
    users.add({ name: "ben", role: "operator", hash: "x" });
    assert.throws(() => users.remove("anna"), /left without an admin \(make another person admin first\)/);
    assert.throws(() => users.setRole("anna", "viewer"), { code: "last-admin" });
    assert.throws(() => users.remove("carl"), /carl: is no user here \(known are anna, ben\)/);
    assert.throws(() => users.add({ name: "ben", role: "admin", hash: null }), { code: "user-exists" });
    for (const name of ["", "Ben", "a b", "../x", "x".repeat(33), "-a"])
      assert.throws(() => users.checkNew(name), { code: "bad-user-name" }, name);
    assert.throws(() => roleFrom("root"), /use one of viewer, operator, engineer, admin/);
  });

  it("names a broken user file instead of letting nobody or everybody in", () => {
    const file = join(home, "users.json");
    for (const text of [
      '{"users": [',
      '{"users": {}}',
      '{"users": [{"name": "a", "role": "king", "hash": null}]}',
      '{"users": [{"name": "a", "role": "admin", "hash": null, "scopes": "acme"}]}',
      '{"users": [{"name": "a", "role": "admin", "hash": null, "scopes": ["acme//x"]}]}',
      '{"users": [null]}',
    ]) {
      writeFileSync(file, text);
      assert.throws(
        () => new UserList(home).all(),
        (error: Error) => error.message.startsWith(file),
        text,
      );
    }
  });

  it("binds nobody who was written down before there were scopes, and keeps what was given since", () => {
    writeFileSync(join(home, "users.json"), '{"users": [{"name": "a", "role": "admin", "hash": "x"}]}');
    const users = new UserList(home);
    users.add({ name: "b", role: "viewer", scopes: ["acme/leipzig/paint"], hash: "x" });
    users.setScopes("a", ["acme"]);
    const kept = new UserList(home).all().map(({ name, scopes }) => ({ name, scopes }));
    assert.deepEqual(kept, [
      { name: "a", scopes: ["acme"] },
      { name: "b", scopes: ["acme/leipzig/paint"] },
    ]);
  });

  it("asks for passwords bcrypt can tell apart", () => {
    for (const weak of ["short", "aaaaaaaaaaaaaaaa", "x1".repeat(40)])
      assert.throws(() => checkPassword(weak), { code: "weak-password" }, weak);
    checkPassword("twelve chars");
  });

  it("lets each role do all that the ones before it may", () => {
    assert.deepEqual(
      ROLES.map((role) => ROLES.filter((needed) => mayAs(role, needed)).length),
      [1, 2, 3, 4],
    );
    for (const role of ["viewer", "operator"] as const)
      assert.deepEqual(
        permissionsOf(role).filter((permission) => /write|\*/.test(permission)),
        [],
        role,
      );
    assert.ok(permissionsOf("operator").includes("rung.operate"));
    assert.ok(!permissionsOf("viewer").includes("rung.operate"));
    assert.ok(permissionsOf("engineer").includes("rung.write"));
  });

  describe("sessions", () => {
    const HOUR_MS = 3_600_000;
    let now: number;
    let users: UserList;
    const open = () => new Sessions(home, users, () => now);

    beforeEach(() => {
      users = new UserList(home);
      users.add({ name: "anna", role: "admin", hash: "x" });
      users.add({ name: "ben", role: "operator", hash: "x" });
      now = Date.now() + 1000;
    });

    it("follow the user list at once", () => {
      const sessions = open();
      const token = sessions.open("ben");
      assert.deepEqual(sessions.person(token), { name: "ben", role: "operator", scopes: [""] });
      users.setRole("ben", "viewer");
      assert.deepEqual(sessions.person(token), { name: "ben", role: "viewer", scopes: [""] });
      users.remove("ben");
      assert.equal(sessions.person(token), undefined);
    });

    it("end with a new password, and at sign-out", () => {
      const sessions = open();
      const anna = sessions.open("anna");
      const ben = sessions.open("ben");
      sessions.close(anna);
      assert.equal(sessions.person(anna), undefined);
      now = Date.now() - 1000;
      const early = sessions.open("ben");
      users.setHash("ben", "y");
      assert.equal(sessions.person(early), undefined);
      now = Date.now() + 1000;
      assert.equal(sessions.person(ben)?.name, "ben");
    });

    it("end after 12 h without use and after 7 days with it", () => {
      const sessions = open();
      const idle = sessions.open("anna");
      now += 12 * HOUR_MS + 1;
      assert.equal(sessions.person(idle), undefined);
      const used = sessions.open("anna");
      for (let hour = 0; hour < 7 * 24; hour += 8) {
        assert.equal(sessions.person(used)?.name, "anna");
        now += 8 * HOUR_MS;
      }
      now += 1;
      assert.equal(sessions.person(used), undefined);
    });

    it("outlive a restart, and their file opens nothing", () => {
      const token = open().open("anna");
      assert.equal(open().person(token)?.name, "anna");
      const stored = readFileSync(join(home, "sessions.json"), "utf8");
      assert.ok(!stored.includes(token));
      for (const key of Object.keys(JSON.parse(stored))) assert.equal(open().person(key), undefined);
    });
  });

  describe("the one-time link", () => {
    it("works once, within ten minutes, and only until there is an admin with a password", () => {
      let now = 0;
      const users = new UserList(home);
      const firstLogin = new FirstLogin(users, () => now);
      const token = firstLogin.offer()!;
      assert.deepEqual(
        users.all().map(({ name, role, hash }) => ({ name, role, hash })),
        [{ name: "admin", role: "admin", hash: null }],
      );
      assert.equal(firstLogin.fits(`${token}x`), false);
      now = 10 * 60_000;
      assert.equal(firstLogin.fits(token), true);
      now += 1;
      assert.equal(firstLogin.take(token), false);
      const second = firstLogin.offer()!;
      assert.notEqual(second, token);
      assert.equal(firstLogin.fits(token), false);
      assert.equal(firstLogin.take(second), true);
      assert.equal(firstLogin.take(second), false);
      users.setHash("admin", "x");
      assert.equal(firstLogin.offer(), undefined);
    });

    it("is void once a password was set another way", () => {
      const users = new UserList(home);
      const firstLogin = new FirstLogin(users);
      const token = firstLogin.offer()!;
      users.setHash("admin", "x");
      assert.equal(firstLogin.fits(token), false);
    });
  });
});
