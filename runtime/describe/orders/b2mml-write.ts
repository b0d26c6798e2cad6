import { RungError } from "../../core/errors.ts";
import { isoFromUs, type TimeUs } from "../../core/time.ts";
import {
  type Amount,
  isProduced,
  type Material,
  type Order,
  type OrderSegment,
  type OrderState,
} from "./order.ts";

export interface B2mmlOptions {
  /** `operations`: B2MML 7 (2023). `production`: the nouns of B2MML 4.01, which many systems still speak. */
  readonly dialect: "operations" | "production";
  readonly createdUs: TimeUs;
  /** Who sends it: LogicalID of the application area. */
  readonly sender?: string;
}

const NAMESPACES = {
  operations: "http://www.mesa.org/xml/B2MML",
  production: "http://www.wbf.org/xml/B2MML-V0401",
} as const;

/** Levels of an address (B2MML-Common, EquipmentLevel1Type). */
const LEVELS = ["Enterprise", "Site", "Area", "ProductionLine", "WorkCell"] as const;

/**
 * A performance in B2MML, one response per order, as `Sync...Performance`.
 * @throws RungError `malformed-order` for text that XML cannot hold
 */
export function writePerformance(orders: readonly Order[], options: B2mmlOptions): string {
  const noun = options.dialect === "operations" ? "OperationsPerformance" : "ProductionPerformance";
  const body = [
    ...(options.dialect === "operations" ? [leaf("ID", orders[0]?.responseId ?? orders[0]?.id ?? "")] : []),
    ...orders.map((order) => responseXml(order, options.dialect)),
  ];
  return documentXml(noun, body, options);
}

/**
 * A schedule in B2MML, one request per order, as `Process...Schedule`.
 * @throws RungError `malformed-order` for text that XML cannot hold
 */
export function writeSchedule(orders: readonly Order[], options: B2mmlOptions): string {
  const noun = options.dialect === "operations" ? "OperationsSchedule" : "ProductionSchedule";
  const body = [
    ...(options.dialect === "operations" ? [leaf("ID", orders[0]?.id ?? "")] : []),
    ...orders.map((order) => requestXml(order, options.dialect)),
  ];
  return documentXml(noun, body, options, "Process");
}

type Xml = readonly string[];

