import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { VERBS } from "../../runtime/cli/verbs.ts";
import { passwordFits } from "../../runtime/host/password.ts";
import { UserList } from "../../runtime/host/users.ts";
import { removeHome, temporaryHome } from "../host/host-process.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));

describe("the rung command", function () {
  this.timeout(30_000);
  let home: string;
  before(() => {
    home = temporaryHome();
  });
  after(() => removeHome(home));

  function rung(args: string[], input = ""): Promise<{ status: number | null; out: string; err: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [RUNG, ...args], { env: { ...process.env, RUNG_HOME: home } });
      let out = "";
      let err = "";
      child.stdout.on("data", (text) => {
        out += text;
      });
      child.stderr.on("data", (text) => {
        err += text;
      });
      child.once("error", reject);
      child.once("close", (status) => resolve({ status, out, err }));
      child.stdin.end(input);
    });
  }

  it("lists every verb with its summary, and explains each", async () => {
    const help = await rung(["help"]);
    assert.equal(help.status, 0);
    for (const [name, load] of Object.entries(VERBS)) {
      const { summary, usage } = await load();
      assert.ok(help.out.includes(summary), name);
      assert.match(usage, new RegExp(`rung ${name}`), name);
    }
    const about = await rung(["user", "--help"]);
    assert.equal(about.status, 0);
    assert.match(about.out, /^Usage: rung user list/);
  });

  it("ends with 2 on an unknown verb, and says it as JSON where asked", async () => {
    const plain = await rung(["climb"]);
    assert.equal(plain.status, 2);
    assert.match(plain.err, /^rung climb: is no verb \(known are .*; see rung help\)\n$/);
    assert.equal(plain.out, "");
    const json = await rung(["toString", "--json"]);
    assert.equal(json.status, 2);
    assert.equal(JSON.parse(json.out).errors[0].code, "unknown-verb");
    assert.equal(json.err, "");
  });

  it("adds, lists, changes and removes people", async () => {
    const steps: [string[], string, RegExp][] = [
      [["user", "add", "anna", "--role", "admin"], "a good long password\n", /^anna may sign in as admin\n$/],
      [["user", "add", "ben", "--role", "viewer"], "a good long password\n", /^ben may sign in as viewer\n$/],
      [["user", "role", "ben", "operator"], "", /^ben is operator now\n$/],
      [
        ["user", "scope", "ben", "acme/leipzig/paint"],
        "",
        /^ben sees and changes acme\/leipzig\/paint now\n$/,
      ],
      [["user", "scope", "anna", "--everything"], "", /^anna sees and changes everything now\n$/],
      [["user", "password", "ben"], "another long password\n", /^ben has a new password/],
    ];
    for (const [args, input, says] of steps) {
      const done = await rung(args, input);
      assert.equal(done.err, "");
      assert.match(done.out, says);
      assert.equal(done.status, 0);
    }
    const list = await rung(["user", "list", "--json"]);
    assert.deepEqual(JSON.parse(list.out), [
      { name: "anna", role: "admin", scopes: [""], hasPassword: true },
      { name: "ben", role: "operator", scopes: ["acme/leipzig/paint"], hasPassword: true },
    ]);
    assert.equal(await passwordFits("another long password", new UserList(home).get("ben")?.hash), true);
    assert.doesNotMatch(readFileSync(join(home, "users.json"), "utf8"), /long password/);
    assert.equal((await rung(["user", "remove", "ben"])).status, 0);
    assert.equal(new UserList(home).get("ben"), undefined);
  });

  it("refuses bad input with 2 and a sentence", async () => {
    const cases: [string[], string, RegExp][] = [
      [["user"], "", /rung user: says nothing to do/],
      [["user", "add", "carl"], "", /needs --role/],
      [["user", "add", "carl", "--role", "king"], "", /king: is no role/],
      [["user", "add", "carl", "--role", "viewer"], "", /found no password on stdin/],
      [["user", "add", "carl", "--role", "viewer"], "short\n", /password: is too short/],
      [["user", "scope", "anna"], "", /scopes: name no part of the plant/],
      [["user", "scope", "anna", "acme//paint"], "", /acme\/\/paint: is no address/],
      [["user", "scope", "anna", "acme", "--everything"], "", /acme: is named beside --everything/],
      [["user", "remove", "nobody"], "", /nobody: is no user here/],
      [["user", "list", "--nonsense"], "", /Unknown option '--nonsense'/],
      [["start", "--nonsense"], "", /Unknown option '--nonsense'/],
    ];
    const results = await Promise.all(cases.map(([args, input]) => rung(args, input)));
    for (const [i, [args, , says]] of cases.entries()) {
      assert.equal(results[i]!.status, 2, args.join(" "));
      assert.match(results[i]!.err, says);
    }
    assert.equal(new UserList(home).get("carl"), undefined);
  });
});
