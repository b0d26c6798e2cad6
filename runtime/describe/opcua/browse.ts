import type { ClientSession, DataValue } from "node-opcua";
import type { PropertyType } from "../../core/property.ts";
import type { Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { isUnit, unitSymbol } from "../../core/unit.ts";
import { callSizes, pieces } from "./call-sizes.ts";
import { loadOpcua } from "./load-opcua.ts";
import { referencesOf } from "./references.ts";
import { plainValue } from "./sample-value.ts";
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

/** Built-in types by id (OPC 10000-6, 5.1.2). */
const BOOLEAN = 1;
const LAST_NUMBER = 11;
const FIRST_FLOAT = 10;
const STRING = 12;
const DATE_TIME = 13;

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

/** Value, quality, time, unit and type of tags, in the order asked; an unknown one has its status as quality. */
export async function readTags(session: ClientSession, nodeIds: readonly string[]): Promise<TagReading[]> {
  const { AttributeIds } = await loadOpcua();
  const readings: TagReading[] = [];
  for (const some of pieces(nodeIds, (await callSizes(session)).read)) {
    const values = await session.read(some.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })));
    const units = await unitTextsOf(session, some);
    for (const [j, nodeId] of some.entries()) readings.push(reading(nodeId, values[j]!, units[j]));
  }
  return readings;
}

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
    type: typeOf(variant?.dataType ?? 0, Array.isArray(kept) || ArrayBuffer.isView(kept)),
  };
}

function typeOf(dataType: number, isArray: boolean): PropertyType {
  if (isArray) return "waveform";
  if (dataType === BOOLEAN) return "boolean";
  if (dataType >= FIRST_FLOAT && dataType <= LAST_NUMBER) return "number";
  if (dataType > BOOLEAN && dataType < FIRST_FLOAT) return "integer";
  if (dataType === STRING) return "string";
  if (dataType === DATE_TIME) return "time";
  return dataType === 0 ? "number" : "structure";
}
