import { Worker } from "node:worker_threads";
import type { KernelControl } from "../../../runtime/compute/kernel.ts";

export const SPOILS = {
  "loop for ever": (control) => {
    control.progress(0, 1);
    for (;;) if (performance.now() < 0) return;
  },
  "fill the heap": () => {
    const eaten: number[][] = [];
    for (;;) eaten.push(new Array<number>(1e5).fill(eaten.length + 0.5));
  },
  "fill array buffers": () => {
    const eaten: Uint8Array[] = [];
    for (;;) eaten.push(new Uint8Array(8 * 2 ** 20).fill(1));
  },
  "fill WebAssembly memory": () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    for (;;) {
      const grownFrom = memory.grow(128) * 2 ** 16;
      new Uint8Array(memory.buffer).fill(1, grownFrom);
    }
  },
  "fill a thread's buffers": () =>
    new Promise<void>((_resolve, reject) => {
      const code = "const eaten = []; for (;;) eaten.push(new Uint8Array(8 * 2 ** 20).fill(1));";
      new Worker(code, { eval: true }).once("error", reject);
    }),
  abort: () => process.abort(),
  exit: () => process.exit(3),
  "signal itself": () => {
    console.error("TypeError: of something else");
    return process.kill(process.pid, "SIGSEGV");
  },
  "throw beside itself": () =>
    new Promise<void>(() => {
      setTimeout(() => {
        throw new TypeError("beside the kernel");
      }, 1);
    }),
  "fail with a rejection that nobody hears": () =>
    new Promise<void>(() => {
      void Promise.reject(new TypeError("unheard"));
    }),
  "return what cannot be copied": () => () => 1,
  "return more than goes over": () => new Uint8Array(257 * 2 ** 20),
} satisfies Record<string, (control: KernelControl) => unknown>;

/** Does what a broken kernel might do to its process. */
export const run = (spoil: keyof typeof SPOILS, control: KernelControl): unknown => SPOILS[spoil](control);
