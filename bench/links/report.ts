import { median } from "../../runtime/core/statistics/quantile.ts";
import type { RunFacts, Shape } from "./run-client.ts";

/** Main-thread CPU per value, of the minimal client's at most, and of the contrib's at most one part in so many. */
export const WANTED = { ofMinimal: 1.2, underContrib: 2 };

export interface ClientRuns {
  readonly client: string;
  readonly name: string;
  /** One per round, in the order of the rounds. */
  readonly runs: readonly RunFacts[];
}

export interface LoadRuns {
  readonly load: Shape;
  readonly clients: readonly ClientRuns[];
}

export interface Bar {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly holds: boolean;
}

const whole = (value: number) => Math.round(value).toLocaleString("en");
const mainUs = (run: RunFacts) => (run.mainMs * 1000) / run.received;
const totalUs = (run: RunFacts) => (run.totalMs * 1000) / run.received;
export const loadName = ({ tags, periodMs }: Shape) => `${tags.toLocaleString("en")} tags @${periodMs} ms`;

/** `1.52 (1.41-1.60)`: the median and the spread. */
function spread(values: readonly number[], digits = 2): string {
  const ends = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `${median(values).toFixed(digits)} (${ends.join("-")})`;
}

/** Main-thread CPU per value over another client's, round by round: both of one round had the same machine. */
export function ratios(of: ClientRuns, over: ClientRuns): number[] {
  return of.runs.map((run, round) => mainUs(run) / mainUs(over.runs[round]!));
}

/** The table of one load. */
export function loadTable({ load, clients }: LoadRuns): string {
  const minimal = clients.find(({ client }) => client === "minimal")!;
  const rows = clients.map((one) => {
    const received = median(one.runs.map((run) => run.received / (run.wallMs / 1000)));
    const missed = one.runs.reduce((sum, run) => sum + run.missed, 0);
    const due = one.runs.reduce((sum, run) => sum + run.due, 0);
    return `| ${one.name} | ${whole(received)} | ${whole(missed)} of ${whole(due)} | ${spread(one.runs.map(mainUs))} | ${
      one === minimal ? "1" : spread(ratios(one, minimal))
    } | ${spread(one.runs.map(totalUs))} | ${whole(median(one.runs.map((run) => run.rssMb)))} | ${median(one.runs.map((run) => run.wallMs / 1000)).toFixed(1)} |`;
  });
  return `## ${loadName(load)}

| client | values/s | missed, all rounds | main thread µs/value | × minimal | all threads µs/value | RSS MB | wall s |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

/** What must hold at one load. */
export function barsOf({ load, clients }: LoadRuns): Bar[] {
  const of = (client: string) => clients.find((one) => one.client === client);
  const rung = of("rung")!;
  const toMinimal = median(ratios(rung, of("minimal")!));
  const ours = clients.filter(({ client }) => client.startsWith("rung"));
  const missed = ours.reduce((sum, { runs }) => sum + runs.reduce((s, run) => s + run.missed, 0), 0);
  const repeated = ours.reduce((sum, { runs }) => sum + runs.reduce((s, run) => s + run.repeated, 0), 0);
  const unkept = ours.filter(({ runs }) => runs.some((run) => !run.isKept)).map(({ name }) => name);
  const contrib = of("contrib");
  const underContrib = contrib && median(ratios(contrib, of("rung-node-red")!));
  return [
    {
      what: `${loadName(load)}: socket to twin state, main-thread CPU over the minimal client's`,
      wanted: `<= ${WANTED.ofMinimal}`,
      found: toMinimal.toFixed(2),
      holds: toMinimal <= WANTED.ofMinimal,
    },
    {
      what: `${loadName(load)}: the contrib's over that of Rung, both in Node-RED`,
      wanted: `>= ${WANTED.underContrib}`,
      found: underContrib === undefined ? "not measured" : underContrib.toFixed(1),
      holds: underContrib !== undefined && underContrib >= WANTED.underContrib,
    },
    {
      what: `${loadName(load)}: samples that Rung missed, had twice or did not keep, all columns`,
      wanted: "0",
      found: `${missed}, ${repeated}, ${unkept.length === 0 ? "0" : unkept.join(" and ")}`,
      holds: missed === 0 && repeated === 0 && unkept.length === 0,
    },
  ];
}

/** What must hold where the server cannot keep up. */
export function overloadBar(load: Shape, run: RunFacts): Bar {
  return {
    what: `${loadName(load)}: losses outside the gap ledger`,
    wanted: "0",
    found: String(run.missed - run.inLedger),
    // Without a loss there was no overload, and nothing is shown.
    holds: run.missed > 0 && run.missed === run.inLedger && run.received + run.missed === run.due,
  };
}

/** The paragraph on the load past what the server samples. */
export function overloadText(load: Shape, run: RunFacts): string {
  const unexplained = run.missed - run.inLedger;
  return `## ${loadName(load)}: past what the server can sample

A plant that writes no tick whose time has gone by, through source, state and spool, ${load.seconds} s: of ${whole(run.due)} samples due the
server wrote ${whole(run.published)} and never sampled ${whole(run.due - run.published)}; ${whole(run.received)} arrived.
**Losses ${whole(run.missed)}, in the ledger ${whole(run.inLedger)}, unexplained ${whole(unexplained)}.**
${run.missed === 0 ? "Nothing was lost: the machine kept up, and this run shows nothing.\n" : ""}`;
}

export function barsTable(bars: readonly Bar[]): string {
  const rows = bars.map(
    ({ what, wanted, found, holds }) =>
      `| ${what} | ${wanted} | ${found} | ${holds ? "holds" : "**fails**"} |`,
  );
  return `| bar | wanted | found | |\n|---|---|---|---|\n${rows.join("\n")}\n`;
}
