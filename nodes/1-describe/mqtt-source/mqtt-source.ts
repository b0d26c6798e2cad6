import type { Node, NodeAPI, NodeDef } from "node-red";
import type { MqttLink } from "../../../runtime/describe/mqtt/mqtt-link.ts";
import { MqttSource } from "../../../runtime/describe/mqtt/mqtt-source.ts";
import type { PayloadFormat } from "../../../runtime/describe/mqtt/payload.ts";
import { HOST_DEFAULTS } from "../../../runtime/describe/sparkplug/host-session.ts";
import { SparkplugSource } from "../../../runtime/describe/sparkplug/sparkplug-source.ts";
import { services } from "../../../runtime/host/services.ts";
import {
  checkedBindings,
  epochs,
  linkOf,
  runSource,
  type ShownSource,
  type SourceConfig,
  twinAddress,
} from "../source-face.ts";

interface MqttSourceConfig extends NodeDef, SourceConfig {
  name: string;
  link: string;
  filters: string;
  qos: number | string;
  form: PayloadFormat["form"] | "sparkplug";
  valuePath: string;
  timePath: string;
  timeUnit: PayloadFormat["timeUnit"];
  qualityPath: string;
  /** ms that a Sparkplug message is waited for when a later one is there. */
  reorderMs?: number | string;
  /** Ask Sparkplug edge nodes for their birth where something is missing. */
  rebirth?: boolean;
}

interface MqttSourceNode extends Node {
  source?: ShownSource;
}

export default function (RED: NodeAPI): void {
  function MqttSourceConstructor(this: MqttSourceNode, config: MqttSourceConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinAddress(RED, config.twin);
    const name = config.name || "mqtt source";
    this.source = runSource(this, config, twin, (listener) => {
      const common = {
        id: this.id,
        name,
        link: linkOf<MqttLink>(RED, config.link, name),
        filters: (config.filters ?? "").split(/\s+/).filter((filter) => filter !== ""),
        qos: ([0, 1, 2] as const)[Number(config.qos ?? 1)] ?? 1,
        clocks: services().clocks,
        epochs: epochs(),
        listener,
      };
      if (config.form === "sparkplug") {
        return new SparkplugSource({
          ...common,
          twin,
          bindings: hasRows(config) ? checkedBindings(config, twin, name) : [],
          reorderMs: Number(config.reorderMs ?? HOST_DEFAULTS.reorderMs),
          asksForRebirth: config.rebirth ?? HOST_DEFAULTS.asksForRebirth,
        });
      }
      return new MqttSource({
        ...common,
        bindings: withTopics(checkedBindings(config, twin, name)),
        format: {
          form: config.form || "json",
          valuePath: config.valuePath ?? "value",
          timePath: config.timePath ?? "timeUs",
          timeUnit: config.timeUnit || "us",
          qualityPath: config.qualityPath ?? "quality",
        },
      });
    });
  }
  RED.nodes.registerType("rung-mqtt-source", MqttSourceConstructor);
}

/** Without a table a Sparkplug source takes every metric at its standard address. */
const hasRows = ({ bindings }: SourceConfig): boolean =>
  typeof bindings === "string" ? !/^\s*(\[\s*\])?\s*$/.test(bindings) : (bindings ?? []).length > 0;

/** In a unified namespace the topic is the address: `.` stands for it in the table. */
function withTopics(bindings: ReturnType<typeof checkedBindings>): ReturnType<typeof checkedBindings> {
  return bindings.map((binding) =>
    binding.tag === "." ? { ...binding, tag: binding.property.address } : binding,
  );
}
