import { ovenConfig } from "../../runtime/model/oven/oven-config.ts";
import type { OvenSituation } from "../../runtime/predict/oven-situation.ts";
import { type CureWindow, cureWindow } from "../../runtime/prescribe/cure-window.ts";
import { type DesignSpread, designSituation } from "../../runtime/prescribe/design-situation.ts";

/**
 * The toy plant: five nodes, six zones of 300 s, 40 bodies an hour. Its exhaust is counted from 20 °C and its walls
 * from 25 °C; both are linear, so that one hall temperature between them gives the same energy.
 */
export const TOY_OVEN = {
  name: "toy",
  bodyStartC: 25,
  zones: [140, 180, 195, 190, 185, 180].map((airTemperatureC) => ({ lengthM: 12, airTemperatureC })),
  conveyor: { speedMPerMin: 2.4 },
  nodes: [
    { name: "roof", thicknessMm: 0.7, heatTransferWPerM2K: 20 },
    { name: "door", thicknessMm: 0.8, heatTransferWPerM2K: 20 },
    { name: "aPillar", thicknessMm: 2.5, heatTransferWPerM2K: 20 },
    { name: "bPillar", thicknessMm: 4, heatTransferWPerM2K: 20 },
    { name: "rocker", thicknessMm: 5, heatTransferWPerM2K: 15 },
  ],
  energy: {
    bodyKg: 350,
    skidKg: 180,
    exhaustNm3PerH: 8000,
    wallWPerK: 564.2,
    hallC: hallC(),
    bodiesPerHour: 40,
  },
};

function hallC(): number {
  const exhaustWPerK = (8000 * 1.293 * 1.005) / 3.6;
  return (20 * exhaustWPerK + 25 * 564.2) / (exhaustWPerK + 564.2);
}

export const toySituation = (spread: Partial<DesignSpread> = {}): OvenSituation =>
  designSituation(ovenConfig(TOY_OVEN), spread);

/** What the toy plant's setpoints must keep. No limit on how far they may go from the base. */
export const toyWindow = (e170MostMin: number): CureWindow =>
  cureWindow({ e170MostMin, peakMostC: 198, learntReachK: 200, maxStepK: 200 });
