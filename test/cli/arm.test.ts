import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { People } from "../../runtime/act/people.ts";
import { run } from "../../runtime/cli/arm.ts";
import { caughtOutput } from "./caught-output.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));

describe("rung arm person", function () {
  this.timeout(20_000);
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "rung-arm-"));
    mkdirSync(join(home, "actuator"), { mode: 0o700 });
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const people = () => new People(join(home, "actuator"));
  const verb = (...args: string[]) => caughtOutput(() => run(["person", ...args, "--home", home]));
  const make = (name: string) => people().set(name, { password: "a long password", by: "boss" });

  it("adds somebody with role, scopes and a password from stdin, in the hand of who ran it", async () => {
    const args = ["arm", "person", "add", "anna", "--role", "engineer", "--scope", "acme/leipzig/paint"];
    const said = await new Promise<string>((resolve, reject) => {
      const env = { ...process.env, RUNG_HOME: home, SUDO_USER: "" };
      const child = spawn(process.execPath, [RUNG, ...args], { env, stdio: ["pipe", "pipe", "inherit"] });
      let out = "";
      child.stdout.on("data", (text) => {
        out += text;
      });
      child.once("error", reject);
      child.once("close", () => resolve(out));
      child.stdin.end("a long password\n");
    });
    assert.equal(said, "anna, engineer of acme/leipzig/paint\n");
    const anna = (await people().check("anna", "a long password"))!;
    assert.deepEqual([anna.role, anna.scopes], ["engineer", ["acme/leipzig/paint"]]);
    assert.equal(anna.setBy, `os:${userInfo().username}`);
  });

  it("changes role and scopes and nothing else, lists, and removes", async () => {
    make("anna");
    make("ben");
    const before = people().find("anna")!;
    const changed = await verb(
      "change",
      "anna",
      "--role",
      "operator",
      "--scope",
      "acme/a",
      "--scope",
      "acme/b",
    );
    assert.equal(changed.out, "anna, operator of acme/a, acme/b\n");
    assert.deepEqual(people().find("anna"), { ...before, role: "operator", scopes: ["acme/a", "acme/b"] });
    assert.ok(await people().check("anna", "a long password"));
    assert.equal((await verb("list")).out, "anna, operator of acme/a, acme/b\nben, viewer of everything\n");
    const [first] = JSON.parse((await verb("list", "--json")).out);
    assert.deepEqual(Object.keys(first), ["name", "role", "scopes", "setBy", "setAtMs"]);
    await verb("remove", "anna");
    assert.equal((await verb("list")).out, "ben, viewer of everything\n");
  });

  it("refuses a role nobody has, and somebody who is not there", async () => {
    make("anna");
    await assert.rejects(verb("change", "anna", "--role", "king"), /king is no role \(viewer, operator/);
    await assert.rejects(verb("change", "ben", "--role", "viewer"), /ben: is nobody here/);
    await assert.rejects(verb("add", "Anna", "--role", "viewer"), /Anna: is there already/);
    await assert.rejects(verb("promote", "anna"), /use list, add, change, password or remove/);
  });
});
