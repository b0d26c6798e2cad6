import { Worker } from "node:worker_threads";
import { messageOf, RungError } from "../../../core/errors.ts";
import { siblingModule } from "../../../core/sibling-module.ts";
import type { OnnxContract } from "./onnx-contract.ts";
import type { OnnxAnswer, OnnxQuestion, OnnxStart } from "./onnx-worker.ts";

/** What a user's model may take. */
export interface OnnxLimits {
  readonly loadMs: number;
  readonly forecastMs: number;
  readonly memoryMb: number;
}

export const ONNX_LIMITS: OnnxLimits = { loadMs: 30_000, forecastMs: 5000, memoryMb: 512 };
const PAGES_PER_MB = 16;

/** A user's model in a thread of its own, ended where it takes too long. Questions are answered one at a time. */
export class OnnxThread {
  readonly #worker: Worker;
  readonly #where: string;
  readonly #limits: OnnxLimits;
  #open:
    | { readonly id: number; resolve(forecast: Float32Array): void; reject(fault: RungError): void }
    | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended: RungError | undefined;
  #next = 1;
  readonly #loaded: Promise<unknown>;

  /** @param where the model's file, for errors */
  constructor(model: Uint8Array, contract: OnnxContract, where: string, limits: OnnxLimits = ONNX_LIMITS) {
    this.#where = where;
    this.#limits = limits;
    const start: OnnxStart = { model, contract, pages: limits.memoryMb * PAGES_PER_MB };
    this.#worker = new Worker(siblingModule(import.meta.url, "./onnx-worker"), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    });
    this.#worker.unref();
    this.#worker.on("message", (answer: OnnxAnswer) => this.#answered(answer));
    this.#worker.on("error", (error) => this.#end(messageOf(error)));
    this.#worker.on("exit", (status) => this.#end(`its thread ended with status ${status}`));
    this.#loaded = this.#wait(0, limits.loadMs, "did not load");
    this.#loaded.catch(() => undefined);
  }

  /** @throws RungError `model-failed` */
  async loaded(): Promise<void> {
    await this.#loaded;
  }

  /**
   * Asks for one forecast. The one before must have been answered.
   * @param past as many steps as the model takes @param exogenous the same steps, input by input within each
   * @throws RungError `model-failed`
   */
  async forecast(past: Float32Array, exogenous: Float32Array): Promise<Float32Array> {
    await this.#loaded;
    if (this.#ended !== undefined) throw this.#ended;
    const id = this.#next++;
    const answer = this.#wait(id, this.#limits.forecastMs, "gave no forecast");
    this.#worker.postMessage({ id, past, exogenous } satisfies OnnxQuestion);
    return answer;
  }

  close(): void {
    this.#end("was closed");
  }

  #wait(id: number, limitMs: number, what: string): Promise<Float32Array> {
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#open = { id, resolve, reject };
      this.#timer = setTimeout(() => this.#end(`${what} within ${limitMs / 1000} s`), limitMs);
    });
  }

  #answered(answer: OnnxAnswer): void {
    const open = this.#open;
    if (open === undefined || open.id !== answer.id) return;
    this.#settle();
    if ("forecast" in answer) open.resolve(answer.forecast);
    else if (answer.id === 0) {
      open.reject(this.#fault(answer.fault));
      this.#end(answer.fault);
    } else open.reject(this.#fault(answer.fault));
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#open = undefined;
    this.#worker.unref();
  }

  #end(what: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = this.#fault(what);
    const open = this.#open;
    this.#settle();
    open?.reject(this.#ended);
    void this.#worker.terminate();
  }

  #fault(what: string): RungError {
    return new RungError({
      code: "model-failed",
      where: this.#where,
      what,
      advice: `a model has ${this.#limits.memoryMb} MB, ${this.#limits.loadMs / 1000} s to load and ${this.#limits.forecastMs / 1000} s for a forecast`,
    });
  }
}
