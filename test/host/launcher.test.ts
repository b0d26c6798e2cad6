import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { makeHome } from "../../runtime/host/home.ts";
import { endLeftovers } from "../../runtime/host/home-claim.ts";
import { isRunning, readRunFile, runFilePath } from "../../runtime/host/run-file.ts";
import { SupervisedProcess } from "../../runtime/host/supervised-process.ts";
import { UserList } from "../../runtime/host/users.ts";
import { ACTUATOR_USER, HOST_USER, needsTwoUsers } from "../act/two-users.ts";
import { skipOrFail } from "../needs.ts";
import { removeHome, temporaryHome } from "./host-process.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));

class Started {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  out = "";
  err = "";

  constructor(home: string, args: string[] = ["--no-demo"]) {
    this.child = spawn(process.execPath, [RUNG, "start", ...args], {
      env: { ...process.env, RUNG_HOME: home, RUNG_PORT: "0", RUNG_FLOWS: join(home, "no-flows") },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, as a terminal makes it.
      detached: true,
    });
    this.child.stdout!.on("data", (text) => {
      this.out += text;
    });
    this.child.stderr!.on("data", (text) => {
      this.err += text;
    });
    this.exit = new Promise((resolve) => this.child.once("exit", resolve));
  }

  async line(): Promise<string> {
    while (!this.out.includes("\n")) {
      const ended = await Promise.race([this.exit, sleep(50)]);
      if (ended !== undefined) throw new Error(`rung start ended with ${ended}: ${this.err}`);
    }
    return this.out;
  }

  async stop(): Promise<number | null> {
    this.child.kill("SIGTERM");
    return this.exit;
  }
}

const pidOf = (home: string, name: string): number =>
  JSON.parse(readFileSync(join(home, "run", `${name}.json`), "utf8")).pid;
/** Ended: also where init has not taken note of it yet. */
const isGone = (pid: number): boolean => !isRunning({ pid, port: 0 });

