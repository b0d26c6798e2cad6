import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { readLineModel } from "../model/line/line-file.ts";
import type { LineModel } from "../model/line/line-model.ts";
import { type FigureRun, lineFigures } from "../prescribe/line/line-figures.ts";
import {
  type LineProposal,
  proposeBuffers,
  proposeSequence,
  proposeStaff,
} from "../prescribe/line/line-proposal.ts";
import { withPlaces } from "../prescribe/line/line-variants.ts";
import { type TradeOff, tradeOffs } from "../prescribe/line/trade-offs.ts";
import type { Interval } from "../prescribe/recommendation.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const usage = `rung line optimise <model> --buffers [<ids>] [--places <n>] [--trade-off]
                   | --operators <parts per hour> | --sequence
          [--length <s>] [--warm-up <s>] [--budget <n>] [--probability <p>] [--indifference <x>]
          [--seed <n>] [--json]

  Looks for a better line by simulating it, with the same random numbers for all variants, and tells the effect by
  replications that chose nothing, with 95 % intervals. Exits with 1 where the choice is less sure than asked for.

  --buffers      how the places of these buffers are best shared out; ids with commas, "all" for all that have places
  --places       places in all; as many as these buffers have now if left out
  --trade-off    with --buffers: throughput against places, from none to --places in each buffer
  --operators    fewest people of each group who surely make so many parts per hour
  --sequence     a sequence of the model's orders that is done early
  --length       of one replication: default 20000 s, warm-up included; --warm-up: default a tenth of it
  --budget       replications in all that ranking may take: default 5000
  --probability  of choosing the right one: default 0.95
  --indifference what is better by no more than this, parts per hour (with --sequence seconds), is as good: default 0
  --seed         default 1`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      buffers: { type: "string" },
      places: { type: "string" },
      "trade-off": { type: "boolean", default: false },
      operators: { type: "string" },
      sequence: { type: "boolean", default: false },
      length: { type: "string", default: "20000" },
      "warm-up": { type: "string" },
      budget: { type: "string", default: "5000" },
      probability: { type: "string", default: "0.95" },
      indifference: { type: "string", default: "0" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });

/** Candidates that a search for trade-offs looks at, and those it keeps. */
const TRADE_OFF_SEARCH = { evaluations: 600, population: 30, look: 3 } as const;

/** @param args what follows `rung line optimise` @returns 1 where the choice is not as sure as asked for @throws RungError */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse([...args]), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault("expected one model");
  const aims = [values.buffers !== undefined, values.operators !== undefined, values.sequence];
  if (aims.filter((isAsked) => isAsked).length !== 1)
    throw fault("expected one of --buffers, --operators, --sequence");
  const model = readLineModel(textOf(file), file);
  const lengthS = number(values.length, "--length");
  const warmUpS = values["warm-up"] === undefined ? lengthS / 10 : number(values["warm-up"], "--warm-up");
  const asked: FigureRun = { lengthS, warmUpS, seed: number(values.seed, "--seed") };
  const probability = number(values.probability, "--probability");
  const indifference = number(values.indifference, "--indifference");
  const options = { budget: number(values.budget, "--budget"), probability, indifference };
  const places = values.places === undefined ? undefined : number(values.places, "--places");
  if (values["trade-off"]) {
    if (values.buffers === undefined || places === undefined)
      throw fault("--trade-off needs --buffers and --places, the most in each of them");
    const buffers = buffersOf(model, values.buffers);
    const found = placesAgainstThroughput(model, buffers, places, asked);
    print(values.json, { buffers, tradeOffs: found }, () => tradeOffTable(buffers, found));
    return 0;
  }
  const proposal =
    values.buffers !== undefined
      ? proposeBuffers(model, buffersOf(model, values.buffers), asked, { ...options, places })
      : values.operators !== undefined
        ? proposeStaff(model, number(values.operators, "--operators"), asked, { probability })
        : proposeSequence(model, asked, options);
  print(values.json, proposal, () => proposalText(proposal));
  return proposal.selection.probability >= probability ? 0 : 1;
}

function placesAgainstThroughput(
  model: LineModel,
  buffers: readonly string[],
  most: number,
  asked: FigureRun,
): TradeOff[] {
  const found = tradeOffs(
    {
      variables: buffers.map(() => ({ low: 0, high: most, whole: true })),
      senses: ["small", "large"],
      figures: (places, replication) => [
        places.reduce((sum, each) => sum + each, 0),
        lineFigures(withPlaces(model, buffers, places), asked, replication).throughputPerHour,
      ],
    },
    { ...TRADE_OFF_SEARCH, seed: asked.seed },
  );
  return found.sort((a, b) => a.figures[0]!.value - b.figures[0]!.value);
}

/** @throws RungError `usage` */
function buffersOf(model: LineModel, text: string): string[] {
  const known = model.blocks.filter((block) => block.kind === "buffer" && block.places !== undefined);
  const ids = known.map(({ id }) => id);
  const asked = text === "all" ? ids : text.split(",").map((id) => id.trim());
  const unknown = asked.find((id) => !ids.includes(id));
  if (unknown !== undefined || asked.length === 0)
    throw fault(
      unknown === undefined
        ? "the model has no buffer with places"
        : `${unknown} is no buffer with places; there are ${ids.join(", ")}`,
    );
  return asked;
}

function proposalText({ title, changes, sequence, comparisons, selection }: LineProposal): string {
  const rows = comparisons.map(({ what, unit, baseline, scenario, difference }) => [
    `${what}${unit === "1" ? "" : `, ${unit}`}`,
    ...[baseline, scenario, difference].map(told),
  ]);
  const changed = changes.map(({ target, from, to }) => [target, String(from), String(to)]);
  return [
    `${title}: ${selection.words}`,
    "",
    ...(changed.length === 0 ? [] : [...textTable(["change", "from", "to"], changed, 1), ""]),
    ...(changed.length === 0 && sequence === undefined ? ["nothing changes", ""] : []),
    ...textTable(["", "now", "then", "difference"], rows, 1),
    "",
  ].join("\n");
}

function tradeOffTable(buffers: readonly string[], found: readonly TradeOff[]): string {
  const rows = found.map(({ choice, figures }) => [
    String(figures[0]!.value),
    told(figures[1]!),
    choice.join(", "),
  ]);
  return `${textTable(["places in all", "throughput, 1/h", buffers.join(", ")], rows, 0).join("\n")}\n`;
}

const told = ({ value, low, high }: Interval): string =>
  `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;

function print(isJson: boolean, answer: unknown, text: () => string): void {
  process.stdout.write(isJson ? `${JSON.stringify(answer, null, 2)}\n` : text());
}

/** @throws RungError `usage` */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw fault(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** @throws RungError `usage` */
function number(text: string, option: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw fault(`${option} must be a number, got ${text}`);
  return value;
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung line optimise", what, advice: usage });
}
