import assert from "node:assert/strict";
import { Plant } from "../../plant/physics/plant.ts";
import type { WriteRecord } from "../../runtime/act/status.ts";
import { ActuatorPerson } from "./actuator-person.ts";
import { eventually, Product } from "./product.ts";

/** Bodies that are judged, in the order in which they leave the oven after the fault begins. */
const JUDGED = 30;
/** What left before the loop could act. */
const FIRST = 5;
const SEED = 1;
/** Plant minutes before the fault, so that every body judged entered while the twin followed the oven. */
const SETTLED_MS = 20_000;

interface Body {
  readonly id: number;
  readonly energyKwh: number;
  readonly underBaked: readonly string[];
  readonly overBaked: readonly string[];
}

const CASES = [
  { fault: "fouled-nozzle", defect: "under", what: "a node with E170 < 10 min" },
  { fault: "drifting-thermocouple", defect: "over", what: "a node over-baked" },
] as const;

const isDefect = (body: Body, defect: "under" | "over") =>
  (defect === "under" ? body.underBaked : body.overBaked).length > 0;
const meanEnergy = (bodies: readonly Body[]) =>
  bodies.reduce((sum, body) => sum + body.energyKwh, 0) / bodies.length;

/** The same plant with its setpoints left alone: what happens where nobody acts. */
function disarmedDefects(fault: (typeof CASES)[number]): { defects: number; energyKwh: number } {
  const plant = new Plant({ seed: SEED, startTimeUs: 1_790_000_000_000_000 });
  plant.step(1200);
  const from = plant.finished.at(-1)?.id ?? 0;
  plant.fault({ fault: fault.fault, zone: 3 });
  while (plant.finished.filter((body) => body.id > from).length < JUDGED) plant.step(60);
  const bodies = plant.finished.filter((body) => body.id > from).slice(0, JUDGED);
  const limits = { under: 10, over: 55, peakC: 205 };
  const bad = bodies.filter((body) => {
    const e170 = Object.values(body.e170);
    const peak = Math.max(...Object.values(body.peak));
    return fault.defect === "under"
      ? Math.min(...e170) < limits.under
      : Math.max(...e170) > limits.over || peak > limits.peakC;
  });
  return {
    defects: bad.length,
    energyKwh: bodies.reduce((sum, body) => sum + body.energyKwh, 0) / bodies.length,
  };
}

describe("the closed loop, over OPC UA and through the actuator", () => {
  for (const fault of CASES) {
    describe(`against a ${fault.fault}`, function () {
      this.timeout(300_000);
      let product: Product;
      before(async () => {
        product = await Product.start(["--no-fault"]);
        await product.signIn();
      });
      after(() => product?.stop());

      it(`disarmed, at least ${FIRST} of the next ${JUDGED} bodies have ${fault.what}`, () => {
        const { defects, energyKwh } = disarmedDefects(fault);
        console.log(`      disarmed: ${defects} of ${JUDGED}, ${energyKwh.toFixed(2)} kWh per body`);
        assert.ok(defects >= FIRST, `${defects} of ${JUDGED}`);
      });

      it(`armed, none after the first ${FIRST} has, and every write lies inside the envelope`, async () => {
        const person = await ActuatorPerson.signIn(product);
        await eventually("the actuator lets itself be armed", () => armed(person), 120_000);
        await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
        const before = await product.plant<{ bodies: Body[] }>("GET", "/truth");
        const from = before.bodies.at(-1)?.id ?? 0;
        await product.plant("POST", "/faults", { fault: fault.fault, zone: 3 });
        const writes: WriteRecord[] = [];
        const bodies = await eventually(
          `${JUDGED} bodies out of the oven`,
          async () => {
            const status = await person.status();
            writes.splice(0, writes.length, ...status.envelopes[0]!.writes);
            const { bodies } = await product.plant<{ bodies: Body[] }>("GET", `/truth?after=${from}`);
            return bodies.length >= JUDGED ? bodies.slice(0, JUDGED) : undefined;
          },
          150_000,
        );
        const { targets } = (await person.status()).envelopes[0]!;
        const late = bodies.slice(FIRST).filter((body) => isDefect(body, fault.defect));
        console.log(
          `      armed: ${bodies.filter((body) => isDefect(body, fault.defect)).length} of ${JUDGED}, ` +
            `${late.length} after the first ${FIRST}, ${meanEnergy(bodies).toFixed(2)} kWh per body, ${writes.length} writes`,
        );
        assert.deepEqual(late, [], `bodies with ${fault.what}`);
        assert.ok(writes.length > 0, "the loop wrote");
        for (const write of writes) {
          const target = targets.find(({ address }) => address === write.target)!;
          assert.ok(write.value >= target.min && write.value <= target.max, `${write.target} ${write.value}`);
          assert.equal(write.state, "verified", write.reason);
        }
      });
    });
  }
});

/** Arms for an hour; undefined while a check does not hold yet. */
async function armed(person: ActuatorPerson): Promise<true | undefined> {
  const [envelope] = (await person.status()).envelopes;
  if (envelope === undefined || !envelope.checks.every((check) => check.holds)) return undefined;
  await person.arm(envelope.id, 60);
  return true;
}
