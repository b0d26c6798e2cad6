import type { ClientSession, NodeId } from "node-opcua";
import { isUnit, unitSymbol } from "../../core/unit.ts";
import { callSizes, pieces } from "./call-sizes.ts";
import { loadOpcua } from "./load-opcua.ts";

/** What a server says of a variable besides its value. */
export interface TagFacts {
  /** Name of the data type with `[]` where it is an array: `Double`, `Int16[]`, `PackMLState`. */
  readonly dataType: string;
  /** The engineering unit where Rung knows it; `unitText` is as the server writes it. */
  readonly unit: string | undefined;
  readonly unitText: string | undefined;
  /** What this login may do (UserAccessLevel, OPC 10000-3, 8.57). */
  readonly access: readonly ("read" | "write" | "history")[];
}

/** ValueRank of a scalar, and the one of "scalar or array" (OPC 10000-3, 5.6.2). */
const SCALAR = -1;
const ANY_RANK = -2;
const CURRENT_READ = 1;
const CURRENT_WRITE = 2;
const HISTORY_READ = 4;

/** Reads the facts of variables, in the order asked. */
export async function factsOf(session: ClientSession, nodeIds: readonly string[]): Promise<TagFacts[]> {
  const { AttributeIds } = await loadOpcua();
  const dataTypes = await attributeOf<NodeId>(session, nodeIds, AttributeIds.DataType);
  const ranks = await attributeOf<number>(session, nodeIds, AttributeIds.ValueRank);
  const levels = await attributeOf<number>(session, nodeIds, AttributeIds.UserAccessLevel);
  const names = await namesOf(
    session,
    dataTypes.flatMap((id) => (id === undefined ? [] : [id.toString()])),
  );
  const units = await unitTextsOf(session, nodeIds);
  return nodeIds.map((_, i) => {
    const level = levels[i] ?? 0;
    const access: ("read" | "write" | "history")[] = [];
    if (level & CURRENT_READ) access.push("read");
    if (level & CURRENT_WRITE) access.push("write");
    if (level & HISTORY_READ) access.push("history");
    const rank = ranks[i] ?? SCALAR;
    const name = names.get(dataTypes[i]?.toString() ?? "") ?? "";
    const unitText = units[i];
    return {
      dataType: rank === SCALAR || rank === ANY_RANK ? name : `${name}[]`,
      unit: unitText !== undefined && isUnit(unitText) ? unitSymbol(unitText) : undefined,
      unitText,
      access,
    };
  });
}

/** One attribute of many nodes, in the order asked; undefined where the server gives none. */
export async function attributeOf<T>(
  session: ClientSession,
  nodeIds: readonly string[],
  attributeId: number,
): Promise<(T | undefined)[]> {
  const values: (T | undefined)[] = [];
  for (const some of pieces(nodeIds, (await callSizes(session)).read)) {
    const answers = await session.read(some.map((nodeId) => ({ nodeId, attributeId })));
    for (const answer of answers) {
      const value: unknown = answer.statusCode.isGood() ? answer.value?.value : undefined;
      values.push((value ?? undefined) as T | undefined);
    }
  }
  return values;
}

/** Display names of the EngineeringUnits property (OPC 10000-8, 5.6.3) of each node that has one. */
export async function unitTextsOf(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<(string | undefined)[]> {
  const { AttributeIds, makeBrowsePath } = await loadOpcua();
  const units = new Array<string | undefined>(nodeIds.length);
  const properties: { readonly nodeId: string; readonly i: number }[] = [];
  let start = 0;
  for (const some of pieces(nodeIds, (await callSizes(session)).translate)) {
    const paths = await session.translateBrowsePath(
      some.map((nodeId) => makeBrowsePath(nodeId, ".EngineeringUnits")),
    );
    for (const [k, path] of paths.entries()) {
      const target = path.targets?.[0]?.targetId;
      if (target !== undefined) properties.push({ nodeId: target.toString(), i: start + k });
    }
    start += some.length;
  }
  const values = await attributeOf<{ displayName?: { text?: string } }>(
    session,
    properties.map(({ nodeId }) => nodeId),
    AttributeIds.Value,
  );
  for (const [k, { i }] of properties.entries()) units[i] = values[k]?.displayName?.text ?? undefined;
  return units;
}

/** Browse names of data types by their ids; the server is asked once for each. */
async function namesOf(session: ClientSession, ids: readonly string[]): Promise<Map<string, string>> {
  const { AttributeIds } = await loadOpcua();
  const different = [...new Set(ids)];
  const names = await attributeOf<{ name?: string | null }>(session, different, AttributeIds.BrowseName);
  return new Map(different.map((id, i) => [id, names[i]?.name ?? id]));
}
