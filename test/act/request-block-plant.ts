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
  type UAVariable,
  Variant,
} from "node-opcua";
import { loadOpcua } from "../../runtime/describe/opcua/load-opcua.ts";

/** How the PLC of the test answers a request. */
export type PlcMood = "obeys" | "deaf" | "takes something else";

/** One setpoint with its request block, as docs/architecture.md has it. */
interface Zone {
  readonly name: string;
  setpoint: number;
  safe: number;
  local: boolean;
  request: Record<"Value" | "Expected" | "TtlMs" | "Heartbeat" | "Sequence", number>;
  echo: number;
  result: number;
  aliveUs: number;
  inForce: boolean;
}

/** Starts at this plant time, µs. */
const START_US = Date.UTC(2026, 0, 5, 6) * 1000;

/**
 * A small OPC UA server of the tests with two zones: Sign & Encrypt, users `actuator` (writes) and `twin` (reads),
 * and a PLC that follows the request block: compare, take on a new sequence, clamp, time out.
 */
export class RequestBlockPlant {
  readonly password = "plant-password";
  speed = 1;
  mood: PlcMood = "obeys";
  state = 6;
  /** Measurements stop getting new source times. */
  frozen = false;
  /** The air goes where the setpoint is; otherwise it stays where it was. */
  follows = true;
  readonly zones: Zone[] = [zone("Oven1.Zone1"), zone("Oven1.Zone2")];
  /** Every sequence the PLC was asked with: the writes that reached it. */
  readonly asked: { zone: string; value: number }[] = [];
  heartbeats = 0;
  #server!: OPCUAServer;
  #manager!: OPCUACertificateManager;
  #startMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #offsetUs = 0;
  readonly #measured: { variable: UAVariable; read: () => number }[] = [];

  get port(): number {
    return Number(new URL(this.endpoint.replace("opc.tcp", "http")).port);
  }

  get endpoint(): string {
    return `opc.tcp://127.0.0.1:${this.#server.endpoints[0]!.port}`;
  }

  nowUs(): number {
    return START_US + this.#offsetUs + (performance.now() - this.#startMs) * 1000 * this.speed;
  }

  /** Sets the plant's clock. */
  stepClock(byUs: number): void {
    this.#offsetUs += byUs;
  }

  zone(name: string): Zone {
    return this.zones.find((one) => one.name === name)!;
  }