function documentXml(noun: string, body: readonly Xml[], options: B2mmlOptions, verb = "Sync"): string {
  const sender = options.sender === undefined ? [] : [group("Sender", [leaf("LogicalID", options.sender)])];
  const lines = group(
    `${verb}${noun}`,
    [
      group("ApplicationArea", [...sender, leaf("CreationDateTime", isoFromUs(options.createdUs))]),
      group("DataArea", [[`<${verb} />`], group(noun, body)]),
    ],
    ` releaseID="" xmlns="${NAMESPACES[options.dialect]}"`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${lines.join("\n")}\n`;
}

function responseXml(order: Order, dialect: B2mmlOptions["dialect"]): Xml {
  const isNew = dialect === "operations";
  const asked = order.responseId === undefined ? undefined : order.id;
  const segments: readonly OrderSegment[] = order.segments ?? [{ id: order.id }];
  return group(isNew ? "OperationsResponse" : "ProductionResponse", [
    leaf("ID", order.responseId ?? order.id),
    ...(isNew ? [] : optional("ProductionRequestID", asked)),
    ...optional("Description", order.description),
    ...timeLeaf("StartTime", order.actualStartUs),
    ...timeLeaf("EndTime", order.actualEndUs),
    ...scopeXml(order.equipment, dialect),
    ...(isNew ? optional("OperationsRequestID", asked) : []),
    ...stateLeaf("ResponseState", order.state),
    ...segments.map((segment, i) => segmentResponseXml(segment, order, i === 0, dialect)),
  ]);
}

function segmentResponseXml(
  segment: OrderSegment,
  order: Order,
  isFirst: boolean,
  dialect: B2mmlOptions["dialect"],
): Xml {
  const isNew = dialect === "operations";
  const own = segment.actualMaterials ?? [];
  const all = (order.segments ?? []).flatMap(({ actualMaterials = [] }) => actualMaterials);
  const materials = isFirst ? withMade(own, all, order, order.producedQuantity) : own;
  const processSegment = optional("ProcessSegmentID", segment.processSegment);
  const scope = scopeXml(segment.equipment, dialect);
  return group("SegmentResponse", [
    leaf("ID", segment.id),
    ...(isNew ? [] : processSegment),
    ...timeLeaf("ActualStartTime", segment.actualStartUs),
    ...timeLeaf("ActualEndTime", segment.actualEndUs),
    ...scope,
    ...(isNew ? processSegment : []),
    ...stateLeaf("SegmentState", segment.state),
    ...(segment.values ?? []).map(({ id, text, dataType, unit }) =>
      group(isNew ? "SegmentData" : "ProductionData", [
        leaf("ID", id),
        group("Value", [
          leaf("ValueString", text),
          leaf("DataType", dataType ?? "string"),
          leaf("UnitOfMeasure", unit ?? ""),
        ]),
      ]),
    ),
    ...materials.map((material, i) =>
      materialXml("MaterialActual", material, isNew ? String(i + 1) : undefined),
    ),
  ]);
}

function requestXml(order: Order, dialect: B2mmlOptions["dialect"]): Xml {
  const isNew = dialect === "operations";
  const segments: readonly OrderSegment[] = order.segments ?? [{ id: order.id }];
  return group(isNew ? "OperationsRequest" : "ProductionRequest", [
    leaf("ID", order.id),
    ...optional("Description", order.description),
    ...optional("Version", order.version),
    ...timeLeaf("StartTime", order.plannedStartUs),
    ...timeLeaf("EndTime", order.plannedEndUs),
    ...scopeXml(order.equipment, dialect),
    ...optional("Priority", order.priority),
    ...stateLeaf("RequestState", order.state),
    ...(isNew
      ? optional("OperationsDefinitionID", order.product)
      : optional("ProductProductionRuleID", order.product)),
    ...segments.map((segment, i) => {
      const processSegment = segment.processSegment ?? (isNew ? segment.id : undefined);
      const own = segment.materials ?? [];
      const all = segments.flatMap(({ materials = [] }: OrderSegment) => materials);
      const materials = i === 0 ? withMade(own, all, order, order.quantity) : own;
      return group("SegmentRequirement", [
        leaf("ID", segment.id),
        ...(isNew ? [] : optional("ProcessSegmentID", processSegment)),
        ...timeLeaf("EarliestStartTime", segment.plannedStartUs),
        ...timeLeaf("LatestEndTime", segment.plannedEndUs),
        ...scopeXml(segment.equipment, dialect),
        ...(isNew ? optional("ProcessSegmentID", processSegment) : []),
        ...(isNew
          ? [
              leaf("OperationsDefinitionID", order.product ?? order.id),
              leaf("OperationsSegmentID", segment.id),
            ]
          : []),
        ...stateLeaf("SegmentState", segment.state),
        ...materials.map((material, n) =>
          materialXml("MaterialRequirement", material, isNew ? String(n + 1) : undefined),
        ),
      ]);
    }),
  ]);
}

/**
 * The materials of a segment; where none say what is made, the first segment says it by the order's product, amount
 * and bodies, one sublot each.
 */
function withMade(
  own: readonly Material[],
  all: readonly Material[],
  order: Order,
  amount: Amount | undefined,
): readonly Material[] {
  if (all.some(isProduced)) return own;
  if (order.product === undefined && amount === undefined && order.bodies === undefined) return own;
  const made = { use: "Produced", ...(order.product === undefined ? {} : { definition: order.product }) };
  const first: Material = amount === undefined ? made : { ...made, amount };
  const [body, ...others] = order.bodies ?? [];
  if (body === undefined) return [...own, first];
  return [...own, { ...first, subLot: body }, ...others.map((subLot) => ({ ...made, subLot }))];
}

function materialXml(name: string, material: Material, id: string | undefined): Xml {
  return group(name, [
    ...optional("ID", id),
    ...optional("MaterialDefinitionID", material.definition),
    ...optional("MaterialLotID", material.lot),
    ...optional("MaterialSubLotID", material.subLot),
    ...optional("MaterialUse", material.use),
    ...(material.amount === undefined
      ? []
      : [
          group("Quantity", [
            leaf("QuantityString", String(material.amount.value)),
            leaf("DataType", material.amount.dataType ?? "decimal"),
            leaf("UnitOfMeasure", material.amount.unit ?? ""),
          ]),
        ]),
    ...(material.properties ?? []).map((property) =>
      group(`${name}Property`, [
        leaf("ID", property.id),
        ...property.values.map(({ text, dataType, unit }) =>
          group("Value", [
            leaf("ValueString", text),
            leaf("DataType", dataType ?? "string"),
            leaf("UnitOfMeasure", unit ?? ""),
          ]),
        ),
      ]),
    ),
  ]);
}

function scopeXml(address: string | undefined, dialect: B2mmlOptions["dialect"]): Xml[] {
  if (address === undefined) return [];
  const name = dialect === "operations" ? "HierarchyScope" : "Location";
  const level = dialect === "operations" ? "EquipmentLevel" : "EquipmentElementLevel";
  let inner: Xml[] = [];
  for (const [i, segment] of [...address.split("/").entries()].reverse()) {
    const own = i === 0 || dialect === "production" ? name : "HierarchyScopeChild";
    inner = [group(own, [leaf("EquipmentID", segment), leaf(level, LEVELS[i] ?? "Other"), ...inner])];
  }
  return inner;
}

const stateLeaf = (name: string, state: OrderState | undefined): Xml[] =>
  state === undefined ? [] : [leaf(name, `${state[0]!.toUpperCase()}${state.slice(1)}`)];

const timeLeaf = (name: string, timeUs: TimeUs | undefined): Xml[] =>
  timeUs === undefined ? [] : [leaf(name, withMicroseconds(timeUs))];

function withMicroseconds(timeUs: TimeUs): string {
  const us = timeUs % 1000;
  const iso = isoFromUs(timeUs - us);
  return us === 0 ? iso : iso.replace("Z", `${String(us).padStart(3, "0")}Z`);
}

const optional = (name: string, text: string | undefined): Xml[] =>
  text === undefined ? [] : [leaf(name, text)];

const leaf = (name: string, text: string): Xml => [`<${name}>${escaped(text, name)}</${name}>`];

const group = (name: string, children: readonly Xml[], attributes = ""): Xml => [
  `<${name}${attributes}>`,
  ...children.flatMap((child) => child.map((line) => `  ${line}`)),
  `</${name}>`,
];

const MARKS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

function escaped(text: string, name: string): string {
  // XML 1.0, 2.2: what a document may hold, escaped or not.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) || !text.isWellFormed()) {
    throw new RungError({
      code: "malformed-order",
      where: name,
      what: "holds a character that XML cannot",
      advice: "correct the order",
    });
  }
  return text.replace(/[&<>"\r]/g, (mark) => MARKS[mark]!);
}
