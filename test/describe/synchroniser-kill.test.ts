import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { Random } from "../../runtime/core/random.ts";
import { Synchroniser } from "../../runtime/describe/synchroniser.ts";
import { Folder } from "./spool/spool-fixture.ts";

const FEEDER = fileURLToPath(new URL("./synchroniser-feeder.ts", import.meta.url));
const TOTAL = 40_000;

describe("synchroniser under kill -9", () => {
  let folder: Folder;
  let server: Server;
  let url: string;
  const stored = new Map<number, number>();
  let handed = 0;
  let requests = 0;
  /** Of every so many requests one is refused, and one is stored without an answer. */
  const random = new Random(7);

  beforeEach(async () => {
    folder = new Folder();
    stored.clear();
    handed = 0;
    requests = 0;
    server = createServer(async (request, response) => {
      requests++;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const luck = random.uniform();
      if (luck < 0.1) {
        response.writeHead(503).end();
        return;
      }
      for (const [sequence, value] of JSON.parse(Buffer.concat(chunks).toString()) as [number, number][]) {
        handed++;
        stored.set(sequence, value);
      }
      if (luck < 0.2) request.socket.destroy();
      else response.writeHead(204).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    folder.end();
  });

  /** @param killAfter requests at the sink; never where it is Infinity @returns whether it finished */
  async function feed(killAfter: number): Promise<boolean> {
    const feeder = spawn(process.execPath, [FEEDER, folder.path, url, String(TOTAL)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    feeder.stdout!.on("data", (chunk) => {
      told += chunk;
    });
    const begun = requests;
    const watch = setInterval(() => {
      if (requests - begun >= killAfter) feeder.kill("SIGKILL");
    }, 3);
    await once(feeder, "exit");
    clearInterval(watch);
    return told === "done\n";
  }

  it("brings every sample to a sink in another process, by count and sum, over four kills", async function () {
    this.timeout(60_000);
    const kills = new Random(11);
    for (let kill = 0; kill < 4; kill++) {
      assert.equal(
        await feed(1 + kills.integer(12)),
        false,
        `killed before it was done, ${requests} requests`,
      );
    }
    assert.equal(await feed(Number.POSITIVE_INFINITY), true);
    assert.equal(stored.size, TOTAL);
    let sum = 0;
    for (const [sequence, value] of stored) {
      assert.equal(value, sequence);
      sum += value;
    }
    assert.equal(sum, (TOTAL * (TOTAL - 1)) / 2);
    assert.ok(handed >= TOTAL);
    const after = await Synchroniser.open({ folder: folder.path });
    assert.deepEqual(after.report.losses, []);
    assert.equal(after.report.sources.feeder!.rows, TOTAL);
    await after.close();
  });
});
