import assert from "node:assert/strict";
import { type Envelope, envelopeHash } from "../../runtime/act/envelope.ts";
import { envelopeDifference } from "../../runtime/act/envelope-difference.ts";
import { ovenEnvelope, TWIN, zoneTarget } from "./oven-envelope.ts";

const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;

/** Every member an envelope can have. */
const FULL: Envelope = {
  ...ovenEnvelope(),
  validFrom: "2026-01-01",
  validUntil: "2026-12-31",
  projections: [
    { address: `${TWIN}/exit/roof`, nodeId: "ns=1;s=Roof", unit: "°C", widest: 20, leastAfterMs: 600_000 },
  ],
  targets: [
    zoneTarget(1, {
      maxStateAgeMs: 4_000,
      safety: {
        nodeId: "ns=1;s=Mode",
        permitted: [3, 4],
        emergencyStop: "ns=1;s=EStop",
        protectiveStop: "ns=1;s=PStop",
      },
      effect: { nodeId: "ns=1;s=Air", direction: "same", leastChange: 0.5, withinMs: 600_000 },
      interlocks: [
        {
          label: "fan",
          nodeId: "ns=1;s=Fan",
          minus: "ns=1;s=Leak",
          min: 5,
          max: 9,
          update: "cyclic",
          maxAgeMs: 30_000,
        },
        { label: "door", nodeId: "ns=1;s=Door", max: 0, update: "onChange", maxAgeMs: 60_000 },
      ],
    }),
    zoneTarget(2),
  ],
};

type Json = string | number | Json[] | { [key: string]: Json };
type Path = readonly (string | number)[];

/** Every leaf of an envelope, but the two that say what it is. */
function leaves(thing: Json, path: Path = []): Path[] {
  if (typeof thing !== "object") return path[0] === "kind" || path[0] === "id" ? [] : [path];
  return Object.entries(thing).flatMap(([key, value]) => leaves(value, [...path, key]));
}

function withLeaf(envelope: Envelope, path: Path, change: (leaf: Json) => Json): Envelope {
  const copy = structuredClone(envelope) as unknown as Record<string | number, Json>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as unknown as typeof at;
  const last = path.at(-1)!;
  at[last] = change(at[last]!);
  return copy as unknown as Envelope;
}

describe("the difference of two envelopes in words", () => {
  it("tells none between equal ones", () => {
    assert.deepEqual(envelopeDifference(FULL, structuredClone(FULL)), []);
    const turned = { ...FULL, targets: FULL.targets.toReversed() };
    assert.deepEqual(
      envelopeDifference(FULL, turned).map(({ field }) => field),
      ["order of its parts"],
    );
  });

  it("sees a change of each single member", () => {
    const all = leaves(FULL as unknown as Json);
    assert.ok(all.length > 60, `${all.length} members`);
    for (const path of all) {
      const changed = withLeaf(FULL, path, (leaf) =>
        typeof leaf === "number" ? leaf + 1 : `${leaf as string}x`,
      );
      assert.notEqual(envelopeHash(changed), envelopeHash(FULL));
      const told = envelopeDifference(FULL, changed);
      assert.ok(told.length > 0, path.join("."));
      for (const { commissioned, wanted } of told) assert.notEqual(commissioned, wanted, path.join("."));
    }
  });

  it("names field, value in force and value wanted, with the unit", () => {
    const [target] = FULL.targets;
    const wanted = { ...FULL, targets: [{ ...target!, max: 235, ttlMs: 90_000 }, FULL.targets[1]!] };
    assert.deepEqual(envelopeDifference(FULL, wanted), [
      { target: ZONE1, field: "highest value", commissioned: "220 °C", wanted: "235 °C" },
      {
        target: ZONE1,
        field: "PLC keeps a value without heartbeat for",
        commissioned: "1 s",
        wanted: "1.5 min",
      },
    ]);
  });

  it("tells a setpoint that is gone in one line, and each limit of one that is new", () => {
    const less = { ...FULL, targets: FULL.targets.slice(0, 1) };
    assert.deepEqual(
      envelopeDifference(FULL, less).map(({ field, commissioned, wanted }) => [field, commissioned, wanted]),
      [["this setpoint", "150 °C to 220 °C", null]],
    );
    const fields = envelopeDifference(less, FULL).map(({ field }) => field);
    for (const field of ["lowest value", "writes within 8 h", "request block"])
      assert.ok(fields.includes(field), field);
    assert.ok(envelopeDifference(undefined, FULL).every(({ commissioned }) => commissioned === null));
  });

  it("does not let one node id read like two", () => {
    const [target] = FULL.targets;
    const [lock, other] = target!.interlocks;
    const { minus, ...alone } = lock!;
    const joined = { ...alone, nodeId: `${lock!.nodeId} minus ${minus}` };
    const wanted = { ...FULL, targets: [{ ...target!, interlocks: [joined, other!] }, FULL.targets[1]!] };
    assert.deepEqual(
      envelopeDifference(FULL, wanted).map(({ field }) => field),
      ["interlock 1, node", "interlock 1, minus node"],
    );
    const inputs = ["ns=1;s=A", "ns=1;s=B"];
    const two = { ...FULL, targets: [zoneTarget(2, { nodeIds: { ...target!.nodeIds, inputs } })] };
    const one = {
      ...FULL,
      targets: [zoneTarget(2, { nodeIds: { ...target!.nodeIds, inputs: [inputs.join(", ")] } })],
    };
    assert.equal(envelopeDifference(two, one).length, 2);
  });

  it("tells a member that it has no words for by its name", () => {
    const odd = {
      ...FULL,
      targets: [{ ...FULL.targets[0]!, tomorrow: 5 }, FULL.targets[1]!],
    } as unknown as Envelope;
    assert.deepEqual(envelopeDifference(FULL, odd), [
      { target: ZONE1, field: "tomorrow", commissioned: null, wanted: "5" },
    ]);
  });
});
