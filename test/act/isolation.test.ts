import assert from "node:assert/strict";
import { chmodSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IsolationFacts, judgeIsolation, measureIsolation } from "../../runtime/act/isolation.ts";
import { changeableBy, changeableWithin, type FileFacts } from "../../runtime/act/path-reach.ts";
import { type ProcessStatus, readProcessStatus } from "../../runtime/act/process-status.ts";
import { skipOrFail } from "../needs.ts";

const HOST = 61001;
const OWN = 61002;

const hostProcess = (changes: Partial<ProcessStatus> = {}): ProcessStatus => ({
  uids: [HOST, HOST, HOST, HOST],
  gids: [HOST, HOST, HOST, HOST],
  parentPid: 1,
  capabilities: 0n,
  caughtSignals: 0n,
  ...changes,
});

/** A host of its own user, and an actuator whose secrets are its own. */
const facts = (changes: Partial<IsolationFacts> = {}): IsolationFacts => ({
  own: OWN,
  home: HOST,
  runFile: HOST,
  host: hostProcess(),
  secrets: [
    { path: "/a", uid: OWN, gid: OWN, mode: 0o40700 },
    { path: "/a/key.pem", uid: OWN, gid: OWN, mode: 0o100600 },
  ],
  changeable: [],
  ancestors: [{ pid: 7, uid: 0 }],
  hostPid: 4711,
  openings: [],
  ptraceScope: "1",
  ...changes,
});
const secret = (uid: number, mode: number) => ({ secrets: [{ path: "/k", uid, gid: uid, mode }] });
const NOT: [string, Partial<IsolationFacts>, RegExp][] = [
  ["RUNG_HOME is the actuator's", { home: OWN }, /same operating system user.*\(RUNG_HOME\)/],
  [
    "the run file and process are the actuator's",
    { runFile: OWN, host: hostProcess({ uids: [OWN, OWN, OWN, OWN] }) },
    /same operating system user.*\(its run file, its process\)/,
  ],
  [
    "the host can become the actuator's user again",
    { host: hostProcess({ uids: [HOST, HOST, OWN, HOST] }) },
    /same operating system user.*\(its process\)/,
  ],
  ["the host is root", { runFile: 0, host: hostProcess({ uids: [0, 0, 0, 0] }) }, /the host runs as root/],
  ["the host can become root again", { host: hostProcess({ uids: [HOST, HOST, 0, HOST] }) }, /runs as root/],
  [
    "the host may trace any process",
    { host: hostProcess({ capabilities: 1n << 19n }) },
    /capabilities \(0x80000\)/,
  ],
  ["the actuator is root", { own: 0, ...secret(0, 0o40700) }, /the actuator runs as root/],
  ["the key is another's", secret(HOST, 0o100600), /\/k belongs to another/],
  ["a group reads the key", secret(OWN, 0o100640), /\/k can be read.*640/],
  ["the folder cannot be seen", { secrets: [] }, /folder cannot be seen/],
  [
    "its code can be exchanged",
    { changeable: ["/code belongs to it", "/code/a belongs to it"] },
    /exchange what the actuator is or keeps: \/code belongs to it \(and 1 more\)$/,
  ],
  ["the host started it", { ancestors: [{ pid: 4711, uid: HOST }] }, /started by the host \(process 4711\)/],
  [
    "a shell of the host's user did",
    {
      ancestors: [
        { pid: 9, uid: 0 },
        { pid: 8, uid: HOST },
      ],
    },
    /process 8/,
  ],
  ["its inspector can be opened", { openings: ["a signal opens its inspector"] }, /inspector/],
];
const UNMEASURED: [string, Partial<IsolationFacts>, RegExp][] = [
  ["without the host's run file", { runFile: undefined }, /the host was not found/],
  ["without RUNG_HOME", { home: undefined }, /the host was not found/],
  ["on a system without users", { own: undefined }, /the host was not found/],
  ["where the host's process is hidden", { host: undefined }, /process cannot be seen/],
  [
    "where the run file names somebody else's process",
    { host: hostProcess({ uids: [33, 33, 33, 33] }) },
    /names the process of another user/,
  ],
];

describe("isolation by what the kernel says", () => {
  it("is isolated where every uid of the host differs and the secrets are its own alone", () => {
    assert.deepEqual(judgeIsolation(facts()), {
      isolated: true,
      measured: true,
      reasons: [],
      found: ["actuator of user 61002", "host of user 61001", "ptrace_scope 1"],
    });
  });

  for (const [what, changes, reason] of NOT) {
    it(`is not where ${what}`, () => {
      const judged = judgeIsolation(facts(changes));
      assert.deepEqual([judged.isolated, judged.measured], [false, true]);
      assert.equal(judged.reasons.length, 1, judged.reasons.join());
      assert.match(judged.reasons[0]!, reason);
    });
  }

  for (const [what, changes, reason] of UNMEASURED) {
    it(`is not measured, and so not isolated, ${what}`, () => {
      const judged = judgeIsolation(facts(changes));
      assert.deepEqual([judged.isolated, judged.measured], [false, false]);
      assert.match(judged.reasons.join(), reason);
    });
  }

  it("reads users, groups, capabilities and signals of a process", () => {
    const lines = [
      "Name:\tnode",
      "PPid:\t42",
      "Uid:\t1\t2\t3\t4",
      "Gid:\t5\t6\t7\t8",
      "Groups:\t9 10 ",
      "SigCgt:\t0000000100004602",
      "CapInh:\t0000000000000000",
      "CapPrm:\t0000000000000001",
      "CapEff:\t0000000000000000",
      "CapAmb:\t0000000000000002",
    ];
    assert.deepEqual(readProcessStatus(lines.join("\n")), {
      uids: [1, 2, 3, 4],
      gids: [5, 6, 7, 8, 9, 10],
      parentPid: 42,
      capabilities: 3n,
      caughtSignals: 0x100004602n,
    });
    for (const i of [1, 2, 3, 4, 5, 7])
      assert.equal(readProcessStatus(lines.toSpliced(i, 1).join("\n")), undefined);
  });
});

