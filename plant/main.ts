import { writeIncident } from "./run/incident.ts";
import { readOptions, USAGE } from "./run/options.ts";
import { messageOf, PlantError } from "./run/plant-error.ts";
import { writePrehistory } from "./run/prehistory.ts";

/** Ended because the input was wrong: starting again would not help. */
const EXIT_INPUT_ERROR = 2;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) {
    process.stdout.write(USAGE);
    return;
  }
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.prehistory !== undefined) {
    writePrehistory(options.home, options.seed, options.prehistory);
    return;
  }
  if (options.incident !== undefined) {
    writeIncident(options.incident.file, { ...options, lengthS: options.incident.lengthS });
    return;
  }
  // Late, since the servers take far longer to load than the physics.
  const { startPlant } = await import("./run/plant-process.ts");
  const plant = await startPlant(options);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    plant.stop().then(
      () => process.exit(0),
      (thrown: unknown) => {
        process.stderr.write(`plant: ${messageOf(thrown)}\n`);
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // The launcher is gone: nobody would ever stop this process.
  process.once("disconnect", stop);
}

/** What node-opcua throws, out of anybody's reach, where a client connects in the very moment its server closes. */
const CLOSING_WHILE_CONNECTING = "OPCUAServerEndPoint must be started";

// A network cut may meet a client that is just connecting: that client is refused, the plant goes on.
process.on("uncaughtException", (thrown) => {
  process.stderr.write(`plant: ${thrown.stack ?? messageOf(thrown)}\n`);
  if (messageOf(thrown) !== CLOSING_WHILE_CONNECTING) process.exit(1);
});

main().catch((thrown: unknown) => {
  process.stderr.write(`plant: ${messageOf(thrown)}\n`);
  process.exit(thrown instanceof PlantError ? EXIT_INPUT_ERROR : 1);
});
