import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { messageOf, RungError } from "../../core/errors.ts";

/** The compiled fast lane: beside this module in the build; sources find the one that the build made. */
const SOLVERS_WASM = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts") ? "../../../dist/runtime/compute/solvers/solvers.wasm" : "./solvers.wasm",
    import.meta.url,
  ),
);

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The fast lane's module, compiled once in a process.
 * @throws RungError `solvers-not-built`
 */
export function solverModule(): Promise<WebAssembly.Module> {
  compiled ??= readFile(SOLVERS_WASM)
    .catch((error: unknown) => {
      compiled = undefined;
      throw new RungError({
        code: "solvers-not-built",
        where: SOLVERS_WASM,
        what: `the compiled solvers cannot be read: ${messageOf(error)}`,
        advice: "run `npm run build`",
        cause: error,
      });
    })
    .then((bytes) => WebAssembly.compile(bytes));
  return compiled;
}

/** A function of the module: addresses and numbers in, an address or nothing out. */
export type SolverFunction = (...parameters: (number | bigint)[]) => number;

/** The module's functions over one memory. */
export function solverFunctions(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Record<string, SolverFunction> {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, SolverFunction>;
}
