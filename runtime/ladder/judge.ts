import { type Evidence, RUNG_NAMES, RUNGS, type Rung } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import { collecting, expired, sentence } from "./fact.ts";
import type { RowVerdict, RungChange, TwinVerdict } from "./verdict.ts";
import { federatedRungs } from "./wiring/federation.ts";
import { cumulative, type WiredTwin, type Wiring } from "./wiring.ts";

/** Evaluations in a row that a fallen row must hold again before it counts. docs/ladder.md, Evidence. */
export const RECOVERY_EVALUATIONS = 2;

/** What the judge reads beside the wires. */
export interface Now {
  /** Every record about a twin. */
  evidenceOf(twin: string): readonly Evidence[];
  /** The clock of the twin's link; undefined where no link is open. */
  clockUs(twin: string): TimeUs | undefined;
  /** Wall time, for changes. */
  wallUs: TimeUs;
}

interface RowMemory {
  held: boolean;
  fell: boolean;
  /** Evaluations in a row that it held since it fell. */
  good: number;
}

interface TwinMemory {
  held: Rung;
  rows: Map<Rung, RowMemory>;
  lastFall: RungChange | null;
}

/**
 * Evidence and wires to held rungs. A row falls at once and recovers after RECOVERY_EVALUATIONS; *collecting* does
 * not hold. The judge remembers only that and the last fall.
 */
export class Judge {
  readonly #memory = new Map<string, TwinMemory>();

  /** One evaluation. Call it on a steady beat. */
  evaluate(wiring: Wiring, now: Now): { twins: TwinVerdict[]; changes: RungChange[] } {
    const judged = wiring.twins.map((twin) => {
      const memory = this.#remember(twin.address);
      const evidence = ownEvidence(twin, wiring, now.evidenceOf(twin.address));
      const clockUs = now.clockUs(twin.address);
      const rows = RUNGS.map((row) => this.#row(twin, row, evidence, memory, clockUs));
      return { twin, memory, rows, capabilities: rows.filter(holds).map(({ row }) => row) };
    });
    const rungs = federatedRungs(
      new Map(
        judged.map(({ twin, capabilities }) => [
          twin.address,
          { parent: twin.parent, needed: twin.needed, own: cumulative(new Set(capabilities)) },
        ]),
      ),
    );
    const changes: RungChange[] = [];
    const twins = judged.map(({ twin, memory, rows, capabilities }) => {
      const held = rungs.get(twin.address)!;
      if (held !== memory.held) {
        const cause = causeOf(twin, rows, memory.held, held, judged, rungs);
        const change = { twin: twin.address, from: memory.held, to: held, cause, timeUs: now.wallUs };
        changes.push(change);
        if (held < memory.held) memory.lastFall = change;
        memory.held = held;
      }
      return {
        ...twin,
        held,
        heldCapabilities: isWiredItself(twin) ? capabilities : RUNGS.filter((row) => row <= held),
        rows: isWiredItself(twin) ? rows : rows.map((row) => asFamily(row, twin.wired, held)),
        enough: twin.target !== null && held >= twin.target,
        lastFall: memory.lastFall,
      };
    });
    for (const address of this.#memory.keys()) if (!rungs.has(address)) this.#memory.delete(address);
    return { twins, changes };
  }

  #remember(address: string): TwinMemory {
    const known = this.#memory.get(address);
    if (known !== undefined) return known;
    const fresh: TwinMemory = { held: 0, rows: new Map(), lastFall: null };
    this.#memory.set(address, fresh);
    return fresh;
  }

  #row(
    twin: WiredTwin,
    row: Rung,
    evidence: readonly Evidence[],
    { rows }: TwinMemory,
    clockUs: TimeUs | undefined,
  ): RowVerdict {
    if (twin.paths[row] === undefined) {
      rows.delete(row);
      return notWired(twin, row);
    }
    const records = evidence.filter(({ rung }) => rung === row);
    const verdict = judgeRow(twin, row, records, clockUs);
    const memory = rows.get(row) ?? { held: false, fell: false, good: 0 };
    rows.set(row, memory);
    if (verdict.verdict !== "holds") {
      if (memory.held) memory.fell = true;
      memory.held = false;
      memory.good = 0;
      return verdict;
    }
    memory.good++;
    memory.held = memory.held || !memory.fell || memory.good >= RECOVERY_EVALUATIONS;
    if (memory.held) return verdict;
    return {
      ...verdict,
      verdict: "recovering",
      fact: `holds again, ${memory.good} of ${RECOVERY_EVALUATIONS} evaluations`,
    };
  }
}

const holds = ({ verdict }: RowVerdict): boolean => verdict === "holds";

/** A record of a canvas node that is on no path of this twin says nothing about it. */
function ownEvidence(twin: WiredTwin, { nodes }: Wiring, records: readonly Evidence[]): readonly Evidence[] {
  if (records.length === 0) return records;
  const members = new Set(twin.members);
  return records.filter(({ node }) => members.has(node) || !nodes.has(node));
}

