import type { NodeAPI, NodeDef } from "node-red";
import type { AwaitedStudy } from "./cell-view.ts";

/** The part of a flow's node that is read here. */
interface FlowNode extends NodeDef {
  readonly wires?: readonly (readonly string[])[];
  readonly once?: boolean;
  readonly onceDelay?: string | number;
}

/** What Node-RED tells when a node's status changes. */
interface StatusEvent {
  readonly id: string;
  /** Absent when a deploy takes the status away. */
  readonly status?: { readonly text?: string };
}

const STUDIES = ["rung-variant", "rung-reach"];

/** Tells of the nodes that studies will come from: when the flow starts them, and how far they are. */
export class AwaitedStudies {
  readonly #RED: NodeAPI;
  readonly #widget: string;
  readonly #startedMs = performance.now();
  readonly #says = new Map<string, string>();
  readonly #onStatus = ({ id, status }: StatusEvent): void => {
    this.#says.set(id, status?.text ?? "");
  };

  /** @param widget id of the node that waits */
  constructor(RED: NodeAPI, widget: string) {
    this.#RED = RED;
    this.#widget = widget;
    RED.events.on("node-status", this.#onStatus);
  }

  /** As the flow stands: nodes wired straight to the widget, inject nodes wired straight to those. */
  now(): AwaitedStudy[] {
    const nodes: FlowNode[] = [];
    this.#RED.nodes.eachNode((node) => nodes.push(node as FlowNode));
    const leadsTo = (node: FlowNode, id: string): boolean =>
      node.wires?.some((wire) => wire.includes(id)) ?? false;
    const sinceS = (performance.now() - this.#startedMs) / 1000;
    return nodes
      .filter((node) => STUDIES.includes(node.type) && leadsTo(node, this.#widget))
      .map(({ id, name, type }) => {
        const starts = nodes
          .filter((node) => node.type === "inject" && node.once === true && leadsTo(node, id))
          .map((node) => Math.ceil(Number(node.onceDelay ?? 0) - sinceS))
          .filter((inS) => inS > 0);
        return {
          node: name || (type === "rung-variant" ? "variant check" : "reach study"),
          startsInS: starts.length === 0 ? null : Math.min(...starts),
          says: this.#says.get(id) ?? "",
        };
      });
  }

  close(): void {
    this.#RED.events.removeListener("node-status", this.#onStatus);
  }
}
