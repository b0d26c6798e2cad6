import assert from "node:assert/strict";
import { ladderView } from "../../nodes/dashboard/ladder/ladder.ts";
import { RUNG_NAMES, RUNGS, type Rung } from "../../runtime/core/evidence.ts";
import type { RowVerdict, TwinVerdict } from "../../runtime/ladder/verdict.ts";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { draw, type Node, OVEN } from "../ladder/draw.ts";

const FLOW = [
  ...draw("src opcua-source > st state > his history; st > opt optimise", {
    oven: { objective: "hold the cure window", targetRung: 1 },
  }),
  ...["fan", "door"].map(
    (id): Node => ({ id, type: "rung-twin", name: id, address: `${OVEN}/${id}`, parent: "oven" }),
  ),
];
const { twins: WIRED } = analyse(FLOW);

/** A verdict in which these rows hold. */
function verdictOf(address: string, held: Rung, holding: readonly Rung[]): TwinVerdict {
  const twin = WIRED.find((one) => one.address === address)!;
  const rows = RUNGS.map((row): RowVerdict => {
    const wired = twin.capabilities.includes(row);
    const verdict = holding.includes(row) ? "holds" : wired ? "collecting" : "not wired";
    return { row, wired, verdict, fact: `fact ${row}`, limit: `limit ${row}`, evidence: [] };
  });
  return {
    ...twin,
    held,
    heldCapabilities: holding,
    rows,
    enough: held >= (twin.target ?? 6),
    lastFall: null,
  };
}

const oven = verdictOf(OVEN, 1, [0, 1, 4]);
const parts = [verdictOf(`${OVEN}/fan`, 2, [0, 1, 2]), verdictOf(`${OVEN}/door`, 1, [0, 1])];

describe("ladder on the dashboard", () => {
  it("says a capability above a gap beside the rung, held and wired", () => {
    const { held, wired, heldAbove, wiredAbove, rungs } = ladderView(oven, [oven], 7);
    assert.deepEqual([held, heldAbove, wired, wiredAbove], [1, "+ 4", 0, "+ 1 + 4"]);
    assert.deepEqual(
      rungs.map(({ name, state, fact, limit }) => [name, state, fact, limit]),
      (["held", "held", "not wired", "not wired", "own row holds", "not wired"] as const).map(
        (state, row) => [RUNG_NAMES[row], state, `fact ${row}`, `limit ${row}`],
      ),
    );
  });

  it("says of rung 5 what it still takes, and of no other", () => {
    const record = (what: string, verdict: string) => ({ what, limit: "armed to act", verdict });
    const evidence = [record("envelope armed", "fails"), record("heartbeat", "holds")] as never;
    const acting = (verdict: "fails" | "holds") =>
      oven.rows.map((row) => (row.row >= 4 ? { ...row, wired: true, verdict, evidence } : row));
    const takes = (verdict: "fails" | "holds") =>
      ladderView({ ...oven, rows: acting(verdict) }, [oven], 7).rungs.map((rung) => rung.takes);
    assert.deepEqual(takes("fails"), [...Array(5), ["envelope armed: armed to act"]]);
    assert.deepEqual(takes("holds"), Array(6).fill(undefined));
    assert.deepEqual(ladderView(oven, [oven], 7).rungs[5]!.takes, undefined, "not wired");
  });

  it("leads to the twin's state, where it has one", () => {
    assert.equal(ladderView(oven, [oven], 7).state, "st");
    assert.ok(!("state" in ladderView(parts[0]!, [oven, ...parts], 7)));
  });

  it("says what it is for, its target, and whether it is enough", () => {
    const { objective, target, enough } = ladderView(oven, [oven], 7);
    assert.deepEqual([objective, target, enough], ["hold the cure window", 1, true]);
    assert.equal(ladderView({ ...oven, held: 0, enough: false }, [oven], 7).enough, false);
  });

  it("shows its parts, the weakest first, and which of them limits it", () => {
    assert.deepEqual(ladderView(oven, [oven, ...parts], 7).parts, [
      { name: "door", held: 1, wired: 0, needed: true, limits: true },
      { name: "fan", held: 2, wired: 0, needed: true, limits: false },
    ]);
    assert.deepEqual(ladderView(parts[0]!, [oven, ...parts], 7).parts, []);
  });

  it("takes of a fall what a screen shows", () => {
    const fall = {
      twin: OVEN,
      from: 2,
      to: 1,
      cause: "2 diagnostic: expired",
      timeUs: 5,
      evidence: ["much"],
    };
    const { lastFall } = ladderView({ ...oven, lastFall: fall as never }, [oven], 7);
    assert.deepEqual(lastFall, { from: 2, to: 1, timeUs: 5, cause: "2 diagnostic: expired" });
  });

  it("leads to the passport below the admin API, wherever that is", () => {
    const path = (root?: string, address = OVEN) =>
      ladderView({ ...oven, address }, [oven], 7, root).passport;
    assert.equal(path("/editor"), `/editor/rung/passport/${OVEN}?print`);
    assert.equal(path("/"), `/rung/passport/${OVEN}?print`);
    assert.equal(path("/", "acme/a b?#/ü"), "/rung/passport/acme/a%20b%3F%23/%C3%BC?print");
    assert.equal(path(), undefined);
  });
});
