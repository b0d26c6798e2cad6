/**
 * The plant of the bench: one OPC UA server with `tags` variables that all change at every tick. It ticks when it is
 * told to, so that what it published is known exactly. Anonymous, unencrypted: the cost of encryption is the same
 * for everybody.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  Variant,
} from "node-opcua";
import { Random } from "../../runtime/core/random.ts";

const [tagCount, periodMs] = process.argv.slice(2).map(Number) as [number, number];
const certificates = new OPCUACertificateManager({
  rootFolder: mkdtempSync(join(tmpdir(), "rung-bench-pki-")),
  automaticallyAcceptUnknownCertificate: true,
  disableFileWatchers: true,
});
await certificates.initialize();
const server = new OPCUAServer({
  port: 0,
  host: "127.0.0.1",
  serverCertificateManager: certificates,
  userCertificateManager: certificates,
  securityModes: [MessageSecurityMode.None],
  securityPolicies: [SecurityPolicy.None],
  allowAnonymous: true,
  // Otherwise the server folds changes of one tag that come within 50 ms of each other.
  serverCapabilities: { minSupportedSampleRate: 0 },
});
await server.initialize();
const space = server.engine.addressSpace!;
const own = space.getOwnNamespace();
const machine = own.addObject({ browseName: "Machine", organizedBy: space.rootFolder.objects });
const tags = Array.from({ length: tagCount }, (_, i) =>
  own.addVariable({ componentOf: machine, browseName: `T${i}`, nodeId: `s=T${i}`, dataType: "Double" }),
);
const random = new Random(42);
let tick = 0;
const write = (at: Date): void => {
  for (const [i, tag] of tags.entries()) {
    const value = 100 + Math.sin((tick + i) / 10) + 0.1 * random.normal();
    tag.setValueFromSource(new Variant({ dataType: DataType.Double, value }), StatusCodes.Good, at);
  }
  tick++;
};
write(new Date());
await server.start();
const say = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);

createInterface({ input: process.stdin }).on("line", (line) => {
  const { ticks } = JSON.parse(line) as { ticks: number };
  let left = ticks;
  // Source times lie on the period's grid, as a PLC's cycle gives them, even where this process is late.
  let at = Math.ceil(Date.now() / periodMs) * periodMs;
  const turn = (): void => {
    write(new Date(at));
    at += periodMs;
    left--;
    if (left === 0) say({ published: tick * tagCount });
    // A late server catches up tick by tick, and publishes in between.
    else if (at <= Date.now()) setImmediate(turn);
    else setTimeout(turn, at - Date.now());
  };
  turn();
});
process.stdin.on("end", () => process.exit(0));
say({ endpoint: `opc.tcp://127.0.0.1:${server.endpoints[0]!.port}` });
