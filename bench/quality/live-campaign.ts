import { ASSEMBLY_TICK_S, AssemblyLine } from "../../plant/assembly/assembly-line.ts";
import { ASSEMBLY_TAGS } from "../../plant/assembly/assembly-tags.ts";
import type { LineFaultRequest } from "../../plant/assembly/line-faults.ts";
import { BodyStation } from "../../plant/body/body-station.ts";
import type { StationFaultRequest } from "../../plant/body/station-faults.ts";
import { stationValues } from "../../plant/body/station-values.ts";
import type { DrawnFault } from "../../plant/faults/drawn-schedule.ts";
import type { Shop } from "../../plant/faults/shop-faults.ts";
import type { FaultRequest } from "../../plant/physics/faults.ts";
import { Plant } from "../../plant/physics/plant.ts";
import { TAGS, tagIndex } from "../../plant/tags.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import type { LiveDetector } from "./live-detector.ts";
import { type LiveFlow, LiveTwin } from "./live-twin.ts";
import { isRightCause } from "./right-causes.ts";

const FLOWS: Record<Shop, LiveFlow> = {
  paint: {
    file: "paint.json",
    source: "ovenplc",
    detectors: ["ovendetect"],
    twin: "acme/leipzig/paint/oven1",
  },
  body: {
    file: "biw.json",
    source: "stationrobots",
    detectors: ["stationdetect"],
    twin: "acme/leipzig/body/station120",
  },
  assembly: {
    file: "assembly.json",
    source: "lineplc",
    detectors: ["linedetect", "lineequipment"],
    twin: "acme/leipzig/assembly/line1",
  },
};
/** Six in the morning, UTC: the early shift begins. */
const START_US = Date.UTC(2026, 8, 21, 6) * 1000;
const TICK_S = 5;
/** The plant takes so long to be normal again after a fault; findings that come meanwhile are of the fault. */
const SETTLE_S = 5400;

export interface CampaignPlan {
  readonly seed: number;
  /** Normal operation that the detectors are calibrated on; the nodes' own hours where it is left out. */
  readonly calibrationHours?: number;
  /** Normal operation that is watched after it. */
  readonly normalHours: number;
  readonly faults: readonly DrawnFault[];
  readonly faultHours: number;
}

export interface FaultOutcome {
  readonly fault: DrawnFault;
  /** The first finding raised while the fault was there. */
  readonly finding: Finding | undefined;
  /** An alarm that stood already when the fault began, and so could not be raised. */
  readonly maskedBy: Finding | undefined;
  /** From the fault's begin. */
  readonly delayS: number;
  /** By the strongest contribution of the finding, by the likeliest cause told with it, and by the one told after a wait. */
  readonly isRight: { readonly contribution: boolean; readonly cause: boolean; readonly later: boolean };
}

export interface CampaignResult {
  readonly seed: number;
  readonly outcomes: readonly FaultOutcome[];
  /** Findings raised with no fault there or settling, by shop. */
  readonly falseAlarms: readonly { readonly shop: Shop; readonly finding: Finding }[];
  /** Hours watched with no fault there or settling, per shop, over 24. */
  readonly normalDays: Readonly<Record<Shop, number>>;
  readonly ticks: number;
}

/** The three shops and their twins in one process, as fast as they can be reckoned; the same seed, the same result. */
export class LiveCampaign {
  readonly plant: Plant;
  readonly station: BodyStation;
  readonly line: AssemblyLine;
  readonly twins: Readonly<Record<Shop, LiveTwin>>;
  /** In order of time: an active one where an episode begins, one that is not where it ends. */
  readonly findings: { readonly shop: Shop; readonly finding: Finding }[] = [];
  #bodies = 0;

  constructor(seed: number) {
    this.plant = new Plant({ seed, startTimeUs: START_US });
    this.line = new AssemblyLine(seed, START_US);
    this.station = new BodyStation(seed, START_US / 1e6);
    this.twins = {
      paint: new LiveTwin(FLOWS.paint),
      body: new LiveTwin(FLOWS.body),
      assembly: new LiveTwin(FLOWS.assembly),
    };
  }

  get detectors(): LiveDetector[] {
    return Object.values(this.twins).flatMap(({ detectors }) => detectors);
  }

  get timeUs(): number {
    return this.plant.timeUs;
  }

  plan({ shop, inS, request }: DrawnFault, fromUs: number): void {
    const atUs = fromUs + inS * 1e6;
    if (shop === "paint") this.plant.schedule(request as FaultRequest, atUs);
    else if (shop === "body") this.station.faults.schedule(request as StationFaultRequest, atUs);
    else this.line.faults.schedule(request as LineFaultRequest, atUs);
  }

  run(hours: number): void {
    const endUs = this.timeUs + hours * 3600e6;
    while (this.timeUs < endUs) this.#tick();
  }

