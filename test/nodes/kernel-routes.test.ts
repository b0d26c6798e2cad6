import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { serveKernels } from "../../nodes/0-model/kernel/kernel-routes.ts";
import { closeServices } from "../../runtime/host/services.ts";

type Handler = (request: object, response: object) => void;

const KERNEL = {
  name: "tilt",
  source: "function tilt(a) {\n  return a * this.thread.x;\n}",
  inputPorts: [
    { name: "a", holds: "number", unit: "°C", shape: [], range: [2, 6], from: { message: "payload" } },
  ],
  output: { name: "t", unit: "°C", shape: [5] },
  constants: {},
  steps: "1",
  loopMax: "10",
  seed: "42",
  backend: "auto",
};

describe("admin routes of the kernel's dialog", function () {
  this.timeout(30_000);
  const permissions: Record<string, string> = {};
  const handlers: Record<string, Handler> = {};
  const kept = process.env.RUNG_HOME;
  let home: string;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-kernel-routes-"));
    await closeServices();
    process.env.RUNG_HOME = home;
    const take = (path: string, permission: string, handler: Handler): void => {
      permissions[path] = permission;
      handlers[path] = handler;
    };
    serveKernels({
      auth: { needsPermission: (permission: string) => permission },
      httpAdmin: { post: take, get: take },
      nodes: { eachNode: () => undefined, getNode: () => null },
    } as unknown as NodeAPI);
  });
  after(async () => {
    await closeServices();
    if (kept === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = kept;
    rmSync(home, { recursive: true });
  });

  /** What a route answers, with its status. */
  const ask = (path: string, body: unknown, close?: AbortSignal): Promise<{ code: number; body: never }> =>
    new Promise((resolve) => {
      let code = 200;
      const response = {
        writableEnded: false,
        status(given: number) {
          code = given;
          return response;
        },
        json(answer: never) {
          response.writableEnded = true;
          resolve({ code, body: answer });
        },
        on: (_event: string, listener: () => void) => close?.addEventListener("abort", listener),
      };
      handlers[path]!({ body }, response);
    });

  it("let who may read look and check, and only who may write have anything computed", () => {
    assert.deepEqual(permissions, {
      "/rung/kernel/lint": "rung.read",
      "/rung/kernel/preview": "rung.write",
      "/rung/kernel/backends": "rung.read",
    });
  });

  it("check a kernel while it is written", async () => {
    assert.deepEqual(await ask("/rung/kernel/lint", { kernel: KERNEL }), {
      code: 200,
      body: { remarks: [], problem: undefined },
    });
    const flawed = {
      ...KERNEL,
      source: KERNEL.source.replace("a *", "b *"),
      output: { ...KERNEL.output, shape: [0] },
    };
    const { code, body } = await ask("/rung/kernel/lint", { kernel: flawed });
    const { remarks, problem } = body as { remarks: { line: number; code: string }[]; problem: string };
    assert.equal(code, 200);
    assert.deepEqual(
      remarks.filter(({ code }) => code === "unknown-name").map(({ line }) => line),
      [2],
    );
    assert.match(problem, /^tilt: output\.shape: must be 1 to 3 whole numbers/);
  });

  it("refuse a question that is none", async () => {
    for (const body of [
      undefined,
      {},
      { kernel: 1 },
      { kernel: { source: "x" } },
      { kernel: { ...KERNEL, output: null } },
    ]) {
      assert.deepEqual(await ask("/rung/kernel/lint", body), {
        code: 409,
        body: { error: "kernel: sends no source with its ports" },
      });
    }
  });

  it("compute a preview and send its picture", async () => {
    const { code, body } = await ask("/rung/kernel/preview", { id: "none", kernel: KERNEL });
    const { picture, sampled, comparison } = body as {
      picture: { values: string; width: number; height: number; most: number };
      sampled: string[];
      comparison: { largestDifference: number };
    };
    assert.equal(code, 200);
    const bytes = Buffer.from(picture.values, "base64");
    const values = new Float32Array(new Uint8Array(bytes).buffer);
    // The middle of its range.
    assert.deepEqual(values, Float32Array.of(0, 4, 8, 12, 16));
    assert.deepEqual([picture.width, picture.height, picture.most, sampled], [5, 1, 16, ["a"]]);
    assert.equal(comparison.largestDifference, 0);
  });

  it("answer with what is wrong where a kernel cannot run", async () => {
    const kernel = { ...KERNEL, source: KERNEL.source.replace("a *", "1 / (a - 4) *") };
    const { code, body } = await ask("/rung/kernel/preview", { kernel });
    assert.equal(code, 200);
    assert.match((body as { problem: string }).problem, /tilt/);
  });

  it("end a preview that nobody waits for any more", async () => {
    const loop =
      "for (let i = 0; i < 1000000; i++) { for (let j = 0; j < 1000000; j++) { s = s + Math.sin(s); } }";
    const source = `function long(a) {\n  let s = a;\n  ${loop}\n  return s;\n}`;
    const gone = new AbortController();
    const answer = ask(
      "/rung/kernel/preview",
      { kernel: { ...KERNEL, source, loopMax: 1_000_000 } },
      gone.signal,
    );
    setTimeout(() => gone.abort(), 300);
    assert.match(((await answer).body as { problem: string }).problem, /cancelled/);
  });
});