/**
 * One row by its records alone, without memory.
 * @param clockUs of the twin's link; undefined where none is open: then no continuous evidence holds, and for periodic
 *   evidence time stands at the newest record
 */
export function judgeRow(
  twin: WiredTwin,
  row: Rung,
  records: readonly Evidence[],
  clockUs: TimeUs | undefined,
): RowVerdict {
  const nowUs = clockUs ?? records.reduce((newest, { timeUs }) => Math.max(newest, timeUs), 0);
  const isOver = ({ newestSampleUs, validUntilUs }: Evidence) =>
    (newestSampleUs !== undefined && clockUs === undefined) ||
    (validUntilUs !== undefined && validUntilUs < nowUs);
  const failing = records.filter((record) => record.verdict === "fails" || isOver(record));
  const waiting = records.filter((record) => record.verdict === "collecting" && !isOver(record));
  const good = records.filter((record) => record.verdict === "holds" && !isOver(record));
  const evidence = [...failing, ...waiting, ...good];
  const base = { row, wired: true, evidence, limit: evidence[0]?.limit ?? "" };
  if (failing.length > 0) {
    const first = failing[0]!;
    const own = (first.verdict === "fails" ? sentence(first) : expired(first)).replace(/\.$/, "");
    const others = failing.length - 1;
    const fact =
      others === 0 ? own : `${own} (${others} more ${others === 1 ? "check fails" : "checks fail"})`;
    return { ...base, verdict: "fails", fact };
  }
  if (waiting.length > 0) {
    const slowest = waiting.reduce((slow, record) => (share(record) < share(slow) ? record : slow));
    return {
      ...base,
      verdict: "collecting",
      fact: `${slowest.what}: ${collecting(slowest)}`,
      limit: slowest.limit,
    };
  }
  if (good.length > 0) return { ...base, verdict: "holds", fact: sentence(good[0]!) };
  if (row === 0) {
    const fact =
      twin.states.length > 0
        ? "state loaded"
        : `${twin.paths["0"]!.length} model${twin.paths["0"]!.length === 1 ? "" : "s"} loaded`;
    return { ...base, verdict: "holds", fact };
  }
  return { ...base, verdict: "collecting", fact: "nothing measured yet" };
}

const share = ({ progress }: Evidence): number =>
  progress === undefined ? 0 : progress.n / Math.max(1, progress.of);

/** A row that the wires do not reach, and what it needs. */
export function notWired(twin: WiredTwin, row: Rung): RowVerdict {
  const need = twin.missing.find((piece) => piece.row === row);
  const warning = row === 5 ? twin.warnings.find(({ code }) => BLOCKS_FIVE.has(code)) : undefined;
  const fact = warning?.text ?? (need === undefined ? "not wired" : needs(need.role));
  return { row, wired: false, verdict: "not wired", fact, limit: "", evidence: [] };
}

const BLOCKS_FIVE = new Set(["unguarded-output", "approval-caps", "echo-only", "recorded-source"]);

/** "needs a forecast". */
export function needs(role: string): string {
  return `needs ${/^[aeio]/.test(role) ? "an" : "a"} ${role}`;
}

const isWiredItself = (twin: WiredTwin): boolean => twin.paths["0"] !== undefined;

/** A row of a parent that has no wires of its own follows its children. */
function asFamily(row: RowVerdict, wired: Rung, held: Rung): RowVerdict {
  if (row.row > wired) return row;
  const isHeld = row.row <= held;
  const fact = isHeld ? "its parts hold it" : "a part does not hold it";
  return { ...row, wired: true, verdict: isHeld ? "holds" : "fails", fact };
}

function causeOf(
  twin: WiredTwin,
  rows: readonly RowVerdict[],
  from: Rung,
  to: Rung,
  judged: readonly { twin: WiredTwin; rows: readonly RowVerdict[] }[],
  rungs: ReadonlyMap<string, Rung>,
): string {
  if (to > from) return `${to} ${RUNG_NAMES[to]}: ${rows[to]!.fact}`;
  const broken = rows.find(({ row, verdict }) => row <= from && verdict !== "holds");
  if (broken !== undefined && broken.row === to + 1)
    return `${broken.row} ${RUNG_NAMES[broken.row]}: ${broken.fact}`;
  const child = judged.find(
    (other) =>
      other.twin.parent === twin.address && other.twin.needed && (rungs.get(other.twin.address) ?? 0) <= to,
  );
  if (child !== undefined) {
    const why = child.rows.find(({ row, verdict }) => row > to && verdict !== "holds");
    return `${child.twin.name} holds ${rungs.get(child.twin.address)}${why === undefined ? "" : `: ${why.fact}`}`;
  }
  return broken === undefined
    ? "not wired any more"
    : `${broken.row} ${RUNG_NAMES[broken.row]}: ${broken.fact}`;
}
