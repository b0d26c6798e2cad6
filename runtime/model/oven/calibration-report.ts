import { airBiasIndex, nodeIndex, type OvenBelief, zoneFactorIndex } from "./belief.ts";
import type { Calibration } from "./calibrate.ts";
import type { OvenConfig } from "./oven-config.ts";

/** One parameter of the oven as the ride has told it. */
export interface CalibratedParameter {
  /** `roof heat transfer`, `zone3 heat transfer`, `zone3 air bias`. */
  readonly name: string;
  readonly of: "node" | "zone" | "air";
  /** A factor on the configuration's heat transfer, or K added to the zone's air. */
  readonly value: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Standard deviation after the ride over that before it: 1 where the ride has said nothing. */
  readonly leftShare: number;
}

export interface CalibrationReport {
  readonly parameters: readonly CalibratedParameter[];
  readonly rmseK: Readonly<Record<string, number>>;
  readonly samples: number;
  /** Per degree of freedom; near 1 where the model follows the ride to the logger's noise. */
  readonly chiSquarePerSample: number;
  readonly residualLag: Readonly<Record<string, number>>;
  /** Pairs of parameters with a correlation beyond `HARD_TO_PART`. */
  readonly correlated: readonly { readonly pair: readonly [string, string]; readonly correlation: number }[];
  /** What a person should know, in words. */
  readonly remarks: readonly string[];
}

/** Beyond it two parameters are said to be known only together. */
const HARD_TO_PART = 0.9;
const UNTOUCHED = 0.9;
const LAG_OF_STRUCTURE = 0.3;
/** Two-sided 95 %. */
const NORMAL_95 = 1.959964;

/** What a calibration means for a person, and how far to trust it. */
export function calibrationReport(
  config: OvenConfig,
  prior: OvenBelief,
  calibration: Calibration,
): CalibrationReport {
  const { belief, deviation } = calibration;
  const size = deviation.length;
  const names = parameterNames(config);
  const free = names.map((_, p) => p).filter((p) => prior.covariance[p * size + p]! > 0);
  const parameters = free.map((p): CalibratedParameter => {
    const mean = belief.mean[p]!;
    const reach = NORMAL_95 * deviation[p]!;
    const told = names[p]!.of === "air" ? (value: number) => value : Math.exp;
    return {
      ...names[p]!,
      value: told(mean),
      low: told(mean - reach),
      high: told(mean + reach),
      leftShare: deviation[p]! / Math.sqrt(prior.covariance[p * size + p]!),
    };
  });
  const correlated = free.flatMap((p) =>
    free
      .filter((q) => q > p)
      .map((q) => ({
        pair: [names[p]!.name, names[q]!.name] as const,
        correlation: belief.covariance[p * size + q]! / (deviation[p]! * deviation[q]!),
      }))
      .filter(({ correlation }) => Math.abs(correlation) > HARD_TO_PART),
  );
  const byNode = (values: readonly number[]): Record<string, number> =>
    Object.fromEntries(config.nodes.map((node, n) => [node.name, values[n]!]));
  const chiSquarePerSample = calibration.chiSquare / calibration.samples;
  const report = {
    parameters,
    rmseK: byNode(calibration.rmseK),
    samples: calibration.samples,
    chiSquarePerSample,
    residualLag: byNode(calibration.residualLag),
    correlated,
  };
  return { ...report, remarks: remarksOn(report) };
}

function parameterNames(config: OvenConfig): { name: string; of: CalibratedParameter["of"] }[] {
  const nodes = config.nodes.length;
  const zones = config.zones.length;
  const names: { name: string; of: CalibratedParameter["of"] }[] = [];
  for (const [n, node] of config.nodes.entries())
    names[nodeIndex(n)] = { name: `${node.name} heat transfer`, of: "node" };
  for (const [z, zone] of config.zones.entries()) {
    names[zoneFactorIndex(nodes, z)] = { name: `${zone.name} heat transfer`, of: "zone" };
    names[airBiasIndex(nodes, zones, z)] = { name: `${zone.name} air bias`, of: "air" };
  }
  return names;
}

function howKnown({ pair, correlation }: CalibrationReport["correlated"][number]): string {
  if (pair.some((name) => name.endsWith("air bias"))) return "only what they do together is known";
  return correlation < 0 ? "only their product is known" : "only their ratio is known";
}

/** Joins pairs that share a member. */
function groupsOf(pairs: readonly (readonly [string, string])[]): string[][] {
  let groups: string[][] = [];
  for (const pair of pairs) {
    const touched = groups.filter((group) => pair.some((name) => group.includes(name)));
    const joined = [...new Set([...touched.flat(), ...pair])];
    groups = [...groups.filter((group) => !touched.includes(group)), joined];
  }
  return groups;
}

function remarksOn(report: Omit<CalibrationReport, "remarks">): string[] {
  const { chiSquarePerSample, samples } = report;
  const remarks: string[] = [];
  // Chi² of n degrees of freedom is n with a deviation of sqrt(2 n).
  const spread = NORMAL_95 * Math.sqrt(2 / samples);
  if (chiSquarePerSample > 1 + spread) {
    remarks.push(
      `the model does not follow the ride to the logger's noise: its residuals are ${Math.sqrt(chiSquarePerSample).toFixed(2)} times as large (--noise says the noise); the intervals are then too narrow`,
    );
  } else if (chiSquarePerSample < 1 - spread) {
    remarks.push(
      `the residuals are only ${Math.sqrt(chiSquarePerSample).toFixed(2)} of the noise that was said: the intervals are wider than need be (--noise)`,
    );
  }
  const structured = Object.entries(report.residualLag).filter(([, lag]) => Math.abs(lag) > LAG_OF_STRUCTURE);
  if (structured.length > 0) {
    const told = structured.map(([node, lag]) => `${node} ${lag.toFixed(2)}`).join(", ");
    remarks.push(
      `what is left is not noise alone (correlation from sample to sample: ${told}): the panel is no single lump, or its air is not the thermocouple's`,
    );
  }
  for (const group of groupsOf(report.correlated.map(({ pair }) => pair))) {
    const [one, two] = group as [string, string];
    const found = report.correlated.find(({ pair }) => pair[0] === one && pair[1] === two);
    remarks.push(
      group.length === 2 && found !== undefined
        ? `the ride can hardly tell ${one} from ${two} (correlation ${found.correlation.toFixed(2)}): ${howKnown(found)}`
        : `the ride knows only against each other: ${group.join(", ")}; what raises some and lowers the others alike is the same ride, and here what was believed before decides`,
    );
  }
  const untouched = report.parameters.filter((parameter) => parameter.leftShare > UNTOUCHED);
  if (untouched.length > 0)
    remarks.push(
      `the ride says next to nothing of ${untouched.map(({ name }) => name).join(", ")}: they stand as they were before it`,
    );
  return remarks;
}
