import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const RUNNER = fileURLToPath(new URL("../../build/test-offline.ts", import.meta.url));
const isAllowed = spawnSync("unshare", ["--net", "true"]).status === 0;

describe("the tests with only the loopback up", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "rung-offline-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs one test of this body by the runner. */
  function offline(body: string): { status: number | null; said: string } {
    const file = join(folder, "one.test.ts");
    writeFileSync(file, `it("one", async () => {\n${body}\n});\n`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, file], { encoding: "utf8" });
    return { status, said: stdout + stderr };
  }
  const LOOPBACK = `
    const { createServer } = await import("node:http");
    for (const host of ["127.0.0.1", "::1"]) {
      const server = createServer((request, response) => response.end("here"));
      await new Promise((done, failed) => server.once("error", failed).listen(0, host, done));
      const at = host.includes(":") ? "[" + host + "]" : host;
      const answer = await fetch("http://" + at + ":" + server.address().port + "/");
      if ((await answer.text()) !== "here") throw new Error("no answer");
      server.closeAllConnections();
      server.close();
    }
    const { createSocket } = await import("node:dgram");
    const socket = createSocket("udp6");
    await new Promise((done) => socket.send("nobody listens", 9, "::1", done));
    socket.close();`;

  if (!isAllowed) {
    it("says loudly that nothing is proved where the system allows no namespace, and runs the tests", () => {
      const { status, said } = offline(LOOPBACK);
      assert.equal(status, 0, said);
      assert.match(said, /NOT PROVED/);
      assert.match(said, /1 passed/);
    });
    return;
  }

  it("passes, and has seen packets of the loopback, where nothing else is tried", () => {
    const { status, said } = offline(LOOPBACK);
    assert.equal(status, 0, said);
    assert.match(
      said,
      /offline: only the loopback was up, [1-9]\d* of its packets looked at, none to elsewhere/,
    );
  });

  it("fails a test that passed and tried to reach elsewhere, by any way", () => {
    const tries = `
      const ignored = () => undefined;
      const stop = { signal: AbortSignal.timeout(300) };
      const lookup = (await import("node:dns/promises")).lookup;
      const { createSocket } = await import("node:dgram");
      const socket = createSocket("udp4");
      await Promise.all([
        fetch("http://192.0.2.1/", stop).catch(ignored),
        fetch("http://[2001:db8::1]:81/", stop).catch(ignored),
        Promise.race([lookup("rung.example").catch(ignored), new Promise((done) => setTimeout(done, 300))]),
        new Promise((done) => socket.send("x", 53, "127.0.0.53", done)),
        new Promise((done) => socket.send("x", 9, "198.51.100.7", done)),
      ]);
      socket.close();`;
    const { status, said } = offline(`{${LOOPBACK}}\n${tries}`);
    assert.equal(status, 1, said);
    assert.match(said, /1 passed/);
    assert.match(said, /tried to reach tcp 192\.0\.2\.1 port 80, /);
    assert.match(said, /tried to reach tcp 2001:db8::1 port 81, /);
    assert.match(said, /tried to reach udp \S+ port 53 \(rung\.example\), /);
    assert.match(said, /tried to reach udp 127\.0\.0\.53 port 53 /);
    assert.match(said, /tried to reach udp 198\.51\.100\.7 port 9, 1 packets/);
  });

  it("fails where a test fails, and where not one packet was seen", () => {
    const failing = offline(`${LOOPBACK}\nthrow new Error("as it should");`);
    assert.equal(failing.status, 1);
    assert.match(failing.said, /only the loopback was up/);
    const blind = offline("");
    assert.equal(blind.status, 1);
    assert.match(blind.said, /not one packet was seen, so that this proves nothing/);
  });
});
