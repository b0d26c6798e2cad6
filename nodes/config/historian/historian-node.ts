import type { Node } from "node-red";
import type { HistoryStore } from "./history-store.ts";
import type { HistorianConfig, HistorianCredentials } from "./influx-config.ts";

/** A historian's configuration node. The embedded historian belongs to the process and outlives a deploy. */
export interface HistorianNode extends Node<HistorianCredentials> {
  config?: HistorianConfig;
  /** undefined where the settings are wrong, which was said. */
  store?: HistoryStore;
}
