import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makePrivateFolder, writePrivate } from "../core/private-file.ts";

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

/**
 * Makes the logins of the virtual plant, of the embedded broker and of the actuator, once, with random passwords.
 *
 * - `keyring/virtual-plant.json`, `keyring/broker-twin.json`: `{user, password}` with which the host's links read
 * - `plant/logins.json`: `{opcua: [{user, password}], mqtt: {user, password}}`, whom the virtual plant lets in, and
 *   how it signs in at the broker
 * - `actuator/logins.json`: `{opcua: {user, password}, mqtt: {user, password}}`, never read by the host
 * - `broker-users.json`: digests, for the broker
 */
export function makeDemoLogins(home: string): void {
  const plantFile = join(home, "plant", "logins.json");
  if (existsSync(plantFile) && existsSync(brokerUsersFile(home))) return;
  makePrivateFolder(join(home, "plant"));
  makePrivateFolder(join(home, "actuator"));
  const login = (user: string) => ({ user, password: randomBytes(32).toString("base64url") });
  const opcua = { twin: login("twin"), actuator: login("actuator") };
  const mqtt = { plant: login("plant"), twin: login("twin"), actuator: login("actuator") };
  const write = (file: string, content: unknown) =>
    writePrivate(join(home, file), `${JSON.stringify(content, null, 2)}\n`);

  write("keyring/virtual-plant.json", opcua.twin);
  write("keyring/broker-twin.json", mqtt.twin);
  write("actuator/logins.json", { opcua: opcua.actuator, mqtt: mqtt.actuator });
  write(
    "broker-users.json",
    BROKER_USERS.map((user): BrokerUserEntry => ({ user, sha256: passwordDigest(mqtt[user].password) })),
  );
  // Last, since its presence says that all the others are there.
  write("plant/logins.json", { opcua: [opcua.twin, opcua.actuator], mqtt: mqtt.plant });
}

export function passwordDigest(password: string | Buffer): string {
  return createHash("sha256").update(password).digest("hex");
}
