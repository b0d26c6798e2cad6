import type { ClientSession, ReferenceDescription } from "node-opcua";
import { RungError } from "../../core/errors.ts";
import { monotonicMs } from "../../core/time.ts";
import { OBJECTS } from "./browse.ts";
import { callSizes, pieces } from "./call-sizes.ts";
import { loadOpcua } from "./load-opcua.ts";
import { referencesOf } from "./references.ts";
import { attributeOf, factsOf, type TagFacts } from "./tag-facts.ts";
import { tagMatcher } from "./tag-pattern.ts";

/** A variable that was searched for and found. */
export interface FoundTag extends TagFacts {
  readonly nodeId: string;
  readonly browseName: string;
  readonly displayName: string;
  /** Browse names, the same in every language, from the Objects folder down: `Works/Line1/Cell3/Temperature`. */
  readonly path: string;
  readonly description: string;
}

/** How far a search has got. */
export interface SearchProgress {
  /** Nodes whose children were asked for, and nodes seen that wait for it. */
  readonly visited: number;
  readonly waiting: number;
  readonly found: number;
  /** Nodes the server did not let us look below. */
  readonly refused: number;
  /** Levels below the start. */
  readonly depth: number;
  /** Missing while it runs; `all`: nothing is left to look at, else the bound that ended it. */
  readonly ended?: "all" | "most-nodes" | "most-tags" | "time" | "stopped";
}

export interface SearchStep {
  readonly tags: readonly FoundTag[];
  readonly progress: SearchProgress;
}

export interface SearchOptions {
  /** Words or `/expression/` in names, path, node id and description, see `tagMatcher`; empty finds every variable. */
  readonly text?: string;
  /** Node id to start below. By default the Objects folder without what the server tells about itself. */
  readonly under?: string;
  readonly mostNodes?: number;
  readonly mostTags?: number;
  readonly withinMs?: number;
  readonly signal?: AbortSignal;
}

export const SEARCH_DEFAULTS = { mostNodes: 500_000, mostTags: 100_000, withinMs: 120_000 };

/** The Server object and the Aliases (OPC 10000-5, 8.3.2; 10000-17): what every server has about itself. */
const SERVERS_OWN: ReadonlySet<string> = new Set(["ns=0;i=2253", "ns=0;i=23470"]);
const VARIABLE = 2;
const OBJECTS_FOLDER = "ns=0;i=85";
const MOST_ANCESTORS = 1000;
const VARIABLES_PER_STEP = 1000;

interface Waiting {
  readonly nodeId: string;
  readonly path: string;
  readonly depth: number;
}

/**
 * Searches the address space breadth first for variables, several nodes per request, each node once however many
 * ways lead to it. Gives what it finds step by step; the last step says why it ended. Ending the loop early, or
 * the signal, ends the search.
 * @throws RungError `malformed-search`, `slow-search`, `unknown-node-id`, or what the connection failed with
 */
export async function* searchTags(
  session: ClientSession,
  options: SearchOptions = {},
): AsyncGenerator<SearchStep, void> {
  const { mostNodes, mostTags, withinMs } = { ...SEARCH_DEFAULTS, ...options };
  const { signal } = options;
  const matches = tagMatcher(options.text ?? "");
  const endMs = monotonicMs() + withinMs;
  const { browse } = await callSizes(session);
  const start = options.under || OBJECTS;
  const seen = new Set<string>([await normalId(start)]);
  if (!options.under) for (const own of SERVERS_OWN) seen.add(own);
  const above = options.under ? await placeOf(session, start) : { path: "", ancestors: [] };
  // A reference back up does not make the rest of the plant lie below.
  for (const ancestor of above.ancestors) seen.add(ancestor);
  let level: Waiting[] = [{ nodeId: start, path: above.path, depth: 0 }];
  let next: Waiting[] = [];
  const count = { visited: 0, found: 0, refused: 0, depth: 0 };
  const step = (tags: readonly FoundTag[], ended?: SearchProgress["ended"]): SearchStep => ({
    tags,
    progress: { ...count, waiting: level.length + next.length, ...(ended === undefined ? {} : { ended }) },
  });

  while (level.length > 0) {
    if (signal?.aborted) return yield step([], "stopped");
    if (monotonicMs() > endMs) return yield step([], "time");
    const room = mostNodes - count.visited;
    if (room <= 0) return yield step([], "most-nodes");
    const parents = level.slice(0, Math.min(browse, room));
    level = level.slice(parents.length);
    const variables: (Waiting & { readonly reference: ReferenceDescription })[] = [];
    let below: Awaited<ReturnType<typeof referencesOf>>;
    try {
      below = await referencesOf(
        session,
        parents.map(({ nodeId }) => nodeId),
        { signal },
      );
    } catch (thrown) {
      if (signal?.aborted) return yield step([], "stopped");
      throw thrown;
    }
    for (const [i, { references, refused }] of below.entries()) {
      const parent = parents[i]!;
      count.visited++;
      count.depth = Math.max(count.depth, parent.depth);
      if (refused !== undefined) {
        if (parent.depth === 0) throw unknownStart(start, refused);
        count.refused++;
      }
      for (const reference of references) {
        const nodeId = reference.nodeId.toString();
        // What lies at another server cannot be read at this one.
        if (reference.nodeId.serverIndex > 0 || seen.has(nodeId)) continue;
        seen.add(nodeId);
        const name = segmentOf(reference);
        const path = parent.path === "" ? name : `${parent.path}/${name}`;
        const child = { nodeId, path, depth: parent.depth + 1 };
        next.push(child);
        if (reference.nodeClass === VARIABLE) variables.push({ ...child, reference });
      }
    }
    if (level.length === 0) [level, next] = [next, []];
    if (variables.length === 0) yield step([]);
    // A wide folder is told piece by piece, so that nobody waits for the whole of it.
    for (const some of pieces(variables, VARIABLES_PER_STEP)) {
      if (signal?.aborted) return yield step([], "stopped");
      if (monotonicMs() > endMs) return yield step([], "time");
      const fitting = await fittingOf(session, some, matches);
      const tags = await withFacts(session, fitting.slice(0, mostTags - count.found));
      count.found += tags.length;
      if (tags.length < fitting.length) return yield step(tags, "most-tags");
      yield step(tags);
    }
  }
  yield step([], "all");
}

