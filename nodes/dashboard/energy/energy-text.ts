import type { EnergyReport } from "../../../runtime/describe/energy/energy-report.ts";
import { numberText, withUnit } from "../look/numbers.ts";
import type { ENERGY_WORDS } from "./energy-words.ts";

export type EnergyText = (typeof ENERGY_WORDS)["en" | "de"];

/** kWh as a screen tells them: MWh from 10,000 on. */
export const kwhText = (kwh: number | null): string =>
  kwh !== null && Math.abs(kwh) >= 10_000
    ? withUnit(kwh / 1000, "MWh", 1)
    : withUnit(kwh, "kWh", kwh !== null && Math.abs(kwh) >= 100 ? 0 : 1);

const percent = (share: number): string => `${numberText(100 * share, 1)} %`;

/** The carrier in the reader's language, where it is a usual one. */
export const carrierText = (carrier: string, words: EnergyText): string =>
  (words.names as Readonly<Record<string, string>>)[carrier] ?? carrier;

/** How the baseline did on what it was not fitted to, and what it says. */
export function baselineText({ baseline }: EnergyReport, words: EnergyText): readonly string[] {
  if (baseline.state === "collecting") return [words.collecting(baseline.n, baseline.of)];
  const { heldOut, limits, baseKwh, drivers } = baseline.model;
  const more = drivers.map(({ name, slope }) => {
    const sign = slope < 0 ? " − " : " + ";
    const each = kwhText(Math.abs(slope));
    return sign + (name === "made" ? words.perMade(each) : words.perDegree(each));
  });
  return [
    words.test(
      percent(heldOut.cvRmse),
      percent(limits.cvRmse),
      percent(heldOut.nmbe),
      percent(limits.nmbe),
      heldOut.n,
    ),
    words.model(kwhText(baseKwh), more.join("")),
  ];
}

/** What was saved, with its interval; a minus is what more was used. */
export function savingText({ baseline }: EnergyReport, words: EnergyText): string {
  if (baseline.state === "collecting") return "";
  const { saving } = baseline;
  if (saving === null) return words.noSaving;
  const { savedKwh, low90, high90, n, beyond } = saving;
  const said = words.saved(kwhText(savedKwh), kwhText(low90), kwhText(high90), n);
  return beyond === 0 ? said : `${said}, ${words.beyond(beyond)}`;
}
