import type { BrowseResult, ClientSession, ReferenceDescription } from "node-opcua";
import { messageOf } from "../../core/errors.ts";
import { callSizes, pieces } from "./call-sizes.ts";
import { loadOpcua } from "./load-opcua.ts";

/** What lies below one node, or why the server does not tell. */
export interface NodeReferences {
  readonly references: readonly ReferenceDescription[];
  /** Name of the status code where the node was refused. */
  readonly refused?: string;
}

export interface ReferencesOptions {
  /** What lies above instead of below. */
  readonly inverse?: boolean;
  /** Stops between two requests; what the server kept for us is released. */
  readonly signal?: AbortSignal | undefined;
}

/** HierarchicalReferences (OPC 10000-5, 11). */
const HIERARCHICAL = "i=33";
/** HasProperty, HasHistoricalConfiguration: they lead to units, limits and settings of a tag, not to other tags. */
const ABOUT_A_TAG: ReadonlySet<string> = new Set(["ns=0;i=46", "ns=0;i=56"]);
const OBJECTS_AND_VARIABLES = 3;
const ALL_FIELDS = 63;
/** The answer to a question about many nodes may be more than server or client can take. */
const TOO_LARGE = /BadResponseTooLarge|BadEncodingLimitsExceeded|BadTcpMessageTooLarge|BadRequestTooLarge/;
/** The server had no place to keep the rest of this answer (OPC 10000-4, 5.9.2). */
const NO_PLACE = /BadNoContinuationPoints/;

/**
 * Objects and variables below each node, in the order asked; found by hierarchical references, several nodes per
 * request within the server's limits, long answers page by page.
 * @throws what the connection failed with
 */
export async function referencesOf(
  session: ClientSession,
  nodeIds: readonly string[],
  options: ReferencesOptions = {},
): Promise<NodeReferences[]> {
  const all: NodeReferences[] = [];
  for (const some of pieces(nodeIds, (await callSizes(session)).browse)) {
    all.push(...(await browsePiece(session, some, options)));
  }
  return all;
}

async function browsePiece(
  session: ClientSession,
  nodeIds: readonly string[],
  options: ReferencesOptions,
): Promise<NodeReferences[]> {
  const { signal, inverse } = options;
  signal?.throwIfAborted();
  const { BrowseDirection } = await loadOpcua();
  let results: BrowseResult[];
  try {
    results = await session.browse(
      nodeIds.map((nodeId) => ({
        nodeId,
        referenceTypeId: HIERARCHICAL,
        browseDirection: inverse ? BrowseDirection.Inverse : BrowseDirection.Forward,
        includeSubtypes: true,
        nodeClassMask: OBJECTS_AND_VARIABLES,
        resultMask: ALL_FIELDS,
      })),
    );
  } catch (thrown) {
    if (nodeIds.length === 1 || !TOO_LARGE.test(messageOf(thrown))) throw thrown;
    const half = Math.ceil(nodeIds.length / 2);
    const first = await browsePiece(session, nodeIds.slice(0, half), options);
    return [...first, ...(await browsePiece(session, nodeIds.slice(half), options))];
  }
  const found = results.map((result) => [...(result.references ?? [])]);
  await takeTheRest(session, results, found, signal);
  const answers: NodeReferences[] = [];
  for (const [i, result] of results.entries()) {
    const { statusCode } = result;
    if (nodeIds.length > 1 && NO_PLACE.test(statusCode.name)) {
      // Asked alone, once the others have given their places back.
      answers.push(...(await browsePiece(session, [nodeIds[i]!], options)));
      continue;
    }
    const references = found[i]!.filter(
      ({ referenceTypeId }) => !ABOUT_A_TAG.has(referenceTypeId.toString()),
    );
    answers.push(statusCode.isGood() ? { references } : { references, refused: statusCode.name });
  }
  return answers;
}

/** Adds the further pages of each answer to `found`. */
async function takeTheRest(
  session: ClientSession,
  results: readonly BrowseResult[],
  found: ReferenceDescription[][],
  signal: AbortSignal | undefined,
): Promise<void> {
  let open = results.flatMap(({ continuationPoint }, i) =>
    continuationPoint && continuationPoint.length > 0 ? [{ i, continuationPoint }] : [],
  );
  while (open.length > 0) {
    const points = open.map(({ continuationPoint }) => continuationPoint);
    if (signal?.aborted) {
      await session.browseNext(points, true);
      signal.throwIfAborted();
    }
    const pages = await session.browseNext(points, false);
    const next: typeof open = [];
    for (const [k, { i }] of open.entries()) {
      const { references, continuationPoint } = pages[k]!;
      for (const reference of references ?? []) found[i]!.push(reference);
      if (continuationPoint && continuationPoint.length > 0) next.push({ i, continuationPoint });
    }
    open = next;
  }
}
