import assert from "node:assert/strict";
import { type DetailSource, propertyDetail, stationDetail } from "../../nodes/dashboard/detail/detail-of.ts";
import { askedAddress } from "../../nodes/dashboard/detail/detail-route.ts";
import { BAD_SENSOR_FAILURE } from "../../runtime/core/quality.ts";
import { TwinState } from "../../runtime/describe/twin-state.ts";
import type { Alarm } from "../../runtime/diagnose/alarms/alarm.ts";
import { OVEN, property, T0, TestSource } from "../describe/twin-fixture.ts";

const evidence = (id: string, what: string) => ({
  id,
  twin: OVEN,
  rung: 1 as const,
  node: "n",
  what,
  value: 1,
  limit: "< 3",
  verdict: "holds" as const,
  timeUs: T0,
});
const alarmAt = (address: string, priority: 1 | 2 | 3): Alarm =>
  ({
    key: `${OVEN} ${address}`,
    active: true,
    sinceUs: T0,
    finding: {
      twin: OVEN,
      title: "too hot",
      reason: "why",
      action: "look",
      priority,
      contributions: [{ address }],
    },
  }) as unknown as Alarm;

function sourceOf(zones: number): DetailSource {
  const paths = Array.from({ length: zones }, (_, z) => [
    `zone${z + 1}/airTemperature`,
    `zone${z + 1}/burnerOutput`,
  ]);
  const source = new TestSource([...paths.flat(), "hall/temperature"].map((path) => property(path)));
  const state = new TwinState(OVEN);
  // Of a time long past: what is good and old is stale.
  state.accept(
    source.frame([
      { index: 0, value: 195.25, timeUs: T0 },
      { index: 1, value: 41, timeUs: T0, quality: BAD_SENSOR_FAILURE },
    ]),
  );
  return {
    stateOf: (address) => (address.startsWith(OVEN) ? state : undefined),
    verdicts: () => [],
    alarms: () => [alarmAt(`${OVEN}/zone1/airTemperature`, 2), alarmAt(`${OVEN}/zone2/burnerOutput`, 3)],
    evidence: () => [evidence("a", "age p99 of zone1/airTemperature"), evidence("b", "completeness")],
  };
}

describe("what the detail page tells", () => {
  it("is of a property its value, its alarms and the evidence that names it", () => {
    const view = propertyDetail(`${OVEN}/zone1/airTemperature`, sourceOf(2));
    assert.equal(view.is, "property");
    const [one] = view.values;
    assert.deepEqual(
      [one!.value, one!.digits, one!.state, one!.path],
      [195.25, 1, "stale", "zone1/airTemperature"],
    );
    assert.deepEqual(
      view.alarms.map(({ priority }) => priority),
      [2],
    );
    assert.deepEqual(
      view.evidence.map(({ id }) => id),
      ["a"],
    );
    assert.equal(view.isOwnEvidence, true);
  });

  it("is of a property that nothing names the evidence of its twin, and says so", () => {
    const view = propertyDetail(`${OVEN}/zone2/airTemperature`, sourceOf(2));
    assert.deepEqual([view.isOwnEvidence, view.evidence.length, view.values[0]!.state], [false, 2, "none"]);
  });

  it("is of a station all that lies below it, a bad value as bad", () => {
    const view = stationDetail(`${OVEN}/zone1`, sourceOf(2));
    assert.deepEqual(
      view.values.map(({ path, state }) => [path, state]),
      [
        ["airTemperature", "stale"],
        ["burnerOutput", "bad"],
      ],
    );
    assert.deepEqual(
      view.alarms.map(({ place }) => place),
      [`${OVEN}/zone1/airTemperature`],
    );
  });

  it("is of a large twin its parts with their worst mark, and what lies in none", () => {
    const view = stationDetail(OVEN, sourceOf(13));
    assert.equal(view.parts.length, 13);
    assert.deepEqual(
      view.parts.slice(0, 3).map(({ name, priority }) => [name, priority]),
      [
        ["zone1", 2],
        ["zone2", 3],
        ["zone3", undefined],
      ],
    );
    assert.deepEqual(
      view.values.map(({ path }) => path),
      ["hall/temperature"],
    );
  });

  it("is the station where an alarm's place is no property, and nothing where nobody has it", () => {
    assert.equal(propertyDetail(`${OVEN}/zone1`, sourceOf(2)).is, "station");
    assert.equal(stationDetail(`${OVEN}/zone9`, sourceOf(2)).is, "nothing");
    assert.equal(propertyDetail("elsewhere/x", sourceOf(2)).is, "nothing");
  });

  it("is asked by one address of a fair length", () => {
    assert.deepEqual(askedAddress({ property: "a/b", station: "c" }), { address: "a/b", isProperty: true });
    for (const query of [{}, { station: "" }, { property: ["a", "b"] }, { station: "x".repeat(401) }])
      assert.throws(() => askedAddress(query), /names neither a property nor a station/);
  });
});
