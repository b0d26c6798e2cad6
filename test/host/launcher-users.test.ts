import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { processStatus } from "../../runtime/act/process-status.ts";
import type { ActuatorStatus } from "../../runtime/act/status.ts";
import { openFolders } from "../../runtime/host/own-folders.ts";
import { asUser, processUsers } from "../../runtime/host/process-user.ts";
import { ACTUATOR_USER as ACTUATOR, HOST_USER as HOST, needsTwoUsers } from "../act/two-users.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));

describe("the users of a launcher that is root", () => {
  const named = {
    RUNG_HOST_USER: "rung",
    RUNG_ACT_USER: "61002:70",
    RUNG_HOME: "/h",
    RUNG_ACT_HOME: "/a",
    RUNG_RUN: "/r",
  };
  const passwd = () => "root:x:0:0::/root:/bin/sh\nrung:x:901:902::/var/lib/rung:/usr/sbin/nologin\n";
  const users = (changes: NodeJS.ProcessEnv = {}, own = 0) =>
    processUsers({ ...named, ...changes }, own, passwd);

  it("are found by name or number, and none where none is given", () => {
    assert.deepEqual(users(), { host: { uid: 901, gid: 902 }, actuator: { uid: 61002, gid: 70 } });
    assert.deepEqual(users({ RUNG_HOST_USER: "61001" })!.host, HOST);
    assert.equal(processUsers({ RUNG_HOME: "/h" }, 0, passwd), undefined);
  });

  const WRONG: [string, NodeJS.ProcessEnv, RegExp, number?][] = [
    ["one alone", { RUNG_ACT_USER: "" }, /RUNG_HOST_USER: stands alone/],
    ["a launcher that is not root", {}, /needs a launcher that runs as root/, 1000],
    ["one user twice", { RUNG_ACT_USER: "901" }, /is the host's user/],
    ["root by name", { RUNG_HOST_USER: "root" }, /RUNG_HOST_USER: is root/],
    ["root by number", { RUNG_ACT_USER: "0" }, /RUNG_ACT_USER: is root/],
    ["a stranger", { RUNG_HOST_USER: "nobody-here" }, /"nobody-here" is no user/],
    ["a folder left to chance", { RUNG_ACT_HOME: "" }, /RUNG_ACT_HOME: is not given/],
  ];
  for (const [what, changes, message, own] of WRONG) {
    it(`are refused: ${what}`, () => assert.throws(() => users(changes, own), message));
  }
});

describe("rung start as root, with a user for the host and one for the actuator", function () {
  this.timeout(60_000);
  let base: string;
  const folder = (name: string) => join(base, name);
  const folders = () => ({ home: folder("rung"), actuator: folder("rung-act"), run: folder("run") });
  const facts = (path: string) => {
    const { uid, gid, mode } = statSync(path);
    return [uid, gid, (mode & 0o7777).toString(8)];
  };

  beforeEach(function () {
    needsTwoUsers(this);
    base = mkdtempSync(join(tmpdir(), "rung-users-"));
    chmodSync(base, 0o755);
  });
  afterEach(() => {
    if (base !== undefined) rmSync(base, { recursive: true, force: true });
  });

  function start() {
    const { home, actuator, run } = folders();
    const child = spawn(process.execPath, [RUNG, "start", "--no-demo"], {
      env: {
        ...process.env,
        RUNG_HOME: home,
        RUNG_ACT_HOME: actuator,
        RUNG_RUN: run,
        RUNG_HOST_USER: "61001",
        RUNG_ACT_USER: "61002",
        RUNG_PORT: "0",
        RUNG_ACTUATOR_PORT: "0",
        RUNG_FLOWS: join(home, "no-flows"),
        NODE_OPTIONS: "--no-deprecation",
        HOST_SECRET: "of the host alone",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        said += text;
      });
    }
    return { child, said: () => said };
  }

  it("opens the folders to their users alone, and none that is somebody else's", () => {
    const users = { host: HOST, actuator: ACTUATOR };
    for (let time = 0; time < 2; time++) {
      openFolders(folders(), users);
      assert.deepEqual(facts(folder("rung")), [61001, 61001, "700"]);
      assert.deepEqual(facts(folder("rung-act")), [61002, 61002, "700"]);
      assert.deepEqual(facts(folder("run")), [61002, 61001, "3770"]);
      chmodSync(folder("rung-act"), 0o755);
    }
    assert.equal(process.geteuid!(), 0);
    lchownSync(folder("rung-act"), HOST.uid, HOST.gid);
    assert.throws(() => openFolders(folders(), users), /rung-act: belongs to user 61001, not 61002/);
    rmSync(folder("rung-act"), { recursive: true });
    symlinkSync(folder("rung"), folder("rung-act"));
    assert.throws(() => openFolders(folders(), users), /rung-act: is no folder/);
    rmSync(folder("rung-act"));
    const below = { ...folders(), actuator: join(folder("hosts"), "rung-act") };
    mkdirSync(folder("hosts"));
    lchownSync(folder("hosts"), HOST.uid, HOST.gid);
    assert.throws(
      () => openFolders(below, users),
      /rung-act: the host's user could exchange it: .*hosts belongs to it/,
    );
    const inside = { ...folders(), actuator: join(folder("rung"), "actuator") };
    assert.throws(() => openFolders(inside, users), /actuator: lies in .*rung/);
  });

  it("does file work with the rights of the user, and root's again after it", () => {
    const file = folder("root-only");
    writeFileSync(file, "root's", { mode: 0o600 });
    assert.throws(() => asUser(HOST, () => readFileSync(file)), { code: "EACCES" });
    assert.equal(readFileSync(file, "utf8"), "root's");
    assert.deepEqual(
      asUser(HOST, () => [process.geteuid!(), process.getegid!(), process.getgroups!()]),
      [61001, 61001, [61001]],
    );
  });

  it("gives each process its user and the actuator nothing of the host's environment", async () => {
    const { home, actuator, run } = folders();
    openFolders(folders(), { host: HOST, actuator: ACTUATOR });
    const certificate = join(actuator, "plc.pem");
    writeFileSync(
      join(actuator, "settings.json"),
      JSON.stringify({ reality: "live", endpoint: "opc.tcp://127.0.0.1:9", serverCertificate: certificate }),
    );
    chownSync(join(actuator, "settings.json"), ACTUATOR.uid, ACTUATOR.gid);
    const { child, said } = start();
    const ended = once(child, "exit");
    try {
      const isUp = () => existsSync(join(run, "actuator.json"));
      while (!isUp() && child.exitCode === null) await sleep(50);
      assert.ok(isUp(), said());
      const announced = (name: string) => JSON.parse(readFileSync(join(run, `${name}.json`), "utf8"));
      for (const [name, { uid, gid }] of [["host", HOST] as const, ["actuator", ACTUATOR] as const]) {
        const status = processStatus(announced(name).pid)!;
        assert.deepEqual([status.uids, [...new Set(status.gids)]], [[uid, uid, uid, uid], [gid]], name);
        assert.deepEqual([status.capabilities, status.parentPid], [0n, child.pid], name);
      }
      const environ = (name: string) => readFileSync(`/proc/${announced(name).pid}/environ`, "utf8");
      assert.match(environ("host"), /HOST_SECRET=of the host alone/);
      assert.doesNotMatch(environ("actuator"), /HOST_SECRET|NODE_OPTIONS/);
      const { password } = announced("actuator-host");
      const response = await fetch(`http://127.0.0.1:${announced("actuator").port}/status`, {
        headers: { Authorization: `Bearer ${password}` },
      });
      const { reality, isolation } = (await response.json()) as ActuatorStatus;
      assert.deepEqual([reality, isolation.reasons, isolation.isolated], ["live", [], true]);
      assert.deepEqual(facts(join(home, "log", "host.log")), [61001, 61001, "600"]);
      assert.deepEqual(facts(join(actuator, "log", "actuator.log")), [61002, 61002, "600"]);
      assert.equal(
        existsSync(join(actuator, "logins.json")),
        false,
        "a live plant's login is a person's to write",
      );
    } finally {
      child.kill("SIGTERM");
      await ended;
    }
    assert.equal(child.exitCode, 0, said());
    for (const name of ["host", "actuator", "launcher", "actuator-host"]) {
      assert.equal(existsSync(join(run, `${name}.json`)), false, name);
    }
  });

  it("writes no log through a link that the host's user laid", async () => {
    openFolders(folders(), { host: HOST, actuator: ACTUATOR });
    const victim = folder("victim");
    writeFileSync(victim, "root's", { mode: 0o600 });
    mkdirSync(join(folder("rung"), "log"), { mode: 0o700 });
    symlinkSync(victim, join(folder("rung"), "log", "host.log"));
    for (const path of [join(folder("rung"), "log"), join(folder("rung"), "log", "host.log")]) {
      lchownSync(path, HOST.uid, HOST.gid);
    }
    const { child, said } = start();
    assert.deepEqual(await once(child, "exit"), [2, null]);
    assert.match(said(), /EACCES: permission denied, open .*host\.log/);
    assert.equal(readFileSync(victim, "utf8"), "root's");
  });
});
