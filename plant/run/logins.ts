import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { PlantError } from "./plant-error.ts";
import { readJson, writePrivate } from "./private-file.ts";

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** `$RUNG_HOME/plant/logins.json`: whom the OPC UA server lets in, and how the plant signs in at the broker. */
export interface Logins {
  /** `twin` reads, `actuator` may also write the request blocks. */
  readonly opcua: readonly Login[];
  readonly mqtt: Login;
}

/** Reads the logins; makes them with random passwords where there are none yet. @throws PlantError for a broken file */
export function readLogins(home: string): Logins {
  const file = join(home, "plant", "logins.json");
  const found = readJson<Partial<Logins>>(file);
  if (found === undefined) {
    const login = (user: string): Login => ({ user, password: randomBytes(32).toString("base64url") });
    const made: Logins = { opcua: [login("twin"), login("actuator")], mqtt: login("plant") };
    writePrivate(file, `${JSON.stringify(made, null, 2)}\n`);
    return made;
  }
  const whole = (login: unknown): boolean =>
    typeof login === "object" &&
    login !== null &&
    typeof (login as Login).user === "string" &&
    typeof (login as Login).password === "string" &&
    (login as Login).password !== "";
  if (!Array.isArray(found.opcua) || !found.opcua.every(whole) || !whole(found.mqtt)) {
    throw new PlantError(
      file,
      "expected {opcua: [{user, password}], mqtt: {user, password}}",
      "remove it, and it is made anew",
    );
  }
  return found as Logins;
}
