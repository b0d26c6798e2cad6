import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { ServerTCP } from "modbus-serial";
import ingestNode from "../../nodes/1-describe/ingest/ingest.ts";
import state from "../../nodes/1-describe/state/state.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { Frame } from "../../runtime/core/frame.ts";
import type { Ingest } from "../../runtime/describe/ingest/ingest.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { until } from "../describe/opcua-recorder.ts";
import { newFolder } from "../describe/opcua-test-server.ts";

/** The part of the untyped helper that is used here. */
interface Helper {
  init(runtime: string): void;
  startServer(done: () => void): void;
  stopServer(done: () => void): void;
  load(nodes: unknown, flow: unknown): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): {
    on(event: "input", react: (message: { topic: string; payload: unknown }) => void): void;
    receive(message: object): void;
    source?: Ingest;
    status: { called: boolean };
  };
  log(): { getCalls(): { args: [{ level: number; id?: string; msg?: unknown }] }[] };
}
const require = createRequire(import.meta.url);
const helper = require("node-red-node-test-helper") as Helper;
const MODBUS = ["modbus-client", "modbus-read"].map((name) =>
  require(`modbus-nodes-under-test/modbus/${name}.js`),
);

const TWIN = "acme/test/press1";
const WARN_LEVEL = 30;
const ERROR_LEVEL = 20;

/** A Modbus TCP server whose holding registers a test sets; it counts what was asked of it. */
class ModbusPlc {
  readonly registers = new Uint16Array(16);
  reads = 0;
  readonly port: number;
  readonly #server: ServerTCP;

