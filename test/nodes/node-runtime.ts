import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeServices } from "../../runtime/host/services.ts";

interface Message {
  readonly topic: string;
  readonly payload: unknown;
}
/** A node that runs, with the means of the helper to feed it and to hear it. */
export interface HelpedNode {
  receive(message: object): void;
  on(event: "input", listener: (message: Message) => void): void;
  once(event: "input", listener: (message: Message) => void): void;
  error: (what: unknown) => void;
  status: (said: { text?: string; fill?: string }) => void;
}
/** The helper brings no types. */
interface TestHelper {
  init(runtime: string): void;
  load(modules: readonly unknown[], flow: readonly object[]): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): HelpedNode;
}
const require = createRequire(import.meta.url);
export const helper = require("node-red-node-test-helper") as TestHelper;

/** Ends the flow that was loaded, and the services that its nodes asked for. */
export async function endFlow(): Promise<void> {
  await helper.unload();
  await closeServices();
}

/** Gives the suite it is called in a Node-RED in this process, on a home of its own. */
export function onOwnHome(): void {
  const kept = process.env.RUNG_HOME;
  let home: string;

  before(() => {
    home = mkdtempSync(join(tmpdir(), "rung-nodes-"));
    process.env.RUNG_HOME = home;
    helper.init(require.resolve("node-red"));
  });
  after(async () => {
    await endFlow();
    if (kept === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = kept;
    rmSync(home, { recursive: true });
  });
}
