import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { messageOf, RungError } from "../../core/errors.ts";

/** The compiled module: beside this one in the build; sources find the one that the build made. */
const MESH_WASM = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts") ? "../../../dist/runtime/compute/mesh/mesh.wasm" : "./mesh.wasm",
    import.meta.url,
  ),
);

/** What assembly/index.ts exports; addresses are bytes in `memory`, which grows by itself. */
export interface MeshModule {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  release(address: number): void;
  collide(
    countA: number,
    meshesA: number,
    posesA: number,
    countB: number,
    meshesB: number,
    posesB: number,
    verdicts: number,
  ): number;
  nearest(
    countA: number,
    meshesA: number,
    posesA: number,
    countB: number,
    meshesB: number,
    posesB: number,
    boundSquared: number,
    result: number,
  ): number;
  distances(
    countA: number,
    meshesA: number,
    posesA: number,
    countB: number,
    meshesB: number,
    posesB: number,
    farthestSquared: number,
    out: number,
    points: number,
  ): void;
  winding(mesh: number, x: number, y: number, z: number): number;
  exactTests(): number;
  forgetExactTests(): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * A mesh engine's module with a memory of its own; compiled once in a process or thread.
 * @throws RungError `mesh-engine-not-built`
 */
export async function meshModule(): Promise<MeshModule> {
  compiled ??= readFile(MESH_WASM)
    .catch((error: unknown) => {
      compiled = undefined;
      throw new RungError({
        code: "mesh-engine-not-built",
        where: MESH_WASM,
        what: `the compiled mesh engine cannot be read: ${messageOf(error)}`,
        advice: "run `npm run build`",
        cause: error,
      });
    })
    .then((bytes) => WebAssembly.compile(bytes));
  const instance = await WebAssembly.instantiate(await compiled, { env: { abort: memoryFull } });
  return instance.exports as unknown as MeshModule;
}

/**
 * What the module calls where it is asked for more than there can be; where the machine has no more, it traps instead.
 * @throws RungError `mesh-memory`
 */
export function memoryFull(): never {
  throw new RungError({
    code: "mesh-memory",
    where: "mesh engine",
    what: "its memory of 4 GiB, or this machine's, is full",
    advice: "give it fewer or coarser meshes",
  });
}
