import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { actuatorDirectory, virtualPlantHome } from "../act/actuator-home.ts";
import { makePrivateFolder, writePrivateJson } from "../core/private-file.ts";
import { asUser, type ProcessUsers } from "./process-user.ts";

/** Users of the embedded broker and what each is for; their rights stand in broker-rights.ts. */
export const BROKER_USERS = ["plant", "twin", "actuator"] as const;
export type BrokerUser = (typeof BROKER_USERS)[number];

/** The broker, which lives in the host, knows digests only: the host can never sign in as the actuator. */
export interface BrokerUserEntry {
  readonly user: BrokerUser;
  /** SHA-256 of the password, hex. The passwords are 32 random bytes, so a slow hash would add nothing. */
  readonly sha256: string;
}

export function brokerUsersFile(home: string): string {
  return join(home, "broker-users.json");
}

/** Where the actuator's login and the virtual plant's go, and whose they are. */
export interface DemoPlaces {
  /** The actuator's directory. */
  readonly actuator: string;
  /** Holds the virtual plant's `plant/`. */
  readonly plantHome: string;
  /** Undefined where all is one user's. */
  readonly users?: ProcessUsers;
}

const demoPlaces = (home: string): DemoPlaces => ({
  actuator: actuatorDirectory({ ...process.env, RUNG_HOME: home }),
  plantHome: virtualPlantHome(home),
});

/**
 * Makes the logins of the virtual plant, of the embedded broker and of the actuator, once, with random passwords.
 *
 * - `keyring/virtual-plant.json`, `keyring/broker-twin.json`: `{user, password}` with which the host's links read
 * - `plant/logins.json` in the plant's home: `{opcua: [{user, password}], mqtt: {user, password}}`, whom the virtual plant lets in, and
 *   how it signs in at the broker
 * - `logins.json` in the actuator's directory: `{opcua: {user, password}, mqtt: {user, password}}`, never read by the
 *   host
 * - `broker-users.json`: digests, for the broker
 */
export function makeDemoLogins(home: string, places: DemoPlaces = demoPlaces(home)): void {
  const { actuator, plantHome, users } = places;
  const plantFile = join(plantHome, "plant", "logins.json");
  const asHost = <T>(work: () => T): T => asUser(users?.host, work);
  const asActuator = <T>(work: () => T): T => asUser(users?.actuator, work);
  if (asActuator(() => existsSync(plantFile)) && asHost(() => existsSync(brokerUsersFile(home)))) return;
  const login = (user: string) => ({ user, password: randomBytes(32).toString("base64url") });
  const opcua = { twin: login("twin"), actuator: login("actuator") };
  const mqtt = { plant: login("plant"), twin: login("twin"), actuator: login("actuator") };
  asHost(() => {
    writePrivateJson(join(home, "keyring", "virtual-plant.json"), opcua.twin);
    writePrivateJson(join(home, "keyring", "broker-twin.json"), mqtt.twin);
    writePrivateJson(
      brokerUsersFile(home),
      BROKER_USERS.map((user): BrokerUserEntry => ({ user, sha256: passwordDigest(mqtt[user].password) })),
    );
  });
  asActuator(() => {
    makePrivateFolder(actuator);
    makePrivateFolder(join(plantHome, "plant"));
    // Beside settings of a person's hand lies the login of their plant.
    const isPersons = existsSync(join(actuator, "settings.json"));
    if (!isPersons)
      writePrivateJson(join(actuator, "logins.json"), { opcua: opcua.actuator, mqtt: mqtt.actuator });
    // Last, since its presence says that all the others are there.
    writePrivateJson(plantFile, { opcua: [opcua.twin, opcua.actuator], mqtt: mqtt.plant });
  });
}

export function passwordDigest(password: string | Buffer): string {
  return createHash("sha256").update(password).digest("hex");
}
