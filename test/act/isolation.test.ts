import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Isolation,
  type IsolationFacts,
  judgeIsolation,
  measureIsolation,
} from "../../runtime/act/isolation.ts";

const HOST = 1000;
const OWN = 1001;

/** A host of its own user, and an actuator whose secrets are its own. */
const facts = (changes: Partial<IsolationFacts> = {}): IsolationFacts => ({
  own: OWN,
  host: [
    { what: "RUNG_HOME", uid: HOST },
    { what: "its run file", uid: HOST },
    { what: "its process", uid: HOST },
  ],
  secrets: [
    { path: "/a", uid: OWN, mode: 0o40700 },
    { path: "/a/key.pem", uid: OWN, mode: 0o100600 },
  ],
  startedByHost: false,
  ...changes,
});
const hostWith = (what: string, uid: number) => ({
  host: facts().host.map((one) => (one.what === what ? { what, uid } : one)),
});
const NOT: [string, Partial<IsolationFacts>, RegExp][] = [
  ["RUNG_HOME is the actuator's", hostWith("RUNG_HOME", OWN), /same operating system user.*\(RUNG_HOME\)/],
  ["the run file is", hostWith("its run file", OWN), /same operating system user.*\(its run file\)/],
  ["the host's process is", hostWith("its process", OWN), /same operating system user.*\(its process\)/],
  ["the host is root", hostWith("its process", 0), /runs as root/],
  [
    "the key is another's",
    { secrets: [{ path: "/k", uid: HOST, mode: 0o100600 }] },
    /\/k belongs to another/,
  ],
  ["a group reads the key", { secrets: [{ path: "/k", uid: OWN, mode: 0o100640 }] }, /\/k can be read.*640/],
  ["the host started it", { startedByHost: true }, /started by the host/],
];

describe("isolation by what the kernel says", () => {
  it("is isolated where every uid of the host differs and the secrets are its own alone", () => {
    assert.deepEqual(judgeIsolation(facts()), { isolated: true, measured: true, reasons: [] });
    const withoutProc = facts({ host: facts().host.slice(0, 2) });
    assert.equal(judgeIsolation(withoutProc).isolated, true, "a system without /proc");
  });

  for (const [what, changes, reason] of NOT) {
    it(`is not where ${what}`, () => {
      const judged = judgeIsolation(facts(changes));
      assert.deepEqual([judged.isolated, judged.measured], [false, true]);
      assert.equal(judged.reasons.length, 1, judged.reasons.join());
      assert.match(judged.reasons[0]!, reason);
    });
  }

  it("is not measured without the host's run file, or on a system without users", () => {
    for (const judged of [
      judgeIsolation(facts({ host: [{ what: "RUNG_HOME", uid: HOST }] })),
      judgeIsolation(facts({ own: undefined })),
    ]) {
      assert.deepEqual([judged.isolated, judged.measured], [false, false]);
    }
  });
});

describe("isolation as it is measured here", () => {
  let home: string;
  let directory: string;
  const runFile = () => join(home, "run", "host.json");
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "rung-isolation-"));
    directory = join(home, "actuator");
    for (const folder of [directory, join(home, "run")]) mkdirSync(folder, { mode: 0o700 });
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it("a host of the same user is not isolated, whatever its run file claims", () => {
    // Process 1 is root's, or another user's: the claim of a host that lies.
    writeFileSync(runFile(), JSON.stringify({ pid: 1 }));
    const { isolated, measured, reasons } = measureIsolation(home, directory);
    assert.deepEqual([isolated, measured], [false, true]);
    assert.match(reasons.join(), /same operating system user as the host \(RUNG_HOME, its run file/);
    writeFileSync(runFile(), "{broken");
    assert.equal(measureIsolation(home, directory).isolated, false);
    rmSync(runFile());
    symlinkSync("/etc/hostname", runFile());
    assert.match(measureIsolation(home, directory).reasons.join(), /its run file/);
    rmSync(runFile());
    assert.deepEqual(measureIsolation(home, directory).reasons, ["the host was not found"]);
  });

  it("a host of another user is, until the key can be read", () => {
    writeFileSync(runFile(), JSON.stringify({ pid: 2 ** 22 + 1 }));
    writeFileSync(join(directory, "logins.json"), "{}", { mode: 0o600 });
    const measure = asHostOwns([home, runFile()]);
    assert.deepEqual(measure(), { isolated: true, measured: true, reasons: [] });
    chmodSync(join(directory, "logins.json"), 0o644);
    assert.match(measure().reasons.join(), /logins\.json can be read by others \(mode 644\)/);
  });

  /** Gives the paths to the host's user. Only root can do that; for anybody else the kernel's answer is changed there. */
  function asHostOwns(paths: readonly string[]): () => Isolation {
    if (process.getuid?.() === 0) {
      for (const path of paths) chownSync(path, HOST, HOST);
      return () => measureIsolation(home, directory);
    }
    const owned = (look: typeof statSync | typeof lstatSync) => (path: string) =>
      Object.assign(look(path)!, paths.includes(path) ? { uid: process.getuid!() + 1 } : {});
    return () => measureIsolation(home, directory, { stat: owned(statSync), lstat: owned(lstatSync) });
  }
});
