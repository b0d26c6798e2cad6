/**
 * Loaded into every thread of a compute child before anything else. Node's permission model refuses files, processes
 * and addons, but Node 24 has no permission for the network, lets `node:sqlite` write files, and lets a process signal
 * any other of its user; this refuses them. It keeps slips and careless code in; it is no wall against code that
 * means harm, which is not let in: a kernel is a module of the product, and an engineer's kernel is text in a
 * language that can name none of this.
 */
import { createRequire, registerHooks, syncBuiltinESMExports } from "node:module";
import { Server, Socket } from "node:net";
import type { WorkerOptions } from "node:worker_threads";

const REFUSED_MODULES = /^(?:node:)?_?(?:dgram|dns|http|http2|https|net|quic|sqlite|tls)(?:[/_]|$)/;

function refuse(what: string): never {
  throw Object.assign(
    new Error(`a kernel may not use ${what}: a compute child has no network and no files`),
    {
      code: "ERR_ACCESS_DENIED",
    },
  );
}

registerHooks({
  resolve: (specifier, context, next) =>
    REFUSED_MODULES.test(specifier) ? refuse(`"${specifier}"`) : next(specifier, context),
});

const getBuiltinModule = process.getBuiltinModule;
process.getBuiltinModule = ((id: string) =>
  REFUSED_MODULES.test(id) ? refuse(`"${id}"`) : getBuiltinModule(id)) as typeof getBuiltinModule;

// Both can be reached without an import, as the class of a stream.
Socket.prototype.connect = () => refuse("sockets");
Server.prototype.listen = () => refuse("sockets");
for (const name of ["fetch", "WebSocket", "EventSource"]) Reflect.deleteProperty(globalThis, name);

/** What `process.kill` calls. */
interface Signals {
  _kill(pid: number, signal: number): number;
  _debugProcess?: unknown;
}
const signals = process as unknown as Signals;
const signal = signals._kill;
signals._kill = (pid, number) => (pid === process.pid ? signal(pid, number) : refuse("signals"));
delete signals._debugProcess;

// A thread inherits this process's arguments, and with them this lock, whatever its maker asks for.
const threads = createRequire(import.meta.url)("node:worker_threads") as {
  Worker: new (file: string | URL, options?: WorkerOptions) => object;
};
threads.Worker = class Worker extends threads.Worker {
  constructor(file: string | URL, options?: WorkerOptions) {
    super(file, { ...options, execArgv: undefined });
  }
};
syncBuiltinESMExports();
