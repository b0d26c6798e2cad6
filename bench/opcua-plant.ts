/**
 * The plant of the OPC UA benches: one server with `tags` variables `ns=1;s=T0` ... that all change at every tick. A
 * tag's value is the number of the tick, so that whoever reads them knows exactly which are missing, or where a
 * detector shall be content, waves with noise. It ticks when it is told to, every `periodMs`, its source times on that
 * grid. Anonymous, unencrypted: the cost of encryption is the same for everybody.
 *
 * Started with `PlantOptions`; says `{endpoint}`. Told `{warmUp, measured}` it answers with its `PlantTicks`, ticks so
 * often, and says what it wrote: `{published, measured}`, values since its start and of the ticks that are measured. A
 * late plant that `skips` never writes the ticks whose time has gone by, as a PLC would; any other catches up.
 */
import { createInterface } from "node:readline";
import { DataType, StatusCodes, Variant } from "node-opcua";
import { Random } from "../runtime/core/random.ts";
import { endpointOf, makeBenchServer } from "./opcua-server.ts";

export interface PlantOptions {
  readonly tags: number;
  readonly periodMs: number;
  readonly skips: boolean;
  readonly values: "ticks" | "waves";
}

/** Which ticks are measured: those after `from` up to `to`. */
export interface PlantTicks {
  readonly from: number;
  readonly to: number;
  /** Source time that tick 0 would have had on the grid, µs. */
  readonly zeroUs: number;
}

export interface PlantCounts {
  readonly published: number;
  readonly measured: number;
}

const { tags: tagCount, periodMs, skips, values } = JSON.parse(process.argv[2]!) as PlantOptions;
const { server, tags } = await makeBenchServer(tagCount);
const say = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const random = new Random(42);
let tick = 0;
let zeroMs = 0;
let from = 0;
let to = 0;
let published = 0;
let measured = 0;

function write(at: Date): void {
  for (const [i, tag] of tags.entries()) {
    const value = values === "ticks" ? tick : 100 + Math.sin((tick + i) / 10) + 0.1 * random.normal();
    tag.setValueFromSource(new Variant({ dataType: DataType.Double, value }), StatusCodes.Good, at);
  }
  published += tagCount;
  if (tick > from) measured += tagCount;
}

function turn(): void {
  const due = Math.floor((Date.now() - zeroMs) / periodMs);
  tick = Math.min(to, skips ? Math.max(tick + 1, due) : tick + 1);
  write(new Date(zeroMs + tick * periodMs));
  if (tick === to) {
    say({ published, measured } satisfies PlantCounts);
    return;
  }
  const waitMs = zeroMs + (tick + 1) * periodMs - Date.now();
  // A late plant catches up tick by tick, and publishes in between.
  if (waitMs > 0) setTimeout(turn, waitMs);
  else setImmediate(turn);
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line) as { warmUp: number; measured: number };
  zeroMs = Math.ceil(Date.now() / periodMs) * periodMs - tick * periodMs;
  from = tick + command.warmUp;
  to = from + command.measured;
  measured = 0;
  say({ from, to, zeroUs: zeroMs * 1000 } satisfies PlantTicks);
  setTimeout(turn, zeroMs + (tick + 1) * periodMs - Date.now());
});
process.stdin.on("end", () => process.exit(0));
write(new Date());
await server.start();
say({ endpoint: endpointOf(server) });
