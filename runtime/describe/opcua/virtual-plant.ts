import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../../core/errors.ts";
import { type OpcuaLinkOptions, VIRTUAL_PLANT } from "./link-options.ts";
import { readCertificate } from "./link-pki.ts";

/**
 * Where the link connects to now. The virtual plant takes another port at every start, so this is asked at every
 * attempt.
 * @throws RungError `no-virtual-plant`
 */
export function currentEndpoint(options: OpcuaLinkOptions): string {
  if (options.endpoint !== VIRTUAL_PLANT) return options.endpoint;
  const file = join(options.home, "run", "plant.json");
  if (!existsSync(file)) {
    throw new RungError({
      code: "no-virtual-plant",
      where: options.name,
      what: "the virtual plant is not running",
      advice: `start it with "rung start"; it announces itself in ${file}`,
    });
  }
  const plant = JSON.parse(readFileSync(file, "utf8")) as { port?: number; endpoint?: string };
  return plant.endpoint ?? `opc.tcp://127.0.0.1:${plant.port}`;
}

/**
 * True where the certificate is the one in the virtual plant's own folder, byte for byte. This is no automatic
 * acceptance: whoever can write there owns RUNG_HOME, and with it every certificate of the link.
 */
export function isVirtualPlantsOwn(options: OpcuaLinkOptions, der: Buffer): boolean {
  if (options.endpoint !== VIRTUAL_PLANT || options.reality !== "virtual") return false;
  const folder = join(options.home, "plant", "pki", "own", "certs");
  if (!existsSync(folder)) return false;
  return readdirSync(folder)
    .filter((name) => /\.(pem|der)$/.test(name))
    .some((name) => readCertificate(join(folder, name)).equals(der));
}