describe("rung start", function () {
  this.timeout(40_000);
  let homes: string[];
  let started: Started[];
  const start = (home: string, args?: string[]): Started => {
    const one = new Started(home, args);
    started.push(one);
    return one;
  };
  const newHome = (): string => {
    const home = temporaryHome();
    homes.push(home);
    return home;
  };

  beforeEach(() => {
    homes = [];
    started = [];
  });
  afterEach(async () => {
    await Promise.all(started.map((one) => one.stop()));
    for (const home of homes) removeHome(home);
  });

  it("ends with one line, lets the first person in once, and leaves nothing running", async () => {
    const home = newHome();
    const rung = start(home);
    const line = await rung.line();
    const file = join(home, "first-login");
    const said =
      /^Rung is running: (http:\/\/127\.0\.0\.1:\d+\/) \(one-time sign-in link, valid 10 min, in (.*); no plant connected\)\n$/.exec(
        line,
      );
    assert.ok(said, line);
    assert.equal(said[2], file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const link = readFileSync(file, "utf8").trim();
    assert.ok(link.startsWith(`${said[1]}first-login?token=`));
    const logs = readdirSync(join(home, "log")).map((name) => readFileSync(join(home, "log", name), "utf8"));
    assert.ok(!logs.join().includes(link.split("=")[1]!), "the link stands in no log");

    const page = await (await fetch(link)).text();
    assert.match(page, /Choose the password of <b>admin<\/b>/);
    const token = new URL(link).searchParams.get("token")!;
    const set = (password: string, again = password) =>
      fetch(`${said[1]}first-login`, {
        method: "POST",
        redirect: "manual",
        headers: { Accept: "text/html" },
        body: new URLSearchParams({ token, password, again }),
      });
    const weak = await set("short");
    assert.equal(weak.status, 400);
    assert.match(await weak.text(), /use at least 12 characters/);
    assert.match(await (await set("a good long password", "another one")).text(), /The two passwords differ/);
    const good = await set("a good long password");
    assert.equal(good.headers.get("location"), "/dashboard/");
    assert.match(good.headers.get("set-cookie")!, /HttpOnly; SameSite=Strict/);
    assert.equal((await set("stolen long password")).status, 410);
    assert.equal((await fetch(link)).status, 410);
    assert.ok(!existsSync(file));
    assert.equal(new UserList(home).get("admin")?.role, "admin");

    const second = start(home);
    assert.equal(await second.exit, 2);
    assert.match(
      second.err,
      new RegExp(`Rung is running here already, process ${rung.child.pid}, at port \\d+`),
    );
    assert.equal(second.out, "");

    const host = pidOf(home, "host");
    assert.equal(await rung.stop(), 0);
    assert.ok(isGone(host));
    assert.deepEqual(readdirSync(join(home, "run")), []);
    assert.equal(rung.out, line);
    assert.equal(rung.err, "");

    const again = start(home);
    assert.match(
      await again.line(),
      /^Rung is running: http:\/\/127\.0\.0\.1:\d+\/ \(no plant connected\)\n$/,
    );
  });

  it("runs twice side by side, and starts a host again that was killed", async () => {
    const [one, two] = [newHome(), newHome()];
    const [first, second] = [start(one), start(two)];
    const ports = (await Promise.all([first.line(), second.line()])).map((line) => /:(\d+)\//.exec(line)![1]);
    assert.notEqual(ports[0], ports[1]);
    const killed = pidOf(one, "host");
    process.kill(killed, "SIGKILL");
    while (!existsSync(join(one, "run", "host.json")) || pidOf(one, "host") === killed) await sleep(50);
    assert.match(first.err, /^rung: host was ended by SIGKILL; starting it again in 0\.5 s\n$/);
    for (const port of ports)
      assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200, port);

    // Ctrl-C reaches the whole group, and some wrappers pass it on once more.
    process.kill(-second.child.pid!, "SIGINT");
    second.child.kill("SIGINT");
    assert.equal(await second.exit, 0);
    assert.equal(second.err, "");
    assert.deepEqual(readdirSync(join(two, "run")), []);

    // A launcher that is killed itself: its host ends, and the home can be taken again.
    const orphan = pidOf(one, "host");
    first.child.kill("SIGKILL");
    await first.exit;
    const next = start(one);
    await next.line();
    assert.ok(isGone(orphan));
  });

  it("kills what was left of an earlier start and does not listen", async () => {
    const home = newHome();
    makeHome(home);
    const program = join(home, "deaf.mjs");
    writeFileSync(
      program,
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up");',
    );
    const deaf = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(deaf, "exit");
    await once(deaf.stdout!, "data");
    const file = runFilePath(home, "host");
    writeFileSync(file, JSON.stringify({ pid: deaf.pid, port: 0 }));
    await endLeftovers(home, { host: program }, 200);
    assert.deepEqual(await ended, [null, "SIGKILL"]);
    assert.ok(!existsSync(file));
  });

  for (const pid of [-1, 0, 1.5, "7", undefined]) {
    it(`signals nobody for an announcement of process ${pid}`, async () => {
      const home = newHome();
      makeHome(home);
      // A signal that did go out would end this test's own group.
      const kill = process.kill;
      const signalled: unknown[] = [];
      process.kill = (...call) => {
        signalled.push(call);
        return true;
      };
      try {
        writeFileSync(runFilePath(home, "host"), JSON.stringify({ pid, port: 0 }));
        assert.throws(() => readRunFile(home, "host"), { code: "broken-file" });
        const ending = endLeftovers(home, { host: "" }, 0);
        if (process.getuid?.() === 0) await ending;
        else await assert.rejects(ending, { code: "broken-file" });
      } finally {
        process.kill = kill;
      }
      assert.deepEqual(signalled, []);
    });
  }

  for (const text of ["null", "[]", "7", "{broken"]) {
    it(`is not kept from starting as root by the announcement ${text}`, async function () {
      if (process.getuid?.() !== 0) skipOrFail(this, "only root takes a broken announcement away");
      const home = newHome();
      makeHome(home);
      const file = runFilePath(home, "host");
      writeFileSync(file, text);
      await endLeftovers(home, {});
      assert.ok(!existsSync(file));
    });
  }

  it("as root ends nobody for an announcement of another user's process", async function () {
    needsTwoUsers(this);
    const home = newHome();
    makeHome(home);
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      ...ACTUATOR_USER,
      cwd: "/",
      stdio: "ignore",
    });
    const ended = once(other, "exit");
    try {
      const file = runFilePath(home, "host");
      writeFileSync(file, JSON.stringify({ pid: other.pid, port: 0 }));
      chownSync(file, HOST_USER.uid, HOST_USER.gid);
      await endLeftovers(home, { host: process.execPath }, 0);
      assert.ok(!existsSync(file));
      assert.equal(isGone(other.pid!), false);
    } finally {
      other.kill("SIGKILL");
      await ended;
    }
  });

  it("passes a wrong port on as the host said it, and gives up at once", async () => {
    const home = newHome();
    const rung = start(home, ["--no-demo", "--port", "70000"]);
    assert.equal(await rung.exit, 2);
    assert.match(
      rung.err,
      /host: ended with status 2: RUNG_PORT: must be a whole number from 0 to 65535, got "70000"/,
    );
    assert.deepEqual(readdirSync(join(home, "run")), []);
  });
});