describe("what somebody could put another file in the place of", () => {
  const folder = (uid: number, mode: number, gid = uid): FileFacts => ({ uid, gid, mode: 0o40000 | mode });
  const host = { uids: [HOST], gids: [HOST, 50] };
  const of = (tree: Record<string, FileFacts>) =>
    changeableBy(host, "/srv/act", (path) => (path === "/" ? folder(0, 0o755) : tree[path]));

  it("is nothing where only root and the actuator own the way", () => {
    assert.deepEqual(of({ "/srv": folder(0, 0o755), "/srv/act": folder(OWN, 0o700) }), []);
    assert.deepEqual(of({ "/srv": folder(0, 0o1777), "/srv/act": folder(OWN, 0o700) }), [], "sticky");
  });

  const REACHED: [string, Record<string, FileFacts>, RegExp][] = [
    [
      "its own folder above",
      { "/srv": folder(HOST, 0o555), "/srv/act": folder(OWN, 0o700) },
      /\/srv belongs to it/,
    ],
    [
      "a folder of its group",
      { "/srv": folder(0, 0o775, 50), "/srv/act": folder(OWN, 0o700) },
      /\/srv can be written/,
    ],
    [
      "anybody's folder",
      { "/srv": folder(0, 0o777), "/srv/act": folder(OWN, 0o700) },
      /\/srv can be written/,
    ],
    [
      "a sticky folder of its own",
      { "/srv": folder(HOST, 0o1777), "/srv/act": folder(OWN, 0o700) },
      /belongs to it/,
    ],
    [
      "the thing itself",
      { "/srv": folder(0, 0o755), "/srv/act": folder(OWN, 0o777) },
      /\/srv\/act can be written/,
    ],
    [
      "a link on the way",
      { "/srv": { uid: 0, gid: 0, mode: 0o120777 }, "/srv/act": folder(OWN, 0o700) },
      /is a link/,
    ],
    ["what cannot be seen", { "/srv": folder(0, 0o755) }, /\/srv\/act cannot be seen/],
  ];
  for (const [what, tree, reason] of REACHED) {
    it(`is ${what}`, () => assert.match(of(tree).join(), reason));
  }
});

describe("what somebody could change in a folder", () => {
  it("is what they own, or may write, in subfolders too where asked", () => {
    const folder = mkdtempSync(join(tmpdir(), "rung-within-"));
    mkdirSync(join(folder, "a"), { mode: 0o755 });
    writeFileSync(join(folder, "a", "open.js"), "");
    chmodSync(join(folder, "a", "open.js"), 0o666);
    writeFileSync(join(folder, "closed.js"), "", { mode: 0o644 });
    symlinkSync("closed.js", join(folder, "link.js"));
    const stranger = { uids: [HOST], gids: [HOST] };
    assert.deepEqual(changeableWithin(stranger, folder, false), []);
    assert.deepEqual(changeableWithin(stranger, folder, true), [
      `${join(folder, "a", "open.js")} can be written by it`,
    ]);
    rmSync(folder, { recursive: true });
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

  it("a host of the same user is not isolated, whatever its run file holds", () => {
    writeFileSync(runFile(), JSON.stringify({ pid: process.pid }));
    const { isolated, measured, reasons } = measureIsolation(home, directory);
    assert.deepEqual([isolated, measured], [false, true]);
    assert.match(
      reasons.join(),
      /same operating system user as the host \(RUNG_HOME, its run file, its process\)/,
    );
    writeFileSync(runFile(), "{broken");
    assert.match(measureIsolation(home, directory).reasons.join(), /same operating system user/);
    rmSync(runFile());
    symlinkSync("/etc/hostname", runFile());
    assert.match(measureIsolation(home, directory).reasons.join(), /its run file/);
    rmSync(runFile());
    assert.deepEqual(measureIsolation(home, directory).reasons, ["the host was not found"]);
  });

  it("sees that a key lies open, and that this process is no actuator", () => {
    writeFileSync(runFile(), JSON.stringify({ pid: process.pid }));
    writeFileSync(join(directory, "logins.json"), "{}");
    chmodSync(join(directory, "logins.json"), 0o644);
    const { reasons } = measureIsolation(home, directory);
    assert.match(reasons.join(), /logins\.json can be read by others \(mode 644\)/);
    assert.match(reasons.join(), /started without --permission/);
  });

  it("sees whose RUNG_HOME it is, and that a folder in it could be exchanged", function () {
    if (process.getuid?.() !== 0) skipOrFail(this, "only root can give a file to another user");
    lchownSync(home, HOST, HOST);
    writeFileSync(runFile(), JSON.stringify({ pid: 2 ** 22 + 1 }));
    lchownSync(runFile(), HOST, HOST);
    const { isolated, reasons } = measureIsolation(home, directory);
    assert.equal(isolated, false);
    assert.doesNotMatch(reasons.join(), /same operating system user/);
    assert.match(
      reasons.join(),
      new RegExp(`could exchange what the actuator is or keeps: ${home} (belongs to|can be written by) it`),
    );
  });
});
