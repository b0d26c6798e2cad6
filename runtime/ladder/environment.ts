import { isRecord } from "./flow-nodes.ts";

/**
 * What `${NAME}` means where a node stands: the values of a group, a tab, a subflow's instance or the whole flow, and
 * behind them those of what stands round it. Follows Node-RED's flows/util.js, Group.js, Subflow.js and Flow.js.
 */
export interface Environment {
  readonly own: ReadonlyMap<string, unknown>;
  readonly outer?: Environment;
}

const PARENT = "$parent.";

/** The value of a name; undefined where nobody names it. The machine's own environment is not read. */
export function setting(name: string, environment: Environment | undefined): unknown {
  let wanted = name;
  for (let at = environment; at !== undefined; at = at.outer) {
    if (wanted.startsWith(PARENT)) wanted = wanted.slice(PARENT.length);
    else if (at.own.has(wanted)) return at.own.get(wanted);
  }
  return undefined;
}

/** @param lists `env` tables as they stand on the nodes, later ones before earlier ones */
export function environment(lists: readonly unknown[], outer?: Environment): Environment {
  const entries = new Map<string, { value: unknown; type: unknown }>();
  for (const list of lists) {
    if (!Array.isArray(list)) continue;
    for (const entry of list) {
      if (isRecord(entry) && typeof entry.name === "string")
        entries.set(entry.name, { value: entry.value, type: entry.type });
    }
  }
  const own = new Map<string, unknown>();
  for (const [name, { value, type }] of entries) if (type !== "env") own.set(name, typed(value, type, outer));
  // References come last, as they may name a value beside them; one to its own name means the parent's.
  for (const [name, { value, type }] of entries) {
    if (type !== "env" || typeof value !== "string") continue;
    const wanted = /^\$\{([^}]+)\}$/.exec(value)?.[1] ?? value;
    own.set(name, setting(wanted === name ? PARENT + name : wanted, { own, ...(outer && { outer }) }));
  }
  return { own, ...(outer && { outer }) };
}

function typed(value: unknown, type: unknown, outer: Environment | undefined): unknown {
  switch (type) {
    case "bool":
      return value === true || value === "true";
    case "num":
      return Number(value);
    case "json":
      return parsed(value);
    case "conf-type": {
      const name = typeof value === "string" ? /^\$\{([^}]+)\}$/.exec(value)?.[1] : undefined;
      return name === undefined ? value : setting(name, outer);
    }
    case "cred":
    case "jsonata":
      // Known only where the flow runs.
      return undefined;
    default:
      return value;
  }
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    // Node-RED leaves such a value undefined and says so in its log.
    return undefined;
  }
}

/** The value of a field with every `${NAME}` or `$(NAME)` in it, at any depth, taken from the environment. */
export function filledIn(value: unknown, from: Environment): unknown {
  if (typeof value === "string") {
    const name = /^\$\{(\S+)\}$/.exec(value)?.[1] ?? /^\$\((\S+)\)$/.exec(value)?.[1];
    if (name === undefined) return value;
    const found = setting(name, from);
    return found === undefined ? value : found;
  }
  if (Array.isArray(value)) return value.map((entry) => filledIn(entry, from));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, filledIn(entry, from)]));
}
