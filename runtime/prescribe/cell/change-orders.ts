import type { CellFinding, CellFix, CellStudy, Priority } from "./finding.ts";

/** One finding and what to change for it, as it goes to whoever changes the program, the base or the fixture. */
export interface ChangeOrder {
  readonly order: number;
  readonly priority: Priority;
  readonly station: string;
  readonly robot: string;
  readonly variant: string;
  readonly weld: string;
  readonly place: string;
  readonly finding: string;
  readonly detail: string;
  /** As `CellFinding.mm`. */
  readonly mm: number | null;
  /** What to change; empty where no change was found that checks clear. */
  readonly change: string;
  /** How the change was re-checked; empty without one. */
  readonly recheck: string;
  /** Of the pair that was found: after the change; null where nothing was measured. */
  readonly gapAfterMm: number | null;
  readonly cycleBeforeS: number | null;
  readonly cycleAfterS: number | null;
  readonly modelVersion: string;
  readonly computedAt: string;
}

/** In the order of the findings, worst first. */
export function changeOrders(study: CellStudy): ChangeOrder[] {
  const fixes = new Map(study.fixes.map((fix) => [fix.id, fix]));
  return study.findings.map((finding, index) =>
    orderOf(study, finding, finding.fix === undefined ? undefined : fixes.get(finding.fix), index + 1),
  );
}

function orderOf(
  study: CellStudy,
  finding: CellFinding,
  fix: CellFix | undefined,
  order: number,
): ChangeOrder {
  const row = (what: string) => fix?.rows.find((one) => one.what === what);
  return {
    order,
    priority: finding.priority,
    station: finding.station,
    robot: finding.robot,
    variant: study.variant,
    weld: finding.weld ?? "",
    place: finding.place,
    finding: finding.text,
    detail: finding.detail,
    mm: finding.mm,
    change: fix === undefined ? "" : `${fix.id}: ${fix.text}`,
    recheck: fix?.recheck ?? "",
    gapAfterMm: row("gap")?.withFix ?? null,
    cycleBeforeS: row("cycle")?.asProgrammed ?? null,
    cycleAfterS: row("cycle")?.withFix ?? null,
    modelVersion: study.modelVersion,
    computedAt: study.computedAt,
  };
}

const COLUMNS = [
  ...[
    "order",
    "priority",
    "station",
    "robot",
    "variant",
    "weld",
    "place",
    "finding",
    "detail",
    "mm",
    "change",
  ],
  ...["recheck", "gapAfterMm", "cycleBeforeS", "cycleAfterS", "modelVersion", "computedAt"],
] as const satisfies readonly (keyof ChangeOrder)[];

/** With a header line, after RFC 4180. Names come from a cell file: no cell of the table may begin a formula. */
export function changeOrdersCsv(orders: readonly ChangeOrder[]): string {
  const lines = orders.map((order) => COLUMNS.map((column) => csvCell(order[column])).join(","));
  return [COLUMNS.join(","), ...lines].map((line) => `${line}\r\n`).join("");
}

function csvCell(value: string | number | null): string {
  if (typeof value === "number") return String(value);
  const text = value ?? "";
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
