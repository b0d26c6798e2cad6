import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../../core/errors.ts";
import { readAnnouncement, runFolder } from "../../core/run-folder.ts";
import { isOfVirtualPlant, type OpcuaLinkOptions, VIRTUAL_STATION } from "./link-options.ts";
import { readCertificate } from "./link-pki.ts";

/**
 * Where the link connects to now. The virtual plant takes another port at every start, so this is asked at every
 * attempt.
 * @throws RungError `no-virtual-plant`
 */
export function currentEndpoint(options: OpcuaLinkOptions): string {
  if (!isOfVirtualPlant(options.endpoint)) return options.endpoint;
  const file = join(runFolder(options.home), "plant.json");
  const plant = readAnnouncement<{ port?: number; endpoint?: string; stationPort?: number }>(file);
  if (plant === undefined) {
    throw new RungError({
      code: "no-virtual-plant",
      where: options.name,
      what: "the virtual plant is not running",
      advice: `start it with "rung start"; it announces itself in ${file}`,
    });
  }
  if (options.endpoint === VIRTUAL_STATION) {
    if (plant.stationPort !== undefined) return `opc.tcp://127.0.0.1:${plant.stationPort}`;
    throw new RungError({
      code: "no-virtual-plant",
      where: options.name,
      what: "the virtual plant's body station has not started yet",
      advice: "wait a moment",
    });
  }
  return plant.endpoint ?? `opc.tcp://127.0.0.1:${plant.port}`;
}

/**
 * True where the certificate is the one that the virtual plant announces, or where it announces none, the one in its
 * own folder, byte for byte. This is no automatic acceptance: whoever can write there could as well write what this
 * process announces, and all that is read by it is a simulation.
 */
export function isVirtualPlantsOwn(options: OpcuaLinkOptions, der: Buffer): boolean {
  if (!isOfVirtualPlant(options.endpoint) || options.reality !== "virtual") return false;
  const announced = readAnnouncement<{ certificate?: string }>(join(runFolder(options.home), "plant.json"));
  if (announced?.certificate !== undefined) return new X509Certificate(announced.certificate).raw.equals(der);
  const folder = join(options.home, "plant", "pki", "own", "certs");
  if (!existsSync(folder)) return false;
  return readdirSync(folder)
    .filter((name) => /\.(pem|der)$/.test(name))
    .some((name) => readCertificate(join(folder, name)).equals(der));
}
