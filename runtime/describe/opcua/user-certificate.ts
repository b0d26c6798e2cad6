import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../../core/errors.ts";
import { readCertificate } from "./link-pki.ts";
import { describeCertificate } from "./peer-certificate.ts";

/** Who signs in with a certificate (X509IdentityToken, OPC 10000-4, 7.41.5). */
export interface UserCertificate {
  /** DER. */
  readonly certificate: Buffer;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
}

const CERTIFICATES = ["certificate.pem", "certificate.der", "certificate.crt"];
const KEY = "key.pem";
const OTHERS = 0o077;

/**
 * A user's certificate and key, from `$RUNG_HOME/pki/user-certificates/<name>/`: `certificate.pem` (or .der, .crt)
 * and `key.pem`, which nobody else may read.
 * @throws RungError `no-user-certificate`, `key-not-private`, `malformed-certificate`, `user-certificate-expired`
 */
export function readUserCertificate(home: string, name: string): UserCertificate {
  const where = `user certificate "${name}"`;
  if (!/^[A-Za-z0-9._-]+$/.test(name) || name.startsWith(".")) {
    throw new RungError({
      code: "no-user-certificate",
      where,
      what: "is no name of a certificate",
      advice: "name its folder in pki/user-certificates: letters, digits, dot, dash",
    });
  }
  const folder = join(home, "pki", "user-certificates", name);
  const file = CERTIFICATES.map((each) => join(folder, each)).find((each) => existsSync(each));
  const keyFile = join(folder, KEY);
  if (file === undefined || !existsSync(keyFile)) {
    throw new RungError({
      code: "no-user-certificate",
      where,
      what: `${file === undefined ? CERTIFICATES[0] : KEY} is not in ${folder}`,
      advice: "put certificate.pem and key.pem there, readable by this user only (chmod 600)",
    });
  }
  if ((statSync(keyFile).mode & OTHERS) !== 0) {
    throw new RungError({
      code: "key-not-private",
      where: keyFile,
      what: "others than its owner may read this key",
      advice: "chmod 600 it; if others had access to this machine, have the certificate made anew",
    });
  }
  const certificate = readCertificate(file);
  const key = readKey(keyFile);
  if (!new X509Certificate(certificate).checkPrivateKey(key)) {
    throw new RungError({
      code: "malformed-certificate",
      where,
      what: "the key does not belong to the certificate",
      advice: "put the pair there that was made together",
    });
  }
  const { validFrom, validTo } = describeCertificate(certificate);
  const now = Date.now();
  if (now > Date.parse(validTo) || now < Date.parse(validFrom)) {
    throw new RungError({
      code: "user-certificate-expired",
      where,
      what: `it is valid from ${validFrom} to ${validTo}`,
      advice: "renew it, or correct the clock of this machine",
    });
  }
  return { certificate, privateKey: key.export({ type: "pkcs8", format: "pem" }).toString() };
}

function readKey(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file));
  } catch (cause) {
    throw new RungError({
      code: "malformed-certificate",
      where: file,
      what: "holds no private key that can be read",
      advice: "put the key there as PEM, without a passphrase",
      cause,
    });
  }
}
