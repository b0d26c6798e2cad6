/** `npm run --silent sbom > sbom.json`: the bill of materials of this checkout as it is installed and built. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { billOfMaterials, type LockFile, type OwnFile } from "./bill-of-materials.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
const lock = read("package-lock.json") as LockFile;

const sha256 = (path: string) =>
  createHash("sha256")
    .update(readFileSync(join(root, path)))
    .digest("hex");

/** What no package of the lock file is: our own WebAssembly, and the Node that the package `node` fetches as it is installed. */
const WASM: Record<string, string> = {
  "solvers.wasm": "dist/runtime/compute/solvers/solvers.wasm",
  "mesh.wasm": "dist/runtime/compute/mesh/mesh.wasm",
  "serial-line.wasm": "dist/runtime/compute/serial-line/serial-line.wasm",
};
const NODE = "node_modules/node/bin/node";
const files: OwnFile[] = [
  ...Object.entries(WASM).map(
    ([name, path]): OwnFile => ({
      type: "file",
      name,
      version: lock.packages[""]!.version!,
      license: "Apache-2.0",
      sha256: sha256(path),
    }),
  ),
  {
    type: "platform",
    name: "node",
    version: lock.packages["node_modules/node"]!.version!,
    license: "MIT",
    sha256: sha256(NODE),
  },
];

process.stdout.write(`${JSON.stringify(billOfMaterials(lock, files, installedLicense), null, 1)}\n`);

/** Old packages tell it in `licenses`, or as an object. */
function installedLicense(path: string): string | undefined {
  const file = join(path, "package.json");
  if (!existsSync(join(root, file))) return undefined;
  const { license, licenses } = read(file) as { license?: unknown; licenses?: unknown };
  const told = license ?? (Array.isArray(licenses) ? licenses[0] : licenses);
  const word = typeof told === "object" && told !== null ? (told as { type?: unknown }).type : told;
  return typeof word === "string" ? word : undefined;
}
