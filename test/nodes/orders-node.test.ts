import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import orders, { type OrdersNode } from "../../nodes/1-describe/orders/orders.ts";
import historian from "../../nodes/config/historian/historian.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { writeSchedule } from "../../runtime/describe/orders/b2mml-write.ts";
import { LARGEST_DOCUMENT } from "../../runtime/describe/orders/read-problems.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { until } from "../describe/opcua-recorder.ts";
import { newFolder } from "../describe/opcua-test-server.ts";
import { property, T0, TestSource } from "../describe/twin-fixture.ts";

/** The part of the untyped helper that is used here. */
interface Helper {
  init(runtime: string): void;
  startServer(done: () => void): void;
  stopServer(done: () => void): void;
  load(nodes: unknown, flow: unknown): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): OrdersNode;
  log(): { getCalls(): { args: [{ level: number; id?: string; msg?: unknown }] }[] };
}
interface Message {
  topic?: string;
  payload: Record<string, unknown>;
}
const require = createRequire(import.meta.url);
const helper = require("node-red-node-test-helper") as Helper;
/** The web application that nodes add their paths to; the helper makes one for each flow. */
let nodeApp: (request: IncomingMessage, response: ServerResponse) => void;
const keepApp = (RED: { httpNode: typeof nodeApp }): void => {
  nodeApp = RED.httpNode;
};
const WARN_LEVEL = 30;
const ERROR_LEVEL = 20;
const OVEN = "acme/leipzig/paint/oven1";

