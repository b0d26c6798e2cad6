import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PASSPORT_POLICY } from "../../runtime/host/passport/passport-page.ts";
import { isWhole, type Passport } from "../../runtime/ladder/passport/passport.ts";
import { draw, OVEN } from "../ladder/draw.ts";
import {
  addEveryRole,
  HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "./host-process.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PATH = `/editor/rung/passport/${OVEN}`;
/** A twin with a state alone: nothing in it asks for a network. */
const FLOW = draw("st state", {
  tab: { label: "Oven" },
  oven: { objective: "see the oven", targetRung: 1, needed: true, version: 1 },
}).filter(({ id }) => id !== "plant");

describe("the passport of a running twin", function () {
  this.timeout(60_000);
  let home: string;
  let host: HostProcess;
  let viewer: string;

  before(async () => {
    if (!existsSync(join(ROOT, "dist", "package.json"))) throw new Error("run the build first");
    home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(join(home, "flows"), "oven.json", FLOW);
    host = await HostProcess.start(home);
    viewer = await host.signIn("viewer");
  });
  after(async () => {
    await host?.stop();
    removeHome(home);
  });

  const rung = (
    args: string[],
    password = PASSWORD,
  ): Promise<{ status: number | null; out: string; err: string }> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(ROOT, "runtime/cli/rung.ts"), "passport", ...args], {
        env: { ...process.env, RUNG_HOME: home, RUNG_PASSWORD: password },
      });
      const said = { out: "", err: "" };
      child.stdout.on("data", (text) => {
        said.out += text;
      });
      child.stderr.on("data", (text) => {
        said.err += text;
      });
      child.once("error", reject);
      child.once("close", (status) => resolve({ status, ...said }));
    });

  it("is for nobody without a sign-in", async () => {
    for (const path of [PATH, `${PATH}?print`]) {
      const response = await host.as(undefined, path);
      assert.equal(response.status, 401);
      assert.deepEqual(await response.json(), { error: "sign in first", at: "/sign-in" });
    }
  });

  it("is read by a viewer, as JSON that is whole", async () => {
    const response = await host.as(viewer, PATH);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type")!, /^application\/json/);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const passport = (await response.json()) as Passport;
    assert.ok(isWhole(passport));
    const { twin, class: kind, wired, held, reality, acting, rows } = passport;
    assert.deepEqual(
      { twin, kind, wired, held, reality, mode: acting.mode, state: rows[0]!.fact },
      {
        twin: { address: OVEN, name: "oven 1", scope: "machine", objective: "see the oven", target: 1 },
        kind: "model",
        wired: 0,
        held: 0,
        reality: { notKnown: "no source feeds this twin" },
        mode: "read-only",
        state: "state loaded",
      },
    );
    assert.deepEqual(passport.issued.linkTimeUs, { notKnown: "no link of this twin is open" });
  });

  it("is a page to print under a policy of its own", async () => {
    const response = await host.as(viewer, `${PATH}?print`);
    assert.match(response.headers.get("content-type")!, /^text\/html/);
    assert.equal(response.headers.get("content-security-policy"), PASSPORT_POLICY);
    assert.match(await response.text(), /<h1>oven 1<\/h1>/);
  });

  it("is not there for a twin the flow does not have", async () => {
    for (const path of [`${PATH}9`, "/editor/rung/passport/", "/editor/rung/passport/%3Cscript%3E"]) {
      const response = await host.as(viewer, path);
      assert.equal(response.status, 404, path);
      assert.match(response.headers.get("content-type")!, /^application\/json/);
      const { code, message } = (await response.json()) as { code: string; message: string };
      assert.equal(code, "unknown-twin");
      assert.match(message, /is no twin of the running flow \(known are acme\/leipzig\/paint\/oven1\)$/);
    }
  });

  it("names the same flow as the flow's files do", async () => {
    const running = (await (await host.as(viewer, PATH)).json()) as Passport;
    const { status, out } = await rung([OVEN, "--flows", host.flows, "--json"]);
    assert.equal(status, 0);
    assert.equal((JSON.parse(out) as Passport).flowHash, running.flowHash);
  });

  it("is told by the command, to a person who signs in, by address or by name", async () => {
    const { status, out, err } = await rung(["oven 1", "--user", "viewer"]);
    assert.equal(err, "");
    assert.equal(status, 0);
    const lines = out.split("\n");
    assert.equal(lines[0], `oven 1  ${OVEN}`);
    assert.ok(lines.includes("  0 standalone   held                  state loaded"), out);
    const json = await rung([OVEN, "--user", "viewer", "--json"]);
    assert.ok(isWhole(JSON.parse(json.out) as Passport));
  });

  it("is refused to the command with a wrong password, and unknown is no", async () => {
    const refused = await rung([OVEN, "--user", "viewer"], "wrong");
    assert.deepEqual(
      [refused.status, refused.out, refused.err],
      [2, "", "rung passport: signing in as viewer was refused: Name or password is wrong.\n"],
    );
    const unknown = await rung(["acme/none", "--user", "viewer"]);
    assert.deepEqual(
      [unknown.status, unknown.err],
      [1, `acme/none: is no twin of the flow (known are ${OVEN})\n`],
    );
  });
});
