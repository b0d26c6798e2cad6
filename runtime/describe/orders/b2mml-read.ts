import { formatAddress, segmentFromText } from "../../core/address.ts";
import { RungError } from "../../core/errors.ts";
import {
  type Amount,
  FIRST_VERSION,
  isProduced,
  type Material,
  type MaterialProperty,
  MOST_BODIES,
  MOST_SEGMENTS,
  type Order,
  type OrderSegment,
  type OrderState,
  type SegmentValue,
  told,
} from "./order.ts";
import {
  equipmentIn,
  idIn,
  MOST_ORDERS,
  malformed,
  numberIn,
  type OrdersRead,
  stateIn,
  textIn,
  timeIn,
  tryRead,
} from "./read-problems.ts";
import { readXml, type XmlElement } from "./xml-element.ts";

/** What a document may be about: the nouns of B2MML 2 to 5 (Production...) and of 6 and 7 (Operations...). */
const NOUNS = {
  ProductionSchedule: { order: "ProductionRequest", isResponse: false },
  OperationsSchedule: { order: "OperationsRequest", isResponse: false },
  ProductionPerformance: { order: "ProductionResponse", isResponse: true },
  OperationsPerformance: { order: "OperationsResponse", isResponse: true },
} as const;
type Noun = keyof typeof NOUNS;

/** The verbs of a transaction that bring data (IEC 62264-5); the others ask for it or acknowledge it. */
const VERBS = ["Sync", "Process", "Change", "Show", "Respond", "Cancel"];

/**
 * Reads schedules and performances in B2MML, with or without a transaction around them.
 * @param name of the document, for the errors
 * @returns every order that could be read; one that could not is an error with line and path
 * @throws RungError `malformed-xml`; `not-orders` where the document is about something else
 */
export function readB2mml(text: string, name: string): OrdersRead {
  const root = readXml(text, name);
  const { nouns, verb, createdText } = nounsOf(root);
  const requests: Order[] = [];
  const responses: Order[] = [];
  const problems: RungError[] = [];
  let count = 0;
  for (const noun of nouns) {
    const { order, isResponse } = NOUNS[noun.name as Noun];
    for (const element of noun.children(order)) {
      if (++count > MOST_ORDERS) {
        throw malformed(element.place, `is the order after ${MOST_ORDERS}`, "send it in parts");
      }
      tryRead(problems, () => {
        if (verb === "Cancel") responses.push(cancellationOf(element));
        else if (isResponse) responses.push(responseOf(element));
        else requests.push(requestOf(element, noun, createdText));
      });
    }
  }
  return { requests, responses, problems };
}

function nounsOf(root: XmlElement): { nouns: XmlElement[]; verb: string; createdText: string | undefined } {
  if (Object.hasOwn(NOUNS, root.name)) return { nouns: [root], verb: "", createdText: undefined };
  const noun = Object.keys(NOUNS).find((each) => root.name.endsWith(each));
  const verb = noun === undefined ? "" : root.name.slice(0, -noun.length);
  if (noun === undefined || !VERBS.includes(verb)) {
    throw new RungError({
      code: "not-orders",
      where: root.place,
      what: "is no production schedule or performance",
      advice: `read are ${Object.keys(NOUNS).join(", ")}, also within ${VERBS.join(", ")}`,
    });
  }
  const data = root.child("DataArea");
  const createdText = root.child("ApplicationArea")?.textOf("CreationDateTime");
  return { nouns: data?.children(noun) ?? [], verb, createdText };
}

/** A cancellation names orders and says nothing else of them: what was planned stays known. */
function cancellationOf(element: XmlElement): Order {
  const id = element.read("ID", idIn) ?? missing(element, "ID");
  return { id, version: FIRST_VERSION, state: "cancelled" };
}

function requestOf(element: XmlElement, schedule: XmlElement, createdText: string | undefined): Order {
  const id = element.read("ID", idIn) ?? missing(element, "ID");
  const segments = segmentsOf(element, "SegmentRequirement", (each) => requirementOf(each, id));
  const made = producedOf(segments);
  return told<Order>({
    id,
    // Who sends no version sends the schedule anew: a later publication replaces an earlier one.
    version:
      element.read("Version", idIn) ??
      schedule.read("Version", idIn) ??
      schedule.textOf("PublishedDate") ??
      createdText ??
      FIRST_VERSION,
    responseId: undefined,
    description: element.read("Description", textIn),
    product: made[0]?.definition ?? definitionOf(element),
    quantity: made[0]?.amount,
    producedQuantity: undefined,
    priority: element.read("Priority", textIn)?.trim(),
    equipment: equipmentOf(element) ?? equipmentOf(schedule),
    plannedStartUs: element.read("StartTime", timeIn) ?? least(segments.map((each) => each.plannedStartUs)),
    plannedEndUs: element.read("EndTime", timeIn) ?? greatest(segments.map((each) => each.plannedEndUs)),
    actualStartUs: undefined,
    actualEndUs: undefined,
    state: element.read("RequestState", stateIn),
    bodies: bodiesOf(made, element),
    segments: segments.length === 0 ? undefined : segments,
  });
}

