import { join } from "node:path";
import type { TimeUs } from "../../runtime/core/time.ts";
import { GapLedger } from "../../runtime/describe/gap-ledger.ts";
import { Historian } from "../../runtime/describe/historian/historian.ts";
import { type Account, account, type StoredSample } from "./account.ts";
import type { Outcome } from "./fault.ts";
import { addressOfTag, readProduction } from "./production.ts";

/** Compares what producers noted with what a history and the gap ledger beside it hold. */
export async function accountOf(
  file: string,
  source: string,
  logs: readonly string[],
  fromUs: TimeUs,
  tags: number,
): Promise<Account & Pick<Outcome, "causes">> {
  const stored = await readHistory(file, tags);
  const ledger = new GapLedger(join(`${file}.sync`, "gaps.sqlite"));
  try {
    const result = account({
      produced: logs.map((log) => readProduction(log)),
      stored,
      fromUs,
      isInLedger: (address, timeUs) => ledger.isOpen(source, address, timeUs),
    });
    return { ...result, causes: [...new Set(ledger.query().map(({ cause }) => cause))].sort() };
  } finally {
    ledger.close();
  }
}

async function readHistory(file: string, tags: number): Promise<StoredSample[]> {
  const historian = new Historian({ file, readOnly: true });
  try {
    const samples: StoredSample[] = [];
    const known = new Set(await historian.addresses());
    for (let tag = 0; tag < tags; tag++) {
      if (!known.has(addressOfTag(tag))) continue;
      const address = addressOfTag(tag);
      const range = await historian.range(address, 0, Number.MAX_SAFE_INTEGER);
      for (let row = 0; row < range.value.length; row++) {
        samples.push({
          address,
          timeUs: range.sourceTimeUs[row]!,
          value: range.value[row]!,
          quality: range.quality[row]!,
        });
      }
    }
    return samples;
  } finally {
    await historian.close();
  }
}
