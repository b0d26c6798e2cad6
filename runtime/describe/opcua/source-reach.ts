import type { ClientSession } from "node-opcua";
import type { Property } from "../../core/property.ts";
import type { Binding } from "../binding-table.ts";
import { enumNames } from "./enum-names.ts";
import type { EventBinding } from "./event-items.ts";
import type { MethodBinding } from "./method-calls.ts";
import type { MonitoredTag } from "./subscribe.ts";

/** Sorts the bindings of a source by how they are read: monitored, notified, or called. */
export class SourceReach {
  readonly #bindings: readonly Binding[];

  constructor(bindings: readonly Binding[]) {
    this.#bindings = bindings;
  }

  values(): MonitoredTag[] {
    return this.#bindings.flatMap(({ tag: nodeId, property, reach }, tag) =>
      readsValue(reach) ? [{ nodeId, tag, periodMs: periodMsOf(property) }] : [],
    );
  }

  events(): EventBinding[] {
    return this.#bindings.flatMap(({ tag: nodeId, reach }, tag) =>
      reach?.reads === "events" ? [{ tag, nodeId, minSeverity: reach.minSeverity }] : [],
    );
  }

  methods(): MethodBinding[] {
    return this.#bindings.flatMap(({ tag: methodId, property, reach }, tag) => {
      if (reach?.reads !== "method") return [];
      const { objectId, inputs } = reach;
      return [{ tag, address: property.address, methodId, objectId, inputs, periodMs: periodMsOf(property) }];
    });
  }

  /** Variables that may hold a structure. */
  structureNodes(): string[] {
    return this.#bindings
      .filter(
        ({ property, reach }) =>
          readsValue(reach) && (property.type === "structure" || reach?.field !== undefined),
      )
      .map((binding) => binding.tag);
  }

  /** All properties, enums with the names of their codes; undefined where the server names none that is new. */
  async namedEnums(session: ClientSession): Promise<Property[] | undefined> {
    const enums = this.#bindings.filter(
      ({ property, reach }) => property.type === "enum" && readsValue(reach) && reach?.field === undefined,
    );
    if (enums.length === 0) return undefined;
    const names = await enumNames(
      session,
      enums.map((binding) => binding.tag),
    );
    const named = new Map(enums.map((binding, i) => [binding, names[i]]));
    if (names.every((name) => name === undefined)) return undefined;
    return this.#bindings.map((binding) => {
      const codeNames = named.get(binding);
      return codeNames === undefined ? binding.property : { ...binding.property, codeNames };
    });
  }
}

/** Whether it reads the value of a variable, and neither events nor what a method answers. */
export const readsValue = (reach: Binding["reach"]): boolean =>
  reach === undefined || reach.reads === "value";

const periodMsOf = ({ update }: Property): number => (update.mode === "cyclic" ? update.periodMs : 0);