  private constructor(port: number) {
    this.port = port;
    this.#server = new ServerTCP(
      {
        getHoldingRegister: (address: number) => {
          if (address === 0) this.reads++;
          return this.registers[address]!;
        },
      },
      { host: "127.0.0.1", port, unitID: 1 },
    );
  }

  /** Its own `port: 0` would not say which port it got. */
  static async start(port?: number): Promise<ModbusPlc> {
    const plc = new ModbusPlc(port ?? (await freePort()));
    await new Promise((resolve) => plc.#server.once("initialized", resolve));
    return plc;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe("ingest node", function () {
  this.timeout(30_000);
  const homeBefore = process.env.RUNG_HOME;
  let plc: ModbusPlc | undefined;

  before(async () => {
    helper.init(require.resolve("node-red"));
    await closeServices();
    process.env.RUNG_HOME = newFolder("ingest-home");
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  after(async () => {
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await closeServices();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
  });
  afterEach(async () => {
    await helper.unload();
    await plc?.stop();
    plc = undefined;
  });

  const twinOf = {
    id: "twin",
    type: "rung-twin",
    name: "press",
    address: TWIN,
    scope: "machine",
    targetRung: 1,
  };
  const ingestOf = (bindings: object[], more: object = {}) => ({
    id: "ingest",
    type: "rung-ingest",
    z: "tab",
    name: "press",
    twin: "twin",
    reality: "live",
    silentAfterS: 15,
    emit: "frames",
    bindings,
    wires: [["state", "sink"]],
    ...more,
  });
  const rest = [
    { id: "state", type: "rung-state", z: "tab", twin: "twin", emit: "frames", wires: [[], []] },
    { id: "sink", type: "helper", z: "tab" },
  ];
  const logged = (level: number): string[] =>
    helper
      .log()
      .getCalls()
      .map((call) => call.args[0])
      .filter((entry) => entry.level === level && entry.id === "ingest")
      .map((entry) => String(entry.msg));

  it("makes a source of node-red-contrib-modbus reading a Modbus TCP server", async () => {
    plc = await ModbusPlc.start();
    plc.registers.set([1800, 42, 0xffff, 1]);
    await helper.load(
      [twin, state, ingestNode, ...MODBUS],
      [
        { id: "tab", type: "tab" },
        twinOf,
        {
          id: "client",
          type: "modbus-client",
          name: "plc",
          clienttype: "tcp",
          bufferCommands: true,
          stateLogEnabled: false,
          queueLogEnabled: false,
          tcpHost: "127.0.0.1",
          tcpPort: String(plc.port),
          tcpType: "DEFAULT",
          unit_id: 1,
          commandDelay: 1,
          clientTimeout: 1000,
          reconnectOnTimeout: true,
          reconnectTimeout: 200,
          parallelUnitIdsAllowed: false,
        },
        {
          id: "read",
          type: "modbus-read",
          z: "tab",
          name: "registers",
          topic: "plc1",
          dataType: "HoldingRegister",
          adr: "0",
          quantity: "4",
          rate: "100",
          rateUnit: "ms",
          delayOnStart: false,
          server: "client",
          useIOFile: false,
          wires: [["ingest"], []],
        },
        ingestOf([
          {
            nodeId: "payload[0]",
            path: "zone3/airTemperature",
            unit: "°C",
            plantUnit: "°F",
            periodMs: 100,
            topic: "plc1",
          },
          { nodeId: "payload[1]", path: "count", type: "integer", periodMs: 100 },
          { nodeId: "payload[3]", path: "machine/state", type: "enum" },
        ]),
        ...rest,
      ],
    );
    const frames: Frame[] = [];
    helper.getNode("sink").on("input", ({ topic, payload }) => {
      assert.equal(topic, TWIN);
      assert.ok(Frame.is(payload));
      if (payload.length > 0) frames.push(payload);
    });
    const values = (path: string) =>
      frames
        .flatMap((frame) => [...frame])
        .filter(({ address }) => address === `${TWIN}/${path}`)
        .map(({ value }) => value);
    await until(() => values("count").length >= 3, "readings");
    plc.registers.set([2120, 43, 0, 6]);
    await until(() => values("machine/state").includes(6), "the changed state");
    await until(() => values("count").includes(43), "the changed count");

    const celsius = values("zone3/airTemperature").map((value) => value.toFixed(9));
    assert.deepEqual([...new Set(celsius)], ["982.222222222", "1160.000000000"]);
    assert.deepEqual([...new Set(values("count"))], [42, 43]);
    assert.deepEqual(values("machine/state"), [1, 6], "on change is taken at a change");
    assert.equal(services().twins.require(TWIN).require(`${TWIN}/count`).value, 43);
    assert.equal(services().twins.require(TWIN).reality, "live");
    const { counters } = helper.getNode("ingest").source!;
    const dropped = Object.values(counters.dropped).reduce((sum, n) => sum + n, 0);
    assert.ok(counters.received - counters.emitted - dropped <= 3, "at most one message waits for its tick");
    assert.deepEqual(Object.keys(counters.dropped), ["unchanged"]);
    assert.equal(counters.received % 3, 0);
    assert.ok(plc.reads >= counters.received / 3);
    services().evidence.measure();
    const [taken, before] = services()
      .evidence.of(TWIN)
      .filter(({ id }) => id.startsWith(`${TWIN}/1/ingest-ingest/`));
    assert.deepEqual([taken!.verdict, taken!.value], ["holds", 100]);
    assert.deepEqual([before!.value, before!.limit], [null, "not provable: another node reads the plant"]);
  });

  it("names a table's mistake at deploy and every message after it", async () => {
    await helper.load(
      [twin, state, ingestNode],
      [{ id: "tab", type: "tab" }, twinOf, ingestOf([{ nodeId: "payload[", path: "x" }]), ...rest],
    );
    helper.getNode("ingest").receive({ payload: 1 });
    await until(() => logged(ERROR_LEVEL).length === 2, "the second error");
    assert.match(logged(ERROR_LEVEL)[0]!, /row 1, acme\/test\/press1\/x: "payload\[" is no path/);
    assert.match(logged(ERROR_LEVEL)[1]!, /press: takes nothing, its table is wrong/);
  });

  it("tells each kind of bad value once, and goes on", async () => {
    await helper.load(
      [twin, state, ingestNode],
      [
        { id: "tab", type: "tab" },
        twinOf,
        ingestOf([{ nodeId: "payload", path: "x", periodMs: 100 }], { emit: "values" }),
        ...rest,
      ],
    );
    const sent: { topic: string; payload: unknown }[] = [];
    helper.getNode("sink").on("input", (message) => sent.push(message));
    for (const payload of ["hot", "cold", Number.NaN, { deep: 1 }, 21.5])
      helper.getNode("ingest").receive({ payload });
    await until(() => sent.length === 5, "five samples");
    assert.deepEqual(sent.at(-1)!.payload, 21.5);
    assert.equal(logged(WARN_LEVEL).length, 2);
    assert.deepEqual(logged(ERROR_LEVEL), []);
    assert.deepEqual(helper.getNode("ingest").source!.refusals, { "wrong-type": 3, "not-a-number": 1 });
  });
});
