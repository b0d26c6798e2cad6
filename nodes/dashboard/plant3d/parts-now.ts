import { isWithin } from "../../../runtime/core/address.ts";
import { isGood } from "../../../runtime/core/quality.ts";
import { converter, isUnit, sameDimension } from "../../../runtime/core/unit.ts";
import { CarriedBodies } from "../../../runtime/describe/carried-bodies.ts";
import type { LastSample } from "../../../runtime/describe/snapshot.ts";
import { PACKML } from "../../../runtime/describe/states/packml-states.ts";
import type { TwinRegistry } from "../../../runtime/describe/twin-registry.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import type { Alarm } from "../../../runtime/diagnose/alarms/alarm.ts";
import type { AlarmBook } from "../../../runtime/diagnose/alarms/alarm-book.ts";
import type { ConveyorPart, LayoutPart, PlantLayout } from "../../../runtime/model/layout/plant-layout.ts";
import { addressesOf, alarmOf, valuesOf } from "./part-values.ts";
import type { PartNow, PartValues } from "./plant3d-view.ts";
import { lengthOf, queueOn, type Stand, standAt } from "./ways.ts";

/** Beyond the newest speed of a conveyor its bodies are moved for so many of its periods; then they stand. */
const AHEAD_PERIODS = 3;

/** A conveyor whose bodies are followed. */
interface Followed {
  readonly bodies: CarriedBodies;
  readonly state: TwinState;
  readonly end: () => void;
}

type Alarms = Pick<AlarmBook, "version" | "open">;

/** How all parts of a layout are, by the twins that tell of them and the alarms of the plant. Nothing is invented: a part that nobody tells of says so. */
export class PartsNow {
  readonly layout: PlantLayout;
  readonly #twins: TwinRegistry;
  readonly #alarms: () => Alarms;
  readonly #followed = new Map<number, Followed>();
  #alarmsOf = new Map<number, Alarm[]>();
  #version = -1;

  constructor(layout: PlantLayout, twins: TwinRegistry, alarms: () => Alarms) {
    this.layout = layout;
    this.#twins = twins;
    this.#alarms = alarms;
  }

