import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  DataType,
  DataValue,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
  Variant,
} from "node-opcua";
import { loadOpcua } from "../../runtime/describe/opcua/load-opcua.ts";
import type { NodeFacts } from "../act/envelope-oracle.ts";

type Kind = "Double" | "Int32" | "UInt32" | "Boolean" | "DateTime";

interface PlantNode {
  readonly kind: Kind;
  value: number;
  good: boolean;
  /** Source time, µs; undefined: it is measured anew at each read. */
  atUs: number | undefined;
}

/** One write as the server got it, with everything the plant was at that moment. */
export interface RecordedWrite {
  readonly nodeId: string;
  readonly value: unknown;
  readonly timeUs: number;
}

/** One request to the PLC: the write of a sequence, and the state it found. */
export interface RecordedRequest {
  readonly zone: number;
  readonly value: number;
  readonly timeUs: number;
  /** All nodes as they were before the PLC answered. */
  readonly before: ReadonlyMap<string, NodeFacts>;
}

export const ZONES = [1, 2, 3, 4] as const;
export const OVEN = "ns=1;s=Oven1";
const START_US = Date.UTC(2026, 0, 5, 6) * 1000;
const MEMBERS = ["Value", "Expected", "TtlMs", "Heartbeat", "Sequence"] as const;

/**
 * An OPC UA server that lets its writer write everything, and writes down every write. Its PLC obeys each request at
 * once: nothing but the actuator stands between a proposal and the plant. Its clock stands still until it is moved,
 * so that whoever judges the record sees the same time as the actuator did.
 */
export class RecordingPlant {
  readonly password = "plant-password";
  readonly writes: RecordedWrite[] = [];
  readonly requests: RecordedRequest[] = [];
  readonly #nodes = new Map<string, PlantNode>();
  #server!: OPCUAServer;
  #manager!: OPCUACertificateManager;
  nowUs = START_US;

  constructor() {
    this.#add("Plant.Speed", "Double", 0);
    this.#add("Oven1.State", "Int32", 6);
    this.#add("Oven1.Mode", "Int32", 3);
    this.#add("Oven1.EmergencyStop", "Boolean", 0);
    this.#add("Oven1.ProtectiveStop", "Boolean", 0);
    this.#add("Oven1.SupplyFan", "Double", 9000);
    for (const zone of ZONES) {
      this.#add(`Oven1.Zone${zone}.AirTempSP`, "Double", 185);
      this.#add(`Oven1.Zone${zone}.AirTemp`, "Double", 184.6);
      this.#add(`Oven1.Zone${zone}.Local`, "Boolean", 0);
      this.#add(`Oven1.Zone${zone}.Request.Low`, "Double", 100);
      this.#add(`Oven1.Zone${zone}.Request.High`, "Double", 240);
      this.#add(`Oven1.Zone${zone}.Request.EchoSequence`, "UInt32", 0);
      this.#add(`Oven1.Zone${zone}.Request.Result`, "Int32", 0);
      for (const member of MEMBERS) {
        const kind = member === "Value" || member === "Expected" ? "Double" : "UInt32";
        this.#add(`Oven1.Zone${zone}.Request.${member}`, kind, 0);
      }
    }
  }

  #add(name: string, kind: Kind, value: number): void {
    this.#nodes.set(`ns=1;s=${name}`, { kind, value, good: true, atUs: undefined });
  }

  get port(): number {
    return this.#server.endpoints[0]!.port;
  }

  /** A node to read or to change by hand. */
  node(nodeId: string): PlantNode {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) throw new Error(`the plant has no ${nodeId}`);
    return node;
  }

  setpoint(zone: number): number {
    return this.node(`${OVEN}.Zone${zone}.AirTempSP`).value;
  }

  /** What anybody who reads the plant now would find. */
  facts(): Map<string, NodeFacts> {
    return new Map(
      [...this.#nodes].map(([id, { value, good, atUs }]) => [
        id,
        { value, good, timeUs: atUs ?? this.nowUs },
      ]),
    );
  }

  /** @param home its certificate lies in `home/plant/pki`, as the virtual plant's does */
  async start(home: string): Promise<void> {
    await loadOpcua();
    const rootFolder = join(home, "plant", "pki");
    mkdirSync(rootFolder, { recursive: true });
    this.#manager = new OPCUACertificateManager({
      rootFolder,
      automaticallyAcceptUnknownCertificate: true,
      disableFileWatchers: true,
    });
    await this.#manager.initialize();
    this.#server = new OPCUAServer({
      port: 0,
      hostname: "127.0.0.1",
      serverCertificateManager: this.#manager,
      securityModes: [MessageSecurityMode.SignAndEncrypt],
      securityPolicies: [SecurityPolicy.Basic256Sha256],
      allowAnonymous: false,
      serverInfo: { applicationUri: `urn:${hostname()}:recording-plant` },
      userManager: {
        isValidUser: (user: string, password: string) => user === "actuator" && password === this.password,
      },
    });
    await this.#server.initialize();
    const space = this.#server.engine.addressSpace!.getOwnNamespace();
    const organizedBy = this.#server.engine.addressSpace!.rootFolder.objects;
    const bind = (
      nodeId: string,
      kind: Kind,
      get: () => DataValue,
      set: (given: DataValue) => typeof StatusCodes.Good,
    ) =>
      space.addVariable({ organizedBy, browseName: nodeId, nodeId, dataType: kind }).bindVariable({
        timestamped_get: get,
        timestamped_set: async (given: DataValue) => set(given),
      } as never);
    bind(
      "ns=1;s=Plant.Time",
      "DateTime",
      () => dataValueOf(DataType.DateTime, new Date(this.nowUs / 1000), this.nowUs, true),
      () => StatusCodes.BadNotWritable,
    );
    for (const [nodeId, node] of this.#nodes) {
      bind(
        nodeId,
        node.kind,
        () =>
          dataValueOf(
            DataType[node.kind],
            node.kind === "Boolean" ? node.value !== 0 : node.value,
            node.atUs ?? this.nowUs,
            node.good,
          ),
        (given) => this.#written(nodeId, given.value?.value),
      );
    }
    await this.#server.start();
  }

  async stop(): Promise<void> {
    await this.#server.shutdown(0);
    await this.#manager.dispose();
  }

  #written(nodeId: string, value: unknown): typeof StatusCodes.Good {
    this.writes.push({ nodeId, value, timeUs: this.nowUs });
    const before = this.facts();
    this.node(nodeId).value = Number(value);
    const zone = /Zone(\d)\.Request\.Sequence$/.exec(nodeId)?.[1];
    if (zone !== undefined) this.#obey(Number(zone), Number(value), before);
    return StatusCodes.Good;
  }

  #obey(zone: number, sequence: number, before: ReadonlyMap<string, NodeFacts>): void {
    const at = `${OVEN}.Zone${zone}`;
    const { value } = this.node(`${at}.Request.Value`);
    this.requests.push({ zone, value, timeUs: this.nowUs, before });
    this.node(`${at}.AirTempSP`).value = value;
    this.node(`${at}.Request.EchoSequence`).value = sequence;
    this.node(`${at}.Request.Result`).value = 1;
  }
}

function dataValueOf(
  dataType: DataType,
  value: number | boolean | Date,
  timeUs: number,
  good: boolean,
): DataValue {
  return new DataValue({
    value: new Variant({ dataType, value }),
    statusCode: good ? StatusCodes.Good : StatusCodes.BadSensorFailure,
    sourceTimestamp: new Date(timeUs / 1000),
  });
}
