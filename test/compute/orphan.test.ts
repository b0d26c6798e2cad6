import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";

describe("a compute child whose host is gone", () => {
  it("ends, though its kernel loops for ever", async () => {
    const host = fork(new URL("./doomed-host.ts", import.meta.url), { execArgv: [], silent: true });
    const [child] = (await once(host, "message")) as [number];
    assert.ok(isThere(child));
    host.kill("SIGKILL");
    await once(host, "exit");
    while (isThere(child)) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

/** Whether a process is there and not only waiting to be collected. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
