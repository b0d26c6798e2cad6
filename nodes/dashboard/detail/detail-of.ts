import { isWithin, pathBelow } from "../../../runtime/core/address.ts";
import type { Evidence } from "../../../runtime/core/evidence.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { isBad } from "../../../runtime/core/quality.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import type { Alarm } from "../../../runtime/diagnose/alarms/alarm.ts";
import type { TwinVerdict } from "../../../runtime/ladder/verdict.ts";
import type {
  DetailAlarm,
  DetailEvidence,
  DetailPart,
  DetailTwin,
  DetailValue,
  DetailView,
} from "./detail-view.ts";

/** More rows nobody reads; what lies deeper stands on the pages of the parts. */
const MOST_VALUES = 120;
const LONGEST_TEXT = 200;
/** Names of the first level below a twin that hold more than this have pages of their own. */
const FEW = 24;

/** What a page needs to know of the process. */
export interface DetailSource {
  /** The state that owns an address. */
  readonly stateOf: (address: string) => TwinState | undefined;
  readonly verdicts: () => readonly TwinVerdict[];
  /** Open alarms of the process. */
  readonly alarms: () => readonly Alarm[];
  readonly evidence: (twin: string) => readonly Evidence[];
}

/** A property, level 4 of the screens. */
export function propertyDetail(address: string, source: DetailSource): DetailView {
  const state = source.stateOf(address);
  const index = state?.dictionary.indexOf(address) ?? -1;
  // The place of an alarm may be a station, or a whole twin.
  if (state === undefined || index < 0) return stationDetail(address, source);
  const property = state.dictionary.properties[index]!;
  const path = pathBelow(address, state.address);
  const own = source.evidence(state.address).filter((record) => names(record, property, path));
  return {
    asked: address,
    is: "property",
    values: [standing(state, property, path)],
    count: 1,
    parts: [],
    alarms: alarmsWithin(address, source.alarms()),
    twin: twinOf(state.address, source.verdicts()),
    evidence: (own.length > 0 ? own : source.evidence(state.address)).map(evidenceOf),
    isOwnEvidence: own.length > 0,
  };
}

/** All that lies below an address, level 3 of the screens: a station, a zone, a robot, or a twin itself. */
export function stationDetail(address: string, source: DetailSource): DetailView {
  const state = source.stateOf(address);
  const below = (state?.dictionary.properties ?? []).filter((one) => one.address.startsWith(`${address}/`));
  const verdict = source.verdicts().find((twin) => twin.address === address);
  const parts = partsOf(address, below, source);
  // An area between plant and shop is no twin of its own: its shops are those below it.
  const children = source
    .verdicts()
    .filter((twin) =>
      verdict === undefined ? twin.address.startsWith(`${address}/`) : twin.parent === address,
    );
  const home = verdict?.address ?? state?.address;
  if (home === undefined || (below.length === 0 && verdict === undefined && children.length === 0))
    return nothing(address);
  const shown = below.length <= FEW ? below : below.filter(({ address: at }) => !isInPart(at, parts));
  return {
    asked: address,
    is: "station",
    values: shown.slice(0, MOST_VALUES).map((one) => standing(state!, one, pathBelow(one.address, address))),
    count: shown.length,
    parts: [
      ...children.map((child) => ({
        name: child.name,
        address: child.address,
        properties: source.stateOf(child.address)?.dictionary.properties.length ?? 0,
        ...priorityOf(child.address, source.alarms()),
      })),
      ...(below.length <= FEW ? [] : parts),
    ],
    alarms: alarmsWithin(address, source.alarms()),
    twin: twinOf(home, source.verdicts()),
    evidence: source.evidence(home).map(evidenceOf),
    isOwnEvidence: false,
  };
}

const nothing = (asked: string): DetailView => ({
  asked,
  is: "nothing",
  values: [],
  count: 0,
  parts: [],
  alarms: [],
  twin: null,
  evidence: [],
  isOwnEvidence: false,
});

const isInPart = (address: string, parts: readonly DetailPart[]): boolean =>
  parts.some((part) => address.startsWith(`${part.address}/`));