describe("orders node", function () {
  this.timeout(20_000);
  const homeBefore = process.env.RUNG_HOME;
  let home: string;
  let web: Server;
  let url: string;
  let events: Message[];
  let answers: Message[];

  beforeEach(async () => {
    helper.init(require.resolve("node-red"));
    await closeServices();
    home = newFolder("orders-home");
    process.env.RUNG_HOME = home;
    await new Promise<void>((resolve) => helper.startServer(resolve));
    web = createServer((request, response) => nodeApp(request, response));
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/orders`;
  });
  afterEach(async () => {
    await helper.unload();
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await closeServices();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
  });

  const load = async (config: object = {}) => {
    events = [];
    answers = [];
    await helper.load(
      [keepApp, twin, historian, orders],
      [
        { id: "tab", type: "tab" },
        { id: "twin", type: "rung-twin", name: "oven", address: OVEN, scope: "machine", targetRung: 0 },
        {
          id: "desk",
          type: "rung-orders",
          z: "tab",
          name: "mes",
          twin: "twin",
          intake: "paint",
          wires: [["events"], ["answers"]],
          ...config,
        },
        { id: "events", type: "helper", z: "tab" },
        { id: "answers", type: "helper", z: "tab" },
      ],
    );
    helper.getNode("events").on("input", (message) => events.push(message as Message));
    helper.getNode("answers").on("input", (message) => answers.push(message as Message));
  };
  const logged = (level: number): string[] =>
    helper
      .log()
      .getCalls()
      .map((call) => call.args[0])
      .filter((entry) => entry.level === level && entry.id === "desk")
      .map((entry) => String(entry.msg));
  const post = async (body: string | Uint8Array, type: string, path = "/paint") => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      body: body as never,
      headers: { "content-type": type },
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };

  it("takes orders in by REST, and says what became of each", async () => {
    await load();
    const one = { id: "1", product: "door", quantity: 2, equipment: OVEN };
    const first = await post(JSON.stringify([one, { id: "2" }]), "application/json");
    assert.deepEqual(first, {
      status: 200,
      body: { received: 2, stored: 2, duplicates: 0, superseded: 0, refused: 0, problems: [] },
    });
    const again = await post(JSON.stringify(one), "application/json; charset=utf-8");
    assert.deepEqual([again.status, again.body.duplicates], [200, 1]);
    const xml = writeSchedule([{ id: "3", version: "1" }], { dialect: "operations", createdUs: T0 });
    assert.equal((await post(xml, "application/xml")).body.stored, 1);
    assert.equal((await post("id,product\n4,roof\n", "text/csv")).body.stored, 1);
    assert.equal((await post('{"id":"5"}', "text/plain")).body.stored, 1);

    const conflict = await post('{"id":"1","product":"roof"}', "application/json");
    assert.deepEqual(
      [conflict.status, (conflict.body.problems as { code: string }[])[0]!.code],
      [409, "order-conflict"],
    );
    const wrong = await post('[{"id":""},{"id":"6"}]', "application/json");
    assert.deepEqual([wrong.status, wrong.body.stored, wrong.body.refused], [200, 1, 1]);
    assert.equal((await post('{"id":""}', "application/json")).status, 422);
    assert.equal((await post("{", "application/json")).status, 400);
    assert.equal((await post("<a></b>", "text/xml")).status, 400);
    assert.equal((await post("<GetOperationsSchedule/>", "text/xml")).status, 400);
    assert.equal((await post("x", "image/png")).status, 415);
    assert.equal((await post(new Uint8Array(LARGEST_DOCUMENT + 1), "text/csv")).status, 413);
    assert.equal((await post("{}", "application/json", "/nobody")).status, 404);
    assert.equal((await post("{}", "application/json", "")).status, 404);

    const list = (await (await fetch(`${url}/paint`)).json()) as { orders: { id: string }[] };
    assert.deepEqual(list.orders.map(({ id }) => id).sort(), ["1", "2", "3", "4", "5", "6"]);
    const single = await (await fetch(`${url}/paint?id=1`)).json();
    assert.deepEqual(single, {
      id: "1",
      version: "1",
      product: "door",
      quantity: { value: 2 },
      equipment: OVEN,
    });
    assert.equal((await fetch(`${url}/paint?id=none`)).status, 404);

    await until(() => events.length === 6, "six events");
    assert.deepEqual(
      events.map(({ payload }) => [payload.kind, payload.change, (payload.order as { id: string }).id]),
      ["1", "2", "3", "4", "5", "6"].map((id) => ["order", "new", id]),
    );
    assert.deepEqual([events[0]!.topic, events[1]!.topic], [OVEN, OVEN]);
  });

  it("answers no longer once it is gone, and keeps its orders", async () => {
    await load();
    await post('{"id":"1"}', "application/json");
    await helper.unload();
    assert.equal((await fetch(`${url}/paint`)).status, 404);
    await load();
    assert.equal((await post('{"id":"1"}', "application/json")).body.duplicates, 1);
    assert.deepEqual(events, []);
  });

  it("takes documents and orders in by message, and tells what is wrong with others", async () => {
    await load();
    const node = helper.getNode("desk");
    const send = (payload: unknown, topic?: string) =>
      node.receive({ payload, ...(topic ? { topic } : {}) } as never);
    send("id,product\n1,door\n", "mes/plan");
    send(Buffer.from('{"id":"2"}'));
    send({ id: "3" });
    send([{ id: "3" }, { id: "4", version: "" }]);
    await until(() => answers.length === 4, "four answers");
    assert.deepEqual(
      answers.map(({ payload }) => [payload.kind, payload.stored, payload.duplicates]).sort(),
      [
        ["intake", 1, 0],
        ["intake", 1, 0],
        ["intake", 1, 0],
        ["intake", 1, 1],
      ],
    );
    assert.equal(node.desk!.store.counts().orders, 4);
    const source = new TestSource([property("x")]);
    for (const payload of [
      7,
      null,
      source.frame([{ index: 0, value: 1 }]),
      { kind: "genealogy", order: 5 },
      "<x/>",
    ])
      send(payload);
    await until(() => logged(ERROR_LEVEL).length === 5, "five errors");
    const errors = logged(ERROR_LEVEL).join("\n");
    for (const part of [
      /got number/,
      /got nothing/,
      /got a frame/,
      /cannot hold "order" like this/,
      /is no production schedule/,
    ])
      assert.match(errors, part);
    send([{ id: "5" }, { nr: 6 }]);
    await until(() => logged(WARN_LEVEL).length === 1, "the wrong order");
    assert.match(logged(WARN_LEVEL)[0]!, /message, order 2: has an unknown field "nr"/);
    assert.equal(node.desk!.store.get("5")!.id, "5");
  });

  it("reads a folder, reports to another, and tells which body saw what", async () => {
    mkdirSync(join(home, "orders-in"));
    writeFileSync(join(home, "orders-in/a.part"), "id,product,bodies\n1,door,17 18\n");
    renameSync(join(home, "orders-in/a.part"), join(home, "orders-in/a.csv"));
    await load({
      folder: "orders-in",
      reportTo: "file",
      reportFolder: "out",
      reportFormat: "csv",
      entry: "entry/body",
      exit: "exit/body",
      paths: "zone3/airTemperature\n",
    });
    await until(() => events.length === 1, "the order of the file");
    assert.equal(events[0]!.payload.source, "a.csv");

    const source = new TestSource([
      property("zone3/airTemperature"),
      property("entry/body"),
      property("exit/body"),
    ]);
    await services()
      .historian()
      .append(
        source.frame([
          { index: 0, value: 180, timeUs: T0 },
          { index: 1, value: 17, timeUs: T0 + 1e6 },
          { index: 1, value: 18, timeUs: T0 + 2e6 },
          { index: 0, value: 190, timeUs: T0 + 3e6 },
          { index: 2, value: 17, timeUs: T0 + 5e6 },
          { index: 2, value: 18, timeUs: T0 + 6e6 },
        ]),
      );
    helper.getNode("desk").receive({
      payload: { kind: "genealogy", order: "1", fromUs: T0, toUs: T0 + 10e6, report: true },
    } as never);
    await until(() => answers.length === 1, "the genealogy");
    const { rows } = answers[0]!.payload as unknown as {
      rows: { body: string; order: string; conditions: Record<string, { mean: number }> }[];
    };
    assert.deepEqual(
      rows.map(({ body, order, conditions }) => [
        body,
        order,
        conditions[`${OVEN}/zone3/airTemperature`]!.mean,
      ]),
      [
        ["17", "1", 185],
        ["18", "1", 187.5],
      ],
    );
    await until(
      () =>
        readdirSync(home).includes("out") && readdirSync(join(home, "out")).some((f) => f.endsWith(".csv")),
      "the report",
    );
    assert.deepEqual(
      events.map(({ payload }) => payload.change),
      ["new", "progress"],
    );
    const { actualStartUs, actualEndUs, state } = helper.getNode("desk").desk!.store.get("1")!;
    assert.deepEqual([actualStartUs, actualEndUs, state], [T0 + 1e6, T0 + 6e6, "completed"]);
  });

  it("names what is wrong with its configuration", async () => {
    await load({ reportTo: "rest", reportUrl: "somewhere" });
    assert.match(logged(ERROR_LEVEL)[0]!, /mes: "somewhere" is no address to post to/);
    await helper.unload();
    await load({ intake: "a/b" });
    assert.match(logged(ERROR_LEVEL)[0]!, /mes: "a\/b" cannot stand in an address/);
    helper.getNode("desk").receive({ payload: { id: "1" } } as never);
    await until(() => logged(ERROR_LEVEL).length === 2, "the refusal");
  });
});
