import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../../core/errors.ts";
import type { OnnxContract } from "./onnx-contract.ts";

/** What the thread begins with. */
export interface OnnxStart {
  readonly model: Uint8Array;
  readonly contract: OnnxContract;
  /** WebAssembly pages of 64 KiB that runtime and model may take. */
  readonly pages: number;
}

/** Past steps and exogenous inputs, step after step; answered by the forecast under the same id. */
export interface OnnxQuestion {
  readonly id: number;
  readonly past: Float32Array;
  readonly exogenous: Float32Array;
}

/** The answer to id 0 says that the model is loaded. */
export type OnnxAnswer =
  | { readonly id: number; readonly forecast: Float32Array }
  | { readonly id: number; readonly fault: string };

const { model, contract, pages } = workerData as OnnxStart;
const port = parentPort!;
const answer = (told: OnnxAnswer): void => port.postMessage(told);

// A model is data and cannot reach out; its runtime could, and shall not.
for (const name of ["fetch", "WebSocket", "XMLHttpRequest", "EventSource"])
  Reflect.deleteProperty(globalThis, name);
const Memory = WebAssembly.Memory;
WebAssembly.Memory = class extends Memory {
  constructor(asked: WebAssembly.MemoryDescriptor) {
    super({ ...asked, maximum: Math.min(asked.maximum ?? pages, Math.max(pages, asked.initial)) });
  }
};

try {
  const { env, InferenceSession, Tensor } = await import("onnxruntime-web/wasm");
  const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
  env.wasm.numThreads = 1;
  env.wasm.wasmBinary = readFileSync(join(folder, "ort-wasm-simd-threaded.wasm"));
  env.logLevel = "fatal";
  const session = await InferenceSession.create(model, { executionProviders: ["wasm"] });
  const { past, exogenous } = contract;
  port.on("message", async (question: OnnxQuestion) => {
    try {
      const feeds = {
        past: new Tensor("float32", question.past, [1, past]),
        ...(exogenous > 0 && { exogenous: new Tensor("float32", question.exogenous, [1, past, exogenous]) }),
      };
      const { forecast } = await session.run(feeds);
      answer({ id: question.id, forecast: Float32Array.from(forecast!.data as Float32Array) });
    } catch (thrown) {
      answer({ id: question.id, fault: messageOf(thrown) });
    }
  });
  answer({ id: 0, forecast: new Float32Array(0) });
} catch (thrown) {
  answer({ id: 0, fault: messageOf(thrown) });
}