/** Names one level below with at least two properties each: `st07`, `zone3`, `r1`. */
function partsOf(address: string, below: readonly Property[], source: DetailSource): DetailPart[] {
  const counts = new Map<string, number>();
  for (const one of below) {
    const [name, ...rest] = pathBelow(one.address, address).split("/");
    if (rest.length > 0) counts.set(name!, (counts.get(name!) ?? 0) + 1);
  }
  const alarms = source.alarms();
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([name, properties]) => ({
      name,
      address: `${address}/${name}`,
      properties,
      ...priorityOf(`${address}/${name}`, alarms),
    }));
}

function priorityOf(address: string, alarms: readonly Alarm[]): { priority?: 1 | 2 | 3 } {
  const within = alarmsWithin(address, alarms).filter(({ active }) => active);
  if (within.length === 0) return {};
  return { priority: Math.min(...within.map(({ priority }) => priority)) as 1 | 2 | 3 };
}

const placeOf = ({ finding }: Alarm): string => finding.contributions[0]?.address ?? finding.twin;

function alarmsWithin(address: string, alarms: readonly Alarm[]): DetailAlarm[] {
  return alarms
    .filter((alarm) => isWithin(placeOf(alarm), address))
    .map((alarm) => {
      const { key, active, sinceUs, explanation, found, finding } = alarm;
      const { title, reason, action, priority } = finding;
      const cause = found?.cause ?? explanation?.causes[0]?.title;
      return {
        key,
        title,
        reason,
        action,
        ...(cause !== undefined && { cause }),
        priority,
        active,
        sinceUs,
        place: placeOf(alarm),
      };
    });
}

function twinOf(address: string, verdicts: readonly TwinVerdict[]): DetailTwin | null {
  const verdict = verdicts.find((twin) => twin.address === address);
  if (verdict === undefined) return null;
  const { name, held, wired, rows, reality } = verdict;
  return {
    name,
    address,
    class: verdict.class,
    reality: reality ?? "none",
    held,
    wired,
    rows: rows.map(({ row, wired: isWired, verdict: says, fact, limit }) => ({
      rung: row,
      wired: isWired,
      verdict: says,
      fact,
      limit,
    })),
  };
}

function standing(state: TwinState, property: Property, path: string): DetailValue {
  const { address, kind, type, unit, update, limits, label, codeNames } = property;
  const last = state.last(address);
  const value = last !== undefined && Number.isFinite(last.value) ? last.value : null;
  const text =
    value !== null
      ? codeNames?.[String(value)]
      : last?.other === undefined
        ? undefined
        : String(last.other instanceof Object ? JSON.stringify(last.other) : last.other);
  const ageS = last === undefined ? null : last.ageUs / 1e6;
  return {
    address,
    path,
    label: label ?? path,
    kind,
    value,
    ...(text === undefined ? {} : { text: text.slice(0, LONGEST_TEXT) }),
    isSwitch: type === "boolean",
    unit: unit ?? "",
    digits: type === "number" ? digitsOf(value) : 0,
    state: last === undefined ? "none" : isBad(last.quality) ? "bad" : last.stale ? "stale" : "good",
    sourceTimeUs: last?.sourceTimeUs ?? null,
    ageS: ageS !== null && Number.isFinite(ageS) ? Math.max(0, Math.round(10 * ageS) / 10) : null,
    periodMs: update.mode === "cyclic" ? update.periodMs : null,
    ...limits,
  };
}

/** About four digits that say something. */
export function digitsOf(value: number | null): number {
  const size = Math.abs(value ?? 0);
  if (size >= 1000) return 0;
  return size >= 100 ? 1 : 2;
}

/** Whether a record speaks of the property: its path or its name stands in it. */
const names = ({ id, what, cause }: Evidence, { label }: Property, path: string): boolean =>
  [path, ...(label === undefined ? [] : [label])].some((name) =>
    [id, what, cause ?? ""].some((text) => text.toLowerCase().includes(name.toLowerCase())),
  );

const evidenceOf = ({ id, rung, what, value, unit, limit, verdict, cause }: Evidence): DetailEvidence => ({
  id,
  rung,
  what,
  value,
  unit: unit ?? "",
  limit,
  verdict,
  cause: cause ?? "",
});
