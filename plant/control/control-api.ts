import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { AssemblyLine } from "../assembly/assembly-line.ts";
import { STATIONS } from "../assembly/line-design.ts";
import { PACKML_STATES } from "../assembly/packml.ts";
import { drawSchedule } from "../faults/drawn-schedule.ts";
import { checkFault, type ShopFaultRequest, ShopFaults } from "../faults/shop-faults.ts";
import type { StationServer } from "../opcua/station-server.ts";
import { OVER_BAKE_E170_MIN, PEAK_METAL_LIMIT_C, UNDER_BAKE_E170_MIN } from "../physics/cure.ts";
import { PANELS } from "../physics/panels.ts";
import { messageOf } from "../run/plant-error.ts";
import type { PlantLoop } from "../run/plant-loop.ts";
import { writePrivate } from "../run/private-file.ts";

/**
 * The demo's and the tests' hand in the plant, on loopback with a bearer token: faults, keys, speed, and the truth
 * that no sensor shows. A real plant has nothing like it, so no part of a twin may use it.
 */
const LARGEST_BODY_BYTES = 10_000;

type Body = Record<string, unknown>;
type Handler = (body: Body, url: URL) => unknown;

export interface ControlApi {
  readonly port: number;
  stop(): Promise<void>;
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @param station the body station's server once it runs */
export async function startControlApi(
  home: string,
  loop: PlantLoop,
  assembly: AssemblyLine,
  station: () => StationServer | undefined = () => undefined,
): Promise<ControlApi> {
  const token = randomBytes(32).toString("base64url");
  writePrivate(join(home, "plant", "control-token"), `${token}\n`);
  const faults = new ShopFaults(loop.plant, assembly, station);
  const handlers = {
    ...handlersOf(loop),
    ...faultHandlers(faults),
    ...stationHandlers(station),
    ...assemblyHandlers(assembly),
  };
  const server = createServer((request, response) => {
    void answer(request, response, handlers, token);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, stop: () => close(server) };
}

function number(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new Refused(400, `${name}: expected a number, got ${JSON.stringify(value)}`);
  }
  return value;
}

/** Of a schedule that is drawn: so many faults in so many hours, where the call says nothing else. */
const DRAWN = { count: 20, hours: 48 } as const;

function faultHandlers(faults: ShopFaults): Record<string, Handler> {
  return {
    "GET /faults": () => faults.planted,
    "POST /faults": (body) => {
      faults.plant(body as unknown as ShopFaultRequest);
      return faults.planted;
    },
    "DELETE /faults": () => {
      faults.clear();
      return faults.planted;
    },
    "POST /schedule": (body) => {
      const given = scheduleOf(body);
      // All are looked at before the first is planted.
      for (const { request } of given) checkFault(request);
      for (const { request, inS } of given) faults.plant(request, inS);
      return { faults: given };
    },
  };
}

/** Either a list of faults, each with `inS`, or a seed to draw one from. */
function scheduleOf(body: Body): { readonly inS: number; readonly request: ShopFaultRequest }[] {
  if (body.faults === undefined) {
    const whole = { ...DRAWN, ...body };
    return drawSchedule(number(body, "seed"), number(whole, "count"), number(whole, "hours"));
  }
  if (!Array.isArray(body.faults)) throw new Refused(400, "faults: expected a list of faults");
  return body.faults.map((entry: unknown, i) => {
    if (typeof entry !== "object" || entry === null)
      throw new Refused(400, `faults, entry ${i + 1}: expected a JSON object`);
    const { inS, ...request } = entry as Body;
    return { inS: number({ inS }, "inS"), request: request as unknown as ShopFaultRequest };
  });
}

function stationHandlers(running: () => StationServer | undefined): Record<string, Handler> {
  const started = (): StationServer => {
    const station = running();
    if (station === undefined) throw new Refused(503, "the body station is still starting");
    return station;
  };
  const status = ({ station }: StationServer): unknown => ({
    bodies: station.bodies,
    robots: station.robots.map(({ name, program, lastCycleS, positionsDeg }) => ({
      name,
      program,
      lastCycleS,
      positionsDeg: [...positionsDeg],
    })),
  });
  return {
    "GET /station": () => status(started()),
    "POST /slip": (body) => {
      const server = started();
      const robot = server.station.robot(String(body.robot));
      robot.slip(
        number(body, "axis"),
        number(body, "deg"),
        number({ rampS: 0, ...body }, "rampS"),
        server.nowS(),
      );
      return status(server);
    },
    "POST /calibrate": (body) => {
      const server = started();
      server.station.robot(String(body.robot)).calibrate();
      return status(server);
    },
  };
}

function assemblyHandlers(line: AssemblyLine): Record<string, Handler> {
  const status = (): unknown => ({
    timeUs: line.timeUs,
    shift: line.shift,
    good: line.good,
    inLine: line.bodies,
    stations: line.stations.map(({ state, made, good, rejected }, i) => ({
      name: STATIONS[i]!.name,
      state: PACKML_STATES[state],
      made,
      good,
      rejected,
    })),
  });
  return {
    "GET /assembly": status,
    "POST /fail": (body) => {
      line.fail(String(body.station), number(body, "seconds"));
      return status();
    },
    "POST /slow": (body) => {
      line.slow(String(body.station), number(body, "factor"));
      return status();
    },
  };
}

function handlersOf(loop: PlantLoop): Record<string, Handler> {
  const { plant, plc } = loop;
  const flag = (body: Body, name: string): boolean => {
    const value = body[name];
    if (typeof value !== "boolean") {
      throw new Refused(400, `${name}: expected true or false, got ${JSON.stringify(value)}`);
    }
    return value;
  };
  const status = (): unknown => ({
    timeUs: plant.timeUs,
    speed: loop.speed,
    paused: loop.paused,
    seed: plant.seed,
    faults: plant.faults,
    setpoints: [...plant.air.setpointC],
    local: [...plant.local].map((local) => local === 1),
    emergencyStop: plc.emergencyStop,
  });
  return {
    "GET /status": status,
    "GET /truth": (_body, url) => truth(loop, url),
    "POST /skew": (body) => {
      plant.skew(String(body.panel), number(body, "film"));
      return status();
    },
    "POST /key": (body) => {
      plc.turnKey(number(body, "zone"), flag(body, "local"));
      return status();
    },
    "POST /emergency-stop": (body) => {
      plc.emergencyStop = flag(body, "active");
      return status();
    },
    "POST /setpoint": (body) => {
      plc.setByHand(number(body, "zone"), number(body, "value"));
      return status();
    },
    "POST /logger": () => {
      plant.startLogger();
      return status();
    },
    "POST /speed": (body) => {
      loop.setSpeed(number(body, "speed"));
      return status();
    },
    "POST /pause": (body) => {
      loop.pause(flag(body, "paused"));
      return status();
    },
    "POST /step": (body) => {
      loop.step(number(body, "seconds"));
      return status();
    },
  };
}

/** Finished bodies, oldest first; `?after=<id>` leaves out those up to a sequence. */
function truth(loop: PlantLoop, url: URL): unknown {
  const after = Number(url.searchParams.get("after") ?? "0");
  if (!Number.isFinite(after)) throw new Refused(400, "after: expected the sequence of a body");
  const bodies = loop.plant.finished
    .filter((body) => body.id > after)
    .map((body) => ({
      ...body,
      underBaked: PANELS.filter((panel) => body.e170[panel] < UNDER_BAKE_E170_MIN),
      overBaked: PANELS.filter(
        (panel) => body.e170[panel] > OVER_BAKE_E170_MIN || body.peak[panel] > PEAK_METAL_LIMIT_C,
      ),
    }));
  const limits = {
    underBakeE170Min: UNDER_BAKE_E170_MIN,
    overBakeE170Min: OVER_BAKE_E170_MIN,
    peakMetalC: PEAK_METAL_LIMIT_C,
  };
  return { timeUs: loop.plant.timeUs, limits, bodies };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: Record<string, Handler>,
  token: string,
): Promise<void> {
  const reply = (status: number, content: unknown): void => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(`${JSON.stringify(content)}\n`);
  };
  try {
    if (!mayCall(request, token))
      throw new Refused(401, "expected the token of plant/control-token as bearer");
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const handler = handlers[`${request.method} ${url.pathname}`];
    if (handler === undefined) throw new Refused(404, `${request.method} ${url.pathname}: no such call`);
    reply(200, handler(await bodyOf(request), url));
  } catch (thrown) {
    const status = thrown instanceof Refused ? thrown.status : thrown instanceof RangeError ? 400 : 500;
    reply(status, { error: messageOf(thrown) });
  }
}

function mayCall(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) {
    text += chunk;
    if (text.length > LARGEST_BODY_BYTES)
      throw new Refused(413, `expected at most ${LARGEST_BODY_BYTES} bytes`);
  }
  if (text.trim() === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (thrown) {
    throw new Refused(400, `no JSON: ${messageOf(thrown)}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Refused(400, "expected a JSON object");
  }
  return parsed as Body;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
