import type { Envelope, EnvelopeTarget } from "../../runtime/act/envelope.ts";
import { TWIN, zoneTarget } from "../act/oven-envelope.ts";
import { OVEN, ZONES } from "./recording-plant.ts";

export const addressOf = (zone: number): string => `${TWIN}/zone${zone}/airTemperatureSetpoint`;

/** Zone 3 is slow within the hour, zone 4 has three writes a shift; zones 1 and 2 must stay within 25 K of each other. */
const OWN: Readonly<Record<number, Partial<EnvelopeTarget>>> = {
  2: { interlocks: [apart("zone 2 above zone 1", 2, 1)] },
  3: { ratePerHour: 60 },
  4: { budgetPerShift: 3 },
};

/** The envelope of the campaign: every limit that an envelope knows stands in one of its targets. */
export function campaignEnvelope(changes: Partial<EnvelopeTarget> = {}): Envelope {
  return {
    kind: "envelope",
    id: "campaign",
    name: "Oven 1",
    twin: TWIN,
    validFrom: "2026-01-01",
    validUntil: "2030-12-31",
    targets: ZONES.map((zone) => {
      const own = OWN[zone] ?? {};
      return zoneTarget(zone, {
        maxInputAgeMs: 60_000,
        ttlMs: 120_000,
        ratePerHour: 800,
        budgetPerShift: 4_000,
        maxStateAgeMs: 60_000,
        safety: {
          nodeId: `${OVEN}.Mode`,
          permitted: [3, 4],
          emergencyStop: `${OVEN}.EmergencyStop`,
          protectiveStop: `${OVEN}.ProtectiveStop`,
        },
        ...own,
        ...changes,
        interlocks: [
          {
            label: "supply fan",
            nodeId: `${OVEN}.SupplyFan`,
            min: 4000,
            update: "cyclic",
            maxAgeMs: 60_000,
          },
          ...(own.interlocks ?? []),
        ],
      });
    }),
  };
}

function apart(label: string, zone: number, other: number): EnvelopeTarget["interlocks"][number] {
  return {
    label,
    nodeId: `${OVEN}.Zone${zone}.AirTempSP`,
    minus: `${OVEN}.Zone${other}.AirTempSP`,
    min: -25,
    max: 25,
    update: "onChange",
    maxAgeMs: 60_000,
  };
}
