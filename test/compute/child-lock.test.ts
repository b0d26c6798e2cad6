import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Compute } from "../../runtime/compute/compute.ts";
import type { Kernel } from "../../runtime/compute/kernel.ts";
import { RungError } from "../../runtime/core/errors.ts";
import { MISUSES, type Misused, type MisuseOrder } from "./kernels/misuse.ts";

const KERNELS = new URL("./kernels/", import.meta.url);
const misuse: Kernel<MisuseOrder, string> = { name: "misuse", module: new URL("misuse.ts", KERNELS).href };
/** A GPU child loads addons: Dawn is one. */
const GPU_MAY: readonly string[] = ["load an addon"];

for (const runsOn of ["cpu", "gpu"] as const) {
  describe(`what a ${runsOn} compute child may not do`, () => {
    let compute: Compute;
    let server: Server;
    let connections = 0;
    let at: Misused;
    before(async () => {
      const folder = mkdtempSync(join(tmpdir(), "rung-lock-"));
      writeFileSync(join(folder, "secret"), "a secret");
      server = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      const addon = join(folder, "addon.node");
      at = { file: join(folder, "secret"), folder, addon, port };
      compute = new Compute({ readable: [KERNELS.pathname], cpuChildren: 1 });
    });
    after(async () => {
      await compute.close();
      server.close();
      rmSync(at.folder, { recursive: true });
    });

    const kernel = { ...misuse, runsOn };

    it("but it runs a kernel that does nothing wrong", async () => {
      assert.equal(await compute.submit({ kernel, input: { ...at, misuse: "nothing wrong" } }), "it worked");
    });

    for (const name of Object.keys(MISUSES) as (keyof typeof MISUSES)[]) {
      if (name === "nothing wrong" || (runsOn === "gpu" && GPU_MAY.includes(name))) continue;
      it(name, async () => {
        await assert.rejects(
          compute.submit({ kernel, input: { ...at, misuse: name } }),
          (error: RungError) => {
            assert.ok(error instanceof RungError);
            assert.equal(error.code, "kernel-failed");
            assert.match(
              error.message,
              /restricted|may not use|requires full|is not defined|is disabled|process\.binding,/,
            );
            return true;
          },
        );
        assert.equal(connections, 0);
        assert.deepEqual(readdirSync(at.folder), ["secret"]);
        assert.ok(existsSync(at.file));
      });
    }
  });
}
