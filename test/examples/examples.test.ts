import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { CHROMIUM, launchChromium } from "../flows/browser.ts";
import { eventually, PASSWORD, Product } from "../flows/product.ts";
import { skipOrFail } from "../needs.ts";
import { EditorSession } from "./editor-session.ts";
import { type Example, examples, together } from "./example-files.ts";

/** What an example's comment promises. Ids are those of its nodes without the example's prefix. */
interface Shows {
  readonly status?: Readonly<Record<string, RegExp>>;
  /** A line of a debug node. */
  readonly debug?: Readonly<Record<string, RegExp>>;
  /** Text on its dashboard page. */
  readonly page?: readonly RegExp[];
  /** Wired rungs of its twins, by address. */
  readonly wired?: Readonly<Record<string, number>>;
}

const AT = "acme/leipzig/examples";
const READS = (tags: string) => new RegExp(`^${tags} · [\\d.,]+/s · age`);
const SHOWS: Readonly<Record<string, Shows>> = {
  "0-model/booth": {
    status: { booth: /^\d+ kW · 108,000 m³\/h · \d+\.\d\d kWh a body$/ },
    debug: { debug: /"kind":"booth".*"name":"supply","dryKgPerS":35\.1.*"totalKW":158\./ },
  },
  "0-model/cell": {
    status: { cell: /^nearest R[1-4] \S+ \d+ mm from / },
    debug: { debug: /"kind":"live-cell".*"robot":"R4","qRad":\[/ },
    wired: { [`${AT}/cell`]: 0 },
  },
  "0-model/ergonomics": {
    status: { posture: /^RULA 7: investigate and change at once$/, lift: /^CLI 1\.4$/ },
    debug: {
      debug: /"kind":"rula".*"part":"upper arm","score":4,"because":\["flexed 70°: 3","abducted: \+1"\]/,
    },
  },
  "0-model/kernel": {
    status: { kernel: /^(webgpu · .+|wasm x\d+|cpu \(.+\))$/ },
    debug: { debug: /"least":2\.00\d,"mean":3\.07\d,"most":4\.48\d,"unit":"g\/m²","shape":\[128,64\]/ },
  },
  "0-model/line": {
    status: { line: /^3[78]\.\d parts\/h \(3[78]\.\d to 3[89]\.\d\)$/ },
    debug: { debug: /"kind":"line-result".*"throughputPerHour":\{"mean":3[78]\./ },
  },
  "0-model/oven": {
    status: { oven: /^6 zones · 5 nodes · 30 min$/ },
    debug: { debug: /"name":"roof".*"e170Min":46\.4/ },
  },
  "1-describe/energy": {
    status: { energy: /kW · .*(a body|no body yet) · baseline (\d+ of 24|holds|fails)$/ },
    debug: { debug: /"kind":"energy".*"powerKw":\d.*"meters":\[\{"path":"st01\/power"/ },
  },
  "1-describe/history": { status: { history: /^[\d.]+ [kM]B · no gaps$/ }, wired: { [`${AT}/history`]: 1 } },
  "1-describe/ingest": {
    status: { ingest: READS("2 tags"), state: /^in step/ },
    debug: { debug: /"topic":"[^"]*\/ingest\/temperature","payload":(9[4-9]|10[0-5]).*"quality":0/ },
    wired: { [`${AT}/ingest`]: 0 },
  },
  "1-describe/mqtt-source": {
    status: { source: READS("2 tags"), state: /^in step/, sparkplug: /^0 of 2 tags · 0\.0\/s$/ },
    debug: { debug: /^\d+\.?\d*$/ },
  },
  "1-describe/oee": {
    status: { oee: /^(OEE [\d.]+ %|no OEE yet) · 3 counted$/ },
    debug: { debug: /"kind":"oee".*"plannedS":\d.*"parts":\[\{"name":"st01"/ },
  },
  "1-describe/opcua-source": {
    status: { source: READS("4 tags") },
    debug: { debug: /"topic":"[^"]*\/zone3\/airTemperature","payload":1[89]\d.*"quality":0/ },
  },
  "1-describe/orders": {
    status: { orders: /^1 order$/ },
    debug: { events: /"kind":"order","change":"new".*"id":"4711"/, answers: /"kind":"intake","received":1/ },
  },
  "1-describe/query": {
    debug: {
      debug: /"buckets":\[.*"mean":1[89]\d/,
      rows: /"base":"[^"]*fanFlow".*"at":\{"[^"]*airTemperature":\{"timeUs":\d+,"value":1[89]\d/,
      windows:
        /"event":"[^"]*machine\/state","passages":\[\{"id":"6","enteredUs":\d+,"leftUs":null.*"atEntry":/,
    },
  },
  "1-describe/recording": {
    status: { recording: /^1,440 rows · end$/, state: /5 values/ },
    debug: { debug: /^\d/ },
  },
  "1-describe/state": {
    status: { state: /^in step, 4 values/ },
    debug: {
      debug: /"topic":"[^"]*\/zone3\/airTemperature","payload":1[89]\d.*"quality":0,"timestamp":\d{13}/,
    },
  },
  "2-diagnose/cause": {
    status: { cause: /^(Zone 3 fan (flow|power).* · \d+ %|\d+ ticks of past kept)$/ },
    debug: {
      debug:
        /"kind":"cause".*"title":"Likely cause: Zone 3 fan (flow|power).*"kind":"signal".*of what is not normal/,
    },
  },
  "2-diagnose/detect": {
    debug: {
      debug:
        /"active":true.*"title":"Zone 3 fan (flow|power) [\d.]+ % below normal".*Clean the nozzles of zone 3/,
    },
  },
  "3-predict/estimate": {
    status: { estimate: /^RMSE [\d.]+ K · \d+ bodies$/ },
    debug: { debug: /"e170Min"/ },
  },
  "3-predict/forecast": {
    status: { forecast: /skill/ },
    debug: { debug: /"kind":"forecast".*\/exhaust\/temperature","unit":"°C".*"mean":\[1[67]\d/ },
  },
  "3-predict/life": {
    status: { life: /^(≥ )?\d+ cycles? \(\d+ to \d+\) · health \d+ %$/ },
    debug: {
      debug:
        /"kind":"life".*"rul":[\d.]+.*"drivers":\[\{"name":.*"reason":"(At least|About) \d+ cycles? left/,
    },
  },
  "4-prescribe/balance": {
    status: { balance: /^5 stations, proved to be the fewest$/ },
    debug: { debug0: /"kind":"balance".*"proven":true,"bound":5/ },
  },
  "4-prescribe/maintain": {
    status: { maintain: /^\d stops? for 3 works, the next in \d+ h$/ },
    debug: { debug: /"kind":"maintenance-plan".*"proven":true/ },
  },
  "4-prescribe/optimise": { debug: { debug: /"kind":"recommendation".*"unit":"°C"/ } },
  "4-prescribe/reach": {
    status: { study: /^B7 · 1 finding, 1 without a fix · [\d.]+ s$/ },
    debug: { debug0: /"kind":"cell-study".*R3 cannot reach W-131: short by 67\.5 mm/ },
  },
  "4-prescribe/sibling": {
    status: { sibling: /^forked from the model alone · 6 zones$/, whatif: /^200 runs in [\d.]+ s$/ },
    debug: { debug: /"kind":"sibling".*"basis":"configuration"/ },
  },
  "4-prescribe/variant": {
    status: { study: /^B7 · 3 findings, 0 without a fix · [\d.]+ s$/ },
    debug: { debug0: /"kind":"cell-study".*R3 clips reinforcement by 39\.\d mm/ },
  },
  "4-prescribe/whatif": {
    status: { whatif: /^200 runs in [\d.]+ s$/ },
    debug: { debug: /"kind":"scenario".*"unit":"min","baseline":\{"value":\d/ },
  },
  "5-act/actuate": { debug: { debug: /"state":"refused".*no commissioned envelope/ } },
  "5-act/approve": { status: { approve: /^open until \d\d:\d\d$/ } },
  "5-act/envelope": {
    status: { envelope: /^0 inside · 1 refused · envelope not commissioned$/ },
    debug: { debug: /"verdict":"refused".*is not within 110 to 200.*a step of 40 °C, at most 16/ },
  },
  "5-act/outcome": {
    status: { outcome: /^no action judged yet$/ },
    debug: { results: /"state":"refused".*no commissioned envelope/ },
  },
  "config/actuator": { status: { envelope: /^0 inside · 0 refused · envelope not commissioned$/ } },
  "config/historian": {
    status: { history: /^[\d.]+ [kM]B · no gaps$/ },
    debug: { debug: /"address":"[^"]*\/zone3\/airTemperature","unit":"°C".*"value":1[89]\d.*"quality":0/ },
  },
  "config/mqtt-link": { status: { source: READS("1 tags?") }, debug: { debug: /^\d+\.?\d*$/ } },
  "config/opcua-link": {
    status: { source: READS("4 tags"), hall: READS("1 tags?") },
    debug: { debug: /^\d+\.?\d*$/ },
  },
  "config/twin": { wired: { [`${AT}/twin`]: 1, [`${AT}/twin/oven1`]: 1 } },
  "dashboard/balance": {
    page: [/5 stations, proved to be the fewest/, /Station 5/, /Precedence and loads hold\./],
  },
  "dashboard/band": {
    status: { band: /^3 rows$/ },
    page: [/ST01\s*\w+/, /ST03/, /OEE/, /As a table/],
    wired: { [`${AT}/band`]: 1 },
  },
  "dashboard/cell": {
    page: [/R3 clips reinforcement by 38\.8 mm/, /short by 67\.5 mm/, /Planning aid, not safety-rated/],
  },
  "dashboard/detail": { page: [/detail/, /Zone 3 air/, /Ladder/] },
  "dashboard/energy": {
    page: [
      /Power now\s+44\skW/,
      /verified:\s+6\.2\skWh/,
      /CV\(RMSE\) 4\.2 % of 30\.0 %/,
      /baseline 1\.2\skWh/,
    ],
  },
  "dashboard/header": { page: [/Oven 1, zone 3/, /no PLC connected/, /60× time/, /\d\d:\d\d:\d\d/] },
  "dashboard/ladder": {
    page: [/wired 1/, /Descriptive/, /needs a detector/],
    wired: { [`${AT}/ladder`]: 1 },
  },
  "dashboard/line": {
    page: [/simulated · 3[78]\.\d parts\/h/, /bottleneck ST\d\d: the shifting one/, /busy\s+\d+ %/],
  },
  "dashboard/list": {
    page: [/Zone 3 fan (flow|power) [\d.]+ % below normal/, /Clean the nozzles of zone 3/],
  },
  "dashboard/maintenance": {
    page: [/press line/, /next stop in \d+\sh/, /proved the most/, /Work orders/],
  },
  "dashboard/plant3d": {
    status: { plant3d: /^5 parts · nothing abnormal$/ },
    page: [/Press hall\s*[01] of 2 running/, /every fact is also listed/],
    wired: { [`${AT}/plant3d`]: 0 },
  },
  "dashboard/recommendation": {
    page: [
      /Zone 3 4 K warmer, by hand/,
      /Cure, coldest node/,
      /Actuator: (no envelope|envelope not commissioned|not armed)/,
    ],
  },
  "dashboard/shops": {
    status: { shops: /^[01] held · 1 shop$/ },
    page: [/Plant \(shops example\)/, /derived from its parts/, /Assembly/, /Takt/, /OEE/],
    wired: { [`${AT}/shops`]: 0, [`${AT}/shops/line1`]: 0 },
  },
  "dashboard/tile": { page: [/Air\s+1[89]\d\.\d/, /Burner\s+\d+\.\d/] },
  "dashboard/training": {
    status: { training: /^idle$/ },
    page: [/Training · reaches no plant/, /Practice on a sibling/, /Surprise/, /Nobody has finished/],
    wired: { "training/acme/leipzig/examples/training": 0 },
  },
  "dashboard/whatif": {
    page: [/Zone 3 setpoint/, /under-cured bodies, %\s+\d+\.\d\d/, /200 runs at \d\d:\d\d:\d\d/],
  },
  "dashboard/trend": { page: [/Exhaust\s+last 40 min, forecast/, /1[67]\d\.\d\s°C/] },
};

/** Subscriptions that the virtual plant's server allows one session. */
const MOST_SOURCES = 9;
/** Some study for ten seconds of a core, beside two dozen others that were deployed with them. */
const STUDY_MS = 90_000;
const prefix = ({ nodes }: Example): string => nodes.find(({ type }) => type === "tab")!.id;
const sourcesOf = ({ nodes }: Example): number =>
  nodes.filter(({ type }) => type === "rung-opcua-source").length;
/** Those on the shipped twin would disturb each other: one estimate follows one oven. */
const usesShippedTwin = ({ nodes }: Example): boolean => nodes.some(({ id }) => id === "oven1");

/** Examples that run beside each other. */
function batches(all: readonly Example[]): Example[][] {
  const together: Example[][] = [[]];
  for (const example of all.filter((one) => !usesShippedTwin(one))) {
    const sources = together.at(-1)!.reduce((sum, one) => sum + sourcesOf(one), sourcesOf(example));
    if (sources > MOST_SOURCES) together.push([]);
    together.at(-1)!.push(example);
  }
  // What is asked of a person expires while others are waited for, and a recording has to come to its end.
  const turn = (one: Example): number => (one.name.startsWith("5-act/") ? 0 : isRecording(one) ? 2 : 1);
  for (const batch of together) batch.sort((a, b) => turn(a) - turn(b));
  return [...together, ...all.filter(usesShippedTwin).map((example) => [example])];
}

const isRecording = ({ nodes }: Example): boolean => nodes.some(({ type }) => type === "rung-recording");

describe("examples show in the running product what their comments say", function () {
  this.timeout(STUDY_MS + 30_000);
  let product: Product;
  let editor: EditorSession;
  let browser: Browser | undefined;
  let page: Page | undefined;

  before(async () => {
    product = await Product.start(["--no-fault"]);
    await product.signIn();
    editor = await EditorSession.open(product);
    if (!existsSync(CHROMIUM)) return;
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.request.post(`${product.url}/sign-in`, {
      headers: { accept: "application/json", origin: product.url },
      data: { user: "admin", password: PASSWORD },
    });
  });
  after(async () => {
    editor?.close();
    await browser?.close();
    await product?.stop();
  });

  for (const batch of batches(examples())) {
    describe(batch.map(({ name }) => name).join(", "), () => {
      before(() => editor.deploy(together(batch)));

      for (const example of batch) {
        const { name } = example;
        it(name, async function () {
          const shows = SHOWS[name];
          assert.ok(shows, "the table says what it shows");
          const id = (part: string) => `${prefix(example)}-${part}`;
          for (const [part, wanted] of Object.entries(shows.status ?? {}))
            await eventually(
              `status of ${id(part)}: ${wanted}`,
              () => (wanted.test(editor.statuses.get(id(part)) ?? "") ? true : undefined),
              STUDY_MS,
            ).catch((error) => assert.fail(`${error.message}; it says "${editor.statuses.get(id(part))}"`));
          for (const [part, wanted] of Object.entries(shows.debug ?? {}))
            await eventually(
              `${id(part)} says ${wanted}`,
              () => editor.said(id(part)).find((line) => wanted.test(line)),
              STUDY_MS,
            );
          for (const [address, wanted] of Object.entries(shows.wired ?? {})) {
            const { twins } = await editor.get<{ twins: { address: string; wired: number }[] }>(
              "/editor/rung/ladder",
            );
            assert.equal(twins.find((twin) => twin.address === address)?.wired, wanted, address);
          }
          const complaints = editor
            .complaints()
            .filter((line) => example.nodes.some((node) => node.id === line.id));
          assert.deepEqual(
            complaints.map(({ id: node, msg }) => `${node}: ${msg}`),
            [],
          );
          if (shows.page === undefined) return;
          if (page === undefined) return skipOrFail(this, `${CHROMIUM} is not there`);
          await page.goto(`${product.url}/dashboard/example-${name.split("/")[1]}`);
          let text = "";
          for (const wanted of shows.page)
            await eventually(`the page shows ${wanted}`, async () => {
              // biome-ignore lint/performance/useDomNodeTextContent: what a person sees, laid out
              text = await page!.locator("body").innerText();
              return wanted.test(text) ? true : undefined;
            }).catch((error) => assert.fail(`${error.message}; it shows:\n${text}`));
          assert.doesNotMatch(text, /NaN|undefined|null|Infinity|\d{7,}/);
        });
      }
    });
  }
});
