import assert from "node:assert/strict";
import kernel from "../../nodes/0-model/kernel/kernel.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import type { RungError } from "../../runtime/core/errors.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { BAD_SENSOR_FAILURE, GOOD } from "../../runtime/core/quality.ts";
import { services } from "../../runtime/host/services.ts";
import { eventually } from "../flows/product.ts";
import { endFlow, helper, onOwnHome } from "./node-runtime.ts";

interface Answer {
  readonly topic?: string;
  readonly payload: Float32Array;
  readonly start?: unknown;
  readonly rung: {
    readonly kernel: {
      readonly name: string;
      readonly unit: string;
      readonly shape: readonly number[];
      readonly backend: string;
      readonly status: string;
      readonly stale: readonly string[];
      readonly overtaken: number;
      readonly crossCheck: { readonly cells: number; readonly largestDifference: number };
    };
  };
}
const BOOTH = "acme/leipzig/paint/booth1";
const AIR = `${BOOTH}/air/temperature`;
const dictionary = new Dictionary([
  {
    address: AIR,
    kind: "measurement",
    type: "number",
    unit: "°F",
    update: { mode: "cyclic", periodMs: 5000 },
  },
]);
let sequence = 0;
const frameOf = (fahrenheit: number, quality = GOOD): Frame => {
  const builder = new FrameBuilder({ source: "test", reality: "virtual", dictionary });
  builder.add(0, fahrenheit, Date.now() * 1000, quality);
  return builder.build({ epoch: 1, first: sequence++, receiveTimeUs: Date.now() * 1000 });
};

const field = (name: string, shape: number[], from: object) => ({
  name,
  holds: "field",
  unit: "°C",
  shape,
  from,
});
const node = (some: object) => ({
  id: "k",
  type: "rung-kernel",
  name: "film",
  twin: "",
  constants: {},
  steps: 1,
  loopMax: 1000,
  seed: 42,
  backend: "cpu",
  timeLimitS: 20,
  wires: [["out"]],
  ...some,
});
/** Every cell doubled, and the number of the cell added, so that each place is told apart. */
const DOUBLE = {
  source: "function double(a) {\n  return 2 * a[this.thread.y][this.thread.x] + 10 * this.thread.y;\n}",
  inputPorts: [field("a", [3, 2], { message: "payload" })],
  output: { name: "twice", unit: "°C", shape: [3, 2] },
};
/** Computes for as long as it is let, and still ends one day. */
const LONG = {
  ...DOUBLE,
  source:
    "function long(a) {\n  let sum = a[this.thread.y][this.thread.x];\n  for (let i = 0; i < 1000000; i++) {\n    for (let j = 0; j < 1000000; j++) {\n      sum = sum + Math.sin(sum);\n    }\n  }\n  return sum;\n}",
  loopMax: 1_000_000,
};
const ROWS = [
  [1, 2, 3],
  [4, 5, 6],
];