describe("a supervised process", () => {
  it("is given up as any other where it announces itself by what nobody can read", async () => {
    const home = temporaryHome();
    makeHome(home);
    const program = join(home, "garbles.mjs");
    writeFileSync(
      program,
      `import { writeFileSync } from "node:fs";
       writeFileSync(${JSON.stringify(runFilePath(home, "garbles"))}, "{broken");
       console.error("red: \\u001b[31m");
       setTimeout(() => process.exit(2), 200);`,
    );
    const garbles = new SupervisedProcess({
      name: "garbles",
      program,
      home,
      logs: join(home, "log"),
      environment: process.env,
    });
    await assert.rejects(garbles.start(), (error: Error) =>
      error.message.startsWith("garbles: ended with status 2: red:  [31m (more in "),
    );
    removeHome(home);
  });

  it("is started again with growing pauses and given up after the last, with its own last words", async () => {
    const home = temporaryHome();
    makeHome(home);
    const program = join(home, "falls.mjs");
    writeFileSync(program, 'console.error("the bearing is worn"); process.exit(7);');
    const falls = new SupervisedProcess({
      name: "falls",
      program,
      home,
      logs: join(home, "log"),
      environment: process.env,
      limits: { mostRestarts: 2, firstBackoffMs: 1 },
    });
    await assert.rejects(falls.start(), (error: Error) =>
      error.message.startsWith("falls: ended with status 7, 3 times in a row: the bearing is worn (more in "),
    );
    const said = readFileSync(join(home, "log", "falls.log"), "utf8");
    assert.equal(said, "the bearing is worn\n".repeat(3));
    removeHome(home);
  });

  const OTHER_LOGS = [
    ["of 1 GB", 'truncateSync(log, 2 ** 30); appendFileSync(log, "\\nthe end\\n");', ": the end"],
    ["that is a pipe", 'rmSync(log); execFileSync("mkfifo", [log]);', ""],
  ] as const;
  for (const [what, made, words] of OTHER_LOGS) {
    it(`is given up as any other with a log ${what}`, async () => {
      const home = temporaryHome();
      makeHome(home);
      const program = join(home, "floods.mjs");
      const log = join(home, "log", "floods.log");
      writeFileSync(
        program,
        `import { execFileSync } from "node:child_process";
         import { appendFileSync, rmSync, truncateSync } from "node:fs";
         const log = ${JSON.stringify(log)};
         ${made}
         process.exit(2);`,
      );
      const floods = new SupervisedProcess({
        name: "floods",
        program,
        home,
        logs: join(home, "log"),
        environment: process.env,
      });
      await assert.rejects(floods.start(), {
        message: `floods: ended with status 2${words} (more in ${log})`,
      });
      removeHome(home);
    });
  }
});
