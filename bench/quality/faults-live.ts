/**
 * The virtual plant and its twins in one process, in fast time: 20 scheduled faults of 11 kinds over paint shop, body
 * shop and assembly, and a day without any, judged by the detectors of the shipped flows. Writes
 * bench/results/quality-live.md; ends with status 1 where a bar is missed.
 *
 * node bench/quality/faults-live.ts [first seed] [last seed]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { DRAWN_KINDS, drawSchedule } from "../../plant/faults/drawn-schedule.ts";
import { quantile } from "../../runtime/core/statistics/quantile.ts";
import { type CampaignResult, type FaultOutcome, runCampaign } from "./live-campaign.ts";
import { RIGHT_CAUSES } from "./right-causes.ts";

const FAULTS = 20;
const FAULT_HOURS = 48;
const NORMAL_HOURS = 24;
/** What the demo's historian holds of the paint shop at the first start; of the two others it holds a day. */
const FIRST_START_HOURS = 8;
const BARS = { detected: 18, right: 15, falseAlarmsPerDay: 1 } as const;

/** Seeds that chose nothing; an earlier detector was measured on them too. */
const EVALUATED = { first: 11, last: 19 } as const;
/** First run when all but one rule of the detector was settled, and chosen on by none. */
const FRESH_SEEDS = [20, 21, 22];
/** Of those calibrated on the first start's hours alone. */
const EARLY_SEEDS = 3;

const first = Number(process.argv[2] ?? EVALUATED.first);
const last = Number(process.argv[3] ?? EVALUATED.last);
if (!(Number.isInteger(first) && Number.isInteger(last) && first <= last)) {
  console.error("faults-live: expected a first and a last seed, whole numbers in order");
  process.exit(2);
}

const campaign = (seed: number, calibrationHours?: number): CampaignResult =>
  runCampaign({
    seed,
    ...(calibrationHours === undefined ? {} : { calibrationHours }),
    normalHours: NORMAL_HOURS,
    faults: drawSchedule(seed, FAULTS, FAULT_HOURS),
    faultHours: FAULT_HOURS,
  });

const detectedOf = ({ outcomes }: CampaignResult): FaultOutcome[] =>
  outcomes.filter(({ finding }) => finding !== undefined);
const rightBy =
  (teller: keyof FaultOutcome["isRight"]) =>
  ({ outcomes }: CampaignResult): number =>
    outcomes.filter(({ isRight }) => isRight[teller]).length;
const rightOf = rightBy("cause");
/** A day of the plant is one of each shop: what is left of the shops' normal days where the faults took some. */
const daysOf = ({ normalDays }: CampaignResult): number => Math.min(...Object.values(normalDays));
/** Each shop's rate over its own normal days, summed over the shops. */
const perDayOf = ({ falseAlarms, normalDays }: CampaignResult): number =>
  falseAlarms.reduce((sum, { shop }) => sum + 1 / normalDays[shop], 0);
const minutes = (seconds: number): string => (seconds / 60).toFixed(0);
const delays = (outcomes: readonly FaultOutcome[]): string => {
  const delayS = outcomes.map((outcome) => outcome.delayS).filter(Number.isFinite);
  if (delayS.length === 0) return "-";
  return `${minutes(quantile(delayS, 0.5))} (${minutes(Math.max(...delayS))})`;
};
const seedRow = (result: CampaignResult): string =>
  `| ${result.seed} | ${detectedOf(result).length} of ${result.outcomes.length} | ${rightOf(result)} | ${rightBy("contribution")(result)} | ${rightBy("later")(result)} | ${delays(result.outcomes)} | ${result.falseAlarms.length} in ${daysOf(result).toFixed(1)} | ${perDayOf(result).toFixed(2)} |`;

const SEED_HEAD = [
  "| seed | detected | right first cause | by the strongest contribution | by the cause told again | delay, min, median (most) | false alarms in plant days | per day |",
  "|---|---|---|---|---|---|---|---|",
];

function where({ request }: FaultOutcome["fault"]): string {
  if ("zone" in request) return `zone ${request.zone}`;
  if ("robot" in request)
    return "axis" in request ? `${request.robot} axis ${request.axis}` : `${request.robot}`;
  return "station" in request ? `${request.station}` : "";
}

const seeds = Array.from({ length: last - first + 1 }, (_, i) => first + i);
const results = seeds.map((seed) => campaign(seed));
const early = seeds.slice(0, EARLY_SEEDS).map((seed) => campaign(seed, FIRST_START_HOURS));
const isRecord = first === EVALUATED.first && last === EVALUATED.last;
const fresh = isRecord ? FRESH_SEEDS.map((seed) => campaign(seed)) : [];
const everySeed = [...results, ...fresh];
const all = everySeed.flatMap(({ outcomes }) => outcomes);
const verdict = (holds: boolean): string => (holds ? "holds" : "**fails**");
const least = (of: (result: CampaignResult) => number): number => Math.min(...everySeed.map(of));
const most = (of: (result: CampaignResult) => number): number => Math.max(...everySeed.map(of));
const detectedLeast = least((result) => detectedOf(result).length);
const rightLeast = least(rightOf);
const falseMost = most(perDayOf);
const mean = (of: (result: CampaignResult) => number): string =>
  (everySeed.reduce((sum, result) => sum + of(result), 0) / everySeed.length).toFixed(1);
