import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RungError } from "../../runtime/core/errors.ts";
import { readB2mml } from "../../runtime/describe/orders/b2mml-read.ts";
import { writeSchedule } from "../../runtime/describe/orders/b2mml-write.ts";
import { DropFolder } from "../../runtime/describe/orders/drop-folder.ts";
import type { Order } from "../../runtime/describe/orders/order.ts";
import { OrderDesk, type OrderDeskOptions } from "../../runtime/describe/orders/order-desk.ts";
import { mergeResponse } from "../../runtime/describe/orders/order-merge.ts";
import { type OrderEvent, OrderStore } from "../../runtime/describe/orders/order-store.ts";
import { LARGEST_DOCUMENT } from "../../runtime/describe/orders/read-problems.ts";
import type { ReportTarget } from "../../runtime/describe/orders/report-sender.ts";
import { until } from "./opcua-recorder.ts";

const T0 = Date.UTC(2026, 8, 21, 6) * 1000;
const order = (id: string, more: Partial<Order> = {}): Order => ({
  id,
  version: "1",
  product: "door",
  ...more,
});
const requests = (...list: Order[]) => ({ requests: list, responses: [], problems: [] });
const responses = (...list: Order[]) => ({ requests: [], responses: list, problems: [] });

describe("orders", function () {
  this.timeout(15_000);
  let folder: string;
  let store: OrderStore;
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const reopened = (): OrderStore => {
    store.close();
    store = new OrderStore(join(folder, "orders.sqlite"));
    return store;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-orders-"));
    store = new OrderStore(join(folder, "orders.sqlite"));
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe("are stored", () => {
    const counts = ({ stored, duplicates, superseded, refused }: ReturnType<OrderStore["take"]>) => [
      stored,
      duplicates,
      superseded,
      refused,
    ];

    it("once by id and version, the later version in force, another content refused", () => {
      assert.deepEqual(counts(store.take(requests(order("1"), order("2")), "rest", T0)), [2, 0, 0, 0]);
      assert.deepEqual(counts(store.take(requests(order("1"), order("3")), "rest", T0)), [1, 1, 0, 0]);
      const conflict = store.take(requests(order("1", { product: "roof" })), "plan.csv", T0);
      assert.deepEqual(counts(conflict), [0, 0, 0, 1]);
      assert.equal(conflict.problems[0]!.code, "order-conflict");
      assert.match(
        conflict.problems[0]!.message,
        /plan\.csv, order 1: version 1 came before with another content/,
      );
      assert.deepEqual(
        counts(store.take(requests(order("1", { version: "10", product: "roof" })), "r", T0)),
        [1, 0, 0, 0],
      );
      assert.deepEqual(
        counts(store.take(requests(order("1", { version: "9", product: "hood" })), "r", T0)),
        [0, 0, 1, 0],
      );
      assert.deepEqual(
        counts(store.take(requests(order("1", { version: "11", product: "roof" })), "r", T0)),
        [0, 1, 0, 0],
      );
      reopened();
      assert.equal(store.get("1")!.product, "roof");
      assert.equal(store.get("1")!.version, "11");
      assert.deepEqual(
        store.versions("1").map(({ version }) => version),
        ["1", "10", "9", "11"],
      );
      assert.deepEqual(store.counts(), { orders: 3, events: 4 });
      assert.equal(store.get("none"), undefined);
    });

    it("the same from any format, whatever the order of its fields", () => {
      const { id, version, product } = order("1");
      store.take(requests({ id, version, product, quantity: { value: 1, unit: "EA" } } as Order), "a", T0);
      const again = { quantity: { unit: "EA", value: 1 }, product, version, id } as Order;
      assert.deepEqual(counts(store.take(requests(again), "b", T0)), [0, 1, 0, 0]);
    });

    it("with what was done beside the plan, once", () => {
      store.take(
        requests(
          order("1", { plannedStartUs: T0, bodies: ["17"], segments: [{ id: "cure", equipment: "a/b" }] }),
        ),
        "r",
        T0,
      );
      const done = order("1", {
        product: "something else",
        actualStartUs: T0 + 5,
        state: "running",
        bodies: ["18"],
        segments: [{ id: "cure", actualStartUs: T0 + 5 }],
      });
      assert.deepEqual(counts(store.take(responses(done), "r", T0)), [1, 0, 0, 0]);
      assert.deepEqual(counts(store.take(responses(done), "r", T0)), [0, 1, 0, 0]);
      assert.deepEqual(store.get("1"), {
        id: "1",
        version: "1",
        product: "door",
        plannedStartUs: T0,
        bodies: ["17", "18"],
        segments: [{ id: "cure", equipment: "a/b", actualStartUs: T0 + 5 }],
        actualStartUs: T0 + 5,
        state: "running",
      });
      store.take(requests(order("1", { version: "2", state: "cancelled" })), "r", T0);
      assert.equal(store.get("1")!.state, "cancelled");
      assert.equal(
        mergeResponse(order("1", { state: "cancelled" }), order("1", { state: "completed" })).state,
        "completed",
      );
    });

    it("and found by the bodies they make, as the version in force names them", () => {
      store.take(requests(order("1", { bodies: ["17", "18"] }), order("2", { bodies: ["18"] })), "r", T0);
      store.take(requests(order("1", { version: "2", bodies: ["17"] }), order("3")), "r", T0 + 1);
      store.take(responses(order("3", { bodies: ["19"] })), "r", T0 + 2);
      store.take(requests(order("4", { bodies: ["17"] })), "r", T0 + 3);
      const found = store.ordersOfBodies(new Set(["17", "18", "19", "20"]));
      assert.deepEqual(
        [...found].map(([body, { id }]) => [body, id]),
        [
          ["17", "4"],
          ["18", "2"],
          ["19", "3"],
        ],
      );
    });

    it("and told to the flow until the flow has them, over a restart", () => {
      store.take(requests(order("1"), order("2")), "plan.xml", T0);
      const [first] = store.events();
      store.eventsSent(first!.seq);
      reopened();
      assert.deepEqual(
        store.events().map(({ body }) => [body.change, body.order.id, body.source]),
        [["new", "2", "plan.xml"]],
      );
    });

    it("in a file that is named where it is none", () => {
      const file = join(folder, "notes.txt");
      writeFileSync(file, "nothing of ours, but long enough to be taken for a database header".repeat(30));
      assert.throws(() => new OrderStore(file), { code: "orders-broken" });
    });
  });

  describe("come by file", () => {
    const results: [string, number][] = [];
    let problems: RungError[] = [];
    let inbox: string;
    const drop = (): DropFolder => {
      results.length = 0;
      problems = [];
      inbox = join(folder, "in");
      mkdirSync(inbox, { recursive: true });
      return new DropFolder({
        folder: inbox,
        store,
        onFile: (path, { received }) => results.push([path.slice(inbox.length + 1), received]),
        onProblem: (error) => problems.push(error),
      });
    };
    const put = (name: string, text: string) => {
      writeFileSync(join(inbox, `${name}.part`), text);
      renameSync(join(inbox, `${name}.part`), join(inbox, name));
    };

    it("each read once when it is whole, in three formats, over a restart, and again when it changes", async () => {
      const watch = drop();
      put("a.xml", writeSchedule([order("1"), order("2")], { dialect: "operations", createdUs: T0 }));
      put("b.csv", "id,product\n3,door\n");
      put("c.json", '[{"id":"4"}]');
      put("notes.txt", "not for us");
      mkdirSync(join(inbox, "d.csv"));
      assert.equal(await watch.look(), 0, "a file is read when two looks saw the same");
      assert.equal(await watch.look(), 3);
      assert.equal(await watch.look(), 0);
      assert.deepEqual(results, [
        ["a.xml", 2],
        ["b.csv", 1],
        ["c.json", 1],
      ]);

      reopened();
      const later = drop();
      utimesSync(join(inbox, "b.csv"), 1e9, 1e9);
      put("c.json", '[{"id":"4"},{"id":"5"}]');
      for (let i = 0; i < 3; i++) await later.look();
      assert.deepEqual(results, [["c.json", 2]]);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        store
          .list()
          .map(({ id }) => id)
          .sort(),
        ["1", "2", "3", "4", "5"],
      );
    });

    it("not half written: one that grows between looks waits", async () => {
      const watch = drop();
      let text = "id\n";
      for (let i = 1; i <= 4; i++) {
        text += `${i}\n`;
        writeFileSync(join(inbox, "grows.csv"), text);
        assert.equal(await watch.look(), 0);
      }
      assert.equal(await watch.look(), 1);
      assert.deepEqual(results, [["grows.csv", 4]]);
    });

    it("a broken one told once, and the others go on; mended it is read", async () => {
      const watch = drop();
      put("a.xml", "<OperationsSchedule>\n<oops></OperationsSchedule>");
      put("b.json", '{"id":"1"}');
      put("c.csv", "x".repeat(LARGEST_DOCUMENT + 1));
      for (let i = 0; i < 4; i++) await watch.look();
      assert.deepEqual(problems.map(({ code }) => code).sort(), ["malformed-xml", "too-large"]);
      assert.match(problems[0]!.message, /^a\.xml:2: /);
      assert.deepEqual(results, [["b.json", 1]]);
      put("a.xml", writeSchedule([order("9")], { dialect: "production", createdUs: T0 }));
      for (let i = 0; i < 2; i++) await watch.look();
      assert.equal(store.get("9")!.id, "9");
      assert.equal(problems.length, 2);
    });

    it("none missed and none twice though each look is that of a new process", async () => {
      const total = 30;
      for (let i = 0; i < total; i++) {
        drop();
        put(`${i}.json`, `{"id":"${i}"}`);
      }
      let told = 0;
      // A new process each time: it begins with what stands on the disk.
      for (let turn = 0; turn < total + 2; turn++) {
        const watch = drop();
        await watch.look();
        if (turn % 3 === 0) put(`${turn}.json`, `{"id":"${turn % total}"}`);
        await watch.look();
        told += results.length;
        reopened();
      }
      assert.equal(store.counts().orders, total);
      assert.equal(store.events(1000).length, total, "one event each");
      assert.ok(told >= total);
    });

    it("from a folder that cannot be read it is said once", async () => {
      const watch = drop();
      rmSync(inbox, { recursive: true });
      writeFileSync(inbox, "a file where the folder was");
      await watch.look();
      await watch.look();
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["no-folder"],
      );
    });
  });

  describe("are reported", () => {
    let events: OrderEvent[];
    let problems: RungError[];
    const desk = (target: ReportTarget, more: Partial<OrderDeskOptions> = {}): OrderDesk => {
      events = [];
      problems = [];
      const made = new OrderDesk({
        name: "mes",
        store,
        target,
        firstRetryMs: 20,
        onEvent: (event) => events.push(event),
        onProblem: (error) => problems.push(error),
        ...more,
      });
      made.start();
      stops.push(() => made.stop());
      return made;
    };

    /** A receiver that answers as a test says, and keeps what it was sent. */
    class Receiver {
      readonly got: { key: string; type: string; body: string }[] = [];
      answers: (number | "hang up")[] = [];
      server: Server | undefined;
      port = 0;

      async start(): Promise<void> {
        this.server = createServer((request, response) => {
          let body = "";
          request.on("data", (text) => {
            body += text;
          });
          request.on("end", () => {
            const { "idempotency-key": key, "content-type": type } = request.headers as IncomingHttpHeaders &
              Record<string, string>;
            this.got.push({ key: key!, type: type!, body });
            const answer = this.answers.shift() ?? 200;
            if (answer === "hang up") request.socket.destroy();
            else response.writeHead(answer).end();
          });
        });
        await new Promise<void>((resolve) => this.server!.listen(this.port, "127.0.0.1", resolve));
        this.port = (this.server.address() as AddressInfo).port;
      }

      async stop(): Promise<void> {
        const { server } = this;
        this.server = undefined;
        server?.closeAllConnections();
        await new Promise<void>((resolve) =>
          server === undefined ? resolve() : server.close(() => resolve()),
        );
      }

      get url(): string {
        return `http://127.0.0.1:${this.port}/performance`;
      }
    }
    const receiver = async (): Promise<Receiver> => {
      const made = new Receiver();
      await made.start();
      stops.push(() => made.stop());
      return made;
    };

    it("to a folder as B2MML that reads back, the same report once", async () => {
      const reports = join(folder, "reports");
      const made = desk({ kind: "file", folder: reports, format: "b2mml" });
      made.takeValue([{ id: "7/1", product: "door", quantity: 2, bodies: ["17", "18"] }], "message");
      const done = {
        id: "7/1",
        actualStart: "2026-09-21T06:00:00Z",
        actualEnd: "2026-09-21T06:30:00Z",
        produced: 2,
        state: "completed",
      };
      made.reportValue(done, "message");
      await until(() => store.reports.counts().sent === 1, "the report");
      assert.equal(made.reportValue(done, "message").duplicates, 1);
      const files = readdirSync(reports);
      assert.equal(files.length, 1);
      assert.match(files[0]!, /^7%2F1-[0-9a-f]{12}\.xml$/);
      const [read] = readB2mml(readFileSync(join(reports, files[0]!), "utf8"), "report").responses;
      assert.deepEqual(
        [
          read!.id,
          read!.product,
          read!.producedQuantity!.value,
          read!.actualStartUs,
          read!.actualEndUs,
          read!.state,
          read!.bodies,
        ],
        ["7/1", "door", 2, T0, T0 + 1800e6, "completed", ["17", "18"]],
      );
      assert.deepEqual(store.reports.counts(), { waiting: 0, sent: 1, refused: 0 });
      assert.deepEqual(
        events.map(({ change }) => change),
        ["new", "progress"],
      );
    });

    it("by POST at least once and in order, though the receiver fails, hangs up and is away", async () => {
      const mes = await receiver();
      mes.answers = [503, "hang up", 404, 200];
      const made = desk({ kind: "rest", url: mes.url, format: "json" });
      const progress = (id: string) =>
        made.report(order(id, { actualStartUs: T0, state: "running" }), "message");
      progress("1");
      progress("2");
      await until(() => store.reports.counts().sent === 2, "two reports");
      const keys = mes.got.map(({ key }) => key.slice(0, 1));
      assert.deepEqual(keys, ["1", "1", "1", "1", "2"]);
      assert.equal(new Set(mes.got.map(({ key }) => key)).size, 2);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["report-not-sent", "report-not-sent", "report-not-sent"],
      );
      assert.equal(mes.got[0]!.type, "application/json");
      assert.equal(JSON.parse(mes.got.at(-1)!.body).actualStart, "2026-09-21T06:00:00.000000Z");

      await mes.stop();
      progress("3");
      await until(() => problems.length === 4, "a complaint");
      await made.stop();
      // Another process, later; the receiver is back.
      reopened();
      await mes.start();
      desk({ kind: "rest", url: mes.url, format: "csv" });
      await until(() => store.reports.counts().sent === 3, "the third report");
      assert.equal(mes.got.at(-1)!.key.slice(0, 1), "3");
      assert.match(mes.got.at(-1)!.body, /^id,version,.*\n3,1,door,/);
    });

    it("and what the receiver refuses for good is kept and told, and does not stop the others", async () => {
      const mes = await receiver();
      mes.answers = [422];
      const made = desk({ kind: "rest", url: mes.url, format: "b2mml-0401" });
      made.report(order("1", { state: "completed" }), "message");
      made.report(order("2", { state: "completed" }), "message");
      await until(() => store.reports.counts().sent === 1, "the second report");
      assert.deepEqual(store.reports.counts(), { waiting: 0, sent: 1, refused: 1 });
      assert.match(
        problems[0]!.message,
        /report 1-[0-9a-f]+: the receiver answered 422 \(it is kept and not sent again\)/,
      );
      assert.match(mes.got[1]!.body, /<SyncProductionPerformance .*V0401/);
    });

    it("only where there is somewhere to", () => {
      assert.throws(() => desk({ kind: "rest", url: "mes", format: "json" }), { code: "bad-target" });
      assert.throws(() => desk({ kind: "rest", url: "file:///etc/passwd", format: "json" }), {
        code: "bad-target",
      });
      assert.throws(() => desk({ kind: "file", folder: " ", format: "json" }), { code: "bad-target" });
    });
  });
});
