import type { NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { HISTORIAN_DEFAULTS, type Historian } from "../../../runtime/describe/historian/historian.ts";
import type { History } from "../../../runtime/describe/historian/history.ts";
import { services } from "../../../runtime/host/services.ts";
import type { HistorianNode } from "./historian-node.ts";
import { embeddedStore, type HistoryStore, influxMirror, influxStore, type Mirror } from "./history-store.ts";
import { type HistorianConfig, influxSettings } from "./influx-config.ts";
import { serveConnectionTest } from "./test-route.ts";

export default function (RED: NodeAPI): void {
  function HistorianConstructor(this: HistorianNode, config: HistorianConfig): void {
    RED.nodes.createNode(this, config);
    this.config = config;
    try {
      const mirror = mirrorOf(RED, config);
      if (mirror instanceof RungError) this.error(mirror.message);
      this.store =
        config.store === "influxdb1" || config.store === "influxdb2"
          ? influxStore(this.id, influxSettings(config, this.credentials), config.readOnly === true, mirror)
          : embeddedStore(limitedHistorian(this, config), mirror);
    } catch (thrown) {
      this.error(messageOf(thrown));
    }
    this.on("close", (done: (error?: Error) => void) => {
      (this.store?.close() ?? Promise.resolve()).then(() => done(), done);
    });
  }
  RED.nodes.registerType("rung-historian", HistorianConstructor, {
    credentials: {
      user: { type: "text" },
      password: { type: "password" },
      token: { type: "password" },
      ca: { type: "text" },
    },
  });
  serveConnectionTest(RED);
}

/** The process's historian of the node's file, with the node's limits at work until it is removed. */
function limitedHistorian(node: HistorianNode, config: HistorianConfig): Historian {
  const limits = {
    retentionDays: Number(config.retentionDays) || HISTORIAN_DEFAULTS.retentionDays,
    memoryLimitMb: Number(config.memoryLimitMb) || HISTORIAN_DEFAULTS.memoryLimitMb,
  };
  const historian = services().historian(config.file ? { file: config.file } : {});
  const claims = services().limitsOf(historian);
  const told = (thrown: unknown): void => node.error(messageOf(thrown));
  claims.claim(node.id, config.name || "historian", limits).catch(told);
  // It may have had another file before.
  for (const other of services().historians)
    if (other !== historian) services().limitsOf(other).release(node.id).catch(told);
  // While a deploy starts it anew its claim stands: the days that only it keeps must not be dropped in between.
  node.on("close", (isRemoved: boolean, done: () => void) => {
    if (isRemoved) claims.release(node.id).catch(told);
    done();
  });
  return historian;
}

/** The InfluxDB that a historian's samples also go to, or why they do not. */
function mirrorOf(RED: NodeAPI, { id, name, alsoTo = "" }: HistorianConfig): Mirror {
  if (alsoTo === "") return undefined;
  const other = RED.nodes.getNode(alsoTo) as HistorianNode | null;
  const fault = (what: string): RungError =>
    new RungError({
      code: "bad-mirror",
      where: name || "historian",
      what,
      advice: "choose an InfluxDB historian that may be written to",
    });
  if (other?.config === undefined) return fault("the historian that its samples also go to is not there");
  if (other.id === id) return fault("its samples also go to itself");
  const { store, readOnly } = other.config;
  if (store !== "influxdb1" && store !== "influxdb2")
    return fault("its samples can also go to an InfluxDB only");
  if (readOnly === true) return fault(`${other.config.name || "the mirror"} is only read`);
  try {
    return influxMirror(other.id, influxSettings(other.config, other.credentials));
  } catch (thrown) {
    return fault(messageOf(thrown));
  }
}

/** The store a node names, or the process's own historian where it names none. @throws RungError `bad-historian` */
export function storeOf(RED: NodeAPI, id: string | undefined): HistoryStore {
  const node = id ? (RED.nodes.getNode(id) as HistorianNode | null) : null;
  if (node === null) return embeddedStore(services().historian());
  if (node.store !== undefined) return node.store;
  throw new RungError({
    code: "bad-historian",
    where: node.name || "historian",
    what: "its settings are wrong",
    advice: "open it and correct what it complained about",
  });
}

/** What can be asked of the store a node names. @throws RungError `bad-historian` */
export const historianOf = (RED: NodeAPI, id: string | undefined): History => storeOf(RED, id).history;
