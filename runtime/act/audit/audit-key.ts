import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import { writePrivate } from "../../core/private-file.ts";

const PRIVATE = "audit-key.pem";
const PUBLIC = "audit-public.pem";

/** What is signed; part of what is signed, so that one kind never passes for another. */
export type Purpose = "line" | "head" | "anchor" | "export";

const stated = (purpose: Purpose, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`rung audit ${purpose}\n`), body]);

/** The half of the audit's key that anybody may have. Ed25519 (RFC 8032). */
export class AuditPublicKey {
  readonly #key: KeyObject;
  /** SHA-256 of the key (SPKI, DER), as `SHA256:<base64>`. */
  readonly fingerprint: string;

  constructor(key: KeyObject) {
    this.#key = key;
    const der = key.export({ type: "spki", format: "der" });
    this.fingerprint = `SHA256:${createHash("sha256").update(der).digest("base64").replace(/=+$/, "")}`;
  }

  /** @throws RungError `no-key` where the file is missing or holds no Ed25519 key */
  static read(file: string): AuditPublicKey {
    return new AuditPublicKey(loadKey(file, createPublicKey));
  }

  /** The key of an actuator's directory: the half of the private one, or the public file where only that may be read. */
  static of(directory: string): AuditPublicKey {
    const own = join(directory, PRIVATE);
    return AuditPublicKey.read(existsSync(own) ? own : join(directory, PUBLIC));
  }

  /** @param signature base64, exactly as it was made */
  verifies(purpose: Purpose, body: Buffer, signature: string): boolean {
    const bytes = Buffer.from(signature, "base64");
    return bytes.toString("base64") === signature && verify(null, stated(purpose, body), this.#key, bytes);
  }

  pem(): string {
    return this.#key.export({ type: "spki", format: "pem" }).toString();
  }
}

/** The key that signs an actuator's audit: `audit-key.pem`, 0600, made at the first start. */
export class AuditKey {
  readonly #key: KeyObject;
  readonly public: AuditPublicKey;

  private constructor(key: KeyObject) {
    this.#key = key;
    this.public = new AuditPublicKey(createPublicKey(key));
  }

  /** @throws RungError `no-key` */
  static read(directory: string): AuditKey {
    return new AuditKey(loadKey(join(directory, PRIVATE), createPrivateKey));
  }

  /** Reads it, or makes it; the public half is put beside it, to be handed to whoever verifies. */
  static prepare(directory: string): AuditKey {
    const file = join(directory, PRIVATE);
    if (!existsSync(file)) {
      const { privateKey } = generateKeyPairSync("ed25519");
      writePrivate(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
    }
    const key = AuditKey.read(directory);
    const shared = join(directory, PUBLIC);
    const pem = key.public.pem();
    if (!existsSync(shared) || readFileSync(shared, "utf8") !== pem) writePrivate(shared, pem);
    return key;
  }

  /** @returns base64 */
  sign(purpose: Purpose, body: Buffer): string {
    return sign(null, stated(purpose, body), this.#key).toString("base64");
  }
}

function loadKey(file: string, make: (pem: string) => KeyObject): KeyObject {
  const wrong = (what: string, cause?: unknown): RungError =>
    new RungError({
      code: "no-key",
      where: file,
      what,
      advice: "without it the audit cannot be verified; the actuator makes it at its first start",
      cause,
    });
  if (!existsSync(file)) throw wrong("the key of the audit is not here");
  let key: KeyObject;
  try {
    key = make(readFileSync(file, "utf8"));
  } catch (cause) {
    throw wrong(`cannot be read as a key: ${messageOf(cause)}`, cause);
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw wrong(`is a key of kind ${key.asymmetricKeyType}, not Ed25519`);
  return key;
}
