/** The flow of the screen benches: machines from one OPC UA server, and two pages over them. */

import type { Random } from "../../runtime/core/random.ts";

export const PERIOD_MS = 1000;
export const TREND_MINUTES = 40;
/** A clock tag starts at 0 again after so many ms: seven digits, which a tile still shows in full. */
export const CLOCK_TURN = 10_000_000;
/** Tags by turns tell their source time, or a wave. */
export const isClock = (tag: number): boolean => tag % 2 === 0;

/** What a trend draws, °C. */
export const wave = (atMs: number, tag: number, random: Random): number =>
  180 + 12 * Math.sin(atMs / 20_000 + tag) + random.normal();

const NAVIGATION = { navigationStyle: "none", titleBarStyle: "hidden" };
const AREA = "acme/bench/load";
const COLORS = {
  surface: "#bfc3c6",
  primary: "#20364c",
  bgPage: "#c8cbce",
  groupBg: "#c8cbce",
  groupOutline: "#c8cbce",
};

export interface Load {
  readonly machines: number;
  readonly tagsEach: number;
}

export interface PageLoad {
  readonly path: string;
  readonly tiles: number;
  /** Values in each tile. */
  readonly rows: number;
  readonly trends: number;
}

/** A page as the bar names it, and one as a shop would have it. */
export const PAGES: readonly PageLoad[] = [
  { path: "full", tiles: 100, rows: 1, trends: 20 },
  { path: "shop", tiles: 12, rows: 5, trends: 4 },
];

export const widgetsOf = ({ path, tiles, trends }: PageLoad): string[] => [
  `${path}header`,
  `${path}alarms`,
  ...Array.from({ length: tiles }, (_, i) => `${path}tile${i}`),
  ...Array.from({ length: trends }, (_, i) => `${path}trend${i}`),
];

const machineOf = ({ machines }: Load, n: number): string => `m${n % machines}`;
/** The nth tag of a kind, from another machine each. */
const tagOf = ({ machines, tagsEach }: Load, n: number, kind: "clock" | "wave"): string =>
  `t${(2 * Math.floor(n / machines) + (kind === "clock" ? 0 : 1)) % tagsEach}`;

/** What the trends of all pages show. */
export function trendAddresses(load: Load): string[] {
  const most = Math.max(...PAGES.map(({ trends }) => trends));
  return Array.from({ length: most }, (_, i) => `${AREA}/${machineOf(load, i)}/${tagOf(load, i, "wave")}`);
}

/** @param endpoint of the plant */
export function loadFlow({ machines, tagsEach }: Load, endpoint: string): object[] {
  const machine = (i: number) => machineOf({ machines, tagsEach }, i);
  const tag = (n: number, kind: "clock" | "wave") => tagOf({ machines, tagsEach }, n, kind);
  const widget = (id: string, type: string, group: string, order: number, more: object) => ({
    id,
    type,
    z: "pages",
    x: 100,
    y: 40 * order,
    wires: [],
    name: "",
    label: "",
    group,
    order,
    version: 1,
    ...more,
  });
  const page = (load: PageLoad): object[] => {
    const { path, tiles, rows, trends } = load;
    const group = `${path}group`;
    return [
      {
        id: `${path}page`,
        type: "ui-page",
        name: path,
        ui: "base",
        path: `/${path}`,
        layout: "grid",
        theme: "theme",
        breakpoints: [
          { name: "Default", px: "0", cols: "3" },
          { name: "Desktop", px: "1024", cols: "12" },
        ],
        order: 1,
        className: "",
        visible: true,
        disabled: false,
      },
      {
        id: group,
        type: "ui-group",
        name: path,
        page: `${path}page`,
        width: 12,
        height: 1,
        order: 1,
        showTitle: false,
        className: "",
        visible: true,
        disabled: false,
      },
      widget(`${path}header`, "ui-rung-header", group, 1, { width: 12, height: 1, twin: "m0", label: path }),
      widget(`${path}alarms`, "ui-rung-list", group, 2, { width: 12, height: 2, shows: "findings" }),
      ...Array.from({ length: tiles }, (_, i) =>
        widget(`${path}tile${i}`, "ui-rung-tile", group, 3 + i, {
          width: rows > 1 ? 3 : 1,
          height: rows > 1 ? 4 : 2,
          twin: machine(i),
          layout: "rows",
          label: `Tile ${i}`,
          note: "",
          rows: JSON.stringify(
            Array.from({ length: rows }, (__, row) => ({
              path: tag(i + row * machines, "clock"),
              label: `Value ${row}`,
              digits: "0",
            })),
          ),
        }),
      ),
      ...Array.from({ length: trends }, (_, i) =>
        widget(`${path}trend${i}`, "ui-rung-trend", group, 3 + tiles + i, {
          width: 3,
          height: 4,
          twin: machine(i),
          path: tag(i, "wave"),
          minutes: TREND_MINUTES,
          digits: 1,
          historian: "",
        }),
      ),
    ];
  };
  return [
    { id: "load", type: "tab", label: "Load" },
    { id: "pages", type: "tab", label: "Pages" },
    { id: "base", type: "ui-base", name: "Rung", path: "/dashboard", ...NAVIGATION, includeClientData: true },
    { id: "theme", type: "ui-theme", name: "Grey", colors: COLORS, sizes: { density: "default" } },
    {
      id: "link",
      type: "rung-opcua-link",
      name: "bench",
      endpoint,
      reality: "live",
      securityMode: "None",
      securityPolicy: "None",
      login: "anonymous",
    },
    ...Array.from({ length: machines }, (_, i) => [
      {
        id: `m${i}`,
        type: "rung-twin",
        name: `Machine ${i}`,
        version: 1,
        address: `${AREA}/m${i}`,
        scope: "machine",
        targetRung: "1",
        objective: "",
      },
      {
        id: `source${i}`,
        type: "rung-opcua-source",
        z: "load",
        x: 100,
        y: 60 * i,
        wires: [[`state${i}`]],
        version: 1,
        link: "link",
        twin: `m${i}`,
        publishingMs: 100,
        samplingMs: 0,
        emit: "frames",
        fillGaps: false,
        bindings: Array.from({ length: tagsEach }, (__, t) => ({
          nodeId: `ns=1;s=T${i * tagsEach + t}`,
          path: `t${t}`,
          unit: isClock(t) ? "ms" : "°C",
          kind: "measurement",
          type: "number",
          periodMs: PERIOD_MS,
        })),
      },
      // What the trends show is kept, as in a plant: of the first machine all.
      {
        id: `state${i}`,
        type: "rung-state",
        z: "load",
        x: 300,
        y: 60 * i,
        version: 1,
        twin: `m${i}`,
        emit: "frames",
        wires: [i === 0 ? ["history"] : [], []],
      },
    ]).flat(),
    { id: "history", type: "rung-history", z: "load", version: 1, historian: "", x: 500, y: 60, wires: [] },
    ...PAGES.flatMap(page),
  ];
}
