import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { type RandomNode, randomFlow, type Wire, wiresOf, without } from "./random-flow.ts";
import { type Opinion, secondOpinion } from "./second-opinion.ts";

const FLOWS = 2_000;
const WIRES_PER_FLOW = 2;

/** Words that claim all there is, in every place where a label may stand. */
const LABELS = {
  name: "autonomous digital twin, level 5",
  label: "rung 5",
  info: "optimise, actuate",
  level: 5,
  rung: 5,
};

type Verdict = Record<string, Opinion>;

function analysed(flow: readonly RandomNode[]): Verdict {
  const { twins, errors } = analyse(flow);
  assert.deepEqual(errors, []);
  return Object.fromEntries(
    twins.map(({ node, class: kind, capabilities, reality, wired }) => [
      node,
      { class: kind, rows: [...capabilities], reality, wired },
    ]),
  );
}

const second = (flow: readonly RandomNode[]): Verdict => Object.fromEntries(secondOpinion(flow));

/** True where some twin has less than before: a row, a rung or a class. */
function isLower(before: Verdict, after: Verdict): boolean {
  const order = ["model", "shadow", "twin"];
  return Object.keys(before).some((twin) => {
    const [was, is] = [before[twin]!, after[twin]!];
    return (
      is.wired < was.wired ||
      is.rows.length < was.rows.length ||
      order.indexOf(is.class) < order.indexOf(was.class)
    );
  });
}

describe("wiring: 2,000 random flows against a second opinion", function () {
  this.timeout(60_000);
  const rungs = new Map<number, number>();
  const classes = new Map<string, number>();
  const realities = new Map<string | null, number>();
  const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
  let flows: { seed: number; flow: RandomNode[]; verdict: Verdict }[] = [];
  before(() => {
    flows = Array.from({ length: FLOWS }, (_, seed) => {
      const flow = randomFlow(seed);
      return { seed, flow, verdict: second(flow) };
    });
  });

  it("both give every twin the same class, rows, reality and rung", () => {
    for (const { seed, flow, verdict } of flows) {
      assert.deepEqual(analysed(flow), verdict, `seed ${seed}`);
      for (const { wired, class: kind, reality } of Object.values(verdict)) {
        count(rungs, wired);
        count(classes, kind);
        count(realities, reality);
      }
    }
    for (const rung of [0, 1, 2, 3, 4, 5])
      assert.ok((rungs.get(rung) ?? 0) >= 100, `rung ${rung}: ${rungs.get(rung)}`);
    for (const kind of ["model", "shadow", "twin"]) assert.ok((classes.get(kind) ?? 0) >= 300, kind);
    for (const reality of ["live", "virtual", "recorded", null])
      assert.ok((realities.get(reality) ?? 0) >= 100, `${reality}`);
  });

  it("removing a wire lowers the verdict exactly where the second opinion finds no other path", () => {
    let lowered = 0;
    let stayed = 0;
    for (const { seed, flow, verdict: whole } of flows) {
      const random = new Random(seed + FLOWS);
      const wires = wiresOf(flow);
      for (let k = 0; k < WIRES_PER_FLOW; k++) {
        const wire: Wire = wires[random.integer(wires.length)]!;
        const cut = without(flow, wire);
        const after = analysed(cut);
        const wanted = second(cut);
        assert.deepEqual(
          after,
          wanted,
          `seed ${seed} without ${wire.node}/${wire.path.join("/")}[${wire.place}]`,
        );
        if (isLower(whole, wanted)) lowered++;
        else stayed++;
      }
    }
    assert.ok(lowered >= 1_000, `${lowered} of ${lowered + stayed} removals lowered something`);
    assert.ok(stayed >= 1_000, `${stayed} of ${lowered + stayed} removals changed nothing`);
  });

  it("labels everywhere change nothing", () => {
    for (const { seed, flow, verdict } of flows) {
      const labelled = flow.map((node) => ({
        ...node,
        ...LABELS,
        ...(node.type === "rung-state" ? {} : { class: "twin" }),
      }));
      assert.deepEqual(analysed(labelled), verdict, `seed ${seed}`);
    }
  });
});