const hold = {
  detected: detectedLeast >= BARS.detected,
  right: rightLeast >= BARS.right,
  falseAlarms: falseMost <= BARS.falseAlarmsPerDay,
};

const lines = [
  "# Faults of the virtual plant, live",
  "",
  `Plant and twins in one process, in fast time. ${FAULTS} faults of ${DRAWN_KINDS.length} kinds over three shops in ${FAULT_HOURS} plant hours, after`,
  `${NORMAL_HOURS} h without any; kind, place, size (60 to 100 % of what plant/README.md says; a fan 18 to 30 %), ramp (2 to 30 min)`,
  "and begin are drawn from the seed, and each fault stays for 2 h at full size. The detectors are those of the shipped",
  "flows with their patterns and options, on frames of the flows' bindings, calibrated on the 24 h before; none of them is",
  "told anything. Detected: a finding is raised while the fault is there (one that stood already is none). False: a finding",
  "more than 90 min after the shop's last fault, or before the first; per plant day, summed over the shops. Right: the",
  "likeliest cause that is ranked with the first finding (no case was ever confirmed, no feeds declared) names a part of the",
  "table below, which was written before any run. Beside it: the strongest contribution alone, and the cause that is told",
  "again 20 ticks later.",
  `Sizes, rests and the flows' patterns were chosen on seeds 1 to 3, the detector's scores on 1 to 3 and 31 to 38; these are`,
  `seeds ${first} to ${last}.`,
  "",
  "| bar, in every campaign | wanted | worst | mean | |",
  "|---|---|---|---|---|",
  `| faults detected, of ${FAULTS} | >= ${BARS.detected} | ${detectedLeast} | ${mean((one) => detectedOf(one).length)} | ${verdict(hold.detected)} |`,
  `| with the right first cause | >= ${BARS.right} | ${rightLeast} | ${mean(rightOf)} | ${verdict(hold.right)} |`,
  `| false alarms per plant day | <= ${BARS.falseAlarmsPerDay} | ${falseMost.toFixed(2)} | ${mean(perDayOf)} | ${verdict(hold.falseAlarms)} |`,
  "",
  ...SEED_HEAD,
  ...results.map(seedRow),
  "",
  ...(fresh.length === 0
    ? []
    : [
        `Seeds ${FRESH_SEEDS.join(", ")} are a check of the choices: first run when all but the rule on signals that wander was settled,`,
        "which was not chosen on them.",
        "",
        ...SEED_HEAD,
        ...fresh.map(seedRow),
        "",
      ]),
  `The same with detectors calibrated on ${FIRST_START_HOURS} h alone, as much as the demo has of the paint shop at its first start (of the two`,
  "others it has a day): a third of a day does not show what the day's swing and slow wander do.",
  "",
  ...SEED_HEAD,
  ...early.map(seedRow),
  "",
  `By kind, seeds ${everySeed.map(({ seed }) => seed).join(", ")}:`,
  "",
  "| fault | detected | right | delay, min | the right first cause | because |",
  "|---|---|---|---|---|---|",
  ...DRAWN_KINDS.map((kind) => {
    const own = all.filter(({ fault }) => fault.request.fault === kind);
    const found = own.filter(({ finding }) => finding !== undefined).length;
    const right = own.filter(({ isRight }) => isRight.cause).length;
    const { right: part, why } = RIGHT_CAUSES[kind];
    return `| ${kind} | ${found} of ${own.length} | ${right} | ${delays(own)} | ${part} | ${why} |`;
  }),
  "",
  "Missed, or named wrongly:",
  "",
  "| seed | fault | at | size | first finding |",
  "|---|---|---|---|---|",
  ...everySeed.flatMap(({ seed, outcomes }) =>
    outcomes
      .filter(({ isRight }) => !isRight.cause)
      .map(({ fault, finding, maskedBy }) => {
        const none = maskedBy === undefined ? "none" : `none: "${maskedBy.title}" stood already`;
        return `| ${seed} | ${fault.request.fault} | ${where(fault)} | ${fault.request.severity} | ${finding?.title ?? none} |`;
      }),
  ),
  "",
  "False alarms:",
  "",
  ...everySeed.flatMap(({ seed, falseAlarms }) =>
    falseAlarms.map(({ shop, finding }) => `- seed ${seed}, ${shop}: ${finding.title}`),
  ),
  ...(everySeed.every(({ falseAlarms }) => falseAlarms.length === 0) ? ["- none"] : []),
  "",
  `\`node bench/quality/faults-live.ts ${first} ${last}\`, ${everySeed.reduce((sum, { ticks }) => sum + ticks, 0)} rows judged`,
];
const table = `${lines.join("\n")}\n`;
const RESULTS = new URL("../results/", import.meta.url);
// Other seeds are for looking, not for the record.
if (isRecord) {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL("quality-live.md", RESULTS), table);
}
process.stdout.write(table);
if (!Object.values(hold).every(Boolean)) process.exitCode = 1;
