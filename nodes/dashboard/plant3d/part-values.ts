import { isWithin } from "../../../runtime/core/address.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { isGood, qualityWord } from "../../../runtime/core/quality.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import type { Alarm } from "../../../runtime/diagnose/alarms/alarm.ts";
import type { LayoutPart } from "../../../runtime/model/layout/plant-layout.ts";
import type { PartAlarm, PartValue } from "./plant3d-view.ts";

/** Values that an open part shows where its layout names none: more is a page of its own. */
const MOST_VALUES = 24;

/** From here on a tenth is less than a sensor knows. */
const WHOLE_FROM = 1000;

/** Addresses of the values of a part, in the order they are read. */
export function addressesOf({ address, values }: LayoutPart, state: TwinState): string[] {
  if (values.length > 0) return values.map((path) => `${address}/${path}`);
  return state.dictionary.properties
    .map((property) => property.address)
    .filter((one) => isWithin(one, address) && one !== address)
    .slice(0, MOST_VALUES);
}

/** All values of a part; one that never came is there without a number. */
export function valuesOf(part: LayoutPart, state: TwinState): PartValue[] {
  return addressesOf(part, state).map((address) => {
    const path = address.slice(part.address.length + 1);
    const index = state.dictionary.indexOf(address);
    const property = index < 0 ? undefined : state.dictionary.properties[index];
    const last = state.last(address);
    const value = last === undefined || !Number.isFinite(last.value) ? null : last.value;
    const words = wordsOf(property, value, last?.other);
    return {
      path,
      label: property?.label ?? path,
      value,
      ...(words === undefined ? {} : { words }),
      unit: property?.unit ?? "1",
      digits: property?.type === "number" && Math.abs(value ?? 0) < WHOLE_FROM ? 1 : 0,
      ...(property?.type === "boolean" ? { isSwitch: true as const } : {}),
      quality: last === undefined ? "bad" : qualityWord(last.quality),
      ageS: last === undefined ? -1 : Math.round(last.ageUs / 1e5) / 10,
      isStale: last === undefined || last.stale || !isGood(last.quality),
    };
  });
}

function wordsOf(property: Property | undefined, value: number | null, other: unknown): string | undefined {
  if (typeof other === "string") return other === "" ? "–" : other;
  if (value === null) return undefined;
  return property?.codeNames?.[String(value)];
}

/** What is abnormal at a part, as an operator acts on it. */
export function alarmOf({ finding, sinceUs }: Alarm): PartAlarm {
  const { priority, title, reason, action } = finding;
  return { priority, title, reason, action, sinceUs };
}
