import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { OrderStore } from "../../runtime/describe/orders/order-store.ts";

const READER = fileURLToPath(new URL("./orders-reader.ts", import.meta.url));
const FILES = 150;
const PER_FILE = 3;

describe("orders by file under kill -9", function () {
  this.timeout(30_000);

  it("miss no file and read none twice over four kills", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rung-orders-kill-"));
    const inbox = join(folder, "in");
    mkdirSync(inbox);
    for (let i = 0; i < FILES; i++) {
      const ids = Array.from({ length: PER_FILE }, (_, n) => ({ id: `${i}-${n}` }));
      const file = join(inbox, `${i}.json`);
      writeFileSync(`${file}.part`, JSON.stringify(ids));
      renameSync(`${file}.part`, file);
    }
    let told = 0;
    for (const kill of [1, 20, 33, 40, undefined]) {
      const reader = spawn(process.execPath, [READER, folder], { stdio: ["ignore", "pipe", "inherit"] });
      let files = 0;
      for await (const line of createInterface({ input: reader.stdout })) {
        assert.equal(Number(line), PER_FILE, "a file that was read before would hold duplicates only");
        told += PER_FILE;
        if (++files === kill || told >= FILES * PER_FILE) reader.kill("SIGKILL");
        const store = kill === undefined ? new OrderStore(join(folder, "orders.sqlite")) : undefined;
        if (store?.counts().orders === FILES * PER_FILE) reader.kill("SIGKILL");
        store?.close();
      }
    }
    const store = new OrderStore(join(folder, "orders.sqlite"));
    assert.deepEqual(store.counts(), { orders: FILES * PER_FILE, events: FILES * PER_FILE });
    for (const name of readdirSync(inbox)) assert.equal(store.mark(join(inbox, name))!.outcome, "orders");
    assert.ok(told <= FILES * PER_FILE);
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
