import { Worker } from "node:worker_threads";
import { RungError } from "../core/errors.ts";
import { siblingModule } from "../core/sibling-module.ts";

/** NIST SP 800-63B-4 asks for 8 at least; a single factor that opens a plant's screens gets more. */
export const SHORTEST_PASSWORD = 12;
/** bcrypt reads no more than 72 bytes. */
const LONGEST_PASSWORD_BYTES = 72;

/** A hash that no password has: comparing with it takes as long as with a real one. */
const NOBODYS_HASH = "$2b$11$c7mfc43QknIqaDvrmSSL6Ols8gZA.mNL1.OOJp9HUA8E5t//D8L86";

export type PasswordJob =
  | { readonly kind: "hash"; readonly password: string }
  | { readonly kind: "compare"; readonly password: string; readonly hash: string };

/** @throws RungError `weak-password` */
export function checkPassword(password: string): void {
  const refuse = (what: string, advice: string) => {
    throw new RungError({ code: "weak-password", where: "password", what, advice });
  };
  if ([...password].length < SHORTEST_PASSWORD)
    refuse("is too short", `use at least ${SHORTEST_PASSWORD} characters`);
  if (Buffer.byteLength(password) > LONGEST_PASSWORD_BYTES)
    refuse("is too long", `use at most ${LONGEST_PASSWORD_BYTES} bytes`);
  if (new Set(password).size < 5) refuse("repeats too few characters", "use at least 5 different ones");
}

/** bcrypt, in a thread of its own: it takes some 100 ms of a core. */
export async function hashPassword(password: string): Promise<string> {
  checkPassword(password);
  return (await inThread({ kind: "hash", password })) as string;
}

/** @param hash undefined for a person who does not exist or has no password yet: false, after the same time */
export async function passwordFits(password: string, hash: string | null | undefined): Promise<boolean> {
  if (Buffer.byteLength(password) > LONGEST_PASSWORD_BYTES) return false;
  const same = (await inThread({ kind: "compare", password, hash: hash ?? NOBODYS_HASH })) as boolean;
  return same && hash !== null && hash !== undefined;
}

function inThread(job: PasswordJob): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(siblingModule(import.meta.url, "./password-worker"), { workerData: job });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
