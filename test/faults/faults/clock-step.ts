import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../fault.ts";
import { pause, Rig } from "../rig.ts";
import { StepClock } from "../step-clock.ts";

const HOUR_S = 3600;
const LIBRARY = findLibrary();

function findLibrary(): string | undefined {
  for (const folder of ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((name) => `/usr/lib/${name}/faketime`)) {
    try {
      const file = readdirSync(folder).find((name) => name.startsWith("libfaketimeMT.so"));
      if (file !== undefined) return join(folder, file);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    }
  }
  return undefined;
}

const missing = (): string | undefined =>
  LIBRARY === undefined ? "libfaketime is not installed (Debian: faketime)" : undefined;

/** The clock of one side goes an hour forward and back again, or back and forward again. */
const step = (who: "source" | "Rung"): Fault => ({
  name: `clock step ±1 h of ${who === "source" ? "the source" : "Rung"}`,
  missing,
  async run(context) {
    const clock = new StepClock(context.folder);
    const environment = clock.environment(LIBRARY!);
    const rig = await Rig.opcua(context, who === "source" ? { producerEnvironment: environment } : {});
    if (who === "Rung") rig.recorderEnvironment = environment;
    await rig.start();
    const first = context.seed % 2 === 0 ? HOUR_S : -HOUR_S;
    for (const offsetS of context.isShort ? [first, 0] : [first, 0, -first, 0]) {
      await pause(500 + context.random.integer(1000));
      clock.set(offsetS);
      await pause(1000);
      await rig.flowing();
    }
    return rig.finish();
  },
});

export const CLOCK_STEPS: readonly Fault[] = [step("source"), step("Rung")];
