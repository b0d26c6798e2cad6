/**
 * Forecasts with their defaults on published energy data: a steel plant's load, day-ahead prices beside published
 * forecasts of the same hours. The first half of a series is for learning alone; the second is forecast step by step.
 * Run: node bench/quality/forecast.ts [folder with steel/ and prices/]
 * The data is not in the repository; without it this ends with status 2. Ends with 1 where a bar is missed.
 */
import { backtest } from "../../runtime/predict/forecast/backtest.ts";
import type { ForecastMethod } from "../../runtime/predict/forecast/forecast-task.ts";
import { ScoreSheet, type Scores } from "../../runtime/predict/forecast/score-sheet.ts";
import { ENERGY, type EnergySeries, hasEnergy, prices, steel } from "./energy-data.ts";

const folder = process.argv[2] ?? ENERGY;
if (!hasEnergy(folder)) {
  console.error(
    `${folder}: steel/steel.csv and prices/ are not there (UCI 851; DE and NP of https://github.com/jeslago/epftoolbox)`,
  );
  process.exit(2);
}

const LEARNING_SHARE = 0.5;
const METHODS = ["autoregressive", "boosted", "auto"] as const;

interface Case {
  readonly title: string;
  readonly data: EnergySeries;
  readonly horizon: number;
  /** Steps ahead that are scored at every step. */
  readonly declared: readonly number[];
  readonly method: ForecastMethod;
  /** Published forecast that is read as an input known up to the horizon. */
  readonly known?: string;
}

interface Result {
  readonly told: Case;
  /** At the declared horizon, forecast anew at every step. */
  readonly everyStep: Scores;
  /** All steps of a day, forecast at its midnight. */
  readonly dayAhead: Scores | undefined;
  /** Share of each hour of the next day that the 90 % interval of its midnight held. */
  readonly hours: readonly number[];
  readonly scheduled: number;
  readonly drifts: number;
  readonly seconds: number;
}

async function run(told: Case): Promise<Result> {
  const { data, horizon, method, known } = told;
  const { values, endUs, stepUs } = data;
  const day = Math.round(86_400e6 / stepUs);
  const seasons = [day, 7 * day];
  const everyStep = new ScoreSheet(values, seasons);
  const dayAhead = new ScoreSheet(values, seasons);
  const wholeDay = Array.from({ length: day }, (_, k) => k + 1);
  const hits = wholeDay.map(() => ({ of: 0, held: 0 }));
  const began = process.cpuUsage();
  const { refits } = await backtest(
    {
      stepUs,
      horizon,
      season: day,
      longSeason: 7 * day,
      method,
      exogenous: known === undefined ? [] : [{ name: known, known: true }],
    },
    { values, endUs, exogenous: known === undefined ? [] : [data.published[known]!] },
    {
      trainingShare: LEARNING_SHARE,
      onStep(forecaster, step) {
        everyStep.add(forecaster, step, told.declared);
        if (horizon !== day || endUs[step]! % 86_400e6 !== 0) return;
        dayAhead.add(forecaster, step, wholeDay);
        if (forecaster.issued === undefined) return;
        const { low90, high90 } = forecaster.issued.intervals;
        for (const [k, hit] of hits.entries()) {
          const value = values[step + 1 + k];
          if (value === undefined) continue;
          hit.of++;
          if (value >= low90[k]! && value <= high90[k]!) hit.held++;
        }
      },
    },
  );
  const { user } = process.cpuUsage(began);
  return {
    told,
    everyStep: everyStep.scores(horizon)!,
    dayAhead: dayAhead.scores(day),
    hours: hits.map(({ of, held }) => held / of),
    scheduled: refits.filter(({ cause }) => cause === "schedule").length,
    drifts: refits.filter(({ cause }) => cause === "drift").length,
    seconds: user / 1e6,
  };
}

/** The same series with everything half as large again from the middle of the part that is scored. */
function shifted(data: EnergySeries): EnergySeries {
  const from = Math.floor(0.75 * data.values.length);
  return { ...data, values: data.values.map((value, i) => (i < from ? value : 1.5 * value)) };
}

const cases: Case[] = [];
const load = steel(folder);
for (const method of METHODS) {
  cases.push({ title: "steel load, 1 h ahead", data: load, horizon: 4, declared: [4], method });
  cases.push({ title: "steel load, 24 h ahead", data: load, horizon: 96, declared: [96], method });
  for (const market of ["DE", "NP"] as const)
    cases.push({
      title: `${market} price, 24 h ahead`,
      data: prices(market, folder),
      horizon: 24,
      declared: [24],
      method,
    });
}
cases.push({
  title: "steel load, 1 h ahead, 1.5 times as large from the middle on",
  data: shifted(load),
  horizon: 4,
  declared: [4],
  method: "auto",
});

for (const market of ["DE", "NP"] as const)
  cases.push({
    title: `${market} price, 24 h ahead, LEAR Ensemble as an input`,
    data: prices(market, folder),
    horizon: 24,
    declared: [24],
    method: "auto",
    known: "LEAR Ensemble",
  });

const results: Result[] = [];
for (const one of cases) {
  const result = await run(one);
  results.push(result);
  console.error(
    `${one.title}, ${one.method}: MAE ${result.everyStep.mae.toFixed(3)}, covers ${(100 * result.everyStep.coverage90).toFixed(2)} %, ${result.seconds.toFixed(0)} s`,
  );
}

const naiveOf = (scores: Scores, i: number): number => scores.naive[i]!.mae;
const percent = (share: number): string => (100 * share).toFixed(1);
const inBand = ({ coverageLow, coverageHigh }: Scores): boolean => coverageLow <= 0.9 && 0.9 <= coverageHigh;

