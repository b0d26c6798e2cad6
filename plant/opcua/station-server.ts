import { OPCUAServer } from "node-opcua";
import { BodyStation } from "../body/body-station.ts";
import type { Login } from "../run/logins.ts";
import { serverOptions } from "./server-options.ts";
import { openServerPki } from "./server-pki.ts";
import { StationNodes } from "./station-nodes.ts";

/** Ten values a second of each axis. */
const TICK_MS = 100;
/** Longer than any cycle. */
const BEFORE_S = 90;

export interface StationServer {
  readonly port: number;
  readonly station: BodyStation;
  /** Seconds on the station's clock. */
  nowS(): number;
  stop(): Promise<void>;
}

/**
 * The robots' own OPC UA server. It runs with the wall clock, whatever the paint shop's speed is: robots that move sixty
 * times too fast could not be followed.
 */
export async function startStationServer(
  home: string,
  logins: readonly Login[],
  seed: number,
): Promise<StationServer> {
  const server = new OPCUAServer(serverOptions(await openServerPki(home), 0, logins));
  await server.initialize();
  const nowS = (): number => Date.now() / 1000;
  // Bodies were built before: cycle times and probed tools are known from the first value on.
  const station = new BodyStation(seed, nowS() - BEFORE_S);
  for (let beforeS = BEFORE_S; beforeS >= 0; beforeS -= TICK_MS / 1000) station.moveTo(nowS() - beforeS);
  const nodes = new StationNodes(server.engine.addressSpace!, station, new Date());
  await server.start();
  const timer = setInterval(() => {
    station.moveTo(nowS());
    nodes.tick(new Date());
  }, TICK_MS);
  return {
    port: server.endpoints[0]!.port,
    station,
    nowS,
    stop: async () => {
      clearInterval(timer);
      await server.shutdown(0);
    },
  };
}
