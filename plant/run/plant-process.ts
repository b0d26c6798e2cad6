import { rmSync } from "node:fs";
import { join } from "node:path";
import { startControlApi } from "../control/control-api.ts";
import { Telemetry } from "../mqtt/telemetry.ts";
import { PlantServer } from "../opcua/plant-server.ts";
import { OvenPlc } from "../plc/oven-plc.ts";
import { tagIndex } from "../tags.ts";
import { readLogins } from "./logins.ts";
import type { PlantOptions } from "./options.ts";
import { reserveClock, resumePlant, saveState } from "./plant-clock.ts";
import { messageOf, PlantError } from "./plant-error.ts";
import { PlantLoop } from "./plant-loop.ts";
import { readJson, writePrivate } from "./private-file.ts";

/** Wall time between two saves of clock and physics. */
const SAVE_MS = 1000;
/** The clock on disk is ahead by two saves, so that a plant killed between them never goes back. */
const RESERVED_SAVES = 2;
/** Between two logger rides, plant time: one a shift. */
const LOGGER_EVERY_US = 8 * 3600e6;
const NETWORK_CUT_S = 10;
const BODY_TAGS = [tagIndex("oven1/entry/body"), tagIndex("oven1/exit/body")];

export interface RunningPlant {
  readonly port: number;
  readonly controlPort: number;
  stop(): Promise<void>;
}

/** Lets plant time begin when the twin watches, so that its history has no hole between the past and the present. */
function waitForReader(server: PlantServer, loop: PlantLoop, mostS: number): NodeJS.Timeout | undefined {
  if (mostS === 0) return undefined;
  const endMs = performance.now() + mostS * 1000;
  loop.pause(true);
  const timer = setInterval(() => {
    if (!server.isWatchedBy("twin") && performance.now() < endMs) return;
    clearInterval(timer);
    loop.pause(false);
  }, 20);
  return timer;
}

/** Starts everything of the plant and announces it in `$RUNG_HOME/run/plant.json`. */
export async function startPlant(options: PlantOptions): Promise<RunningPlant> {
  const { home } = options;
  const logins = readLogins(home);
  const plant = resumePlant(home, options.seed);
  const plc = new OvenPlc(plant);
  const loop = new PlantLoop(plant, plc, options.speed);
  const server = await PlantServer.start({
    home,
    port: options.port,
    logins: logins.opcua,
    plant,
    plc,
  }).catch((thrown: unknown) => {
    throw new PlantError(
      "opc ua server",
      messageOf(thrown),
      `set RUNG_PLANT_PORT to a free port, or to 0`,
      thrown,
    );
  });
  const telemetry = new Telemetry({
    plant,
    login: logins.mqtt,
    brokerPort: () => brokerPort(options),
    onError: sayOnce(),
  });
  const control = await startControlApi(home, loop);

  let nextLoggerUs = plant.timeUs + LOGGER_EVERY_US;
  plant.onTick = (timeUs) => {
    // On disk before it is told: after a kill no body enters or leaves a second time.
    if (BODY_TAGS.some((tag) => plant.fresh[tag] === 1)) saveState(home, plant);
    server.nodes.tick();
    telemetry.tick(timeUs);
    if (timeUs >= nextLoggerUs) {
      nextLoggerUs += LOGGER_EVERY_US;
      plant.startLogger();
    }
  };
  loop.onTurn = () => server.nodes.turn(loop.speed);
  plant.onFault = (fault) => {
    if (fault.fault !== "network-cut") return;
    const seconds = Number.isFinite(fault.durationS) ? fault.durationS : NETWORK_CUT_S;
    telemetry.cut(seconds);
    server.cut(seconds).catch((thrown: unknown) => say(`network cut: ${messageOf(thrown)}`));
  };

  const timers = options.schedule.flatMap((entry) => {
    if (entry.at !== undefined) {
      plant.schedule(entry, plant.timeUs + entry.at * 1e6);
      return [];
    }
    return [setTimeout(() => plant.fault(entry), entry.atWall! * 1000)];
  });
  const reserve = (): void => {
    reserveClock(home, plant.timeUs + RESERVED_SAVES * (SAVE_MS / 1000) * loop.speed * 1e6);
  };
  reserve();
  const saving = setInterval(() => {
    reserve();
    saveState(home, plant);
  }, SAVE_MS);
  server.nodes.turn(loop.speed);
  const waiting = waitForReader(server, loop, options.waitForReaderS);
  loop.start();
  const runFile = join(home, "run", "plant.json");
  const facts = { pid: process.pid, port: server.port, endpoint: server.endpoint, controlPort: control.port };
  writePrivate(runFile, `${JSON.stringify(facts)}\n`);

  return {
    port: server.port,
    controlPort: control.port,
    stop: async () => {
      loop.stop();
      clearInterval(waiting);
      clearInterval(saving);
      for (const timer of timers) clearTimeout(timer);
      if (readJson<{ pid?: number }>(runFile)?.pid === process.pid) rmSync(runFile, { force: true });
      await Promise.all([control.stop(), telemetry.stop(), server.stop()]);
      saveState(home, plant);
      reserveClock(home, plant.timeUs);
    },
  };
}

/** The broker is the host's: on the port that was asked for, else on the one the host announces. */
function brokerPort(options: PlantOptions): number | undefined {
  if (options.mqttPort > 0) return options.mqttPort;
  const port = readJson<{ mqttPort?: number }>(join(options.home, "run", "host.json"))?.mqttPort;
  return typeof port === "number" && port > 0 ? port : undefined;
}

function say(words: string): void {
  process.stderr.write(`plant: ${words}\n`);
}

/** Says a thing once, however often it comes in a row. */
function sayOnce(): (words: string) => void {
  let last = "";
  return (words) => {
    if (words === last) return;
    last = words;
    say(words);
  };
}
