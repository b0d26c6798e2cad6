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
  | "figure"
  | "model"
  | "cell"
  | "line"
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
  figure: { rows: [] },
  model: { rows: [0] },
  cell: { rows: [0, 4], recommends: true },
  line: { rows: [0, 3] },
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
  "rung-line": "line",
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
  "rung-oee": "figure",
  "rung-energy": "figure",

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
  "ui-rung-band": "screen",
  "ui-rung-list": "screen",
  "ui-rung-3d": "screen",
  "ui-rung-cell": "screen",
  "ui-rung-balance": "screen",
  "ui-rung-line": "screen",
  "ui-rung-maintenance": "screen",
  "ui-rung-ladder": "screen",
  "ui-rung-shops": "screen",
  "ui-rung-detail": "screen",
  "ui-rung-energy": "screen",
  // The recommendation card and the dashboard's inputs send when a person says so.
  "ui-rung-recommendation": "approve",
  "ui-button": "approve",
  "ui-button-group": "approve",
  "ui-dropdown": "approve",
  "ui-form": "approve",
  "ui-number-input": "approve",
  "ui-radio-group": "approve",
  "ui-slider": "approve",
  "ui-switch": "approve",
  "ui-table": "approve",
  "ui-template": "approve",
  "ui-text-input": "approve",
  // Those of the first dashboard.
  ui_button: "approve",
  ui_colour_picker: "approve",
  ui_date_picker: "approve",
  ui_dropdown: "approve",
  ui_form: "approve",
  ui_numeric: "approve",
  ui_slider: "approve",
  ui_switch: "approve",
  ui_template: "approve",
  ui_text_input: "approve",

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

/** Core nodes that hand on what they get, or show it to whoever wires: alone they neither give nor take anything. */
const HANDS_ON = new Set([
  ...["junction", "link in", "link out", "link call", "function", "switch", "change", "range", "template"],
  ...["delay", "trigger", "rbe", "split", "join", "sort", "batch", "csv", "html", "json", "xml", "yaml"],
  ...["debug", "unknown"],
]);

/** True for a node that is a loose end where nothing is wired into it, or where nothing comes after it. */
export const handsOn = (type: string): boolean => HANDS_ON.has(type) || type.startsWith("subflow:");

/** Modules that a function node may load without being able to write anywhere; any other could be a client. */
const HARMLESS_MODULES = new Set([
  ...["assert", "buffer", "crypto", "events", "os", "path", "perf_hooks", "querystring", "string_decoder"],
  ...["timers", "url", "util", "zlib"],
  ...["date-fns", "dayjs", "lodash", "luxon", "mathjs", "ml-matrix", "moment", "simple-statistics", "uuid"],
]);

/** A role that a foreign node's package.json claims, and the package that claims it. */
export interface DeclaredRole {
  readonly role: Role;
  readonly by: string;
}

/**
 * Roles that a foreign package may declare: those that work on what a state gives, and those that only take
 * something away. What stands for the plant, holds a twin's values or may write is nobody's to declare: a foreign
 * source comes in through ingest, and a foreign writer is an unguarded output.
 */
export const DECLARABLE_ROLES: readonly Role[] = [
  "model",
  "detect",
  "diagnosis",
  "forecast",
  "life",
  "estimate",
  "what-if",
  "optimise",
  "maintain",
  "balance",
  "study",
  "approve",
  "screen",
  "unguarded output",
];

/** The role of a node type; undefined where it has none and merely passes data on. */
export function roleOf(
  type: string,
  declared: Readonly<Record<string, DeclaredRole>> = {},
): Role | undefined {
  if (Object.hasOwn(ROLE_OF_TYPE, type)) return ROLE_OF_TYPE[type];
  if (type.startsWith("rung-") || HARMLESS.has(type)) return undefined;
  if (NAMED_LIKE_A_WRITER.test(type) && !type.startsWith("ui-")) return "unguarded output";
  return isDeclared(type, declared) ? declared[type]!.role : undefined;
}

/** True where the type has its role by what its package declares, and by nothing else. */
export function isDeclared(type: string, declared: Readonly<Record<string, DeclaredRole>>): boolean {
  if (!Object.hasOwn(declared, type) || !DECLARABLE_ROLES.includes(declared[type]!.role)) return false;
  const isOurs = Object.hasOwn(ROLE_OF_TYPE, type) || type.startsWith("rung-") || HARMLESS.has(type);
  return !isOurs && (type.startsWith("ui-") || !NAMED_LIKE_A_WRITER.test(type));
}

/** The role of one node: two core types have it by how they are set up. */
export function roleOfNode(
  type: string,
  config: Readonly<Record<string, unknown>>,
  declared: Readonly<Record<string, DeclaredRole>> = {},
): Role | undefined {
  if (type === "function" && loadsClient(config.libs)) return "unguarded output";
  const role = roleOf(type, declared);
  return role === "approve" && letsThrough(type, config) ? undefined : role;
}

/** Dashboard inputs that hand nothing on by themselves, whatever they are set to. */
const NEVER_HANDS_ON = new Set(["ui-form", "ui-table", "ui_form"]);

/** An input of the dashboard that hands on what comes in, with no person's doing. */
function letsThrough(type: string, config: Readonly<Record<string, unknown>>): boolean {
  if (!/^ui[-_]/.test(type) || type.startsWith("ui-rung-") || NEVER_HANDS_ON.has(type)) return false;
  // Unlike the others, templates hand on unless they say otherwise.
  if (type === "ui-template") return config.passthru !== false;
  if (type === "ui_template") return config.fwdInMessages !== false;
  return config.passthru === true || (config.emulateClick === true && config.enableClick !== false);
}

function loadsClient(libs: unknown): boolean {
  if (!Array.isArray(libs)) return false;
  return libs.some((lib) => {
    const name = typeof lib === "object" && lib !== null ? (lib as { module?: unknown }).module : undefined;
    return typeof name === "string" && name !== "" && !HARMLESS_MODULES.has(name.replace(/^node:/, ""));
  });
}