type NamedTag = Omit<FoundTag, keyof TagFacts>;

/** Those of the variables that are searched for. */
async function fittingOf(
  session: ClientSession,
  variables: readonly (Waiting & { readonly reference: ReferenceDescription })[],
  matches: ReturnType<typeof tagMatcher>,
): Promise<NamedTag[]> {
  const { AttributeIds } = await loadOpcua();
  const descriptions = await attributeOf<{ text?: string | null }>(
    session,
    variables.map(({ nodeId }) => nodeId),
    AttributeIds.Description,
  );
  const named = variables.map(({ nodeId, path, reference }, i) => ({
    nodeId,
    browseName: reference.browseName.name ?? "",
    displayName: nameOf(reference),
    path,
    description: descriptions[i]?.text ?? "",
  }));
  const fits = matches?.(named.map((tag) => Object.values(tag)));
  return named.filter((_, i) => fits?.[i] ?? true);
}

async function withFacts(session: ClientSession, tags: readonly NamedTag[]): Promise<FoundTag[]> {
  const facts = await factsOf(
    session,
    tags.map(({ nodeId }) => nodeId),
  );
  return tags.map((tag, i) => ({ ...tag, ...facts[i]! }));
}

const segmentOf = ({ browseName, displayName, nodeId }: ReferenceDescription): string =>
  browseName.name || displayName.text || nodeId.toString();

const nameOf = ({ displayName, browseName, nodeId }: ReferenceDescription): string =>
  displayName.text || browseName.name || nodeId.toString();

/**
 * Where a node lies: browse names from the Objects folder down to it by the shortest way up, or its own where there
 * is none, and what was met on the ways up. The server may lead round in circles, and to many parents: it is bounded.
 */
async function placeOf(
  session: ClientSession,
  nodeId: string,
): Promise<{ readonly path: string; readonly ancestors: readonly string[] }> {
  const { AttributeIds } = await loadOpcua();
  const [own] = await attributeOf<{ name?: string | null }>(session, [nodeId], AttributeIds.BrowseName);
  const ownPath = own?.name ?? nodeId;
  const start = await normalId(nodeId);
  const seen = new Set([start]);
  let level = [{ nodeId: start, path: ownPath }];
  while (level.length > 0 && seen.size < MOST_ANCESTORS) {
    const above = await referencesOf(
      session,
      level.map((node) => node.nodeId),
      { inverse: true },
    );
    const next: typeof level = [];
    for (const [i, { references }] of above.entries()) {
      for (const reference of references) {
        const parent = reference.nodeId.toString();
        if (parent === OBJECTS_FOLDER) return { path: level[i]!.path, ancestors: [...seen, parent] };
        if (seen.has(parent)) continue;
        seen.add(parent);
        next.push({ nodeId: parent, path: `${segmentOf(reference)}/${level[i]!.path}` });
      }
    }
    level = next;
  }
  return { path: ownPath, ancestors: [...seen] };
}

/** As the server would write it. @throws RungError `unknown-node-id` where the text is no node id */
async function normalId(nodeId: string): Promise<string> {
  const { resolveNodeId } = await loadOpcua();
  try {
    return resolveNodeId(nodeId).toString();
  } catch (cause) {
    throw unknownStart(nodeId, "BadNodeIdInvalid", cause);
  }
}

function unknownStart(nodeId: string, status: string, cause?: unknown): RungError {
  return new RungError({
    code: "unknown-node-id",
    where: nodeId,
    what: `the server does not let us look below it: ${status}`,
    advice: "give a node id such as ns=1;s=Line1, or leave it out",
    cause,
  });
}
