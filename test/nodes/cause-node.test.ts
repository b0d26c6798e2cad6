import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { NodeMessage } from "node-red";
import cause from "../../nodes/2-diagnose/cause/cause.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import type { CauseMessage } from "../../runtime/diagnose/cause/cause.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { services } from "../../runtime/host/services.ts";
import { until } from "../diagnose/memory-history.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const TWIN = "acme/leipzig/paint/oven1";
const BEGIN_US = 1_790_000_010e6;
const PERIOD_US = 5e6;
const PROPERTIES: Property[] = [
  ...["zone1/fanFlow", "zone2/fanFlow", "zone2/burnerOutput", "zone3/fanFlow"].map((path) => ({
    address: `${TWIN}/${path}`,
    kind: "measurement" as const,
    type: "number" as const,
    unit: "m³/h",
    update: { mode: "cyclic" as const, periodMs: PERIOD_US / 1000 },
  })),
  {
    address: `${TWIN}/zone3/dampers`,
    kind: "setpoint",
    type: "number",
    unit: "%",
    update: { mode: "onChange" },
  },
];
const DICTIONARY = new Dictionary(PROPERTIES);

/** Ticks of noise; signal `shifted` lies 8 standard deviations off from tick 200 on, and its neighbour later. */
function frame(from: number, to: number, shifted = 0, dampers?: number): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARY });
  if (dampers !== undefined) builder.add(4, dampers, BEGIN_US + from * PERIOD_US, GOOD);
  const random = new Random(from + 1);
  for (let tick = from; tick < to; tick++) {
    for (let c = 0; c < 4; c++) {
      const shift = tick >= 200 && c === shifted ? -8 : tick >= 204 && c === shifted + 1 ? -6 : 0;
      builder.add(c, 1000 + random.normal() + shift, BEGIN_US + tick * PERIOD_US, GOOD);
    }
  }
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}

const finding = (id: string, active = true): Finding => ({
  kind: "finding",
  id,
  twin: TWIN,
  contributions: [{ address: `${TWIN}/zone1/fanFlow`, share: 1 }],
  score: 2,
  limit: 1,
  active,
  sinceUs: BEGIN_US + 206 * PERIOD_US,
  timeUs: BEGIN_US + 206 * PERIOD_US,
  priority: 2,
  title: "Zone 1 fan flow low",
  reason: "",
  action: "",
});

describe("cause node", function () {
  this.timeout(20_000);
  onOwnHome();
  let causes: CauseMessage[];
  let errors: string[];

  const load = async (form: object = {}): Promise<void> => {
    causes = [];
    errors = [];
    await helper.load(
      [cause],
      [
        { id: "c", type: "rung-cause", name: "", properties: "", feeds: "", wires: [["told"]], ...form },
        { id: "told", type: "helper" },
      ],
    );
    helper.getNode("told").on("input", (message) => causes.push(message.payload as CauseMessage));
    helper.getNode("c").error = (what) => errors.push(String((what as Error).message ?? what));
  };
  const give = (payload: unknown, topic = TWIN): void =>
    helper.getNode("c").receive({ topic, payload } as NodeMessage);
  afterEach(() => helper.unload());

  it("answers a finding at once and again while it lasts, and learns from what is confirmed", async () => {
    await load();
    give(frame(0, 207));
    give(finding("f1"));
    await until(() => causes.length === 1, "a cause");
    const [first] = causes;
    assert.equal(first!.id, "f1");
    assert.equal(first!.causes[0]!.id, `${TWIN}/zone1/fanFlow`);
    assert.equal(first!.title, "Likely cause: Zone 1 fan flow fell first");
    assert.equal(first!.onsetUs, BEGIN_US + 200 * PERIOD_US);
    give(frame(207, 240));
    await until(() => causes.length === 2, "a second telling after 20 ticks");
    give(finding("f1", false));
    give(frame(240, 300));

    give({ kind: "confirm", id: "f1", cause: "nozzle of zone 1 fouled", by: "ann" });
    assert.deepEqual(errors, []);
    const kept = readdirSync(join(process.env.RUNG_HOME!, "cause"));
    assert.equal(kept.length, 1);
    // After a restart the case is known, and the same pattern has it among its causes.
    await helper.unload();
    await load();
    give(frame(0, 207));
    give(finding("f2"));
    await until(() => causes.length === 1, "a cause after the restart");
    const like = causes[0]!.causes.find(({ kind }) => kind === "case");
    assert.equal(like?.title, "nozzle of zone 1 fouled");
    assert.match(like!.evidence[0]!, /^Confirmed in a like case, last on 2026-/);
  });

  it("learns at once from what a person names on the list of alarms", async () => {
    await load();
    give(frame(0, 207));
    give(finding("f1"));
    await until(() => causes.length === 1, "a cause");
    const desk = services().alarms();
    const [raised] = desk.take(finding("f1"));
    desk.book.explain(causes[0]!);
    desk.act({ findCause: raised!.key, cause: "nozzle of zone 1 fouled" }, "ann");
    give(finding("f2"));
    await until(() => causes.length === 2, "a cause of the next finding");
    assert.equal(causes[1]!.causes.find(({ kind }) => kind === "case")?.title, "nozzle of zone 1 fouled");
  });

  it("names a setpoint that was changed just before, and what it was told of", async () => {
    await load();
    give(frame(0, 150, 3, 40));
    give({
      kind: "change",
      change: {
        kind: "maintenance",
        address: `${TWIN}/zone3`,
        timeUs: BEGIN_US + 199 * PERIOD_US,
        what: "fan belt of zone 3 replaced",
      },
    });
    give(frame(150, 199, 3));
    give(frame(199, 207, 3, 55));
    give({ ...finding("f3"), contributions: [{ address: `${TWIN}/zone3/fanFlow`, share: 1 }] });
    await until(() => causes.length === 1, "a cause");
    const changes = causes[0]!.causes.filter(({ kind }) => kind === "change");
    assert.deepEqual(changes.map(({ title }) => title).sort(), [
      "Zone 3 dampers set from 40 to 55 %",
      "fan belt of zone 3 replaced",
    ]);
    assert.match(changes[0]!.evidence[0]!, /(before|as) the first signal left normal\.$/);
  });

  it("says what it expected, and does not stop the flow", async () => {
    await load();
    give(42);
    give({ kind: "weather" });
    give({ kind: "finding", id: "f" });
    give({ kind: "change", change: { kind: "order" } });
    give(frame(0, 5), "");
    await until(() => errors.length === 5, "five errors");
    assert.match(errors[0]!, /expected a frame, a finding, a change, an order or a confirmation, got number/);
    assert.match(errors[1]!, /got "weather"/);
    assert.match(errors[2]!, /the finding lacks a part/);
    assert.match(errors[3]!, /address is missing/);
    assert.match(errors[4]!, /does not say which twin/);
    give(frame(0, 5));
    give({ kind: "confirm", id: "nothing", cause: "x" });
    await until(() => errors.length === 6, "a sixth");
    assert.match(errors[5]!, /no cause was told of finding "nothing"/);
    // A finding before any past is answered by what the detector said, and says so.
    give(finding("early"));
    await until(() => causes.length === 1, "a cause");
    assert.deepEqual(causes[0]!.degraded, ["too few rows before the finding to compare with"]);
    give({ kind: "order", order: { id: "4711", version: "1" } });
    assert.equal(errors.length, 6);
  });

  it("does not run on feeds that say nothing", async () => {
    await load({ feeds: "zone1" });
    give(frame(0, 207));
    give(finding("f4"));
    assert.equal(causes.length, 0);
  });
});
