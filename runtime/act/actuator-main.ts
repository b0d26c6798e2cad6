/**
 * The actuator process. Started by the launcher or by systemd (never by the host), with the arguments of
 * actuator-command.ts and with RUNG_HOME, RUNG_RUN, RUNG_ACT_HOME, RUNG_ACTUATOR_PORT and RUNG_ACTUATOR_ORIGIN
 * (further origins of the arming page, separated by commas).
 *
 * On disk, `$RUNG_ACT_HOME/`, by default `$RUNG_HOME/actuator/` (0700):
 *   logins.json      the plant login, {opcua: {user, password}}, made by the launcher or a person
 *   settings.json    for a live plant; absent: the virtual plant
 *   people.json      who may arm (bcrypt); first-login: the first password of admin
 *   envelopes.json   commissioned envelopes
 *   audit.jsonl ...  the audit: see audit/audit-log.ts
 *   tls/             with RUNG_ACTUATOR_TLS=self-made: certificate and key of its page
 *   pki/plant/       the actuator's own key, and the one pinned server
 *   in-use.sqlite    locked while an actuator runs on this directory
 */
import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RungError } from "../core/errors.ts";
import { originOf } from "../core/local-server.ts";
import { readJsonFile } from "../core/private-file.ts";
import { announce, readAnnouncement, runFolder } from "../core/run-folder.ts";
import { ACTUATOR_TLS, serverCertificate } from "../core/server-certificate.ts";
import { FolderClaim } from "../describe/folder-claim.ts";
import { Actuator } from "./actuator.ts";
import { actuatorDirectory, rungHome, virtualPlantHome } from "./actuator-home.ts";
import { serveActuator } from "./http/actuator-server.ts";
import { HostToken } from "./http/host-token.ts";
import { People } from "./people.ts";
import { pinnedCertificates, plantEndpoint, readActuatorSettings } from "./plant/actuator-settings.ts";
import { PlantSession } from "./plant/plant-session.ts";
import { processStatus } from "./process-status.ts";

const home = rungHome();
const directory = actuatorDirectory();
const run = runFolder(home);
const runFile = join(run, "actuator.json");

async function start(): Promise<void> {
  process.umask(0o077);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const claim = claimPlant();
  const settings = readActuatorSettings(directory);
  const people = new People(directory);
  const firstLogin = people.prepare();
  const actuator = new Actuator({
    directory,
    settings,
    people,
    session: new PlantSession({
      endpoint: () => plantEndpoint(settings, home),
      certificates: () => pinnedCertificates(settings, virtualPlantHome(home)),
      login: readLogin,
      directory,
    }),
    home,
  });
  const token = HostToken.prepare(home);
  const certificate = await serverCertificate(process.env, ACTUATOR_TLS, join(directory, "tls"));
  const { server, port } = await serveActuator({
    actuator,
    people,
    token,
    port: Number(process.env.RUNG_ACTUATOR_PORT || 0),
    certificate,
    origins: (process.env.RUNG_ACTUATOR_ORIGIN || "").split(",").filter(Boolean),
  });
  actuator.start();
  // The host knows it by its certificate.
  const listening = { port, certificate: certificate?.cert };
  announce(runFile, { pid: process.pid, ...listening });
  process.stdout.write(`actuator: ${originOf(listening)}/ (${settings.reality} plant)\n`);
  if (firstLogin !== undefined)
    process.stdout.write(`actuator: first sign-in of admin is in ${firstLogin}\n`);

  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    // Another one may have been started meanwhile, and have written its own.
    if (readAnnouncement<{ pid?: number }>(runFile)?.pid === process.pid) rmSync(runFile, { force: true });
    token.withdraw(home);
    server.closeAllConnections();
    server.close();
    await actuator.close();
    claim.release();
    process.exit(0);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  // The launcher is gone: nobody would ever stop this process.
  process.once("disconnect", end);
}

/**
 * Makes sure that this is the plant's one actuator: two would both write what only one of them knows of: rate, budget, the value before. The lock on the
 * directory, which holds the only login of the plant, ends with the process however that ends; the run folder tells
 * of one with another directory.
 * @throws RungError `folder-in-use`, `second-actuator`
 */
function claimPlant(): FolderClaim {
  const claim = new FolderClaim(directory);
  const other = readAnnouncement<{ pid?: number }>(runFile)?.pid;
  if (other === undefined || other === process.pid) return claim;
  // What another user announces here is not believed, and written over.
  if (processStatus(other)?.uids[0] !== process.getuid?.() || !runsActuator(other)) return claim;
  throw new RungError({
    code: "second-actuator",
    where: runFile,
    what: `names an actuator that runs, process ${other}`,
    advice: "one plant has one actuator: stop that one, or give this one a RUNG_RUN of its own",
  });
}

function runsActuator(pid: number): boolean {
  try {
    return /[/\\]actuator-main\.[jt]s\0/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    // It has just ended.
    return false;
  }
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