describe("kernel node in Node-RED", function () {
  this.timeout(30_000);
  const statuses: string[] = [];
  const faults: RungError[] = [];
  let waiting: ((answer: Answer | RungError) => void)[] = [];

  onOwnHome();
  afterEach(async () => {
    await endFlow();
    statuses.length = 0;
    faults.length = 0;
    waiting = [];
  });

  const load = async (kernelNode: object, others: object[] = []): Promise<void> => {
    const twinNode = {
      id: "t",
      type: "rung-twin",
      address: BOOTH,
      name: "booth 1",
      scope: "machine",
      targetRung: 5,
    };
    const flow = [twinNode, ...others, node(kernelNode), { id: "out", type: "helper", wires: [] }];
    await helper.load([twin, kernel], flow);
    const helped = helper.getNode("k");
    const next = (answer: Answer | RungError): void => waiting.shift()?.(answer);
    helped.error = (what) => {
      faults.push(what as RungError);
      next(what as RungError);
    };
    const { status } = helped;
    helped.status = (said) => {
      statuses.push(said.text ?? "");
      status.call(helped, said);
    };
    helper.getNode("out").on("input", (message) => next(message as unknown as Answer));
  };
  /** What the node says next, a message or an error. */
  const next = (): Promise<Answer | RungError> => new Promise((resolve) => waiting.push(resolve));
  const ask = async (message: object): Promise<Answer> => {
    const answer = next();
    helper.getNode("k").receive(message);
    const said = await answer;
    if (said instanceof Error) throw said;
    return said;
  };

  /** Until the kernel is at work, whatever else the machine does. */
  const running = () =>
    eventually("a run at work", () => services().compute().figures("cpu").running > 0 || undefined);

  it("computes every cell of a message's field and says what ran it", async () => {
    await load({ ...DOUBLE, twin: "t" });
    const { topic, payload, rung } = await ask({ payload: ROWS, topic: "press/1", rung: { before: 1 } });
    assert.deepEqual(payload, Float32Array.of(2, 4, 6, 18, 20, 22));
    assert.equal(topic, BOOTH);
    assert.equal((rung as unknown as { before: number }).before, 1);
    const { name, unit, shape, backend, status, stale, overtaken, crossCheck } = rung.kernel;
    assert.deepEqual([name, unit, shape, backend], ["twice", "°C", [3, 2], "cpu"]);
    assert.match(status, /^cpu/);
    assert.deepEqual([stale, overtaken], [[], 0]);
    assert.ok(crossCheck.cells > 0);
    assert.ok(crossCheck.largestDifference < 1e-6);
    await eventually(`its status saying ${status}`, () => statuses.includes(status) || undefined, 5000);
  });

  it("takes the newest value of a twin's property in the unit of the port", async () => {
    const ports = [field("a", [3, 2], { address: AIR })];
    await load({ ...DOUBLE, inputPorts: ports });
    const early = await ask({ payload: frameOf(0), topic: BOOTH }).catch((fault: RungError) => fault);
    assert.match(String(early), /film, port a: no value of .*air\/temperature has come yet/);
    const state = services().twins.require(BOOTH);
    state.accept(frameOf(212));
    const { payload } = await ask({ payload: frameOf(212), topic: BOOTH });
    assert.deepEqual(payload, Float32Array.of(200, 200, 200, 210, 210, 210));
    state.accept(frameOf(212, BAD_SENSOR_FAILURE));
    await assert.rejects(ask({ payload: frameOf(212), topic: BOOTH }), { code: "bad-quality" });
  });

  it("refuses at deploy a property of another dimension, wherever its source stands in the flow", async () => {
    const source = {
      id: "s",
      type: "helper",
      twin: "t",
      bindings: [{ path: "air/temperature", unit: "bar" }],
    };
    await load({ ...DOUBLE, inputPorts: [field("a", [3, 2], { address: AIR })] }, [source]);
    await assert.rejects(ask({ payload: 1 }), { code: "no-kernel", message: /bar cannot be told in °C/ });
  });

  it("goes on from its own last result, in steps, from where a message says", async () => {
    const port = { ...field("a", [4], { result: true }), range: [1, 600] };
    const source = "function grow(a) {\n  return 2 * a[this.thread.x];\n}";
    await load({ source, inputPorts: [port], output: { name: "a", unit: "°C", shape: [4] }, steps: 3 });
    assert.deepEqual((await ask({ payload: 1 })).payload, new Float32Array(4).fill(8));
    const second = await ask({ payload: 1 });
    assert.deepEqual(second.payload, new Float32Array(4).fill(64));
    // Who gets a result may write into it.
    second.payload.fill(-1);
    assert.deepEqual((await ask({ payload: 1 })).payload, new Float32Array(4).fill(512));
    const anew = await ask({ payload: 1, start: [1, 2, 3, 4] });
    assert.deepEqual(anew.payload, Float32Array.of(8, 16, 24, 32));
    assert.equal(anew.start, undefined);
    await assert.rejects(ask({ start: [1, 2] }), /film, port a: expected 4 = 4 cells, got 2/);
  });

  it("draws the same random numbers after a restart, and others for each run", async () => {
    const kernelNode = {
      source: "function noise(a) {\n  return a[this.thread.x];\n}",
      inputPorts: [field("a", [64], { random: { seed: 5, low: 2, high: 3 } })],
      output: { name: "a", unit: "°C", shape: [64] },
    };
    await load(kernelNode);
    const first = (await ask({})).payload;
    const second = (await ask({})).payload;
    await helper.unload();
    await load(kernelNode);
    assert.deepEqual((await ask({})).payload, first);
    assert.notDeepEqual(first, second);
    assert.ok(first.every((value) => value >= 2 && value < 3));
  });

  it("computes with the newest message when several came meanwhile, and counts the others", async () => {
    await load(DOUBLE);
    const answers = [next(), next()];
    for (let i = 1; i <= 5; i++) helper.getNode("k").receive({ payload: i });
    const [first, last] = (await Promise.all(answers)) as Answer[];
    assert.equal(first!.payload[0], 2);
    assert.equal(last!.payload[0], 10);
    assert.equal(last!.rung.kernel.overtaken, 3);
    assert.deepEqual(faults, []);
  });

  it("refuses a time limit in which nothing can run", async () => {
    await load({ ...DOUBLE, timeLimitS: "-5" });
    await assert.rejects(ask({ payload: ROWS }), {
      code: "no-kernel",
      message: /the time limit must be > 0 s, got -5/,
    });
  });

  it("names every mistake of the code at deploy, with its line, and does not run", async () => {
    const source =
      "function bad(a) {\n  const x = this.thread.x;\n  while (missing) {}\n  return a[this.thread.y][x] + other;\n}";
    await load({ ...DOUBLE, source });
    const fault = await ask({ payload: ROWS }).catch((thrown: RungError) => thrown);
    assert.equal((fault as RungError).code, "no-kernel");
    assert.match(String(fault), /3:3 .*while/);
    assert.match(String(fault), /4:32 other is neither an input nor a local/);
    await helper.unload();
    await load({ ...DOUBLE, output: { ...DOUBLE.output, shape: [0] }, steps: 0 });
    await assert.rejects(ask({ payload: ROWS }), {
      code: "no-kernel",
      message: /output\.shape: must be .*steps: must be a whole number/s,
    });
  });

  it("refuses what does not fit its ports, and computes the next message", async () => {
    await load(DOUBLE);
    await assert.rejects(ask({ payload: "hot" }), /film, port a: expected 3 × 2, got the text "hot"/);
    await assert.rejects(ask({ payload: [1, 2] }), /expected 3 × 2 = 6 cells, got 2/);
    await assert.rejects(ask({ payload: frameOf(1) }), /got a frame \(let the port come from an address/);
    await assert.rejects(ask({}), { code: "no-port-value" });
    assert.equal((await ask({ payload: 1 })).payload[0], 2);
  });

  it("ends a kernel that computes for ever at its time limit, and the host goes on", async () => {
    await load({ ...LONG, timeLimitS: 1 });
    await assert.rejects(ask({ payload: 1 }), { code: "compute-deadline" });
    await eventually("its status", () => statuses.includes("failed, see the message") || undefined, 5000);
  });

  it("says that its process ended when it does, and computes the next message in a new one", async () => {
    await load(LONG);
    const said = next();
    helper.getNode("k").receive({ payload: 1 });
    await running();
    process.kill(services().compute().pid!, "SIGKILL");
    const fault = (await said) as RungError;
    assert.equal(fault.code, "compute-lost");
    assert.match(fault.message, /SIGKILL/);
    await helper.unload();
    await load(DOUBLE);
    assert.equal((await ask({ payload: 1 })).payload[0], 2);
  });

  it("refuses fields that would exhaust the memory before it takes any of it", async () => {
    const shape = [4096, 4096];
    const inputPorts = ["a", "b", "c"].map((name) => field(name, shape, { message: "payload" }));
    const source =
      "function sum(a, b, c) {\n  const x = this.thread.x;\n  const y = this.thread.y;\n  return a[y][x] + b[y][x] + c[y][x];\n}";
    await load({ source, inputPorts, output: { name: "s", unit: "°C", shape } });
    await assert.rejects(ask({ payload: 1 }), { code: "kernel-too-large" });
  });

  it("cancels its run when it is closed", async () => {
    await load(LONG);
    const said = next();
    helper.getNode("k").receive({ payload: 1 });
    await running();
    await helper.unload();
    const fault = await said;
    assert.equal((fault as RungError).code, "compute-cancelled");
  });
});