function responseOf(element: XmlElement): Order {
  const own = element.read("ID", idIn);
  const asked = element.read("ProductionRequestID", idIn) ?? element.read("OperationsRequestID", idIn);
  const id = asked ?? own ?? missing(element, "ID");
  const segments = segmentsOf(element, "SegmentResponse", (each) => segmentResponseOf(each, id));
  const made = producedOf(segments);
  return told<Order>({
    id,
    version: element.read("Version", idIn) ?? FIRST_VERSION,
    responseId: asked === undefined ? undefined : own,
    description: element.read("Description", textIn),
    product: made[0]?.definition ?? definitionOf(element),
    quantity: undefined,
    producedQuantity: made[0]?.amount,
    priority: undefined,
    equipment: equipmentOf(element),
    plannedStartUs: undefined,
    plannedEndUs: undefined,
    actualStartUs: element.read("StartTime", timeIn) ?? least(segments.map((each) => each.actualStartUs)),
    actualEndUs: element.read("EndTime", timeIn) ?? greatest(segments.map((each) => each.actualEndUs)),
    state: element.read("ResponseState", stateIn),
    bodies: bodiesOf(made, element),
    segments: segments.length === 0 ? undefined : segments,
  });
}

function segmentsOf(
  order: XmlElement,
  name: string,
  read: (element: XmlElement) => OrderSegment,
): OrderSegment[] {
  const elements = order.children(name);
  if (elements.length > MOST_SEGMENTS)
    throw malformed(order.place, `has more than ${MOST_SEGMENTS} segments`);
  return elements.map(read);
}

function requirementOf(element: XmlElement, order: string): OrderSegment {
  const produced = element
    .children("MaterialProducedRequirement")
    .map((each) => materialOf(each, "Produced"));
  const consumed = element
    .children("MaterialConsumedRequirement")
    .map((each) => materialOf(each, "Consumed"));
  const materials = [
    ...produced,
    ...consumed,
    ...element.children("MaterialRequirement").map((each) => materialOf(each, undefined)),
  ];
  return told<OrderSegment>({
    id: element.read("ID", idIn) ?? processSegmentOf(element) ?? order,
    processSegment: processSegmentOf(element),
    equipment: equipmentOf(element) ?? usedEquipmentOf(element, "EquipmentRequirement"),
    plannedStartUs: element.read("EarliestStartTime", timeIn),
    plannedEndUs: element.read("LatestEndTime", timeIn),
    actualStartUs: undefined,
    actualEndUs: undefined,
    state: segmentStateOf(element),
    materials: materials.length === 0 ? undefined : materials,
    actualMaterials: undefined,
    values: undefined,
  });
}

function segmentResponseOf(element: XmlElement, order: string): OrderSegment {
  const materials = [
    ...element.children("MaterialProducedActual").map((each) => materialOf(each, "Produced")),
    ...element.children("MaterialConsumedActual").map((each) => materialOf(each, "Consumed")),
    ...element.children("MaterialActual").map((each) => materialOf(each, undefined)),
  ];
  const values = [...element.children("ProductionData"), ...element.children("SegmentData")].map(
    segmentValueOf,
  );
  return told<OrderSegment>({
    id: element.read("ID", idIn) ?? processSegmentOf(element) ?? order,
    processSegment: processSegmentOf(element),
    equipment: equipmentOf(element) ?? usedEquipmentOf(element, "EquipmentActual"),
    plannedStartUs: undefined,
    plannedEndUs: undefined,
    actualStartUs: element.read("ActualStartTime", timeIn),
    actualEndUs: element.read("ActualEndTime", timeIn),
    state: segmentStateOf(element),
    materials: undefined,
    actualMaterials: materials.length === 0 ? undefined : materials,
    values: values.length === 0 ? undefined : values,
  });
}

const segmentStateOf = (element: XmlElement): OrderState | undefined => element.read("SegmentState", stateIn);

