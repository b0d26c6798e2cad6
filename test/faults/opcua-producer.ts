/** An OPC UA server in a process of its own, whose tags all take a new value every period. */
import { answer, givenOptions, tell } from "./child-side.ts";
import { ProductionLog, tagName } from "./production.ts";

export interface OpcuaProducerOptions {
  readonly log: string;
  /** Folder of the server's PKI: the same folder gives the same certificate after a restart. */
  readonly pki: string;
  readonly port: number;
  readonly tags: number;
  readonly periodMs: number;
  /** Counts from here, so that a restart repeats no value. */
  readonly firstValue: number;
  /** Its certificate was good until yesterday. */
  readonly isExpired?: boolean;
}

const DAY_MS = 86_400_000;
/** Samples per tag that the server's own history keeps. */
const HISTORY_SAMPLES = 2000;

const options = givenOptions<OpcuaProducerOptions>();
const log = new ProductionLog(options.log);
const opcua = await import("node-opcua");
const certificates = new opcua.OPCUACertificateManager({
  rootFolder: options.pki,
  automaticallyAcceptUnknownCertificate: true,
  disableFileWatchers: true,
});
await certificates.initialize();
const certificateFile = `${options.pki}/own/certs/${options.isExpired ? "expired" : "server"}.pem`;
const APPLICATION = "urn:rung:faults";
const { existsSync } = await import("node:fs");
if (!existsSync(certificateFile)) {
  await certificates.createSelfSignedCertificate({
    applicationUri: APPLICATION,
    subject: "/CN=Fault producer",
    dns: ["localhost"],
    ip: ["127.0.0.1"],
    startDate: new Date(Date.now() - (options.isExpired ? 10 : 1) * DAY_MS),
    validity: options.isExpired ? 9 : 365,
    outputFile: certificateFile,
  });
}
const server = new opcua.OPCUAServer({
  port: options.port,
  host: "127.0.0.1",
  certificateFile,
  serverCertificateManager: certificates,
  userCertificateManager: certificates,
  serverInfo: { applicationUri: APPLICATION, productUri: "faults" },
  securityModes: [opcua.MessageSecurityMode.None, opcua.MessageSecurityMode.SignAndEncrypt],
  securityPolicies: [opcua.SecurityPolicy.None, opcua.SecurityPolicy.Basic256Sha256],
  allowAnonymous: true,
  // Otherwise the server folds changes of one tag that come within 50 ms of each other.
  serverCapabilities: { minSupportedSampleRate: 0 },
});
await server.initialize();
const space = server.engine.addressSpace!;
const own = space.getOwnNamespace();
const root = own.addObject({ browseName: "Plant", organizedBy: space.rootFolder.objects });
const tags = Array.from({ length: options.tags }, (_, tag) => {
  const variable = own.addVariable({
    componentOf: root,
    browseName: tagName(tag),
    nodeId: `s=${tagName(tag)}`,
    dataType: "Double",
    accessLevel: opcua.AccessLevelFlag.CurrentRead | opcua.AccessLevelFlag.HistoryRead,
  });
  space.installHistoricalDataNode(variable, { maxOnlineValues: HISTORY_SAMPLES });
  return variable;
});

let count = options.firstValue;
let lastUs = 0;
let ticks = 0;
function tick(): void {
  const now = new Date();
  count++;
  ticks++;
  lastUs = now.getTime() * 1000;
  log.note(lastUs, count, 0, tags.length);
  for (const tag of tags) {
    tag.setValueFromSource({ dataType: opcua.DataType.Double, value: count }, opcua.StatusCodes.Good, now);
  }
}
tick();
await server.start();
let ticking: NodeJS.Timeout | undefined = setInterval(tick, options.periodMs);
const port = Number(new URL(server.getEndpointUrl().replace("opc.tcp", "http")).port);
tell("ready", { port });

/** What node-opcua keeps of a session. */
interface SessionInside {
  deleteSubscription(id: number): unknown;
  publishEngine: { subscriptions: { id: number }[] };
}

answer({
  /** No more values; what was made stays on its way. */
  stop() {
    clearInterval(ticking);
    ticking = undefined;
    return { lastUs, ticks, count };
  },
  /** The server forgets all subscriptions and says nothing. */
  forgetSubscriptions() {
    const engine = server.engine as unknown as { _sessions: Record<string, SessionInside> };
    let forgotten = 0;
    for (const session of Object.values(engine._sessions)) {
      for (const { id } of [...session.publishEngine.subscriptions]) {
        session.deleteSubscription(id);
        forgotten++;
      }
    }
    return { forgotten };
  },
});
