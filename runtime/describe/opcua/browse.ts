import type { ClientSession, DataValue, Variant } from "node-opcua";
import type { PropertyType } from "../../core/property.ts";
import type { Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { isUnit, unitSymbol } from "../../core/unit.ts";
import { BUILT_IN } from "./built-in-type.ts";
import { callSizes, pieces } from "./call-sizes.ts";
import { loadOpcua } from "./load-opcua.ts";
import { plainValue } from "./plain-value.ts";
import { referencesOf } from "./references.ts";
import { unitTextsOf } from "./tag-facts.ts";

/** The Objects folder, where a server's tags are (OPC 10000-5, 8.2.4). */
export const OBJECTS = "i=85";

export interface TreeNode {
  readonly nodeId: string;
  readonly name: string;
  readonly isVariable: boolean;
  readonly hasChildren: boolean;
}

/** What the server says of one tag now. */
export interface TagReading {
  readonly nodeId: string;
  /** Number, text, or nothing where the server has none. */
  readonly value: unknown;
  readonly quality: Quality;
  readonly sourceTimeUs: TimeUs | undefined;
  /** The server's engineering unit where Rung knows it; `unitText` is as the server writes it. */
  readonly unit: string | undefined;
  readonly unitText: string | undefined;
  readonly type: PropertyType;
}

const FIRST_FLOAT = 10;
/** All before it are numbers and truth values. */
const LAST_NUMBER = BUILT_IN.double;
/** String, Guid, XmlElement, node ids and names are kept as text. */
const TEXTS: readonly number[] = [
  BUILT_IN.string,
  BUILT_IN.guid,
  BUILT_IN.xmlElement,
  BUILT_IN.nodeId,
  BUILT_IN.expandedNodeId,
  BUILT_IN.qualifiedName,
  BUILT_IN.localizedText,
];
const SCALAR = 0;
/** The text is no node id; the server is not asked (OPC 10000-4, 7.39). */
const BAD_NODE_ID_INVALID: Quality = 0x80330000;

/** The children of a node, the plant's own first, else in the server's order; found by hierarchical references. */
export async function browse(session: ClientSession, nodeId = OBJECTS): Promise<TreeNode[]> {
  const children = await referencesOf(session, [nodeId]);
  const found = children[0]!.references;
  const grandchildren = await referencesOf(
    session,
    found.map((child) => child.nodeId.toString()),
  );
  const { NodeClass } = await loadOpcua();
  const nodes = found.map((child, i) => ({
    nodeId: child.nodeId.toString(),
    name: child.displayName.text || child.browseName.name || child.nodeId.toString(),
    isVariable: child.nodeClass === NodeClass.Variable,
    hasChildren: grandchildren[i]!.references.length > 0,
  }));
  // What every server has about itself comes after what this one has about its plant.
  return [...nodes.filter(isPlants), ...nodes.filter((node) => !isPlants(node))];

  function isPlants(node: TreeNode): boolean {
    return !node.nodeId.startsWith("ns=0;");
  }
}

/**
 * Value, quality, time, unit and type of tags, in the order asked; one that the server does not know, or whose id is no
 * node id, has its status as quality.
 */
export async function readTags(session: ClientSession, nodeIds: readonly string[]): Promise<TagReading[]> {
  const { AttributeIds, resolveNodeId } = await loadOpcua();
  const readings = nodeIds.map(unreadable);
  const asked = nodeIds.flatMap((nodeId, i) => (isNodeId(nodeId) ? [{ nodeId, i }] : []));
  for (const some of pieces(asked, (await callSizes(session)).read)) {
    const values = await session.read(
      some.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })),
    );
    const units = await unitTextsOf(
      session,
      some.map(({ nodeId }) => nodeId),
    );
    for (const [j, { nodeId, i }] of some.entries()) readings[i] = reading(nodeId, values[j]!, units[j]);
  }
  return readings;

  function isNodeId(text: string): boolean {
    try {
      resolveNodeId(text);
      return text !== "";
    } catch {
      // It throws for text that is no node id at all, which a row that is being written may hold.
      return false;
    }
  }
}

const unreadable = (nodeId: string): TagReading => ({
  nodeId,
  value: undefined,
  quality: BAD_NODE_ID_INVALID,
  sourceTimeUs: undefined,
  unit: undefined,
  unitText: undefined,
  type: "number",
});

/**
 * The MinimumSamplingInterval of tags (OPC 10000-3, 5.6.2), ms of wall time, in the order asked: how fast the server
 * samples each. Undefined where it samples on change or does not tell.
 */
export async function samplingIntervals(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<(number | undefined)[]> {
  const { AttributeIds } = await loadOpcua();
  const intervals: (number | undefined)[] = [];
  for (const some of pieces(nodeIds, (await callSizes(session)).read)) {
    const answers = await session.read(
      some.map((nodeId) => ({ nodeId, attributeId: AttributeIds.MinimumSamplingInterval })),
    );
    for (const answer of answers) {
      const ms = answer.value?.value as unknown;
      intervals.push(typeof ms === "number" && Number.isFinite(ms) && ms > 0 ? ms : undefined);
    }
  }
  return intervals;
}

function reading(nodeId: string, data: DataValue, unitText: string | undefined): TagReading {
  const variant = data.value;
  const kept = variant?.value === null || variant?.value === undefined ? undefined : plainValue(variant);
  return {
    nodeId,
    value: typeof kept === "bigint" ? kept.toString() : kept,
    quality: data.statusCode.value >>> 0,
    sourceTimeUs: data.sourceTimestamp ? data.sourceTimestamp.getTime() * 1000 : undefined,
    unit: unitText !== undefined && isUnit(unitText) ? unitSymbol(unitText) : undefined,
    unitText,
    type: variant === undefined || variant === null ? "number" : typeOf(variant),
  };
}

/**
 * The type of a property that takes such a value. An enum is told from an integer by its names, not here; an array is
 * no waveform, because nothing tells its sample rate.
 */
function typeOf({ dataType, arrayType }: Variant): PropertyType {
  const isNumber = dataType >= BUILT_IN.boolean && dataType <= LAST_NUMBER;
  if (arrayType !== SCALAR) return "structure";
  if (dataType === BUILT_IN.boolean) return "boolean";
  if (isNumber) return dataType < FIRST_FLOAT ? "integer" : "number";
  if (dataType === BUILT_IN.statusCode) return "integer";
  if (dataType === BUILT_IN.dateTime) return "time";
  if (TEXTS.includes(dataType)) return "string";
  return dataType === 0 ? "number" : "structure";
}
