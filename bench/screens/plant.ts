/**
 * The plant of the screen benches: one OPC UA server whose tags `ns=1;s=T0` ... change once a second, machine after
 * machine, spread over the second. A clock tag tells its own source time, ms since 1970 modulo `CLOCK_TURN`, so that a
 * screen shows how old it is; a wave tag is what a trend draws. Started with the counts of machines and of tags of
 * each; says `{endpoint}`; ends when its input does.
 */
import { DataType, StatusCodes, Variant } from "node-opcua";
import { Random } from "../../runtime/core/random.ts";
import { endpointOf, makeBenchServer } from "../opcua-server.ts";
import { CLOCK_TURN, isClock, PERIOD_MS, wave } from "./load-flow.ts";

const [machines = 10, tagsEach = 1000] = process.argv.slice(2).map(Number);
const { server, tags } = await makeBenchServer(machines * tagsEach);
const random = new Random(1);

function write(machine: number, atMs: number): void {
  const at = new Date(atMs);
  for (let i = 0; i < tagsEach; i++) {
    const value = isClock(i) ? atMs % CLOCK_TURN : wave(atMs, i, random);
    tags[machine * tagsEach + i]!.setValueFromSource(
      new Variant({ dataType: DataType.Double, value }),
      StatusCodes.Good,
      at,
    );
  }
}

/** A machine that was held up writes the present, as a PLC does: a time that has gone by is not caught up with. */
function turn(machine: number): void {
  const offsetMs = (machine * PERIOD_MS) / machines;
  const atMs = Date.now();
  write(machine, atMs);
  setTimeout(turn, PERIOD_MS - ((atMs - offsetMs) % PERIOD_MS), machine);
}

for (let machine = 0; machine < machines; machine++) write(machine, Date.now());
await server.start();
for (let machine = 0; machine < machines; machine++) turn(machine);
process.stdout.write(`${JSON.stringify({ endpoint: endpointOf(server) })}\n`);
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
