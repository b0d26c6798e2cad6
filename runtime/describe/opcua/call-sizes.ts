import type { ClientSession } from "node-opcua";

/** How many nodes one request to this server may name. */
export interface CallSizes {
  readonly read: number;
  readonly browse: number;
  readonly translate: number;
}

/** Server_ServerCapabilities_OperationLimits_MaxNodesPer... (OPC 10000-5, 6.3.11). */
const READ_LIMIT = "i=11705";
const BROWSE_LIMIT = "i=11710";
const TRANSLATE_LIMIT = "i=11712";

/** Where the server names no limit: enough to be quick, small enough for one answer. */
const UNLIMITED: CallSizes = { read: 1000, browse: 500, translate: 500 };

const known = new WeakMap<ClientSession, Promise<CallSizes>>();

/** The server's limits, asked once per session; 0, nothing and anything above ours are ours. */
export function callSizes(session: ClientSession): Promise<CallSizes> {
  let sizes = known.get(session);
  if (sizes === undefined) {
    sizes = askSizes(session);
    known.set(session, sizes);
    // A question that failed is asked again.
    sizes.catch(() => known.delete(session));
  }
  return sizes;
}

async function askSizes(session: ClientSession): Promise<CallSizes> {
  const nodes = [READ_LIMIT, BROWSE_LIMIT, TRANSLATE_LIMIT];
  const answers = await session.read(nodes.map((nodeId) => ({ nodeId })));
  const atMost = (ours: number, index: number): number => {
    const limit: unknown = answers[index]?.value?.value;
    return typeof limit === "number" && limit > 0 ? Math.min(limit, ours) : ours;
  };
  return {
    read: atMost(UNLIMITED.read, 0),
    browse: atMost(UNLIMITED.browse, 1),
    translate: atMost(UNLIMITED.translate, 2),
  };
}

/** Cuts a list into pieces of at most `size`. */
export function pieces<T>(list: readonly T[], size: number): T[][] {
  const cut: T[][] = [];
  for (let i = 0; i < list.length; i += size) cut.push(list.slice(i, i + size));
  return cut;
}
