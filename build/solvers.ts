/** Compiles the fast lane, runtime/compute/solvers/assembly, into one WebAssembly module. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Resolves to false where the compiler refused, after it has said why. */
export function buildSolvers(root: string, wasm: string): Promise<boolean> {
  mkdirSync(dirname(wasm), { recursive: true });
  const compiler = spawn(
    process.execPath,
    [
      join(root, "node_modules/assemblyscript/bin/asc.js"),
      join(root, "runtime/compute/solvers/assembly/index.ts"),
      ...["--outFile", wasm, "-O3", "--noAssert", "--runtime", "stub"],
      ...["--enable", "simd,threads", "--importMemory", "--sharedMemory"],
      // The caller brings a memory of its own size; 4 GiB is the most there can be.
      ...["--initialMemory", "1", "--maximumMemory", "65536"],
    ],
    { cwd: root, stdio: "inherit" },
  );
  return new Promise((resolve) => compiler.on("exit", (code) => resolve(code === 0)));
}