  close(): void {
    for (const { end } of this.#followed.values()) end();
    this.#followed.clear();
  }

  now(): { readonly parts: PartNow[]; readonly bodies: number[] } {
    this.#readAlarms();
    const bodies: number[] = [];
    const parts = this.layout.parts.map((part, at) => {
      const told = this.#tell(part, at, (stands, isStale) => {
        for (const { x, y, yawRad } of stands)
          bodies.push(rounded(x, 100), rounded(y, 100), rounded(yawRad, 1000), isStale ? 1 : 0);
      });
      const alarm = this.#alarmsOf.get(at)?.[0];
      if (alarm === undefined) return told;
      return { ...told, alarm: { priority: alarm.finding.priority, title: alarm.finding.title } };
    });
    return { parts, bodies };
  }

  /** All that is told of one part; undefined for a place without one. */
  valuesOf(at: number): PartValues | undefined {
    const part = this.layout.parts[at];
    if (part === undefined) return undefined;
    this.#readAlarms();
    const state = this.#stateOf(part);
    return {
      values: state === undefined ? [] : valuesOf(part, state),
      alarms: (this.#alarmsOf.get(at) ?? []).map(alarmOf),
    };
  }

  #stateOf({ address }: LayoutPart): TwinState | undefined {
    return address === "" ? undefined : this.#twins.ownerOf(address);
  }

  /** An alarm belongs to the part with the longest address round its place; of several such to the first. */
  #readAlarms(): void {
    const book = this.#alarms();
    if (book.version === this.#version) return;
    this.#version = book.version;
    this.#alarmsOf = new Map();
    // Unacknowledged ones come first; here the worst do.
    const open = book.open().filter(({ active, state }) => active && state !== "shelved");
    for (const alarm of open.sort((a, b) => a.finding.priority - b.finding.priority)) {
      const place = alarm.finding.contributions[0]?.address ?? alarm.finding.twin;
      let nearest = -1;
      for (const [at, { address }] of this.layout.parts.entries())
        if (address !== "" && isWithin(place, address))
          if (nearest < 0 || address.length > this.layout.parts[nearest]!.address.length) nearest = at;
      if (nearest >= 0) this.#alarmsOf.set(nearest, [...(this.#alarmsOf.get(nearest) ?? []), alarm]);
    }
  }

  /** A shop is told by what stands in it. */
  #tell(part: LayoutPart, at: number, place: (stands: readonly Stand[], isStale: boolean) => void): PartNow {
    if (part.address === "" || part.kind === "shop") return {};
    const state = this.#stateOf(part);
    if (state === undefined) return { untold: "no twin" };
    const last = (path: string): LastSample | undefined =>
      path === "" ? undefined : state.last(`${part.address}/${path}`);
    const samples = (addresses: readonly string[]) =>
      addresses.map((one) => state.last(one)).filter((sample) => sample !== undefined);
    const drawnBy = samples(drawnByOf(part).map((path) => `${part.address}/${path}`));
    const seen = drawnBy.length > 0 ? drawnBy : samples(addressesOf(part, state));
    if (seen.length === 0) return { untold: "no value" };
    const old = seen.filter(({ stale, quality }) => stale || !isGood(quality));
    const isStale = old.length > 0;
    const now: Writable<PartNow> = {};
    if (isStale) now.staleS = Math.round(Math.max(...old.map(({ ageUs }) => ageUs)) / 1e6);
    const code = last(part.state)?.value;
    if (code !== undefined && Number.isFinite(code))
      now.state = stateOf(code, state, `${part.address}/${part.state}`);
    if ("body" in part) {
      const body = last(part.body)?.value;
      if (body !== undefined && Number.isFinite(body)) {
        now.body = body;
        if (body !== 0)
          place([{ x: part.at[0], y: part.at[1], yawRad: (part.yawDeg * Math.PI) / 180 }], isStale);
      }
    }
    if (part.kind === "conveyor") {
      const fill = last(part.fill)?.value;
      if (fill !== undefined && Number.isFinite(fill)) {
        now.fill = fill;
        place(queueOn(part.way, fill, part.places), isStale);
      }
      if (part.entry !== "") {
        const stands = this.#carriedOn(part, at, state);
        now.carried = stands.length;
        place(stands, isStale);
      }
    }
    if (part.kind === "agv") {
      const [x, y] = [inUnit(last(part.x), "m"), inUnit(last(part.y), "m")];
      const heading = inUnit(last(part.heading), "rad") ?? 0;
      if (x === undefined || y === undefined) return { ...now, untold: "no value" };
      now.at = [rounded(x, 100), rounded(y, 100), rounded(heading, 1000)];
    }
    if (part.kind === "robot") {
      const angles = part.joints.map((path) => inUnit(last(path), "rad"));
      if (angles.every((angle) => angle !== undefined))
        now.qRad = angles.map((angle) => rounded(angle, 1000));
    }
    return now;
  }

  #carriedOn({ way, address, entry, exit, speed }: ConveyorPart, at: number, state: TwinState): Stand[] {
    let followed = this.#followed.get(at);
    if (followed?.state !== state) {
      followed?.end();
      const below = (path: string) => (path === "" ? "" : `${address}/${path}`);
      const signs = { entry: below(entry), exit: below(exit), speed: below(speed) };
      const bodies = new CarriedBodies(signs, lengthOf(way));
      followed = { bodies, state, end: state.follow(bodies) };
      this.#followed.set(at, followed);
    }
    const index = state.dictionary.indexOf(`${address}/${speed}`);
    const update = index < 0 ? undefined : state.dictionary.properties[index]!.update;
    // Between two changes an on-change speed holds for as long as its source is alive.
    const aheadUs =
      update?.mode === "cyclic" ? AHEAD_PERIODS * update.periodMs * 1000 : Number.POSITIVE_INFINITY;
    const nowUs = index < 0 ? state.nowUs() : state.nowUsAt(index);
    return followed.bodies.along(nowUs, aheadUs).map(({ alongM }) => standAt(way, alongM));
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const rounded = (value: number, per: number): number => Math.round(value * per) / per;

/** Paths of what a part is drawn by: where one of them is stale, so is the picture. */
function drawnByOf(part: LayoutPart): string[] {
  const paths = [part.state];
  if ("body" in part) paths.push(part.body);
  if (part.kind === "conveyor") paths.push(part.fill, part.speed);
  if (part.kind === "agv") paths.push(part.x, part.y, part.heading);
  if (part.kind === "robot") paths.push(...part.joints);
  return paths.filter((path) => path !== "");
}

function stateOf(code: number, state: TwinState, address: string): PartNow["state"] & object {
  const names = state.dictionary.properties[state.dictionary.indexOf(address)]?.codeNames;
  const known = PACKML.find((one) => one.code === code);
  return { name: names?.[String(code)] ?? known?.name ?? String(code), meaning: known?.meaning ?? "other" };
}

/** A value in a unit; undefined where there is none, or it is in one that does not fit. */
function inUnit(sample: LastSample | undefined, unit: string): number | undefined {
  if (sample === undefined || !Number.isFinite(sample.value) || sample.unit === undefined) return undefined;
  if (!isUnit(sample.unit) || !sameDimension(sample.unit, unit)) return undefined;
  return converter(sample.unit, unit)(sample.value);
}
