import type { Compute } from "../../compute/compute.ts";
import type { KernelResult } from "../../compute/gpujs/kernel-result.ts";
import { runKernel } from "../../compute/gpujs/run-kernel.ts";
import type { KernelSpec } from "../../compute/kernel-language/kernel-spec.ts";
import { PRIORITIES } from "../../compute/priorities.ts";
import { RungError } from "../../core/errors.ts";
import { gatherInputs, type InputSources, type NewestValue } from "./kernel-inputs.ts";
import { type PortValue, portValue } from "./port-values.ts";

export interface KernelRequest {
  /** A property of the message that asks. */
  readonly message: InputSources["message"];
  readonly upstream?: InputSources["upstream"];
  /** What the kernel starts from instead of its last result. */
  readonly start?: unknown;
}

export interface KernelAnswer {
  readonly result: KernelResult;
  /** Addresses whose value was older than it should be. */
  readonly stale: readonly string[];
  /** Requests so far that a newer one took the place of. */
  readonly overtaken: number;
}

export interface KernelSessionOptions {
  readonly spec: KernelSpec;
  readonly compute: Compute;
  readonly newest: (address: string) => NewestValue | undefined;
  readonly where: string;
  /** Longest time for one run, ms. */
  readonly deadlineMs: number;
  readonly onProgress?: (done: number, of: number) => void;
}

interface Waiting {
  readonly request: KernelRequest;
  readonly resolve: (answer: KernelAnswer | undefined) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Runs a kernel for one asker after another. While a run is under way the newest request waits, and takes the place
 * of one that waited before it: a kernel that is slower than its messages computes with what is new, not with a queue.
 */
export class KernelSession {
  readonly #options: KernelSessionOptions;
  readonly #closing = new AbortController();
  #running = false;
  #waiting: Waiting | undefined;
  #last: Float32Array | undefined;
  #inputs: Readonly<Record<string, PortValue>> = {};
  #runs = 0;
  #overtaken = 0;

  constructor(options: KernelSessionOptions) {
    this.#options = options;
  }

  /** What the ports held in the newest run. */
  get inputs(): Readonly<Record<string, PortValue>> {
    return this.#inputs;
  }

  /**
   * @returns the answer, or undefined where a newer request took its place before it began
   * @throws RungError of its ports, of the kernel, of the compute process; `compute-cancelled` once closed
   */
  run(request: KernelRequest): Promise<KernelAnswer | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#waiting !== undefined) {
        this.#overtaken += 1;
        this.#waiting.resolve(undefined);
      }
      this.#waiting = { request, resolve, reject };
      void this.#advance();
    });
  }

  /** Cancels what is under way and refuses what waits. */
  close(): void {
    this.#closing.abort();
    this.#waiting?.reject(
      new RungError({ code: "compute-cancelled", where: this.#options.where, what: "the node was closed" }),
    );
    this.#waiting = undefined;
  }

  async #advance(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      try {
        next.resolve(await this.#compute(next.request));
      } catch (fault) {
        next.reject(fault);
      }
    }
    this.#running = false;
  }

  #take(): Waiting | undefined {
    const next = this.#waiting;
    this.#waiting = undefined;
    return next;
  }

  async #compute({ message, upstream, start }: KernelRequest): Promise<KernelAnswer> {
    const { spec, compute, newest, where, deadlineMs, onProgress } = this.#options;
    const last = start === undefined ? this.#last : await this.#startOf(start);
    const { inputs, stale } = await gatherInputs(
      spec,
      { message, newest, last, ...(upstream === undefined ? {} : { upstream }) },
      where,
    );
    this.#inputs = inputs;
    // Each run draws other random numbers, and the same ones after a restart.
    const seed = (spec.seed + this.#runs++) % 2 ** 32;
    const result = await runKernel(compute, { ...spec, seed }, inputs, {
      priority: PRIORITIES.awaited,
      deadlineMs,
      signal: this.#closing.signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    // A copy: whoever gets the result may write into it.
    this.#last = result.values.slice();
    return { result, stale, overtaken: this.#overtaken };
  }

  async #startOf(start: unknown): Promise<PortValue> {
    const { spec, where } = this.#options;
    const port = spec.inputs.find(({ from }) => "result" in from);
    if (port !== undefined) return portValue(port, start, where);
    throw new RungError({
      code: "port-value",
      where,
      what: "the message says where to start, and no port takes the kernel's own last result",
      advice: "leave msg.start out",
    });
  }
}