  #tick(): void {
    const { plant, line, station } = this;
    plant.step(TICK_S);
    const timeUs = plant.timeUs;
    this.#hear(
      "paint",
      this.twins.paint.tell(timeUs, (path) => {
        const at = tagIndex(`oven1/${path}`);
        return plant.fresh[at] === 1 || !TAGS[at]!.cyclic ? plant.values[at]! : undefined;
      }),
    );
    line.stepTo(timeUs);
    if ((timeUs / 1e6) % ASSEMBLY_TICK_S === 0)
      this.#hear(
        "assembly",
        this.twins.assembly.tell(timeUs, (path) => lineValue(path, line)),
      );
    station.moveTo(timeUs / 1e6);
    if (station.bodies === this.#bodies) return;
    this.#bodies = station.bodies;
    const values = stationValues(station);
    this.#hear(
      "body",
      this.twins.body.tell(timeUs, (path) => (typeof values[path] === "number" ? values[path] : undefined)),
    );
  }

  #hear(shop: Shop, findings: readonly Finding[]): void {
    for (const finding of findings) this.findings.push({ shop, finding });
  }
}

const LINE_READERS = new Map(
  ASSEMBLY_TAGS.filter(({ cyclic, type }) => cyclic && type === "double").map(({ path, read }) => [
    path,
    read,
  ]),
);
const lineValue = (path: string, line: AssemblyLine): number | undefined =>
  LINE_READERS.get(path)?.(line) as number | undefined;

/** Calibrates on normal operation, watches more of it, then the faults, and says what came of each. */
export function runCampaign(plan: CampaignPlan): CampaignResult {
  const campaign = new LiveCampaign(plan.seed);
  const { detectors } = campaign;
  const hours = plan.calibrationHours ?? Math.max(...detectors.map((detector) => detector.hours));
  for (const detector of detectors) detector.gather((hours * 3600) / TICK_S);
  campaign.run(hours);
  for (const detector of detectors) detector.watch();
  const watchedUs = campaign.timeUs;
  campaign.run(plan.normalHours);
  const fromUs = campaign.timeUs;
  for (const fault of plan.faults) campaign.plan(fault, fromUs);
  campaign.run(plan.faultHours);
  const spans = plan.faults.map((fault) => {
    const beginUs = fromUs + fault.inS * 1e6;
    return { fault, beginUs, endUs: beginUs + fault.request.durationS * 1e6 };
  });
  const outcomes = spans.map(({ fault, beginUs, endUs }) => {
    const finding = campaign.findings.find(
      (one) =>
        one.shop === fault.shop &&
        one.finding.active &&
        one.finding.timeUs >= beginUs &&
        one.finding.timeUs <= endUs,
    )?.finding;
    const masking = standingAt(campaign.findings, fault.shop, beginUs);
    const told = campaign.twins[fault.shop].cause.told.get(finding?.id ?? "") ?? [];
    const isRight = (named: string | undefined): boolean =>
      named !== undefined && isRightCause(fault.request, named);
    return {
      fault,
      finding,
      maskedBy: masking,
      delayS: finding === undefined ? Number.NaN : (finding.timeUs - beginUs) / 1e6,
      isRight: {
        contribution: isRight(finding?.contributions[0]?.address),
        cause: isRight(told[0]?.causes[0]?.id),
        later: isRight(told.at(-1)?.causes[0]?.id),
      },
    };
  });
  const isNormal = (shop: Shop, timeUs: number): boolean =>
    !spans.some(
      ({ fault, beginUs, endUs }) =>
        fault.shop === shop && timeUs >= beginUs && timeUs <= endUs + SETTLE_S * 1e6,
    );
  const normalDays = (shop: Shop): number => {
    const away = spans
      .filter(({ fault }) => fault.shop === shop)
      .reduce((sum, { beginUs, endUs }) => sum + endUs - beginUs + SETTLE_S * 1e6, 0);
    return (campaign.timeUs - watchedUs - away) / 86_400e6;
  };
  return {
    seed: plan.seed,
    outcomes,
    falseAlarms: campaign.findings.filter(
      ({ shop, finding }) => finding.active && isNormal(shop, finding.timeUs),
    ),
    normalDays: { paint: normalDays("paint"), body: normalDays("body"), assembly: normalDays("assembly") },
    ticks: detectors.reduce((sum, { ticks }) => sum + ticks, 0),
  };
}

/** The newest alarm of a shop that stands at a time. */
function standingAt(findings: LiveCampaign["findings"], shop: Shop, timeUs: number): Finding | undefined {
  const standing = new Map<string, Finding>();
  for (const one of findings) {
    if (one.shop !== shop || one.finding.timeUs >= timeUs) continue;
    if (one.finding.active) standing.set(one.finding.id, one.finding);
    else standing.delete(one.finding.id);
  }
  return [...standing.values()].at(-1);
}
