import assert from "node:assert/strict";
import { shopOf } from "../../nodes/dashboard/shops/shop-of.ts";
import { shopRowsOf, valuesOf } from "../../nodes/dashboard/shops/shop-rows.ts";
import { lackText, noteText } from "../../nodes/dashboard/shops/shop-text.ts";
import type { ShopView } from "../../nodes/dashboard/shops/shops-view.ts";
import { SHOPS_WORDS } from "../../nodes/dashboard/shops/shops-words.ts";
import { RUNGS, type Rung } from "../../runtime/core/evidence.ts";
import { figuresOf } from "../../runtime/describe/oee/oee-elements.ts";
import { gatherReports, type OeeReport, reportOf } from "../../runtime/describe/oee/oee-report.ts";
import { TwinState } from "../../runtime/describe/twin-state.ts";
import type { RowVerdict, TwinVerdict } from "../../runtime/ladder/verdict.ts";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { property, TestSource } from "../describe/twin-fixture.ts";
import { draw, type Node, OVEN } from "../ladder/draw.ts";

const PLANT = "acme/leipzig";
const FLOW = [
  ...draw("src opcua-source > st state > his history; st > det detect", {
    oven: { objective: "hold the cure window", targetRung: 2, parent: "leipzig" },
  }),
  { id: "leipzig", type: "rung-twin", name: "Leipzig", address: PLANT, parent: "" } as Node,
];
const { twins: WIRED } = analyse(FLOW);

function verdictOf(address: string, held: Rung): TwinVerdict {
  const twin = WIRED.find((one) => one.address === address)!;
  const rows = RUNGS.map((row): RowVerdict => {
    const wired = twin.capabilities.includes(row) || row === 0;
    return {
      row,
      wired,
      verdict: wired ? "holds" : "not wired",
      fact: `fact ${row}`,
      limit: "",
      evidence: [],
    };
  });
  return { ...twin, held, heldCapabilities: [0], rows, enough: held >= (twin.target ?? 6), lastFall: null };
}

const elements = { plannedS: 1000, runS: 900, idealS: 800, made: 10, good: 9 };
const report = (twin: string, parts: OeeReport["parts"], leftOut: OeeReport["leftOut"] = []) =>
  reportOf({ twin, fromUs: 0, toUs: 1e9, isClosed: false }, parts, leftOut);
const PART = { name: "m1", elements, figures: figuresOf(elements) };
const oven = verdictOf(OVEN, 1);
const plant = verdictOf(PLANT, 0);
const all = [oven, plant];
const lack = ({ lack }: ShopView) => (lack === undefined ? undefined : lackText(lack, SHOPS_WORDS.en));
const note = ({ oee }: ShopView) => noteText(oee, SHOPS_WORDS.en);
const told = (oee?: OeeReport, isStale = false) => ({ report: oee, isStale });

describe("the shops of a plant on the dashboard", () => {
  it("shows the ladder with what is held, wired and missing, and what keeps it from more", () => {
    const shop = shopOf(oven, { label: "Paint", page: "/dashboard/paint" }, all, undefined, told());
    assert.deepEqual(
      [shop.name, shop.page, shop.class, shop.held],
      ["Paint", "/dashboard/paint", "shadow", 1],
    );
    assert.deepEqual(
      shop.rungs.map(({ state }) => state),
      ["held", "held", "wired", "not wired", "not wired", "not wired"],
    );
    assert.deepEqual(lack(shop), { what: "Rung 2 not held:", why: "fact 2" });
    const enough = shopOf(verdictOf(OVEN, 2), {}, all, undefined, told());
    assert.deepEqual(lack(enough), { what: "Enough", why: "for: hold the cure window" });
  });

  it("names the part that limits the plant", () => {
    const weak = verdictOf(OVEN, 0);
    const shop = shopOf(plant, {}, [weak, plant], undefined, told());
    assert.deepEqual(lack(shop), { what: "Rung 1 not held:", why: "oven 1 holds 0" });
  });

  it("shows the OEE of the shop and of the plant by its sums, against the target", () => {
    const sum = gatherReports(PLANT, [
      report(OVEN, [PART]),
      report(`${PLANT}/body`, [], [{ name: "b", why: "tells no good count" }]),
    ]);
    const bar = (verdict: TwinVerdict, target: string, isStale = false) =>
      shopOf(verdict, { oee: target }, all, undefined, told(sum, isStale)).bars[0]!;
    assert.deepEqual(
      [bar(oven, "90").value, bar(oven, "90").setpoint, bar(oven, "90").stale],
      [72, 90, false],
    );
    assert.deepEqual([bar(plant, "").value, "setpoint" in bar(plant, "")], [72, false]);
    assert.equal(bar(oven, "90", true).stale, true, "no report came for long");
    assert.equal(
      note(shopOf(plant, {}, all, undefined, told(sum))),
      "OEE leaves out body: tells no good count.",
    );
    assert.equal(note(shopOf(oven, {}, all, undefined, told(sum))), "");
  });

  it("says why there is no OEE", () => {
    const none = gatherReports(PLANT, [report(OVEN, [], [{ name: "m1", why: "its state is stale" }])]);
    const shop = shopOf(oven, {}, all, undefined, told(none));
    assert.deepEqual([shop.bars[0]!.value, note(shop)], [null, "No OEE: its state is stale."]);
    assert.equal(note(shopOf(oven, {}, all, undefined, told())), "No OEE was told yet.");
    assert.equal(
      note(shopOf(oven, {}, all, undefined, told(gatherReports(PLANT, [])))),
      "No OEE: nothing tells it.",
    );
  });

  it("shows values of the state beside their targets", () => {
    const state = new TwinState(OVEN);
    const source = new TestSource([property("takt/actual"), property("takt/target")]);
    state.accept(
      source.frame([
        { index: 0, value: 92.4 },
        { index: 1, value: 90 },
      ]),
    );
    const [, takt] = shopOf(oven, { values: "takt/actual > takt/target" }, all, state, told()).bars;
    assert.deepEqual([takt?.value, takt?.setpoint, takt?.unit], [92.4, 90, "°C"]);
  });

  it("reads rows and values as they are saved", () => {
    assert.deepEqual(shopRowsOf('[{"twin": "a/b"}, {"label": "none"}, 5]'), [{ twin: "a/b" }]);
    assert.deepEqual(shopRowsOf(""), []);
    assert.deepEqual(valuesOf(" a/b > c , d,"), [
      { path: "a/b", target: "c" },
      { path: "d", target: undefined },
    ]);
    assert.deepEqual(valuesOf(), []);
  });
});
