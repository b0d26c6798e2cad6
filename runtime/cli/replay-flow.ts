import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { LocalSettings } from "@node-red/runtime";
import RED from "node-red";
import { messageOf, RungError } from "../core/errors.ts";
import { describeEvidence } from "../describe/describe-evidence.ts";
import type { PlayedFile } from "../describe/recording/played-file.ts";
import type { Finding } from "../diagnose/finding.ts";
import { type FlowNode, readFlowFile, readFlowFolder } from "../host/flow-files.ts";
import { codeRoot } from "../host/product-root.ts";
import { services } from "../host/services.ts";
import { planFlow } from "./replay-flow-plan.ts";
import { compare, openRecording, type ReplayOptions, type ReplayReport } from "./replay-pipeline.ts";

/** After the last row, so long without a message on any wire means that the flow has come to rest. */
const REST_MS = 500;
const NODE_ERRORS_KEPT = 100;

export interface FlowReplayReport extends ReplayReport {
  readonly flow: {
    readonly file: string;
    /** Nodes that stayed off since they reach outside. */
    readonly off: readonly string[];
    readonly nodeErrors: readonly { readonly node: string; readonly text: string }[];
  };
}

/** What happened on the wires. */
interface Seen {
  lastMs: number;
  readonly findings: Finding[];
  readonly errors: { node: string; text: string }[];
}

/**
 * Plays a file into a flow that runs in a headless Node-RED of this process: no editor, no page, no port. Nothing
 * that reaches outside is started.
 * @throws RungError `broken-flow`, `no-source`, `several-twins`, and those of the recording
 */
export async function replayFlow(flowPath: string, options: ReplayOptions): Promise<FlowReplayReport> {
  const plan = planFlow(flowPath, readFlow(flowPath), options);
  // Faults of the file are told before anything is started.
  await openRecording({ ...options, twin: plan.twin });
  const historian = services().historian();
  await historian.open();
  const userDir = mkdtempSync(join(tmpdir(), "rung-replay-flow-"));
  const server = createServer();
  const seen: Seen = { lastMs: performance.now(), findings: [], errors: [] };
  try {
    RED.init(server, headlessSettings(userDir, plan.nodes, seen));
    RED.hooks.add("onSend.rung-replay", (sent: unknown) => watch(seen, sent));
    const started = new Promise<void>((resolve) => RED.events.once("flows:started", () => resolve()));
    await RED.start();
    await started;
    // The types know only the editor's side of this API.
    const nodes = RED.nodes as unknown as { getNode(id: string): { played: Promise<PlayedFile> } | null };
    const node = nodes.getNode(plan.recording);
    if (node === null) {
      throw new RungError({
        code: "broken-flow",
        where: flowPath,
        what: "did not start",
        advice: "deploy it in the editor and look at its errors",
      });
    }
    const recording = await node.played;
    await atRest(seen);
    const { counts } = historian;
    const repeated = services().synchronisers.get(historian.file)?.totals("historian").deduplicated ?? 0;
    const state = services().twins.require(plan.twin);
    const columns = compare(recording.tallies, await historian.totals(recording.source));
    const raised = seen.findings.filter(({ active }) => active);
    return {
      file: options.file,
      twin: plan.twin,
      source: recording.source,
      rows: recording.rows,
      samples: {
        received: state.counts.received,
        stored: counts.stored,
        deduplicated: state.counts.deduplicated + repeated + counts.deduplicated,
        late: state.counts.late,
        dropped: { ...state.counts.dropped, ...counts.dropped },
      },
      badCells: recording.badCells,
      ...(recording.cutOff === undefined ? {} : { cutOff: recording.cutOff.toJSON() }),
      unmapped: recording.unmapped,
      columns,
      matches: columns.every(({ matches }) => matches),
      detection: {
        state: "flow",
        episodes: raised.length,
        findings: raised.map(({ title, reason, score, sinceUs }) => ({ title, reason, score, sinceUs })),
      },
      evidence: describeEvidence(state, state.nowUs(), "replay"),
      flow: { file: flowPath, off: plan.off, nodeErrors: seen.errors },
    };
  } finally {
    await RED.stop();
    server.close();
    rmSync(userDir, { recursive: true, force: true });
  }
}

