import type { IncomingMessage, ServerResponse } from "node:http";
import { join, resolve } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { addressOf } from "../../../runtime/describe/binding-table.ts";
import { OrderDesk } from "../../../runtime/describe/orders/order-desk.ts";
import { doAsked } from "../../../runtime/describe/orders/order-message.ts";
import { OrderRoutes } from "../../../runtime/describe/orders/order-routes.ts";
import { OrderStore } from "../../../runtime/describe/orders/order-store.ts";
import type { ReportFormat } from "../../../runtime/describe/orders/report-format.ts";
import type { ReportTarget } from "../../../runtime/describe/orders/report-sender.ts";
import { services } from "../../../runtime/host/services.ts";
import { historianOf } from "../../config/historian/historian.ts";
import { StatusLine } from "../../node-status.ts";
import { twinAddress } from "../source-face.ts";

const STATUS_MS = 1000;

interface OrdersConfig extends NodeDef {
  twin: string;
  /** The last part of `/orders/<intake>`, and the name of the store. */
  intake: string;
  /** Below RUNG_HOME, or absolute; empty: no files are read. */
  folder: string;
  reportTo: "none" | "file" | "rest";
  reportFolder: string;
  reportUrl: string;
  reportFormat: ReportFormat;
  historian: string;
  entry: string;
  exit: string;
  /** One path below the twin per line. */
  paths: string;
}

export interface OrdersNode extends Node {
  desk?: OrderDesk;
}

/** One for the process: a path of the web server outlives a deploy. */
const routes = new OrderRoutes();

export default function (RED: NodeAPI): void {
  for (const path of ["/orders", "/orders/:intake"]) {
    RED.httpNode.post(path, ((request: AskedOrders, response: ServerResponse) => {
      void routes.post(request.params.intake ?? "orders", request, response);
    }) as never);
    RED.httpNode.get(path, ((request: AskedOrders, response: ServerResponse) => {
      const { id } = request.query;
      void routes.get(request.params.intake ?? "orders", typeof id === "string" ? id : undefined, response);
    }) as never);
  }

  function OrdersConstructor(this: OrdersNode, config: OrdersConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    const name = config.name || "orders";
    const ending: (() => Promise<void> | void)[] = [];
    try {
      const desk = deskOf(this, RED, config, name);
      this.desk = desk;
      ending.push(routes.open(intakeOf(config), desk));
      desk.start();
      ending.push(() => desk.stop());
    } catch (thrown) {
      this.error(messageOf(thrown));
      status.show(messageOf(thrown).slice(0, 60), "fault");
    }
    const { desk } = this;
    const show = (): void => {
      try {
        if (desk !== undefined) showCounts(status, desk);
      } catch (thrown) {
        status.show(messageOf(thrown).slice(0, 60), "fault");
      }
    };
    const timer = setInterval(show, STATUS_MS);
    show();
    this.on("input", (message, send, done) => {
      if (desk === undefined) {
        done(
          new RungError({
            code: "not-ready",
            where: name,
            what: "takes nothing, its configuration is wrong",
          }),
        );
        return;
      }
      doAsked(
        desk,
        message.payload,
        typeof message.topic === "string" && message.topic ? message.topic : "message",
      ).then(
        (answer) => {
          send([null, { ...message, payload: answer }]);
          done();
        },
        (error) => done(error as Error),
      );
    });
    this.on("close", (done: () => void) => {
      clearInterval(timer);
      status.close();
      void Promise.all(ending.map((end) => end())).then(() => done());
    });
  }
  RED.nodes.registerType("rung-orders", OrdersConstructor);
}

type AskedOrders = IncomingMessage & {
  readonly params: { readonly intake?: string };
  readonly query: Readonly<Record<string, unknown>>;
};

/** @throws RungError `bad-intake` */
function intakeOf({ intake, name }: OrdersConfig): string {
  const given = intake || "orders";
  if (/^[A-Za-z0-9_-]{1,64}$/.test(given)) return given;
  throw new RungError({
    code: "bad-intake",
    where: name || "orders",
    what: `${JSON.stringify(given)} cannot stand in an address`,
    advice: "use letters, digits, - and _",
  });
}

function deskOf(node: Node, RED: NodeAPI, config: OrdersConfig, name: string): OrderDesk {
  const { home } = services();
  const twin = twinAddress(RED, config.twin);
  const intake = intakeOf(config);
  const store = services().once(
    `orders ${intake}`,
    () => new OrderStore(join(home, "orders", `${intake}.sqlite`)),
    (opened) => opened.close(),
  );
  const target = targetOf(config, home);
  const below = (path: string | undefined) => (path ? { address: addressOf(twin, path.trim()) } : undefined);
  const entry = below(config.entry);
  const exit = below(config.exit);
  const addresses = (config.paths ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((path) => addressOf(twin, path));
  return new OrderDesk(
    {
      name,
      store,
      historian: historianOf(RED, config.historian),
      onEvent: (event) => node.send([{ topic: event.order.equipment ?? twin, payload: event }, null]),
      onProblem: (problem) => node.warn(problem.message),
      ...(config.folder ? { folder: resolve(home, config.folder) } : {}),
      ...(target === undefined ? {} : { target }),
    },
    {
      addresses,
      ...(entry === undefined ? {} : { entry: entry.address }),
      ...(exit === undefined ? {} : { exit: exit.address }),
    },
  );
}

function targetOf(config: OrdersConfig, home: string): ReportTarget | undefined {
  const format = config.reportFormat || "b2mml";
  if (config.reportTo === "file")
    return { kind: "file", folder: resolve(home, config.reportFolder || "reports"), format };
  return config.reportTo === "rest" ? { kind: "rest", url: config.reportUrl ?? "", format } : undefined;
}

function showCounts(status: StatusLine, { store }: OrderDesk): void {
  const { orders } = store.counts();
  const { waiting, refused } = store.reports.counts();
  const parts = [orders === 1 ? "1 order" : `${orders.toLocaleString("en")} orders`];
  if (waiting > 0) parts.push(`${waiting} ${waiting === 1 ? "report waits" : "reports wait"}`);
  if (refused > 0) parts.push(`${refused} refused`);
  if (refused > 0) status.show(parts.join(" · "), "attention");
  else status.show(parts.join(" · "));
}
