/**
 * The actuator process. Started by the launcher (never by the host) with RUNG_HOME, RUNG_ACTUATOR_PORT and
 * RUNG_ACTUATOR_ORIGIN (further origins of the arming page, separated by commas).
 *
 * On disk, `$RUNG_HOME/actuator/` (0700):
 *   logins.json      the plant login, {opcua: {user, password}}, made by the launcher or a person
 *   settings.json    for a live plant; absent: the virtual plant
 *   people.json      who may arm (bcrypt); first-login: the first password of admin
 *   host-token.json  hash of the host's token
 *   envelopes.json   commissioned envelopes
 *   audit.jsonl      the audit, audit-head.json its end
 *   pki/plant/       the actuator's own key, and the one pinned server
 */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, RungError } from "../core/errors.ts";
import { readJsonFile, writePrivateJson } from "../core/private-file.ts";
import { Actuator } from "./actuator.ts";
import { serveActuator } from "./http/actuator-server.ts";
import { HostToken } from "./http/host-token.ts";
import { People } from "./people.ts";
import { pinnedCertificates, plantEndpoint, readActuatorSettings } from "./plant/actuator-settings.ts";
import { PlantSession } from "./plant/plant-session.ts";

const home = process.env.RUNG_HOME || join(homedir(), ".rung");
const directory = join(home, "actuator");
const runFile = join(home, "run", "actuator.json");

async function start(): Promise<void> {
  process.umask(0o077);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const settings = readActuatorSettings(directory);
  const people = new People(directory);
  const firstLogin = people.prepare();
  const actuator = new Actuator({
    directory,
    settings,
    session: new PlantSession({
      endpoint: () => plantEndpoint(settings, home),
      certificates: () => pinnedCertificates(settings, home),
      login: readLogin,
      directory,
    }),
    home,
  });
  const { server, port } = await serveActuator({
    actuator,
    people,
    token: HostToken.prepare(home, directory),
    port: Number(process.env.RUNG_ACTUATOR_PORT || 0),
    origins: (process.env.RUNG_ACTUATOR_ORIGIN || "").split(",").filter(Boolean),
  });
  actuator.start();
  writePrivateJson(runFile, { pid: process.pid, port });
  process.stdout.write(`actuator: http://127.0.0.1:${port}/ (${settings.reality} plant)\n`);
  if (firstLogin !== undefined)
    process.stdout.write(`actuator: first sign-in of admin is in ${firstLogin}\n`);

  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    // Another one may have been started meanwhile, and have written its own.
    if (readJsonFile<{ pid?: number }>(runFile)?.pid === process.pid) rmSync(runFile, { force: true });
    server.closeAllConnections();
    server.close();
    await actuator.close();
    process.exit(0);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  // The launcher is gone: nobody would ever stop this process.
  process.once("disconnect", end);
}

interface Login {
  readonly user: string;
  readonly password: string;
}

function readLogin(): Login {
  const file = join(directory, "logins.json");
  const login = readJsonFile<{ opcua?: Login }>(file)?.opcua;
  if (typeof login?.user === "string" && typeof login.password === "string") return login;
  throw new RungError({
    code: "no-login",
    where: file,
    what: login === undefined ? "holds no login for the plant" : "holds a broken login",
    advice: 'write {"opcua": {"user": "actuator", "password": "..."}} there with mode 0600',
  });
}

try {
  await start();
} catch (error) {
  process.stderr.write(`actuator: ${messageOf(error)}\n`);
  process.exit(2);
}
