import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Actuator } from "../../../runtime/act/actuator.ts";
import { serveActuator } from "../../../runtime/act/http/actuator-server.ts";
import { HostToken } from "../../../runtime/act/http/host-token.ts";
import { People } from "../../../runtime/act/people.ts";
import {
  type ActuatorSettings,
  pinnedCertificates,
  plantEndpoint,
  VIRTUAL_SETTINGS,
} from "../../../runtime/act/plant/actuator-settings.ts";
import { PlantSession } from "../../../runtime/act/plant/plant-session.ts";
import type { Role } from "../../../runtime/act/rights.ts";
import { TWIN } from "../oven-envelope.ts";
import { RequestBlockPlant } from "../request-block-plant.ts";

export const PASSWORD = "two people at an oven";
const SETTINGS: ActuatorSettings = {
  ...VIRTUAL_SETTINGS,
  personsToArm: 2,
  observedToArm: 0,
  pollMs: 50,
  hysteresisMs: 200,
  hostSilenceMs: 60_000,
};

/** An actuator with its page and people, on a plant with a request block. */
export class OvenActuator {
  readonly plant = new RequestBlockPlant();
  readonly home = mkdtempSync(join(tmpdir(), "rung-page-"));
  readonly actuator: Actuator;
  url = "";
  #server: Server | undefined;
  #beat: NodeJS.Timeout | undefined;

  private constructor() {
    const directory = join(this.home, "actuator");
    const people = new People(directory);
    this.actuator = new Actuator({
      directory,
      settings: SETTINGS,
      session: new PlantSession({
        endpoint: () => plantEndpoint(SETTINGS, this.home),
        certificates: () => pinnedCertificates(SETTINGS, this.home),
        login: () => ({ user: "actuator", password: this.plant.password }),
        directory,
        retryMs: 100,
        requestMs: 1000,
      }),
      people,
      home: this.home,
    });
  }

  /** @param who name -> role, all with `PASSWORD` and the whole plant */
  static async start(who: Readonly<Record<string, Role>>): Promise<OvenActuator> {
    const oven = new OvenActuator();
    const { home, plant, actuator } = oven;
    mkdirSync(join(home, "run"));
    await plant.start(home);
    writeFileSync(join(home, "run", "plant.json"), JSON.stringify({ port: plant.port }));
    writeFileSync(join(home, "run", "host.json"), JSON.stringify({ pid: process.pid, port: 0 }));
    const people = new People(join(home, "actuator"));
    for (const [name, role] of Object.entries(who)) {
      people.set(name, { password: PASSWORD, role, scopes: [""], by: "os:test" });
    }
    actuator.start();
    const beat = () => actuator.heartbeat({ rowFour: { [TWIN]: { holds: true, cause: "" } } });
    beat();
    oven.#beat = setInterval(beat, 500);
    // Nobody knows what this is the hash of: no host speaks to it but this test, in code.
    const token = new HostToken(Buffer.alloc(32));
    const { server, port } = await serveActuator({ actuator, people, token, port: 0 });
    oven.#server = server;
    oven.url = `http://127.0.0.1:${port}`;
    return oven;
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    this.#server?.closeAllConnections();
    await new Promise((done) => this.#server?.close(done) ?? done(undefined));
    await this.actuator.close();
    await this.plant.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
