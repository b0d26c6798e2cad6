import { X509Certificate } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { makeCertificate } from "../core/server-certificate.ts";
import { homeFolder } from "../host/home.ts";

export const summary = "make a certificate for the host or the actuator";
export const usage = `
Usage: rung tls make [--name <name>]... [--folder <folder>] [--json]

Makes a key and a certificate signed by itself, valid for 825 days, for the names and addresses that people use; without
a name for this machine's own, localhost and 127.0.0.1. Both lie in RUNG_HOME/tls, where the host takes them from with
RUNG_TLS=self-made; the actuator has its own, in the folder tls of its directory, which --folder names. An older pair
there is replaced. No browser trusts it until a person compares the fingerprint and has it do so.

Options: --name <name>      a DNS name or an address in digits; may be given several times
         --folder <folder>  instead of RUNG_HOME/tls
         --home <folder>    instead of RUNG_HOME
         --json             answer as JSON`;

/** @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      name: { type: "string", multiple: true },
      folder: { type: "string" },
      home: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  if (positionals.length !== 1 || positionals[0] !== "make") {
    throw new RungError({
      code: "unknown-action",
      where: `rung tls ${positionals.join(" ")}`.trim(),
      what: "says nothing to do",
      advice: "use make; see rung help tls",
    });
  }
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const folder = values.folder ?? join(home, "tls");
  const names = values.name ?? [hostname(), "localhost", "127.0.0.1"];
  const { fingerprint256, validTo } = new X509Certificate((await makeCertificate(folder, names)).cert);
  const facts = { folder, names, fingerprint: fingerprint256, validTo: new Date(validTo).toISOString() };
  const text = `certificate and key for ${names.join(", ")} in ${folder}, valid until ${facts.validTo.slice(0, 10)}\nfingerprint (SHA-256): ${fingerprint256}`;
  process.stdout.write(values.json ? `${JSON.stringify(facts)}\n` : `${text}\n`);
  return 0;
}