  /** @param home its certificate lies in `home/plant/pki`, as the virtual plant's does */
  async start(home: string, port = 0): Promise<void> {
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
      port,
      hostname: "127.0.0.1",
      serverCertificateManager: this.#manager,
      securityModes: [MessageSecurityMode.SignAndEncrypt],
      securityPolicies: [SecurityPolicy.Basic256Sha256],
      allowAnonymous: false,
      serverInfo: { applicationUri: `urn:${hostname()}:test-plant` },
      userManager: {
        isValidUser: (user: string, password: string) =>
          ["actuator", "twin"].includes(user) && password === this.password,
      },
    });
    await this.#server.initialize();
    this.#build();
    await this.#server.start();
    this.#timer = setInterval(() => this.#scan(), 20);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#server.shutdown(0);
    await this.#manager.dispose();
  }

  #build(): void {
    const space = this.#server.engine.addressSpace!.getOwnNamespace();
    const add = (nodeId: string, dataType: keyof typeof DataType, read: () => number | boolean | Date) => {
      const variable = space.addVariable({
        organizedBy: this.#server.engine.addressSpace!.rootFolder.objects,
        browseName: nodeId,
        nodeId: `s=${nodeId}`,
        dataType,
        minimumSamplingInterval: 0,
      });
      variable.bindVariable({
        timestamped_get: () => {
          const time = new Date(this.nowUs() / 1000);
          return new DataValue({
            value: { dataType: DataType[dataType], value: read() },
            statusCode: StatusCodes.Good,
            sourceTimestamp: time,
          });
        },
      } as never);
      return variable;
    };
    add("Plant.Time", "DateTime", () => new Date(this.nowUs() / 1000));
    add("Plant.Speed", "Double", () => this.speed);
    add("Oven1.State", "Int32", () => this.state);
    for (const zone of this.zones) this.#buildZone(zone, add);
  }

  #buildZone(
    zone: Zone,
    add: (nodeId: string, dataType: keyof typeof DataType, read: () => number | boolean | Date) => UAVariable,
  ): void {
    const space = this.#server.engine.addressSpace!.getOwnNamespace();
    add(`${zone.name}.AirTempSP`, "Double", () => zone.setpoint);
    add(`${zone.name}.Local`, "Boolean", () => zone.local);
    add(`${zone.name}.Request.Low`, "Double", () => 100);
    add(`${zone.name}.Request.High`, "Double", () => 240);
    add(`${zone.name}.Request.EchoSequence`, "UInt32", () => zone.echo);
    add(`${zone.name}.Request.Result`, "Int32", () => zone.result);
    const air = space.addVariable({
      organizedBy: this.#server.engine.addressSpace!.rootFolder.objects,
      browseName: `${zone.name}.AirTemp`,
      nodeId: `s=${zone.name}.AirTemp`,
      dataType: "Double",
    });
    let setpoint = zone.setpoint;
    this.#measured.push({
      variable: air,
      read: () => {
        if (this.follows) setpoint = zone.setpoint;
        return setpoint - 0.4;
      },
    });
    for (const member of Object.keys(zone.request) as (keyof Zone["request"])[]) {
      const dataType = member === "Value" || member === "Expected" ? "Double" : "UInt32";
      const variable = space.addVariable({
        organizedBy: this.#server.engine.addressSpace!.rootFolder.objects,
        browseName: `${zone.name}.Request.${member}`,
        nodeId: `s=${zone.name}.Request.${member}`,
        dataType,
      });
      variable.bindVariable({
        get: () => new Variant({ dataType: DataType[dataType], value: zone.request[member] }),
        set: (variant: { value: number }) => {
          zone.request[member] = variant.value;
          if (member === "Heartbeat") {
            this.heartbeats++;
            zone.aliveUs = this.nowUs();
          }
          if (member === "Sequence") this.#request(zone);
          return StatusCodes.Good;
        },
      } as never);
    }
  }

  #request(zone: Zone): void {
    const { Value: value, Expected: expected, Sequence: sequence } = zone.request;
    this.asked.push({ zone: zone.name, value });
    if (this.mood === "deaf") return;
    zone.echo = sequence;
    if (zone.local) zone.result = 4;
    else if (!Number.isFinite(value)) zone.result = 5;
    else if (Math.abs(expected - zone.setpoint) > 1e-6) zone.result = 3;
    else {
      zone.setpoint = this.mood === "obeys" ? value : value - 5;
      zone.result = zone.setpoint === value ? 1 : 2;
      zone.aliveUs = this.nowUs();
      zone.inForce = true;
    }
  }

  #scan(): void {
    const nowUs = this.nowUs();
    for (const zone of this.zones) {
      if (!zone.inForce || nowUs - zone.aliveUs <= zone.request.TtlMs * 1000) continue;
      zone.inForce = false;
      zone.setpoint = zone.safe;
      zone.result = 6;
    }
    if (this.frozen) return;
    for (const { variable, read } of this.#measured) {
      variable.setValueFromSource(
        { dataType: "Double", value: read() },
        StatusCodes.Good,
        new Date(nowUs / 1000),
      );
    }
  }
}

function zone(name: string): Zone {
  return {
    name,
    setpoint: 180,
    safe: 180,
    local: false,
    request: { Value: 0, Expected: 0, TtlMs: 0, Heartbeat: 0, Sequence: 0 },
    echo: 0,
    result: 0,
    aliveUs: 0,
    inForce: false,
  };
}
