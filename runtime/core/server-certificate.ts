import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { messageOf, RungError } from "./errors.ts";
import { makePrivateFolder, writePrivate } from "./private-file.ts";

/** A server's certificate, with those of its issuers after it where they are needed, and its key, both PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** RFC 8996 ended TLS 1.0 and 1.1. */
export const TLS_OPTIONS = { minVersion: "TLSv1.2", honorCipherOrder: true } as const;

/** `Strict-Transport-Security` for a year, sent by TLS only (RFC 6797, 7.2). */
export const STRICT_TRANSPORT = "max-age=31536000";

/** iOS and macOS take no server certificate that is valid for longer. */
const VALID_DAYS = 825;
/** A self-made one is made anew at a start this long before its end. */
const RENEW_DAYS = 30;
const DAY_MS = 86_400_000;

const CERTIFICATE = "certificate.pem";
const KEY = "key.pem";

/** Names of the environment variables of one server. */
export interface TlsVariables {
  /** Path of the certificate, PEM. */
  readonly cert: string;
  /** Path of its key, PEM, without a passphrase. */
  readonly key: string;
  /** `self-made`: one is made and kept in the folder. */
  readonly mode: string;
}

export const HOST_TLS: TlsVariables = { cert: "RUNG_TLS_CERT", key: "RUNG_TLS_KEY", mode: "RUNG_TLS" };
export const ACTUATOR_TLS: TlsVariables = {
  cert: "RUNG_ACTUATOR_TLS_CERT",
  key: "RUNG_ACTUATOR_TLS_KEY",
  mode: "RUNG_ACTUATOR_TLS",
};

/**
 * The certificate a server is to use; undefined where none is asked for, and it speaks plain HTTP on the loopback.
 * @param folder where a self-made one is kept, `certificate.pem` and `key.pem`
 * @throws RungError `bad-tls` for files that cannot be read, do not fit or are over, and for half a setting
 */
export async function serverCertificate(
  environment: NodeJS.ProcessEnv,
  variables: TlsVariables,
  folder: string,
): Promise<ServerCertificate | undefined> {
  const cert = environment[variables.cert];
  const key = environment[variables.key];
  const mode = environment[variables.mode];
  if (cert || key) {
    if (cert && key && !mode) return readCertificate(cert, key);
    throw bad(
      `${variables.cert}, ${variables.key}, ${variables.mode}`,
      "set both files and no mode, or the mode alone",
    );
  }
  if (!mode) return undefined;
  if (mode !== "self-made")
    throw bad(variables.mode, `is ${JSON.stringify(mode)}; it may be self-made, or empty`);
  const files = [join(folder, CERTIFICATE), join(folder, KEY)] as const;
  if (!existsSync(files[0]) || daysLeft(readFileSync(files[0], "utf8")) < RENEW_DAYS)
    return makeCertificate(folder, [hostname(), "localhost", "127.0.0.1"]);
  return readCertificate(...files);
}

/**
 * A certificate and key from files.
 * @throws RungError `bad-tls`: not readable, no certificate, no key, a key that others read, of another certificate, over
 */
export function readCertificate(certFile: string, keyFile: string): ServerCertificate {
  const [cert, key] = [certFile, keyFile].map((file) => {
    try {
      return readFileSync(file, "utf8");
    } catch (thrown) {
      throw bad(file, messageOf(thrown), thrown);
    }
  }) as [string, string];
  if ((statSync(keyFile).mode & 0o007) !== 0)
    throw bad(keyFile, "is a key that everybody can read: set its mode to 0600");
  const certificate = parsed(certFile, () => new X509Certificate(cert));
  const privateKey = parsed(keyFile, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw bad(keyFile, `is not the key of ${certFile}`);
  if (daysLeft(cert) < 0) throw bad(certFile, `was valid until ${certificate.validTo}`);
  return { cert, key };
}

/** Days until a certificate (PEM) is over; negative where it is. */
const daysLeft = (cert: string): number =>
  (Date.parse(new X509Certificate(cert).validTo) - Date.now()) / DAY_MS;

/**
 * Makes a key (RSA, 2048 bit) and a certificate signed by itself, and writes them to the folder (0700, key 0600). No
 * browser trusts it until a person has it do so.
 * @param names DNS names and addresses in digits that people use for the server, at least one
 * @throws RungError `bad-tls` for what is neither
 */
export async function makeCertificate(folder: string, names: readonly string[]): Promise<ServerCertificate> {
  const DNS_NAME =
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
  for (const name of names)
    if (isIP(name) === 0 && !DNS_NAME.test(name)) throw bad(name, "is no name of a machine");
  const dns = names.filter((name) => isIP(name) === 0);
  const ip = names.filter((name) => isIP(name) !== 0);
  // Loaded here alone: a start with a certificate has no use for it.
  const { OPCUACertificateManager } = await import("node-opcua");
  makePrivateFolder(folder);
  // In there, since the actuator may write nowhere else.
  const work = mkdtempSync(join(folder, "making-"));
  const manager = new OPCUACertificateManager({ rootFolder: work, disableFileWatchers: true });
  try {
    await manager.initialize();
    const outputFile = join(work, CERTIFICATE);
    await manager.createSelfSignedCertificate({
      // What an OPC UA certificate has to name, and a web server's may.
      applicationUri: `urn:${names[0]}:rung`,
      dns,
      ip,
      outputFile,
      subject: `/CN=${names[0]}/O=Rung`,
      startDate: new Date(),
      validity: VALID_DAYS,
    });
    const made = { cert: readFileSync(outputFile, "utf8"), key: readFileSync(manager.privateKey, "utf8") };
    writePrivate(join(folder, KEY), made.key);
    writePrivate(join(folder, CERTIFICATE), made.cert);
    return readCertificate(join(folder, CERTIFICATE), join(folder, KEY));
  } finally {
    await manager.dispose();
    rmSync(work, { recursive: true, force: true });
  }
}

function parsed<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    throw bad(file, messageOf(thrown), thrown);
  }
}

const bad = (where: string, what: string, cause?: unknown): RungError =>
  new RungError({
    code: "bad-tls",
    where,
    what,
    advice: "give certificate and key as PEM files, or have them made: rung tls make",
    cause,
  });
