import type { EventFilter, Variant } from "node-opcua";
import { loadOpcua } from "./load-opcua.ts";
import { plainValue } from "./plain-value.ts";
import type { StructureReader } from "./structure-value.ts";

/**
 * What is asked of every event, and the name it gets in the sample: the fields of BaseEventType (OPC 10000-5, 6.4.2),
 * ConditionType, AcknowledgeableConditionType and AlarmConditionType (OPC 10000-9, 5.5.2, 5.7.2, 5.8.2). A state is
 * asked for its Id, which is true or false in every language. A field that an event does not have is left out.
 */
const FIELDS: readonly (readonly [path: string, name: string])[] = [
  ["EventId", "eventId"],
  ["EventType", "eventType"],
  ["SourceNode", "sourceNode"],
  ["SourceName", "sourceName"],
  ["Time", "time"],
  ["ReceiveTime", "receiveTime"],
  ["Message", "message"],
  ["Severity", "severity"],
  // Stands for the node id of the condition itself (OPC 10000-9, 5.5.2.13).
  ["ConditionId", "conditionId"],
  ["ConditionName", "conditionName"],
  ["BranchId", "branchId"],
  ["Retain", "retain"],
  ["Quality", "quality"],
  ["Comment", "comment"],
  ["EnabledState.Id", "enabled"],
  ["ActiveState.Id", "active"],
  ["AckedState.Id", "acked"],
  ["ConfirmedState.Id", "confirmed"],
  ["SuppressedState.Id", "suppressed"],
  ["InputNode", "inputNode"],
];
const STATES: ReadonlySet<string> = new Set([
  "retain",
  "enabled",
  "active",
  "acked",
  "confirmed",
  "suppressed",
]);
const NULL_NODE = "ns=0;i=0";

/** An event as it stands in a sample. */
export interface EventSample {
  /** Hexadecimal. */
  readonly eventId?: string;
  readonly eventType?: string;
  readonly time?: Date;
  readonly receiveTime?: Date;
  readonly severity?: number;
  readonly conditionId?: string;
  readonly retain?: boolean;
  readonly active?: boolean;
  /** The server told it because it was asked how things stand, not because it happened now. */
  readonly refresh?: true;
  readonly [field: string]: unknown;
}

/** The filter of a monitored item that brings `FIELDS` of events of at least a severity (OPC 10000-4, 7.22.3). */
export async function eventFilter(minSeverity: number): Promise<EventFilter> {
  const opcua = await loadOpcua();
  const paths = FIELDS.map(([path]) => path);
  if (minSeverity <= 1) return opcua.constructEventFilter(paths);
  const severity = new opcua.SimpleAttributeOperand({
    typeDefinitionId: "i=2041",
    browsePath: [{ name: "Severity" }],
    attributeId: opcua.AttributeIds.Value,
  });
  const least = new opcua.LiteralOperand({ value: { dataType: opcua.DataType.UInt16, value: minSeverity } });
  return opcua.constructEventFilter(
    paths,
    new opcua.ContentFilterElement({
      filterOperator: opcua.FilterOperator.GreaterThanOrEqual,
      filterOperands: [severity, least],
    }),
  );
}

/** The fields of one notification, in the order they were asked for, under their names. */
export function eventSample(
  fields: readonly Variant[],
  structures: StructureReader | undefined,
): EventSample {
  const sample: Record<string, unknown> = {};
  for (const [i, [, name]] of FIELDS.entries()) {
    const variant = fields[i];
    const value = variant === undefined ? null : plainValue(variant, structures);
    if (value === null || value === NULL_NODE) continue;
    if (Buffer.isBuffer(value)) sample[name] = value.toString("hex");
    else sample[name] = STATES.has(name) ? value === 1 : value;
  }
  return sample;
}
