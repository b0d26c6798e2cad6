import type { MaintenancePlanMessage } from "../../runtime/prescribe/maintain/rolling/plan-message.ts";
import type { Recommendation } from "../../runtime/prescribe/recommendation.ts";
import { LIVE_LINE } from "./live-line.ts";
import { oneWidgetFlow } from "./widget-flow.ts";

export const AREA = "acme/leipzig/yard";
export const ODD = `${AREA}/odd1`;

/** Names as nobody should give them, and somebody will. */
export const NAMES = [
  "W".repeat(200),
  "a very long name of many words ".repeat(7).slice(0, 200),
  "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>",
  "\u202eright to left \u05d0\u05d1\u05d2\u05d3",
  "🏭🔥 Öfen\n\tzweite Zeile",
  "",
] as const;

const EXACTLY = { value: 170, low: 168, high: 172 };
const RECOMMENDATION: Recommendation = {
  kind: "recommendation",
  id: "odd1/setpoints/1",
  twin: ODD,
  title: "Save gas: zone 6 −8.0 K",
  changes: [{ target: `${ODD}/zone6/airTemperatureSetpoint`, from: 180, to: 172, unit: "°C" }],
  comparisons: ["gas per body", "exit temperature"].map((what) => ({
    what,
    unit: "kWh",
    baseline: EXACTLY,
    scenario: EXACTLY,
    difference: EXACTLY,
  })),
  constraints: [
    { name: "bodies below E170 10 min", value: 0, limit: 0.1, unit: "%", verdict: "free", hard: false },
  ],
  projected: { address: `${ODD}/exit/rocker`, unit: "°C", interval: EXACTLY, afterUs: 1 },
  nominal: { changes: [], comparisons: [] },
  evidence: [],
  modelVersion: "odd-1",
  madeAtUs: 1_790_000_000_000_000,
  expiresUs: 1_790_000_600_000_000,
};
const HOUR_US = 3_600_000_000;
const PLAN: MaintenancePlanMessage = {
  kind: "maintenance-plan",
  twin: ODD,
  name: "station",
  madeAtUs: 1_790_000_000_000_000,
  horizonH: 72,
  repairers: 2,
  setupCost: 250,
  downtimeCostPerH: 900,
  stops: [1, 2].map((n) => ({
    fromUs: 1_790_000_000_000_000 + n * HOUR_US,
    toUs: 1_790_000_000_000_000 + (n + 0.5) * HOUR_US,
    value: 120,
    works: [],
    why: "no body in the cell",
  })),
  effect: {
    stops: { alone: 7, planned: 3 },
    downtimeH: { alone: 6, planned: 4.2 },
    shift: { alone: EXACTLY, planned: EXACTLY },
    saved: EXACTLY,
    draws: 100,
  },
  proven: true,
  changes: [{ work: "caps", what: "R1 caps 6 h earlier", why: "they wear faster" }],
  unknown: ["fan"],
  windows: null,
};
/** What other nodes tell a widget, and which numbers of it are bad. */
const TOLD = { line: LIVE_LINE, recommendation: RECOMMENDATION, maintenance: PLAN };

/** Runs in function nodes: each message with its numbers or its names replaced. */
const SPOIL = `
const BAD = [NaN, Infinity, -Infinity, 1e300, -1e300, -0, null, undefined, true, "12,5"];
const NAMES = ${JSON.stringify(NAMES)};
/** Words that people wrote, by the name of their field. */
const SAID = /^(title|name|label|what|why|reason|action|consequence|unit|unknown|modelVersion)$/;
let turn = 0;
const spoil = (value, way, key) => {
  if (Array.isArray(value)) return value.map((each) => spoil(each, way, key));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoil(each, way, name)]));
  if (way === "names") return typeof value === "string" && SAID.test(key) ? NAMES[turn++ % NAMES.length] : value;
  return typeof value === "number" ? (way === "mixed" ? BAD[turn++ % BAD.length] : BAD[way]) : value;
};`;

/**
 * Ways in which `/spoil?way=` spoils what it sends: by one bad number (its place in BAD; what is not finite comes to a
 * page as null, so that one of those stands for all), all of them in turn, or by names.
 */
export const WAYS = [0, 3, 4, 7, 9, "mixed", "names"] as const;

const PROPERTIES = [
  "nan",
  "infinite",
  "huge",
  "minus",
  "zero",
  "nothing",
  "missing",
  "truth",
  "word",
  "long",
];

const at = (x: number, y: number) => ({ x, y });
const node = (id: string, type: string, more: object) => ({ id, type, z: "t", name: "", wires: [], ...more });
const widget = (id: string, type: string, order: number, width: number, more: object = {}) =>
  node(id, type, {
    label: "",
    group: "group",
    order,
    width,
    height: 6,
    version: 1,
    twin: "odd",
    ...at(900, 60 * order),
    ...more,
  });
const route = (url: string, y: number, to: string) => [
  node(`${url}in`, "http in", { url: `/${url}`, method: "get", ...at(100, y), wires: [[to, `${url}out`]] }),
  node(`${url}out`, "http response", { statusCode: "204", ...at(300, y + 40) }),
];

