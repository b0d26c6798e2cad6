/** Compiles our AssemblyScript, the solvers' fast lane, the mesh engine and the serial line, into a WebAssembly module each. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Resolves to false where the compiler refused, after it has said why. */
export function buildSolvers(root: string, wasm: string): Promise<boolean> {
  return compile(root, "runtime/compute/solvers/assembly/index.ts", wasm, [
    ...["--runtime", "stub", "--enable", "simd,threads", "--importMemory", "--sharedMemory"],
    // The caller brings a memory of its own size; 4 GiB is the most there can be.
    ...["--initialMemory", "1", "--maximumMemory", "65536"],
  ]);
}

/** As `buildSolvers`; this module brings its memory and a heap in it, which grows to 4 GiB. */
export function buildMeshEngine(root: string, wasm: string): Promise<boolean> {
  return compile(root, "runtime/compute/mesh/assembly/index.ts", wasm, [
    ...["--runtime", "minimal", "--enable", "simd", "--initialMemory", "1", "--maximumMemory", "65536"],
  ]);
}

/** As `buildSolvers`; this module brings its memory, which its caller lays out and grows. */
export function buildSerialLine(root: string, wasm: string): Promise<boolean> {
  return compile(root, "runtime/compute/serial-line/assembly/index.ts", wasm, [
    ...["--runtime", "stub", "--initialMemory", "1", "--maximumMemory", "65536"],
  ]);
}

function compile(root: string, source: string, wasm: string, options: readonly string[]): Promise<boolean> {
  mkdirSync(dirname(wasm), { recursive: true });
  const compiler = spawn(
    process.execPath,
    [
      join(root, "node_modules/assemblyscript/bin/asc.js"),
      join(root, source),
      ...["--outFile", wasm, "-O3", "--noAssert", ...options],
    ],
    { cwd: root, stdio: "inherit" },
  );
  return new Promise((resolve) => compiler.on("exit", (code) => resolve(code === 0)));
}
