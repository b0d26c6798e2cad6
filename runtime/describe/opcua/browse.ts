import type { ClientSession, DataValue, ReferenceDescription } from "node-opcua";
import type { PropertyType } from "../../core/property.ts";
import type { Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { isUnit, unitSymbol } from "../../core/unit.ts";
import { loadOpcua } from "./load-opcua.ts";
import { plainValue } from "./plain-value.ts";

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
const NODES_PER_CALL = 500;

/** The children of a node, the plant's own first, else in the server's order; found by hierarchical references. */
export async function browse(session: ClientSession, nodeId = OBJECTS): Promise<TreeNode[]> {
  const children = await referencesOf(session, [nodeId]);
  const found = children[0]!.filter(isTagOrFolder);
  const grandchildren = await referencesOf(
    session,
    found.map((child) => child.nodeId.toString()),
  );
  const { NodeClass } = await loadOpcua();
  const nodes = found.map((child, i) => ({
    nodeId: child.nodeId.toString(),
    name: child.displayName.text || child.browseName.name || child.nodeId.toString(),
    isVariable: child.nodeClass === NodeClass.Variable,
    hasChildren: grandchildren[i]!.some(isTagOrFolder),
  }));
  // What every server has about itself comes after what this one has about its plant.
  return [...nodes.filter(isPlants), ...nodes.filter((node) => !isPlants(node))];

  function isPlants(node: TreeNode): boolean {
    return !node.nodeId.startsWith("ns=0;");
  }

  function isTagOrFolder(reference: ReferenceDescription): boolean {
    const object = 1;
    const variable = 2;
    return reference.nodeClass === object || reference.nodeClass === variable;
  }
}

async function referencesOf(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<ReferenceDescription[][]> {
  const { BrowseDirection } = await loadOpcua();
  const all: ReferenceDescription[][] = [];
  for (let i = 0; i < nodeIds.length; i += NODES_PER_CALL) {
    const results = await session.browse(
      nodeIds.slice(i, i + NODES_PER_CALL).map((nodeId) => ({
        nodeId,
        // HierarchicalReferences, but for those that lead to units, limits and the settings of a history.
        referenceTypeId: "i=33",
        browseDirection: BrowseDirection.Forward,
        includeSubtypes: true,
        nodeClassMask: 3,
        resultMask: 63,
      })),
    );
    for (const result of results) {
      let references = result.references ?? [];
      let point = result.continuationPoint;
      while (point && point.length > 0) {
        const next = await session.browseNext(point, false);
        references = references.concat(next.references ?? []);
        point = next.continuationPoint;
      }
      all.push(references.filter((reference) => !ABOUT_A_TAG.has(reference.referenceTypeId.toString())));
    }
  }
  return all;
}

/** HasProperty, HasHistoricalConfiguration (OPC 10000-5, 11). */
const ABOUT_A_TAG: ReadonlySet<string> = new Set(["ns=0;i=46", "ns=0;i=56"]);

/** Value, quality, time, unit and type of tags, in the order asked; an unknown one has its status as quality. */
export async function readTags(session: ClientSession, nodeIds: readonly string[]): Promise<TagReading[]> {
  const { AttributeIds } = await loadOpcua();
  const readings: TagReading[] = [];
  for (let i = 0; i < nodeIds.length; i += NODES_PER_CALL) {
    const some = nodeIds.slice(i, i + NODES_PER_CALL);
    const values = await session.read(some.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })));
    const units = await unitsOf(session, some);
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
  for (let i = 0; i < nodeIds.length; i += NODES_PER_CALL) {
    const some = nodeIds.slice(i, i + NODES_PER_CALL);
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

/** Display names of the EngineeringUnits property (OPC 10000-8, 5.6.3) of each node that has one. */
async function unitsOf(session: ClientSession, nodeIds: readonly string[]): Promise<(string | undefined)[]> {
  const { AttributeIds, makeBrowsePath } = await loadOpcua();
  const paths = await session.translateBrowsePath(
    nodeIds.map((nodeId) => makeBrowsePath(nodeId, ".EngineeringUnits")),
  );
  const targets = paths.map((path) => path.targets?.[0]?.targetId);
  const known = targets.flatMap((target, i) => (target === undefined ? [] : [{ target, i }]));
  const units = new Array<string | undefined>(nodeIds.length);
  if (known.length === 0) return units;
  const values = await session.read(
    known.map(({ target }) => ({ nodeId: target, attributeId: AttributeIds.Value })),
  );
  for (const [k, { i }] of known.entries()) {
    const information = values[k]!.value?.value as { displayName?: { text?: string } } | null | undefined;
    units[i] = information?.displayName?.text ?? undefined;
  }
  return units;
}
