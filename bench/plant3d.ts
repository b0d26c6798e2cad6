/**
 * What the plant in 3D costs a browser: 1,000 AGVs that all move, told at 2 Hz over the whole way: messages, ingest,
 * state, widget, socket, page. CPU time is that of all processes of the browser, from /proc, in the same run as an empty
 * page. Software drawing (SwiftShader), so it is the worst case of a screen.
 * node bench/plant3d.ts [seconds per page] [AGVs]
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../test/flows/browser.ts";
import {
  addEveryRole,
  HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "../test/host/host-process.ts";
import { COUNT_DRAWING, type Drawn } from "../test/nodes/counted-drawing.ts";
import { node, plant3dFlow, row } from "../test/nodes/plant3d-flow.ts";

const SECONDS = Number(process.argv[2] ?? 30);
const AGVS = Number(process.argv[3] ?? 1000);
const BAR_PERCENT = 15;
const TICKS_PER_S = 100;
/** For start-up to be over. */
const SETTLE_MS = 8000;
const SIZE = { width: 1920, height: 1080 };
const TWIN = "bench/site/hall";

const agvs = Array.from({ length: AGVS }, (_, i) => `agv${i}`);
const layout = [
  "rung: layout\nversion: 1\nname: Hall\nunits: m\nshops:",
  "  - { id: hall, name: Hall, at: [0, 0], size: [220, 110, 0] }\nagvs:",
  ...agvs.map((id) => `  - { id: ${id}, shop: hall, address: ${TWIN}/${id}, x: x, y: y }`),
].join("\n");

/** All AGVs on circles round places of a grid: every one moves by about 0.5 m between two messages. */
const FLEET = `
  const t = Date.now() / 1000;
  msg.payload = {};
  for (let i = 0; i < ${AGVS}; i++) {
    msg.payload["agv" + i + "/x"] = -98 + 5 * (i % 40) + 2 * Math.cos(t / 2 + i);
    msg.payload["agv" + i + "/y"] = -48 + 4 * Math.floor(i / 40) + 2 * Math.sin(t / 2 + i);
  }
  return msg;`;

function flow(layout: string): object[] {
  const bindings = agvs.flatMap((id) => ["x", "y"].map((axis) => row(`${id}/${axis}`, "number", "m", 500)));
  return [
    ...plant3dFlow({ address: TWIN, layout, bindings, silentAfterS: 15 }),
    node("tick", "inject", {
      props: [{ p: "payload" }],
      repeat: "0.5",
      once: true,
      onceDelay: 1,
      payload: "",
      payloadType: "date",
      wires: [["fleet"]],
    }),
    node("fleet", "function", { func: FLEET, outputs: 1, wires: [["ingest"]] }),
  ];
}

interface CpuTime {
  /** Of all processes of a browser, s. */
  readonly all: number;
  /** Of them the one that draws, s: with a graphics card that is the card's work. */
  readonly drawing: number;
}

/** CPU time of a process and all below it. */
function cpuOf(root: number): CpuTime {
  const parents = new Map<number, number>();
  const seconds = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      // The name may hold blanks and brackets: what counts stands behind its last one.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(Number(entry), Number(fields[1]));
      seconds.set(Number(entry), (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S);
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === root || isBelow(parents.get(pid)));
  const sum = (is: (pid: number) => boolean) =>
    [...seconds].reduce((total, [pid, s]) => total + (isBelow(pid) && is(pid) ? s : 0), 0);
  return { all: sum(() => true), drawing: sum(isDrawing) };
}

function isDrawing(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=gpu-process");
  } catch {
    return false;
  }
}

interface Measured {
  readonly percent: number;
  readonly drawingPercent: number;
  readonly drawn: Drawn;
  readonly updates: number;
}

const home = temporaryHome();
await addEveryRole(home);
writeFileSync(`${home}/hall.yaml`, layout);
writeFlowFile(`${home}/flows`, "hall.json", flow(`${home}/hall.yaml`));
const host = await HostProcess.start(home);
const server = await chromium.launchServer({
  executablePath: CHROMIUM,
  args: "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync".split(
    " ",
  ),
});
const browser = await chromium.connect(server.wsEndpoint());
const page = await browser.newPage({ viewport: SIZE });
await page.addInitScript(COUNT_DRAWING);
let updates = 0;
page.on("websocket", (socket) =>
  socket.on("framereceived", ({ payload }) => {
    if (String(payload).includes("rung-views")) updates++;
  }),
);
await page.request.post(`${host.url}/sign-in`, {
  headers: { accept: "application/json", origin: host.url },
  data: { user: "viewer", password: PASSWORD },
});

const drawnBy = (of: Page): Promise<Drawn> => of.evaluate("({ ...window.drawn })");
async function measure(): Promise<Measured> {
  await new Promise((next) => setTimeout(next, SETTLE_MS));
  const browserPid = server.process().pid!;
  const before = await drawnBy(page);
  const [beganMs, began, beganUpdates] = [performance.now(), cpuOf(browserPid), updates];
  await new Promise((next) => setTimeout(next, SECONDS * 1000));
  const used = cpuOf(browserPid);
  const percent = (s: number) => (100_000 * s) / (performance.now() - beganMs);
  const [percentAll, percentDrawing] = [percent(used.all - began.all), percent(used.drawing - began.drawing)];
  const after = await drawnBy(page);
  return {
    percent: percentAll,
    drawingPercent: percentDrawing,
    drawn: { frames: after.frames - before.frames, calls: after.calls - before.calls },
    updates: updates - beganUpdates,
  };
}

try {
  await page.goto("about:blank");
  const empty = await measure();
  await page.goto(`${host.url}/dashboard/widget`);
  await page.locator(".plant-screen canvas").waitFor({ timeout: 120_000 });
  const plant = await measure();
  await page.locator(".rows button", { hasText: "Hall" }).click();
  await page.locator(".rows button", { hasText: "agv" }).first().waitFor();
  const listed = await measure();
  const percent = (value: number) => `${value.toFixed(1)} %`;
  const perFrame = ({ drawn }: Measured) =>
    drawn.frames === 0 ? "–" : (drawn.calls / drawn.frames).toFixed(1);
  const row = (name: string, one: Measured) =>
    `| ${name} | ${percent(one.percent)} | ${percent(one.drawingPercent)} | ${one.updates} | ${one.drawn.frames} | ${perFrame(one)} |`;
  const own = plant.percent - empty.percent;
  console.log(`# plant3d

${AGVS.toLocaleString("en")} AGVs that all move at every message, 2 Hz, ${SIZE.width} x ${SIZE.height}, ${SECONDS} s a page; drawn by software (SwiftShader: no graphics card),
Node ${process.version}, ${cpus().length} cores. CPU is that of all processes of Chromium, of one core.

| page | CPU | of it drawing by software | updates | frames drawn | calls a frame |
|---|---|---|---|---|---|
${row("empty (about:blank)", empty)}
${row("the plant, its shops listed", plant)}
${row("a shop, 60 AGVs listed", listed)}

Above the empty page: ${percent(own)}, bar below ${BAR_PERCENT} %: **${own < BAR_PERCENT ? "holds" : "missed"}**; without the drawing, which a graphics card takes over: ${percent(own - plant.drawingPercent)}.`);
} finally {
  await browser.close();
  await server.close();
  await host.stop();
  removeHome(home);
}