/** One page with a widget of each family, over a twin of which nothing is as it should be. */
export function badDataFlow(): object[] {
  const page = oneWidgetFlow({ type: "ui-rung-tile", payload: {} }).filter(
    (one) => !["in", "widget", "said"].includes((one as { id: string }).id),
  );
  const row = (name: string, i: number, more: object = {}) => ({
    nodeId: `payload.${name}`,
    topic: "",
    path: name,
    kind: "measurement",
    type: "number",
    unit: "kW",
    label: NAMES[i % NAMES.length] || name,
    periodMs: 1000,
    timePath: "payload.at",
    timeUnit: "ms",
    qualityPath: "",
    ...more,
  });
  const rows = PROPERTIES.map((path, i) => ({
    path,
    digits: "1",
    label: NAMES[i % NAMES.length] || path,
    setpoint: "huge",
    band: "5",
  }));
  return [
    ...page,
    {
      id: "yard",
      type: "rung-twin",
      name: NAMES[1],
      version: 1,
      address: AREA,
      scope: "process",
      targetRung: "1",
      objective: NAMES[0],
    },
    {
      id: "odd",
      type: "rung-twin",
      name: NAMES[0],
      version: 1,
      address: ODD,
      scope: "machine",
      targetRung: "1",
      objective: NAMES[2],
      parent: "yard",
    },
    ...route("sample", 60, "sample"),
    node("sample", "function", {
      // Times by turns as they are, a minute ahead, an hour back, and out of order.
      func: `const n = Number(msg.payload.n);
const at = Date.now() + [0, 60000, -3600000, -1000][n % 4];
return { topic: "odd", payload: { at, nan: NaN, infinite: n % 2 ? Infinity : -Infinity, huge: n % 3 ? 1e300 : 12, minus: -1e300, zero: -0, nothing: null, truth: n % 2 === 0, word: "a word where a number is due", long: 1234567890123.456 + n, state: [3, 1e300, NaN, 6][n % 4] } };`,
      outputs: 1,
      libs: [],
      ...at(300, 60),
      wires: [["ingest"]],
    }),
    node("ingest", "rung-ingest", {
      version: 1,
      twin: "odd",
      reality: "live",
      silentAfterS: 600,
      emit: "frames",
      bindings: [...PROPERTIES.map((name, i) => row(name, i)), row("state", 0, { unit: "", periodMs: 0 })],
      ...at(500, 60),
      wires: [["state"]],
    }),
    node("state", "rung-state", { version: 1, twin: "odd", emit: "frames", ...at(700, 60), wires: [[], []] }),
    ...route("spoil", 200, "spoil"),
    node("spoil", "function", {
      func: `${SPOIL}
const way = /^\\d+$/.test(msg.payload.way) ? Number(msg.payload.way) : msg.payload.way;
const TOLD = ${JSON.stringify(TOLD)};
return [TOLD.line, TOLD.recommendation, TOLD.maintenance].map((told) => ({ payload: spoil(told, way, "") }));`,
      outputs: 3,
      libs: [],
      ...at(300, 200),
      wires: [["line"], ["recommendation"], ["maintenance"]],
    }),
    ...route("flood", 300, "flood"),
    node("flood", "function", {
      // Of 40 machines, each finding another one; every tenth is over at once.
      func: `const NAMES = ${JSON.stringify(NAMES)};
const from = Number(msg.payload.from), to = Number(msg.payload.to);
const us = Date.now() * 1000;
for (let i = from; i < to; i++) {
  const twin = "${AREA}/m" + (i % 40);
  const finding = { kind: "finding", id: "f" + i, twin, contributions: [{ address: twin + "/p" + i, share: 1 }], score: i % 7 ? 2 : Infinity, limit: 1, active: true, sinceUs: us, timeUs: us, priority: 1 + (i % 3), title: NAMES[i % NAMES.length] || "Place " + i, reason: NAMES[(i + 1) % NAMES.length] || "off", action: NAMES[(i + 2) % NAMES.length] || "look", ...(i % 5 ? {} : { withinMin: i % 2 ? NaN : 10 }) };
  node.send({ payload: finding });
 if (i % 10 === 0) node.send({ payload: { ...finding, active: false } });
}
return null;`,
      outputs: 1,
      libs: [],
      ...at(300, 300),
      wires: [["list", "header"]],
    }),
    widget("header", "ui-rung-header", 1, 12, { height: 1, label: NAMES[1] }),
    widget("rows", "ui-rung-tile", 2, 3, {
      layout: "rows",
      label: NAMES[0],
      note: NAMES[1],
      rows: JSON.stringify(rows),
    }),
    widget("columns", "ui-rung-tile", 3, 6, {
      layout: "columns",
      label: NAMES[2],
      note: "",
      rows: JSON.stringify(rows.map(({ path, digits }) => ({ path, digits }))),
    }),
    widget("trend", "ui-rung-trend", 4, 3, {
      path: "huge, long, word, zero",
      minutes: 10,
      digits: 1,
      historian: "",
      label: NAMES[1],
    }),
    widget("band", "ui-rung-band", 5, 6, {
      path: "state",
      hours: 1,
      states: "",
      label: NAMES[3],
      historian: "",
    }),
    widget("list", "ui-rung-list", 6, 6, { shows: "findings", label: NAMES[4] }),
    widget("ladder", "ui-rung-ladder", 7, 4),
    widget("shops", "ui-rung-shops", 8, 8, {
      twin: "yard",
      oee: "82",
      rows: JSON.stringify([{ twin: ODD, label: NAMES[0], oee: "90", values: "huge > long, word, zero" }]),
    }),
    widget("line", "ui-rung-line", 9, 12),
    widget("recommendation", "ui-rung-recommendation", 10, 6),
    widget("maintenance", "ui-rung-maintenance", 11, 6),
  ];
}
