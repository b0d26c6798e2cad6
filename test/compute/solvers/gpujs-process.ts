import { type ChildProcess, fork } from "node:child_process";
import type { GpujsKernel } from "../../../runtime/compute/solvers/gpujs/gpujs-kernel.ts";
import type { GpujsJob } from "./gpujs-child.ts";

/** Debian's chromium ships a Vulkan driver that computes on the CPU. */
export const SOFTWARE_VULKAN = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Runs kernels on one backend in a process of its own: Dawn may end the one it lives in. */
export class GpujsProcess {
  readonly #backend: GpujsJob["backend"];
  readonly #child: ChildProcess;

  constructor(backend: GpujsJob["backend"]) {
    this.#backend = backend;
    this.#child = fork(new URL("./gpujs-child.ts", import.meta.url), {
      serialization: "advanced",
      env: { VK_ICD_FILENAMES: SOFTWARE_VULKAN, LD_LIBRARY_PATH: "/usr/lib/chromium" },
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
  }

  /** @returns the output after so many steps, each of which takes the last output as its first argument */
  run(
    kernel: GpujsKernel,
    output: number,
    values: readonly (Float32Array | number)[],
    steps = 1,
  ): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      const lost = (): void => reject(new Error("the process ended"));
      this.#child.once("exit", lost);
      this.#child.once("message", (answer: { result?: Float32Array; fault?: string }) => {
        this.#child.off("exit", lost);
        if (answer.result === undefined) reject(new Error(answer.fault));
        else resolve(answer.result);
      });
      const job: GpujsJob = { backend: this.#backend, kernel, output, values, steps };
      this.#child.send(job);
    });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill();
    await ended;
  }
}
