import type { ClientSession } from "node-opcua";
import { loadOpcua } from "./load-opcua.ts";

type Names = Readonly<Record<string, string>>;
const NODES_PER_CALL = 500;

/**
 * Names of the codes of enums, in the order asked: from the EnumStrings or EnumValues of the variable itself
 * (OPC 10000-8, 5.3.3), or of its data type (OPC 10000-3, 5.8.3). Undefined where the server gives none.
 */
export async function enumNames(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<(Names | undefined)[]> {
  const found: (Names | undefined)[] = [];
  for (let i = 0; i < nodeIds.length; i += NODES_PER_CALL) {
    const some = nodeIds.slice(i, i + NODES_PER_CALL);
    const own = await namesBelow(session, some);
    const types = await dataTypesOf(session, some);
    const asked = [
      ...new Set(types.filter((type, j) => own[j] === undefined && type !== undefined)),
    ] as string[];
    const ofTypes = new Map((await namesBelow(session, asked)).map((names, j) => [asked[j]!, names]));
    found.push(...some.map((_, j) => own[j] ?? ofTypes.get(types[j] ?? "")));
  }
  return found;
}

async function namesBelow(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<(Names | undefined)[]> {
  if (nodeIds.length === 0) return [];
  const { makeBrowsePath, AttributeIds } = await loadOpcua();
  const properties = [".EnumStrings", ".EnumValues"];
  const paths = await session.translateBrowsePath(
    nodeIds.flatMap((nodeId) => properties.map((property) => makeBrowsePath(nodeId, property))),
  );
  const targets = paths.flatMap((path, i) => {
    const target = path.targets?.[0]?.targetId;
    return target === undefined ? [] : [{ node: Math.floor(i / properties.length), target }];
  });
  const names = nodeIds.map((): Names | undefined => undefined);
  if (targets.length === 0) return names;
  const values = await session.read(
    targets.map(({ target }) => ({ nodeId: target, attributeId: AttributeIds.Value })),
  );
  for (const [i, { node }] of targets.entries()) names[node] ??= namesIn(values[i]!.value?.value);
  return names;
}

async function dataTypesOf(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<(string | undefined)[]> {
  const { AttributeIds } = await loadOpcua();
  const answers = await session.read(
    nodeIds.map((nodeId) => ({ nodeId, attributeId: AttributeIds.DataType })),
  );
  return answers.map(({ value }) => value?.value?.toString() as string | undefined);
}

interface Text {
  readonly text?: string | null;
}

/** EnumStrings is a list of texts by code from 0, EnumValues one of codes with a display name. */
function namesIn(list: unknown): Names | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const entries = list.map((entry: Text & { value?: unknown; displayName?: Text }, code) => {
    if (entry.displayName === undefined) return [String(code), entry.text ?? ""];
    const [high, low] = entry.value as [number, number];
    return [String((BigInt(high | 0) << 32n) | BigInt(low >>> 0)), entry.displayName.text ?? ""];
  });
  return Object.fromEntries(entries.filter(([, name]) => name !== ""));
}
