import { statSync } from "node:fs";
import { RungError } from "../core/errors.ts";
import type { TimeUs } from "../core/time.ts";
import { ChangeFile } from "../ladder/change-file.ts";
import type { LadderChange } from "../ladder/verdict.ts";
import { cell, isoUs } from "./query-table.ts";

/** Every change of a twin's ladder, oldest first. @throws RungError `no-ladder`, `ladder-changes-broken` */
export function changesOfTwin(
  path: string,
  asked: { readonly twin: string; readonly fromUs: TimeUs | undefined; readonly toUs: TimeUs | undefined },
): LadderChange[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new RungError({
      code: "no-ladder",
      where: path,
      what: "is not there: no rung has changed yet",
      advice: "name the home with --home",
    });
  }
  const file = new ChangeFile(path, { readOnly: true });
  try {
    const { twin, fromUs, toUs } = asked;
    return file
      .query({
        twin,
        ...(fromUs === undefined ? {} : { fromUs }),
        ...(toUs === undefined ? {} : { beforeUs: toUs }),
        limit: Number.MAX_SAFE_INTEGER,
      })
      .reverse();
  } finally {
    file.close();
  }
}

/** Times in ISO 8601; `linkTime` is that of the twin's link, empty where none was open. */
export function csvOfChanges(changes: readonly LadderChange[]): string {
  const lines = changes.map(({ timeUs, linkTimeUs, kind, row, from, to, cause }) =>
    [isoUs(timeUs), isoUs(linkTimeUs), kind, row, from, to, cause].map(cell).join(","),
  );
  return `${["time,linkTime,kind,row,from,to,cause", ...lines].join("\n")}\n`;
}
