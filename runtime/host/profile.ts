import { existsSync } from "node:fs";
import { RungError } from "../core/errors.ts";

/**
 * `engineering`: the editor is there for those who may use it. `production`: it is not; flows come from version control
 * and change by a restart, and of the admin API only verdicts and passports can be read.
 */
export const PROFILES = ["engineering", "production"] as const;
export type Profile = (typeof PROFILES)[number];

/** RUNG_PROFILE. @throws RungError `bad-profile` */
export function profileFrom(environment: NodeJS.ProcessEnv): Profile {
  const word = environment.RUNG_PROFILE || "engineering";
  if ((PROFILES as readonly string[]).includes(word)) return word as Profile;
  throw new RungError({
    code: "bad-profile",
    where: "RUNG_PROFILE",
    what: `is ${JSON.stringify(word)}, which is no profile`,
    advice: `use one of ${PROFILES.join(", ")}`,
  });
}

/** Where a host listens, and whether it speaks TLS there itself: what a proxy speaks ends at the proxy. */
export interface Listening {
  readonly address: string;
  readonly isTls: boolean;
}

/** Whether passwords would cross a network as they are typed. */
export const isInClear = ({ address, isTls }: Listening): boolean =>
  !isTls && address !== "localhost" && address !== "::1" && !/^127(\.\d+){3}$/.test(address);

/**
 * Refuses what would make a production host something else: flows that are nobody's, and passwords in clear on a network.
 * @throws RungError `no-flows`, `plain-http`
 */
export function checkProduction(flows: string, listening: Listening): void {
  if (!existsSync(flows)) {
    throw new RungError({
      code: "no-flows",
      where: flows,
      what: "does not exist, and production makes no flows of its own",
      advice: "set RUNG_FLOWS to a checkout of your flows",
    });
  }
  if (!isInClear(listening)) return;
  throw new RungError({
    code: "plain-http",
    where: `RUNG_BIND=${listening.address}`,
    what: "would let passwords cross a network in clear",
    advice:
      "set RUNG_TLS_CERT and RUNG_TLS_KEY, or RUNG_TLS=self-made, or bind to 127.0.0.1 behind a proxy on this machine",
  });
}
