/**
 * What code that somebody smuggled into the host could try, run as a process of its own under whatever user the test
 * gives it: reads a `Target` from its input, prints a `Loot` as JSON. It shares nothing with the actuator but the
 * system.
 */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

export interface Target {
  readonly pid: number;
  /** The actuator's directory. */
  readonly directory: string;
  readonly run: string;
  /** A folder of the attacker's own. */
  readonly own: string;
  /** What would be worth finding, so that the test knows when it was found. */
  readonly needle: string;
  readonly actuatorMain: string;
}

/** Per attempt "ok", or the error that stopped it. */
export interface Loot {
  readonly uid: number;
  readonly attempts: Readonly<Record<string, string>>;
  /** Attempts that brought the needle. */
  readonly found: readonly string[];
}

const SECRETS = ["logins.json", "people.json", "first-login", "envelopes.json", "audit.jsonl"];
const KEY = "pki/plant/own/private/private_key.pem";
/** Debian's own: another user may not enter what a developer installed for himself. */
export const PYTHON = "/usr/bin/python3";
const CHUNK_BYTES = 1 << 20;
const MOST_BYTES = 1 << 30;

function attack(target: Target): Loot {
  const { pid, directory, run, own } = target;
  const attempts: Record<string, string> = {};
  const found: string[] = [];
  const tryTo = (what: string, work: () => unknown): void => {
    try {
      const brought = work();
      attempts[what] = "ok";
      if ((typeof brought === "string" || Buffer.isBuffer(brought)) && brought.includes(target.needle))
        found.push(what);
    } catch (thrown) {
      attempts[what] = (thrown as NodeJS.ErrnoException).code ?? String(thrown);
    }
  };

  tryTo("list the folder", () => readdirSync(directory).join());
  for (const file of [...SECRETS, KEY]) tryTo(`read ${file}`, () => readFileSync(join(directory, file)));
  tryTo("lay a file in the folder", () => writeFileSync(join(directory, "people.json.new"), "[]"));
  tryTo("link its login out", () => linkSync(join(directory, "logins.json"), join(own, "stolen")));
  // The name leads there; only the rights of the reader count.
  tryTo("link to its login", () => symlinkSync(join(directory, "logins.json"), join(own, "alias")));
  tryTo("read by that link", () => readFileSync(join(own, "alias")));
  tryTo("move its folder aside", () => {
    renameSync(directory, `${directory}.moved`);
    renameSync(`${directory}.moved`, directory);
  });

  for (const file of ["environ", "maps", "auxv", "stack"]) {
    tryTo(`read /proc/<pid>/${file}`, () => readFileSync(`/proc/${pid}/${file}`));
  }
  tryTo("list its open files", () => readdirSync(`/proc/${pid}/fd`).join());
  tryTo("enter its folder by /proc", () => readdirSync(`/proc/${pid}/cwd/`).join());
  tryTo("read its memory", () => needleInMemory(pid, target.needle));
  tryTo("open its memory to write", () => closeSync(openSync(`/proc/${pid}/mem`, "r+")));
  for (const [call, answer] of Object.entries(traceWithPython(pid))) attempts[call] = answer;

  attempts["start a second actuator on its folder"] = second(target, directory);
  attempts["start a second actuator of its own"] = second(target, join(own, "actuator"));
  tryTo("exchange where it announces itself", () => replaceIn(run, "actuator.json"));
  tryTo("exchange its token", () => replaceIn(run, "actuator-host.json"));
  tryTo("remove its announcement", () => rmSync(join(run, "actuator.json")));

  // Last, since where they are let through, the actuator ends.
  tryTo("ask for its inspector", () => process.kill(pid, "SIGUSR1"));
  tryTo("end it", () => process.kill(pid, "SIGTERM"));
  return { uid: process.getuid!(), attempts, found };
}

function replaceIn(run: string, name: string): void {
  const draft = join(run, `${name}.forged`);
  writeFileSync(draft, "{}");
  try {
    renameSync(draft, join(run, name));
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Reads what another process has in memory, region by region, until the needle is there. */
function needleInMemory(pid: number, needle: string): Buffer {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let left = MOST_BYTES;
  try {
    for (const region of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const bounds = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(region);
      if (bounds === null) continue;
      const end = BigInt(`0x${bounds[2]}`);
      for (let at = BigInt(`0x${bounds[1]}`); at < end && left > 0; at += BigInt(CHUNK_BYTES)) {
        const wanted = Number(end - at < BigInt(CHUNK_BYTES) ? end - at : BigInt(CHUNK_BYTES));
        const length = readOrNothing(memory, chunk, wanted, at);
        left -= length;
        const place = chunk.subarray(0, length).indexOf(needle);
        if (place >= 0) return Buffer.from(chunk.subarray(place, place + needle.length));
      }
    }
    return Buffer.alloc(0);
  } finally {
    closeSync(memory);
  }
}

/** A region may be reserved and hold nothing. */
function readOrNothing(memory: number, chunk: Buffer, length: number, at: bigint): number {
  try {
    return readSync(memory, chunk, 0, length, at);
  } catch (thrown) {
    if (["EIO", "EFAULT"].includes((thrown as NodeJS.ErrnoException).code ?? "")) return 0;
    throw thrown;
  }
}

/** ptrace(2) and process_vm_readv(2), which Node has no call for. "EFAULT": let through, with nothing at the address. */
const TRACE = `
import ctypes, errno, json, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid = int(sys.argv[1])
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
def name(result):
    return "ok" if result >= 0 else errno.errorcode[ctypes.get_errno()]
room = ctypes.create_string_buffer(8)
here, there = Vector(ctypes.addressof(room), 8), Vector(4096, 8)
answers = {"process_vm_readv": name(libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0))}
answers["ptrace"] = name(libc.ptrace(16, pid, None, None))
if answers["ptrace"] == "ok":
    os.waitpid(pid, 0)
    libc.ptrace(17, pid, None, None)
print(json.dumps(answers))
`;

function traceWithPython(pid: number): Record<string, string> {
  const { stdout, stderr, status } = spawnSync(PYTHON, ["-c", TRACE, String(pid)], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the tracer failed: ${stderr}`);
  return JSON.parse(stdout) as Record<string, string>;
}

/** Starts the actuator's program on a directory, as the launcher does. @returns its status and last words */
function second(target: Target, directory: string): string {
  const { status, stderr, stdout } = spawnSync(process.execPath, [target.actuatorMain], {
    env: {
      RUNG_HOME: target.own,
      RUNG_RUN: target.run,
      RUNG_ACT_HOME: directory,
      RUNG_ACTUATOR_PORT: "0",
      HOME: target.own,
    },
    encoding: "utf8",
    timeout: 20_000,
  });
  return `${status}: ${stdout}${stderr}`.trim();
}

if (import.meta.main) {
  const target = JSON.parse(readFileSync(0, "utf8")) as Target;
  process.stdout.write(JSON.stringify(attack(target)));
}
