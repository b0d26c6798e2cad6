import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually, Product } from "../../flows/product.ts";
import type { Fault } from "../fault.ts";
import { accountOf } from "../history-account.ts";
import { TWIN, tagName } from "../production.ts";
import { PERIOD_MS, pause, Rig, TAGS } from "../rig.ts";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const HISTORY = "history/faults.duckdb";
const SOURCE = "opcua:faultlink:faultsource";

/** A tab with a source of the producer's tags and a history of their own. */
const tab = (endpoint: string): object[] => [
  { id: "faulttab", type: "tab", label: "faults" },
  { id: "faulttwin", type: "rung-twin", version: 1, name: "line", address: TWIN, scope: "machine" },
  {
    id: "faulthistorian",
    type: "rung-historian",
    version: 1,
    file: HISTORY,
    retentionDays: 0,
    memoryLimitMb: 256,
  },
  {
    id: "faultlink",
    type: "rung-opcua-link",
    version: 1,
    name: "fault link",
    endpoint,
    reality: "live",
    securityMode: "None",
    securityPolicy: "None",
    login: "anonymous",
    surviveS: 30,
  },
  {
    id: "faultsource",
    type: "rung-opcua-source",
    version: 1,
    z: "faulttab",
    x: 100,
    y: 100,
    link: "faultlink",
    twin: "faulttwin",
    bindings: Array.from({ length: TAGS }, (_, tag) => ({
      nodeId: `ns=1;s=${tagName(tag)}`,
      path: tagName(tag),
      periodMs: PERIOD_MS,
    })),
    publishingMs: 100,
    samplingMs: 0,
    emit: "frames",
    wires: [["faulthistory"]],
  },
  {
    id: "faulthistory",
    type: "rung-history",
    version: 1,
    z: "faulttab",
    x: 300,
    y: 100,
    historian: "faulthistorian",
    wires: [],
  },
];

/** One figure of `/metrics` for the fault's source, summed over everything but the labels asked for. */
function metric(text: string, name: string, ...labels: string[]): number {
  let sum = 0;
  for (const line of text.split("\n")) {
    if (!line.startsWith(`${name}{`) || !line.includes(`source="${SOURCE}"`)) continue;
    if (labels.every((label) => line.includes(label))) sum += Number(line.slice(line.lastIndexOf(" ")));
  }
  return sum;
}

/** The whole product, whose flows are deployed in full again and again while the plant goes on. */
export const redeploy: Fault = {
  name: "redeploy under load",
  missing: () =>
    existsSync(join(root, "dist", "runtime", "cli", "rung.js")) ? undefined : "needs `npm run build` first",
  async run(context) {
    const rig = await Rig.opcua(context);
    await rig.startProducer();
    const product = await Product.start(["--no-demo"]);
    context.atEnd(() => product.stop());
    await product.signIn();
    const deploy = (): Promise<void> => product.deploy(tab(`opc.tcp://127.0.0.1:${rig.proxy.port}`));
    let looks = 0;
    let violations = 0;
    const look = async () => {
      const text = await product.text("/metrics");
      looks++;
      if (metric(text, "rung_samples_unaccounted") !== 0) violations++;
      return {
        received: metric(text, "rung_samples", 'state="received"', 'to="spool"'),
        queued: metric(text, "rung_samples", 'state="queued"'),
        deduplicated: metric(text, "rung_samples", 'state="deduplicated"'),
        dropped: metric(text, "rung_samples", 'state="dropped"'),
        filledIn: metric(text, "rung_samples_backfilled_total"),
      };
    };
    const flowing = async (): Promise<void> => {
      const before = (await look()).received;
      await eventually(
        "samples to flow",
        async () => (await look()).received >= before + 2 * TAGS || undefined,
      );
    };
    await deploy();
    await flowing();
    const fromUs = Date.now() * 1000;
    for (let time = 0; time < (context.isShort ? 3 : 10); time++) {
      await pause(500 + context.random.integer(1000));
      await deploy();
      await flowing();
    }
    await rig.producer!.ask("stop");
    await pause(1000);
    await eventually("everything to be stored", async () => (await look()).queued === 0 || undefined);
    const { deduplicated, dropped, filledIn } = await look();
    await product.end();
    const outcome = await accountOf(join(product.home, HISTORY), SOURCE, rig.logs, fromUs, TAGS);
    assert.ok(outcome.stored > 0);
    return {
      ...outcome,
      deduplicated,
      filledIn,
      dropped: { "any reason": dropped },
      looks,
      violations,
      problems: [],
    };
  },
};
