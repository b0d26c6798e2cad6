import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import type { RequestHandler } from "express";
import { RungError } from "../../core/errors.ts";
import { readJsonFile, writePrivateJson } from "../../core/private-file.ts";

interface HostLogin {
  readonly user: string;
  readonly password: string;
}

/**
 * The token by which the host submits proposals, in `$RUNG_HOME/keyring/actuator-host.json` for it to read; the
 * actuator keeps its hash only. It lets the host ask and stop, never arm, approve or commission.
 */
export class HostToken {
  readonly #hash: Buffer;

  constructor(hash: Buffer) {
    this.#hash = hash;
  }

  /** Makes a new one where either half is missing or they do not fit. */
  static prepare(home: string, directory: string): HostToken {
    const keyring = join(home, "keyring", "actuator-host.json");
    const own = join(directory, "host-token.json");
    const there = readJsonFile<HostLogin>(keyring);
    const kept = readJsonFile<{ sha256: string }>(own);
    if (there !== undefined && kept?.sha256 === sha256(there.password).toString("hex")) {
      return new HostToken(Buffer.from(kept.sha256, "hex"));
    }
    const password = randomBytes(32).toString("base64url");
    writePrivateJson(own, { sha256: sha256(password).toString("hex") });
    writePrivateJson(keyring, { user: "host", password } satisfies HostLogin);
    return new HostToken(sha256(password));
  }

  fits(token: string): boolean {
    return timingSafeEqual(this.#hash, sha256(token));
  }

  /** Lets only the host in. */
  readonly required: RequestHandler = (request, _response, next) => {
    if (this.fits(bearerOf(request.headers.authorization))) return next();
    next(
      new RungError({
        code: "wrong-token",
        where: "actuator",
        what: "does not know this host",
        advice: "use the token in keyring/actuator-host.json of RUNG_HOME",
      }),
    );
  };
}

/** The token of an `Authorization: Bearer` header, or "". */
export const bearerOf = (header: string | undefined): string => /^Bearer (.+)$/.exec(header ?? "")?.[1] ?? "";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