function line(title: string, scores: Scores, more: readonly (string | number)[]): string {
  const ratios = [0, 1, 2].map((i) => (scores.mae / naiveOf(scores, i)).toFixed(3));
  const band = `${percent(scores.coverageLow)} to ${percent(scores.coverageHigh)}`;
  return `| ${[
    title,
    scores.mae.toFixed(3),
    ...ratios,
    scores.pinball.toFixed(3),
    percent(scores.coverage90),
    `${band}${inBand(scores) ? "" : " (outside)"}`,
    scores.width90.toFixed(1),
    scores.n,
    ...more,
  ].join(" | ")} |`;
}

/** Published forecasts of the hours that were scored day-ahead. */
function publishedRows(data: EnergySeries): string[] {
  const from = Math.floor(LEARNING_SHARE * data.values.length);
  // From the first midnight after learning on, as the day-ahead forecasts are.
  let first = from;
  while ((data.endUs[first]! - data.stepUs) % 86_400e6 !== 0 || first === from) first++;
  const errorOf = (forecast: (i: number) => number): number => {
    let sum = 0;
    for (let i = first; i < data.values.length; i++) sum += Math.abs(data.values[i]! - forecast(i));
    return sum / (data.values.length - first);
  };
  const [daily, weekly] = [24, 168].map((lag) => errorOf((i) => data.values[i - lag]!));
  return ["LEAR Ensemble", "DNN Ensemble"].map((name) => {
    const mae = errorOf((i) => data.published[name]![i]!);
    return `| ${data.name.slice(0, 2)}, ${name} (published) | ${mae.toFixed(3)} | ${(mae / daily!).toFixed(3)} | ${(mae / weekly!).toFixed(3)} |`;
  });
}

const dayAheadRow = ({ told, dayAhead }: Result): string =>
  `| ${told.title.slice(0, 2)}, ${told.method}${told.known === undefined ? "" : ` with ${told.known} as an input`} | ${dayAhead!.mae.toFixed(3)} | ${(dayAhead!.mae / naiveOf(dayAhead!, 1)).toFixed(3)} | ${(dayAhead!.mae / naiveOf(dayAhead!, 2)).toFixed(3)} | ${dayAhead!.pinball.toFixed(3)} | ${percent(dayAhead!.coverage90)} | ${percent(dayAhead!.coverageLow)} to ${percent(dayAhead!.coverageHigh)} | ${dayAhead!.width90.toFixed(1)} |`;

const rivals = results.filter(({ told }) => told.known === undefined);
const auto = rivals.filter(({ told }) => told.method === "auto");
const missed = [
  ...auto.filter(({ everyStep }) => !inBand(everyStep)).map(({ told }) => `coverage of ${told.title}`),
  ...auto
    .filter(({ everyStep }) => everyStep.mae >= Math.min(...everyStep.naive.map(({ mae }) => mae)))
    .map(({ told }) => `skill of ${told.title}`),
];

console.log(`# Forecasts of a steel plant's load and of day-ahead prices

Made by bench/quality/forecast.ts, with the defaults of \`rung forecast\`; nothing is set per series.

Protocol: the first half of each series is for learning and choosing alone (rolling origins inside it). The second half is forecast
step by step, each forecast from what was known at its time; the model is fitted anew when its data has doubled, every 4000 steps, and
after a drift. Prices are forecast from prices alone: the published models also read forecasts of load and wind. Times are read
as they stand in the files; a week and a day are the seasons. rMAE: the mean absolute error over that of the naive forecast on the
same steps. Pinball: mean over the 5, 25, 50, 75 and 95 % quantiles. Band: exact binomial 95 % interval of the coverage by the
effective number of hits.

Bars, of the default method: 90 % inside the band of the coverage, and a smaller error than last value, day and week before: ${missed.length === 0 ? "held" : `missed: ${missed.join("; ")}`}.

## At the declared horizon, forecast anew at every step

Steel in kWh per 15 min, prices in EUR/MWh.

| series and method | MAE | rMAE last value | rMAE day | rMAE week | pinball | 90 % covers % | band % | width | n | fits on schedule | after a drift | s |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
${rivals.map((result) => line(`${result.told.title}, ${result.told.method}`, result.everyStep, [result.scheduled, result.drifts, result.seconds.toFixed(0)])).join("\n")}

## All hours of the next day, forecast at midnight

As the day-ahead market asks; published forecasts on the same hours (Lago et al. 2021). The intervals are steered for each hour at which a
forecast is made, beside each step ahead, so that midnight alone is covered too.

With a published forecast as an input that is known ahead the table shows what exogenous inputs do; it is then no rival of that forecast.
At midnight it is known for the day. From other hours on it would be read before it was made, so it stands in this table alone.

| forecast | MAE | rMAE day | rMAE week | pinball | 90 % covers % | band % | width |
|---|---|---|---|---|---|---|---|
${results
  .filter(({ told, dayAhead }) => dayAhead !== undefined && told.title.includes("price"))
  .map(dayAheadRow)
  .join("\n")}
${(["DE", "NP"] as const)
  .flatMap((market) => publishedRows(prices(market, folder)))
  .map((row) => `${row} - | - | - | - |`)
  .join("\n")}

## What the 90 % intervals of midnight cover of each hour, %

| forecast | ${Array.from({ length: 24 }, (_, k) => k + 1).join(" | ")} |
|---|${"---|".repeat(24)}
${results
  .filter(({ told, dayAhead }) => dayAhead !== undefined && told.title.includes("price"))
  .map(
    ({ told, hours }) =>
      `| ${told.title.slice(0, 2)}, ${told.method}${told.known === undefined ? "" : ` with ${told.known} as an input`} | ${hours.map((share) => Math.round(100 * share)).join(" | ")} |`,
  )
  .join("\n")}`);
process.exit(missed.length === 0 ? 0 : 1);
