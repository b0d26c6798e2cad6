import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import type { KernelPlace } from "../../../runtime/compute/gpujs/run-kernel.ts";
import { RungError } from "../../../runtime/core/errors.ts";

/** Debian's chromium ships a Vulkan driver that computes on the CPU. */
const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";
export const hasSoftwareGpu = existsSync(DRIVER);
const SOFTWARE_GPU = { VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: "/usr/lib/chromium" };

type Answer =
  | { readonly output: unknown }
  | { readonly code: string; readonly message: string }
  | { readonly done: number; readonly of: number };

/** A process of the test's own that runs kernels one after the other, with or without the software GPU. */
export class KernelFork implements KernelPlace {
  readonly softwareGpu: boolean;
  readonly #child: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  constructor(softwareGpu: boolean) {
    this.softwareGpu = softwareGpu;
    this.#child = fork(new URL("./kernel-fork-child.ts", import.meta.url), {
      serialization: "advanced",
      env: softwareGpu ? SOFTWARE_GPU : {},
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  submit: KernelPlace["submit"] = (options) => {
    const answer = this.#last.then(
      () =>
        new Promise<never>((resolve, reject) => {
          const hear = (message: Answer): void => {
            if ("done" in message) {
              (options as { onProgress?: (done: number, of: number) => void }).onProgress?.(
                message.done,
                message.of,
              );
              return;
            }
            this.#child.off("message", hear);
            this.#child.off("exit", lost);
            if ("output" in message) resolve(message.output as never);
            else reject(new RungError({ code: message.code, where: "kernel", what: message.message }));
          };
          const lost = (): void =>
            reject(new RungError({ code: "compute-lost", where: "kernel", what: "the process ended" }));
          this.#child.on("message", hear);
          this.#child.once("exit", lost);
          options.signal?.addEventListener("abort", () => this.#child.send({ cancel: true }), { once: true });
          this.#child.send({ module: options.kernel.module, input: options.input });
        }),
    );
    this.#last = answer.catch(() => undefined);
    return answer;
  };

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }
}
