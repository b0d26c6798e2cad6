import { rmSync } from "node:fs";
import { join } from "node:path";
import { startControlApi } from "../control/control-api.ts";
import { ShopFaults, shopOf } from "../faults/shop-faults.ts";
import { Telemetry } from "../mqtt/telemetry.ts";
import { PlantServer } from "../opcua/plant-server.ts";
import { type StationServer, startStationServer } from "../opcua/station-server.ts";
import { OvenPlc } from "../plc/oven-plc.ts";
import { tagIndex } from "../tags.ts";
import { readLogins } from "./logins.ts";
import type { PlantOptions, ScheduledFault } from "./options.ts";
import { reserveClock, resumeAssembly, resumePlant, saveAssembly, saveState } from "./plant-clock.ts";
import { messageOf, PlantError } from "./plant-error.ts";
import { PlantLoop } from "./plant-loop.ts";
import { readJson, writeAnnouncement } from "./private-file.ts";

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

/** A twin of several sources watches once no more tags have been added for so long. */
const WATCH_SETTLED_MS = 200;

/** Lets plant time begin when the twin watches, so that its history has no hole between the past and the present. */
function waitForReader(server: PlantServer, loop: PlantLoop, mostS: number): NodeJS.Timeout | undefined {
  if (mostS === 0) return undefined;
  const endMs = performance.now() + mostS * 1000;
  loop.pause(true);
  let before = 0;
  const timer = setInterval(() => {
    const watched = server.tagsWatchedBy("twin");
    const isSettled = watched > 0 && watched === before;
    before = watched;
    if (!isSettled && performance.now() < endMs) return;
    clearInterval(timer);
    loop.pause(false);
  }, WATCH_SETTLED_MS);
  return timer;
}

/** Starts everything of the plant and announces it in `plant.json` of the run folder. */
export async function startPlant(options: PlantOptions): Promise<RunningPlant> {
  const { home } = options;
  const logins = readLogins(home);
  const plant = resumePlant(home, options.seed);
  const plc = new OvenPlc(plant);
  const assembly = resumeAssembly(home, plant);
  const loop = new PlantLoop(plant, plc, options.speed);
  const server = await PlantServer.start({
    home,
    port: options.port,
    logins: logins.opcua,
    plant,
    plc,
    assembly,
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
  let station: StationServer | undefined;
  const control = await startControlApi(home, loop, assembly, () => station);

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
  loop.onTurn = () => {
    // Before the clock is told: no value may be ahead of it.
    assembly.stepTo(plant.timeUs, (timeUs) => server.assemblyNodes.second(timeUs));
    server.nodes.turn(loop.speed);
  };
  plant.onFault = (fault) => {
    if (fault.fault !== "network-cut") return;
    const seconds = Number.isFinite(fault.durationS) ? fault.durationS : NETWORK_CUT_S;
    telemetry.cut(seconds);
    server.cut(seconds).catch((thrown: unknown) => say(`network cut: ${messageOf(thrown)}`));
  };

  const faults = new ShopFaults(plant, assembly, () => station);
  const timers: NodeJS.Timeout[] = [];
  /** Seconds from now on the shop's clock, and on the wall's. */
  const plan = (entries: readonly ScheduledFault[]): void => {
    for (const { at, atWall, ...request } of entries) {
      if (at !== undefined) faults.plant(request, at);
      else timers.push(setTimeout(() => faults.plant(request), atWall! * 1000));
    }
  };
  const isOfBody = ({ fault }: ScheduledFault): boolean => shopOf(fault) === "body";
  plan(options.schedule.filter((entry) => !isOfBody(entry)));
  const reserve = (): void => {
    reserveClock(home, plant.timeUs + RESERVED_SAVES * (SAVE_MS / 1000) * loop.speed * 1e6);
  };
  reserve();
  const saving = setInterval(() => {
    reserve();
    saveState(home, plant);
    saveAssembly(home, assembly);
  }, SAVE_MS);
  server.nodes.turn(loop.speed);
  const waiting = waitForReader(server, loop, options.waitForReaderS);
  loop.start();
  const runFile = join(options.run, "plant.json");
  const announced = {
    pid: process.pid,
    port: server.port,
    endpoint: server.endpoint,
    controlPort: control.port,
    certificate: server.certificate,
  };
  writeAnnouncement(runFile, announced);
  // After the paint shop, which the product's start waits for.
  const starting = startStationServer(home, logins.opcua, options.seed).then(
    (started) => {
      station = started;
      plan(options.schedule.filter(isOfBody));
      const isStopped = readJson<{ pid?: number }>(runFile)?.pid !== process.pid;
      if (!isStopped) writeAnnouncement(runFile, { ...announced, stationPort: started.port });
    },
    (thrown: unknown) => say(`body station: ${messageOf(thrown)}`),
  );

  return {
    port: server.port,
    controlPort: control.port,
    stop: async () => {
      loop.stop();
      clearInterval(waiting);
      clearInterval(saving);
      for (const timer of timers) clearTimeout(timer);
      if (readJson<{ pid?: number }>(runFile)?.pid === process.pid) rmSync(runFile, { force: true });
      await starting;
      await Promise.all([control.stop(), telemetry.stop(), server.stop(), station?.stop()]);
      saveState(home, plant);
      saveAssembly(home, assembly);
      reserveClock(home, plant.timeUs);
    },
  };
}

/** The broker is the host's: on the port that was asked for, else on the one the host announces. */
function brokerPort(options: PlantOptions): number | undefined {
  if (options.mqttPort > 0) return options.mqttPort;
  const port = readJson<{ mqttPort?: number }>(join(options.run, "host.json"))?.mqttPort;
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
