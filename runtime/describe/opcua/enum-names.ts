import type { ClientSession, NodeId } from "node-opcua";
import { callSizes, pieces } from "./call-sizes.ts";
import { loadOpcua } from "./load-opcua.ts";
import { attributeOf } from "./tag-facts.ts";

type Names = Readonly<Record<string, string>>;
const PROPERTIES = [".EnumStrings", ".EnumValues"];

/**
 * Names of the codes of enums, in the order asked: from the EnumStrings or EnumValues of the variable itself
 * (OPC 10000-8, 5.3.3), or of its data type (OPC 10000-3, 5.8.3). Undefined where the server gives none.
 */
export async function enumNames(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<(Names | undefined)[]> {
  const { AttributeIds } = await loadOpcua();
  const own = await namesBelow(session, nodeIds);
  const ids = await attributeOf<NodeId>(session, nodeIds, AttributeIds.DataType);
  const types = ids.map((id) => id?.toString());
  const asked = new Set(
    types.flatMap((type, i) => (own[i] !== undefined || type === undefined ? [] : [type])),
  );
  const found = await namesBelow(session, [...asked]);
  const ofTypes = new Map([...asked].map((type, i) => [type, found[i]]));
  return nodeIds.map((_, i) => own[i] ?? ofTypes.get(types[i] ?? ""));
}

async function namesBelow(
  session: ClientSession,
  nodeIds: readonly string[],
): Promise<(Names | undefined)[]> {
  const { makeBrowsePath, AttributeIds } = await loadOpcua();
  const paths = nodeIds.flatMap((nodeId, node) => PROPERTIES.map((property) => ({ nodeId, node, property })));
  const targets: { readonly node: number; readonly target: string }[] = [];
  for (const some of pieces(paths, (await callSizes(session)).translate)) {
    const answers = await session.translateBrowsePath(
      some.map(({ nodeId, property }) => makeBrowsePath(nodeId, property)),
    );
    for (const [i, { node }] of some.entries()) {
      const target = answers[i]?.targets?.[0]?.targetId;
      if (target !== undefined) targets.push({ node, target: target.toString() });
    }
  }
  const values = await attributeOf<unknown>(
    session,
    targets.map(({ target }) => target),
    AttributeIds.Value,
  );
  const names = nodeIds.map((): Names | undefined => undefined);
  for (const [i, { node }] of targets.entries()) names[node] ??= namesIn(values[i]);
  return names;
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
