import type { Envelope, EnvelopeTarget } from "../../runtime/act/envelope.ts";

export const TWIN = "acme/leipzig/paint/oven1";

/** Target of a zone of the test's oven: 150 to 220 °C, at most 10 K a write and 15 K a minute. */
export function zoneTarget(zone: number, changes: Partial<EnvelopeTarget> = {}): EnvelopeTarget {
  const at = `ns=1;s=Oven1.Zone${zone}`;
  return {
    address: `${TWIN}/zone${zone}/airTemperatureSetpoint`,
    nodeIds: {
      setpoint: `${at}.AirTempSP`,
      request: `${at}.Request`,
      local: `${at}.Local`,
      state: "ns=1;s=Oven1.State",
      inputs: [`${at}.AirTemp`],
    },
    unit: "°C",
    min: 150,
    max: 220,
    maxStep: 10,
    ratePerMinute: 15,
    ratePerHour: 900,
    deadband: 0.5,
    permittedStates: [6],
    maxInputAgeMs: 2_000,
    budgetPerShift: 5,
    ttlMs: 1_000,
    interlocks: [],
    ...changes,
  };
}

/** The same target at a PLC that has no request block for it. */
export function withoutBlock(target: EnvelopeTarget): EnvelopeTarget {
  const { request, ...nodeIds } = target.nodeIds;
  return { ...target, nodeIds };
}

export function ovenEnvelope(changes: Partial<EnvelopeTarget> = {}): Envelope {
  return {
    kind: "envelope",
    id: "envelope-oven1",
    name: "Oven 1",
    twin: TWIN,
    targets: [zoneTarget(1, changes), zoneTarget(2, changes)],
  };
}
