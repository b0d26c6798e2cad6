import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logins } from "../../plant/run/logins.ts";

/** A home of its own for one suite; removed afterwards. */
export function temporaryHome(): { home: string; remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), "rung-plant-"));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}

export function loginsOf(home: string): Logins {
  return JSON.parse(readFileSync(join(home, "plant", "logins.json"), "utf8")) as Logins;
}

/** Waits until `is` holds; fails after 10 s. */
export async function until(
  what: string,
  is: () => boolean | Promise<boolean>,
  more = () => "",
): Promise<void> {
  const giveUp = performance.now() + 10_000;
  while (!(await is())) {
    if (performance.now() > giveUp) throw new Error(`waited 10 s for ${what} ${more()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