const processSegmentOf = (element: XmlElement): string | undefined =>
  element.read("ProcessSegmentID", idIn) ?? element.read("ProductSegmentID", idIn);

const definitionOf = (element: XmlElement): string | undefined =>
  element.read("OperationsDefinitionID", idIn) ??
  element.read("ProductProductionRuleID", idIn) ??
  element.read("ProductionRuleID", idIn);

/** `HierarchyScope` (formerly `Location`) nests enterprise, site, area ...: together they are the address. */
function equipmentOf(element: XmlElement): string | undefined {
  const inner = (scope: XmlElement): XmlElement | undefined =>
    scope.child("HierarchyScopeChild") ?? scope.child("HierarchyScope") ?? scope.child("Location");
  const outer = element.child("HierarchyScope") ?? element.child("Location");
  const segments: string[] = [];
  for (let scope = outer; scope !== undefined; scope = inner(scope)) {
    const id = scope.read("EquipmentID", idIn);
    if (id === undefined) break;
    segments.push(...(id.includes("/") ? equipmentIn(id, scope.place).split("/") : [segmentFromText(id)]));
  }
  return segments.length === 0 ? undefined : formatAddress(segments);
}

function usedEquipmentOf(element: XmlElement, name: string): string | undefined {
  for (const used of element.children(name)) {
    const id = used.read("EquipmentID", equipmentIn);
    if (id !== undefined) return id;
  }
  return undefined;
}

function materialOf(element: XmlElement, use: string | undefined): Material {
  const properties = element.childNames
    .filter((name) => /^Material\w*Property$/.test(name))
    .flatMap((name) => element.children(name))
    .map(propertyOf);
  return told<Material>({
    definition: element.read("MaterialDefinitionID", idIn),
    lot: element.read("MaterialLotID", idIn),
    subLot: element.read("MaterialSubLotID", idIn),
    use: element.read("MaterialUse", textIn)?.trim() ?? use,
    amount: amountOf(element.child("Quantity")),
    properties: properties.length === 0 ? undefined : properties,
  });
}

function amountOf(element: XmlElement | undefined): Amount | undefined {
  const value = element?.read("QuantityString", numberIn);
  if (value === undefined) return undefined;
  return told<Amount>({
    value,
    unit: element!.read("UnitOfMeasure", textIn)?.trim(),
    dataType: element!.read("DataType", textIn)?.trim(),
  });
}

function propertyOf(element: XmlElement): MaterialProperty {
  const values = element.children("Value").map((value) =>
    told<MaterialProperty["values"][number]>({
      text: textIn(value.child("ValueString")?.text ?? "", value.place),
      dataType: value.textOf("DataType"),
      unit: value.textOf("UnitOfMeasure"),
    }),
  );
  return { id: element.read("ID", idIn) ?? missing(element, "ID"), values };
}

function segmentValueOf(element: XmlElement): SegmentValue {
  const value = element.child("Value");
  return told<SegmentValue>({
    id: element.read("ID", idIn) ?? missing(element, "ID"),
    text: textIn(value?.child("ValueString")?.text ?? "", element.place),
    dataType: value?.textOf("DataType"),
    unit: value?.textOf("UnitOfMeasure"),
  });
}

const producedOf = (segments: readonly OrderSegment[]): Material[] =>
  segments
    .flatMap(({ materials = [], actualMaterials = [] }) => [...materials, ...actualMaterials])
    .filter(isProduced);

/** A body is a sublot of what is produced; where there are none, a lot. */
function bodiesOf(made: readonly Material[], element: XmlElement): string[] | undefined {
  const subLots = made.flatMap(({ subLot }) => (subLot === undefined ? [] : [subLot]));
  const ids = subLots.length > 0 ? subLots : made.flatMap(({ lot }) => (lot === undefined ? [] : [lot]));
  if (ids.length > MOST_BODIES) throw malformed(element.place, `has more than ${MOST_BODIES} bodies`);
  return ids.length === 0 ? undefined : [...new Set(ids)];
}

function missing(element: XmlElement, name: string): never {
  throw malformed(element.place, `has no ${name}`);
}

const present = (times: readonly (number | undefined)[]): number[] =>
  times.filter((time) => time !== undefined);
const least = (times: readonly (number | undefined)[]): number | undefined =>
  present(times).length === 0 ? undefined : Math.min(...present(times));
const greatest = (times: readonly (number | undefined)[]): number | undefined =>
  present(times).length === 0 ? undefined : Math.max(...present(times));
