import { existsSync } from "node:fs";

/** Skips a test or suite with the reason; with RUNG_REQUIRE_ALL, where nothing may be skipped, it fails with it. */
export function skipOrFail(context: Mocha.Context, why: string): never {
  if (process.env.RUNG_REQUIRE_ALL === "1") throw new Error(why);
  console.log(`      skipped: ${why}`);
  return context.skip();
}

/** For a test or a `before` that needs a file, a folder or a program at its path. */
export function needsFile(context: Mocha.Context, path: string): void {
  if (!existsSync(path)) skipOrFail(context, `${path} is not there`);
}
