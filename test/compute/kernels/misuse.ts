import { execSync } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { ReadStream } from "node:tty";
import { writeHeapSnapshot } from "node:v8";
import { Worker } from "node:worker_threads";

/** What a compute child must refuse, but for the first; each in turn is tried in a child. */
export const MISUSES = {
  "nothing wrong": () => "fine",
  "read a file": ({ file }) => fs.readFileSync(file),
  "look at a file": ({ file }) => fs.statSync(file),
  "list a folder": () => fs.readdirSync("/etc"),
  "read by a link": ({ folder, file }) => fs.symlinkSync(file, `${folder}/link`),
  "write a file": ({ folder }) => fs.writeFileSync(`${folder}/written`, "x"),
  "delete a file": ({ file }) => fs.rmSync(file),
  "write a heap snapshot": ({ folder }) => writeHeapSnapshot(`${folder}/written`),
  "write a report": ({ folder }) => process.report.writeReport(`${folder}/written`),
  "write a database": ({ folder }) => requiring("node:sqlite", "DatabaseSync", `${folder}/written`),
  "run a program": () => execSync("true"),
  "become a program": () => process.execve?.("/bin/true", [], {}),
  "load an addon": ({ addon }) => process.dlopen({ exports: {} }, addon),
  "open an inspector": () => requiring("node:inspector", "open"),
  "use WASI": () => requiring("node:wasi", "WASI", { version: "preview1" }),
  "reach a binding": () => (process as unknown as { binding(name: string): unknown }).binding("tcp_wrap"),
  "signal the host": () => process.kill(process.ppid, 0),
  "connect by net": ({ port }) => requiring("node:net", "connect", port),
  "connect without the prefix": ({ port }) => requiring("net", "connect", port),
  "connect by an import": () => import("node:net"),
  "connect by process": ({ port }) => process.getBuiltinModule("node:net").connect(port),
  "connect by a stream's class": ({ port }) =>
    socketClass().prototype.connect.call(new (socketClass())(), port),
  "listen by http": () => requiring("node:http", "createServer"),
  "send a datagram": () => requiring("node:dgram", "createSocket", "udp4"),
  "look up a name": () => requiring("node:dns", "lookup", "localhost", () => undefined),
  fetch: ({ port }) => fetch(`http://127.0.0.1:${port}/`),
  "open a web socket": ({ port }) => new WebSocket(`ws://127.0.0.1:${port}/`),
  "connect in a thread": ({ port }) => inThread(`require("node:net").connect(${port})`, {}),
  "connect in a thread of its own arguments": ({ port }) =>
    inThread(`require("node:net").connect(${port})`, { execArgv: [] }),
  "read a file in a thread": ({ file }) => inThread(`require("node:fs").readFileSync("${file}")`, {}),
} satisfies Record<string, (at: Misused) => unknown>;

export interface Misused {
  /** A file that is there and that a child may not read. */
  readonly file: string;
  /** The folder it lies in. */
  readonly folder: string;
  readonly addon: string;
  /** Where a server listens. */
  readonly port: number;
}

export interface MisuseOrder extends Misused {
  readonly misuse: keyof typeof MISUSES;
}

export async function run(order: MisuseOrder): Promise<string> {
  await (MISUSES[order.misuse] as (at: Misused) => unknown)(order);
  return "it worked";
}

/** Calls or constructs an export of a module. */
function requiring(module: string, name: string, ...args: unknown[]): unknown {
  const exported = createRequire(import.meta.url)(module)[name];
  return /^[A-Z]/.test(name) ? Reflect.construct(exported, args) : exported(...args);
}

const socketClass = () =>
  Object.getPrototypeOf(ReadStream) as { new (): object; prototype: { connect(port: number): void } };

function inThread(code: string, options: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(code, { ...options, eval: true });
    thread.once("error", reject);
    thread.once("exit", () => resolve());
  });
}
