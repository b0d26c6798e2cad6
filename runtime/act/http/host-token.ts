import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { RequestHandler } from "express";
import { RungError } from "../../core/errors.ts";
import { writeShared } from "../../core/private-file.ts";
import { readAnnouncement, runFolder } from "../../core/run-folder.ts";

interface HostLogin {
  readonly user: string;
  readonly password: string;
}

const FILE = "actuator-host.json";
/** The group of the run folder is the host's. */
const FOR_THE_HOST = 0o640;

const tokenFile = (home: string): string => join(runFolder(home), FILE);

/**
 * The token by which the host submits proposals, in `actuator-host.json` of the run folder for it to read; the
 * actuator makes a new one at each start and keeps its hash only. It lets the host ask and stop, never arm, approve
 * or commission.
 */
export class HostToken {
  readonly #hash: Buffer;

  constructor(hash: Buffer) {
    this.#hash = hash;
  }

  /** Makes one and lays it down for the host. */
  static prepare(home: string): HostToken {
    const password = randomBytes(32).toString("base64url");
    writeShared(tokenFile(home), { user: "host", password } satisfies HostLogin, FOR_THE_HOST);
    return new HostToken(sha256(password));
  }

  /** Takes it away, where it is this actuator's. */
  withdraw(home: string): void {
    const file = tokenFile(home);
    if (this.fits(readAnnouncement<HostLogin>(file)?.password ?? "")) rmSync(file, { force: true });
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
        advice: `use the token in ${FILE} of the run folder`,
      }),
    );
  };
}

/** What the host, or whoever may read its run folder, speaks to the actuator with; "" where there is none. */
export const hostTokenOf = (home: string): string =>
  readAnnouncement<HostLogin>(tokenFile(home))?.password ?? "";

/** The token of an `Authorization: Bearer` header, or "". */
export const bearerOf = (header: string | undefined): string => /^Bearer (.+)$/.exec(header ?? "")?.[1] ?? "";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
