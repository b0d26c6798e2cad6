import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { Historian } from "../../runtime/describe/historian/historian.ts";
import { historyFile } from "../../runtime/host/prehistory.ts";
import { PERIOD_MS, TREND_MINUTES, wave } from "./load-flow.ts";

/** Writes the past of what trends show, so that their curves are full from the first look. */
export async function writePast(home: string, addresses: readonly string[]): Promise<void> {
  const file = historyFile(home);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const historian = new Historian({ file });
  const random = new Random(1);
  const dictionary = new Dictionary(
    addresses.map((address) => ({
      address,
      kind: "measurement" as const,
      type: "number" as const,
      unit: "°C",
      update: { mode: "cyclic" as const, periodMs: PERIOD_MS },
    })),
  );
  const rows = (TREND_MINUTES * 60_000) / PERIOD_MS;
  const endMs = Date.now();
  for (let tag = 0; tag < addresses.length; tag++) {
    const builder = new FrameBuilder({ source: "past", reality: "live", dictionary }, rows);
    for (let row = 0; row < rows; row++) {
      const atMs = endMs - (rows - row) * PERIOD_MS;
      builder.add(tag, wave(atMs, tag, random), atMs * 1000, GOOD);
    }
    await historian.append(builder.build({ epoch: 1, first: tag * rows, receiveTimeUs: endMs * 1000 }));
  }
  await historian.close();
}