function readFlow(path: string): FlowNode[] {
  const fault = (where: string, what: string): RungError =>
    new RungError({ code: "broken-flow", where, what, advice: "give a flow file as the editor exports it" });
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) throw fault(path, "does not exist");
  if (facts.isDirectory()) {
    const { nodes, broken } = readFlowFolder(path);
    if (broken.length > 0) throw fault(join(path, broken[0]!.path), broken[0]!.what);
    return nodes;
  }
  const nodes = readFlowFile(path);
  if (typeof nodes === "string") throw fault(path, nodes);
  return nodes;
}

/** Notes that something moves on the wires, and what detectors say. */
function watch(seen: Seen, sent: unknown): void {
  seen.lastMs = performance.now();
  for (const { msg } of sent as { msg?: { payload?: unknown } }[]) {
    const payload = msg?.payload as Partial<Finding> | null | undefined;
    if (payload?.kind === "finding") seen.findings.push(payload as Finding);
  }
}

async function atRest(seen: Seen): Promise<void> {
  seen.lastMs = performance.now();
  while (performance.now() - seen.lastMs < REST_MS || onTheWay() > 0) await wait(50);
}

/** Samples between the flow's history nodes and the disk. */
function onTheWay(): number {
  const { synchronisers } = services();
  const spooled = [...synchronisers.values()].flatMap((synchroniser) =>
    synchroniser.conservation().map(({ spool, sinks }) => [spool, ...sinks]),
  );
  const queued = spooled.flat().reduce((sum, counts) => sum + counts.queued, 0);
  return queued + services().historian().counts.queued;
}

function headlessSettings(userDir: string, flow: readonly FlowNode[], seen: Seen): LocalSettings {
  const settings: Record<string, unknown> = {
    userDir,
    nodesDir: [packOfNodes(userDir)],
    httpAdminRoot: false,
    httpNodeRoot: false,
    disableEditor: true,
    logging: {
      console: { level: "off" },
      replay: {
        level: "error",
        metrics: false,
        handler: () => (entry: { id?: string; name?: string; msg: unknown }) => {
          if (seen.errors.length >= NODE_ERRORS_KEPT) return;
          seen.errors.push({ node: entry.name || entry.id || "", text: messageOf(entry.msg) });
        },
      },
    },
    telemetry: { enabled: false, updateNotification: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false },
      modules: { allowInstall: false },
    },
    functionExternalModules: false,
    functionTimeout: 10,
    storageModule: storageOf(flow),
  };
  return settings as unknown as LocalSettings;
}

/** A flow in memory; nothing is saved. */
function storageOf(flow: readonly FlowNode[]): object {
  const nothing = async (): Promise<object> => ({});
  const none = async (): Promise<void> => undefined;
  return {
    init: none,
    getFlows: async () => flow,
    saveFlows: none,
    getCredentials: nothing,
    saveCredentials: none,
    getSettings: async () => ({ _credentialSecret: false }),
    saveSettings: none,
    getSessions: nothing,
    saveSessions: none,
    getLibraryEntry: async () => [],
    saveLibraryEntry: none,
  };
}

/**
 * A pack of the nodes beside this code, by links, so that they share this process's services. The dashboard's
 * widgets stay out: there is no page.
 */
function packOfNodes(folder: string): string {
  const pack = join(folder, "rung-nodes");
  const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const nodes: Record<string, string> = {};
  const root = join(codeRoot, "nodes");
  for (const rung of readdirSync(root, { withFileTypes: true })) {
    if (!rung.isDirectory() || rung.name === "dashboard") continue;
    for (const node of readdirSync(join(root, rung.name), { withFileTypes: true })) {
      const file = join(rung.name, node.name, `${node.name}${ending}`);
      if (node.isDirectory() && statSync(join(root, file), { throwIfNoEntry: false })) {
        nodes[`rung-${node.name}`] = join("nodes", file);
      }
    }
  }
  mkdirSync(pack);
  symlinkSync(root, join(pack, "nodes"), "dir");
  writeFileSync(
    join(pack, "package.json"),
    JSON.stringify({ name: "rung-replay-nodes", version: "1.0.0", type: "module", "node-red": { nodes } }),
  );
  return pack;
}
