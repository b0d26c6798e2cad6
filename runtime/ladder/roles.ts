import type { Rung } from "../core/evidence.ts";

/**
 * What a node does on a data path. The ladder reads nothing else of a node but its role, its wires and the few
 * configuration fields that say which link, twin and target it means.
 */
export type Role =
  | "twin"
  | "link"
  | "actuator"
  | "historian"
  | "source"
  | "recording"
  | "ingest"
  | "foreign source"
  | "orders"
  | "state"
  | "history"
  | "query"
  | "model"
  | "cell"
  | "detect"
  | "diagnosis"
  | "forecast"
  | "life"
  | "estimate"
  | "sibling"
  | "what-if"
  | "optimise"
  | "maintain"
  | "balance"
  | "study"
  | "envelope"
  | "approve"
  | "actuate"
  | "outcome"
  | "screen"
  | "unguarded output"
  | "event";

/** What the rungs need to know of a role. */
export interface RoleFacts {
  /** Rows the role raises once it stands on a path; `what-if` raises 3 only where it scores the baseline. */
  readonly rows: readonly Rung[];
  /** Sends `Recommendation`s, the only thing an envelope takes. */
  readonly recommends?: true;
  /** A person decides here whether the message goes on. */
  readonly person?: true;
  /** Its outputs carry no data of a twin: catch, status, complete. */
  readonly noData?: true;
}

export const ROLE_FACTS: Readonly<Record<Role, RoleFacts>> = {
  twin: { rows: [] },
  link: { rows: [] },
  actuator: { rows: [] },
  historian: { rows: [] },
  source: { rows: [1] },
  recording: { rows: [1] },
  ingest: { rows: [1] },
  "foreign source": { rows: [] },
  orders: { rows: [] },
  state: { rows: [0] },
  history: { rows: [1] },
  query: { rows: [] },
  model: { rows: [0] },
  cell: { rows: [0, 4], recommends: true },
  detect: { rows: [2] },
  diagnosis: { rows: [] },
  forecast: { rows: [3] },
  life: { rows: [3] },
  estimate: { rows: [] },
  sibling: { rows: [] },
  "what-if": { rows: [3, 4] },
  optimise: { rows: [4], recommends: true },
  maintain: { rows: [4], recommends: true },
  balance: { rows: [4], recommends: true },
  study: { rows: [] },
  envelope: { rows: [5] },
  approve: { rows: [], person: true },
  actuate: { rows: [5] },
  outcome: { rows: [] },
  screen: { rows: [] },
  "unguarded output": { rows: [] },
  event: { rows: [], noData: true },
};

/** The one table: node type to role. A type that is not here has no role and passes data on. */
export const ROLE_OF_TYPE: Readonly<Record<string, Role>> = {
  "rung-twin": "twin",
  "rung-opcua-link": "link",
  "rung-mqtt-link": "link",
  "rung-actuator": "actuator",
  "rung-historian": "historian",

  "rung-kernel": "model",
  "rung-oven": "model",
  "rung-booth": "model",
  "rung-line": "model",
  "rung-cell": "cell",
  "rung-ergonomics": "model",

  "rung-opcua-source": "source",
  "rung-mqtt-source": "source",
  "rung-ingest": "ingest",
  "rung-recording": "recording",
  "rung-orders": "orders",
  "rung-state": "state",
  "rung-history": "history",
  "rung-query": "query",

  "rung-detect": "detect",
  "rung-cause": "diagnosis",
  "rung-residual": "diagnosis",

  "rung-forecast": "forecast",
  "rung-life": "life",
  "rung-estimate": "estimate",

  "rung-sibling": "sibling",
  "rung-whatif": "what-if",
  "rung-optimise": "optimise",
  "rung-maintain": "maintain",
  "rung-balance": "balance",
  "rung-variant": "study",
  "rung-reach": "study",

  "rung-envelope": "envelope",
  "rung-approve": "approve",
  "rung-actuate": "actuate",
  "rung-outcome": "outcome",

  "ui-rung-header": "screen",
  "ui-rung-tile": "screen",
  "ui-rung-trend": "screen",
  "ui-rung-list": "screen",
  "ui-rung-3d": "screen",
  "ui-rung-ladder": "screen",
  // A button, a form and the recommendation card send when a person says so.
  "ui-rung-recommendation": "approve",
  "ui-button": "approve",
  "ui-form": "approve",

  inject: "foreign source",
  "mqtt in": "foreign source",
  "http in": "foreign source",
  "tcp in": "foreign source",
  "udp in": "foreign source",
  "websocket in": "foreign source",
  watch: "foreign source",

  "mqtt out": "unguarded output",
  "http request": "unguarded output",
  "tcp out": "unguarded output",
  "tcp request": "unguarded output",
  "udp out": "unguarded output",
  "websocket out": "unguarded output",
  exec: "unguarded output",
  "OpcUa-Client": "unguarded output",
  "OpcUa-Method": "unguarded output",
  "s7 out": "unguarded output",
  "s7 control": "unguarded output",
  "eth-ip out": "unguarded output",
  "ads-out": "unguarded output",
  "modbus-flex-connector": "unguarded output",

  catch: "event",
  status: "event",
  complete: "event",
};

/**
 * Node types that only answer whoever asked, or write to a disk, a log or a screen, though their names end like
 * those of writers.
 */
const HARMLESS = new Set(["http response", "link out", "file", "debug"]);

/** A third-party type named like a writer is taken for one: wrongly held back is safer than wrongly let through. */
const NAMED_LIKE_A_WRITER = /(^|[-_ .])(out|output|write|writer|publish|publisher|send|sender)$/i;

/** A role that a foreign node's package.json claims, and the package that claims it. */
export interface DeclaredRole {
  readonly role: Role;
  readonly by: string;
}

/** The role of a node type; undefined where it has none and merely passes data on. */
export function roleOf(
  type: string,
  declared: Readonly<Record<string, DeclaredRole>> = {},
): Role | undefined {
  if (Object.hasOwn(ROLE_OF_TYPE, type)) return ROLE_OF_TYPE[type];
  if (type.startsWith("rung-") || type.startsWith("ui-") || HARMLESS.has(type)) return undefined;
  if (Object.hasOwn(declared, type)) return declared[type]!.role;
  return NAMED_LIKE_A_WRITER.test(type) ? "unguarded output" : undefined;
}
