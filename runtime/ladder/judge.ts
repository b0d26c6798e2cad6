import type { LinkClock } from "../core/clock.ts";
import { type Evidence, RUNGS, type Rung } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import { ChangeCauses, evidenceThen } from "./change-cause.ts";
import { collecting, expired, sentence } from "./fact.ts";
import { pieceWords } from "./piece-words.ts";
import { type ClockReading, Recovery } from "./recovery.ts";
import { isFall, type LadderChange, type RowVerdict, type RungChange, type TwinVerdict } from "./verdict.ts";
import { federatedRungs } from "./wiring/federation.ts";
import { cumulative, type WiredTwin, type Wiring } from "./wiring.ts";

/** What the judge reads beside the wires. */
export interface Now {
  /** Every record about a twin. */
  evidenceOf(twin: string): readonly Evidence[];
  /** The clock of the twin's link; undefined where no link is open. */
  clock(twin: string): LinkClock | undefined;
  /** Wall time, for changes. */
  readonly wallUs: TimeUs;
  /** Milliseconds of a clock that never steps, to tell a step of a link's clock. */
  readonly steadyMs: number;
}

/** What was last known of a twin, before the judge began. */
export interface Standing {
  readonly held: Rung;
  readonly lastFall: RungChange | null;
}

interface RowMemory {
  verdict: RowVerdict["verdict"];
  /** It has held since it was wired. */
  hasHeld: boolean;
  /** From its fall until it counts again. */
  recovery: Recovery | undefined;
}

interface TwinMemory {
  held: Rung;
  rows: Map<Rung, RowMemory>;
  lastFall: RungChange | null;
  /** What it holds comes from before the judge began. */
  isFresh: boolean;
}

/**
 * Evidence and wires to held rungs. A row falls at once and comes back by a `Recovery`; *collecting* does not hold. The
 * judge remembers only that, the last verdicts and the last fall.
 */
export class Judge {
  readonly #memory = new Map<string, TwinMemory>();
  /** Of twins that are not in the flow now. */
  readonly #standings: Map<string, Standing>;

  /** @param standings by the address of the twin */
  constructor(standings: ReadonlyMap<string, Standing> = new Map()) {
    this.#standings = new Map(standings);
  }

  /** One evaluation. Call it on a steady beat. */
  evaluate(wiring: Wiring, now: Now): { twins: TwinVerdict[]; changes: LadderChange[] } {
    const changes: LadderChange[] = [];
    const judged = wiring.twins.map((twin) => {
      const memory = this.#remember(twin.address);
      const evidence = ownEvidence(twin, wiring, now.evidenceOf(twin.address));
      const clock = readingOf(now.clock(twin.address));
      const at = { linkTimeUs: clock?.timeUs ?? null, timeUs: now.wallUs };
      const rows = RUNGS.map((row) => {
        const verdict = judgeRow(twin, row, evidence, clock?.timeUs);
        const before = memory.rows.get(row);
        const settled = settle(verdict, before, clock, now);
        const hasHeld = settled.row.wired && (before?.hasHeld === true || holds(settled.row));
        memory.rows.set(row, { verdict: settled.row.verdict, hasHeld, recovery: settled.recovery });
        if (before !== undefined && before.verdict !== settled.row.verdict) {
          const { row: to } = settled;
          const cause = { cause: to.fact, evidence: evidenceThen(to) };
          changes.push({
            kind: "row",
            twin: twin.address,
            row,
            from: before.verdict,
            to: to.verdict,
            ...cause,
            ...at,
          });
        }
        return settled.row;
      });
      return { twin, memory, rows, at, capabilities: rows.filter(holds).map(({ row }) => row) };
    });
    const rungs = federatedRungs(
      new Map(
        judged.map(({ twin, capabilities }) => [
          twin.address,
          {
            parent: twin.parent,
            needed: twin.needed,
            hasState: twin.states.length > 0,
            own: cumulative(new Set(capabilities)),
          },
        ]),
      ),
    );
    const causes = new ChangeCauses(judged, rungs);
    const twins = judged.map((one) => {
      const { twin, memory, rows, at } = one;
      const held = rungs.get(twin.address)!;
      if (held !== memory.held) {
        const why = causes.of(one, memory.held, held);
        const isStart = memory.isFresh && held < memory.held;
        const change: RungChange = {
          kind: "held",
          twin: twin.address,
          from: memory.held,
          to: held,
          ...why,
          ...(isStart ? { isStart, cause: `Rung was started; ${why.cause}` } : {}),
          ...at,
        };
        changes.push(change);
        if (isFall(change)) memory.lastFall = change;
        memory.held = held;
      }
      memory.isFresh = false;
      const told = causes.standsOnParts(twin) ? rows.map((row) => asFamily(row, twin.wired, held)) : rows;
      return {
        ...twin,
        held,
        heldCapabilities: told.filter(holds).map(({ row }) => row),
        rows: told,
        enough: twin.target !== null && held >= twin.target,
        lastFall: memory.lastFall,
      };
    });
    changes.push(...this.#forget(rungs, now.wallUs));
    return { twins, changes };
  }

  #remember(address: string): TwinMemory {
    const known = this.#memory.get(address);
    if (known !== undefined) return known;
    const { held, lastFall } = this.#standings.get(address) ?? { held: 0, lastFall: null };
    this.#standings.delete(address);
    const fresh: TwinMemory = { held, rows: new Map(), lastFall, isFresh: true };
    this.#memory.set(address, fresh);
    return fresh;
  }

  /** Twins that the flow has no more hold nothing. */
  #forget(present: ReadonlyMap<string, Rung>, wallUs: TimeUs): RungChange[] {
    const gone = [...this.#memory].filter(([address]) => !present.has(address));
    return gone.flatMap(([twin, { held, lastFall }]) => {
      const change: RungChange = {
        kind: "held",
        twin,
        from: held,
        to: 0,
        row: null,
        cause: "the twin was taken out of the flow",
        evidence: [],
        linkTimeUs: null,
        timeUs: wallUs,
      };
      this.#memory.delete(twin);
      this.#standings.set(twin, { held: 0, lastFall: isFall(change) ? change : lastFall });
      return held > 0 ? [change] : [];
    });
  }
}

/** What a verdict comes to after what the row was before, and what is left of its way back. */
function settle(
  row: RowVerdict,
  before: RowMemory | undefined,
  clock: ClockReading | undefined,
  now: Now,
): { readonly row: RowVerdict; readonly recovery: Recovery | undefined } {
  if (!row.wired) return { row, recovery: undefined };
  let recovery = before?.recovery;
  if (row.verdict !== "holds") {
    // A row that collects has its proof to make anew, and that it is whole again it shows by that.
    if (row.verdict === "fails" && before?.hasHeld === true) recovery ??= new Recovery();
    recovery?.broken(failing(row.evidence, clock?.timeUs), clock);
    return { row, recovery };
  }
  if (recovery === undefined || recovery.holds(clock, now.steadyMs)) return { row, recovery: undefined };
  return { row: { ...row, verdict: "recovering", fact: recovery.words }, recovery };
}

const readingOf = (clock: LinkClock | undefined): ClockReading | undefined =>
  clock && { timeUs: Math.trunc(clock.nowUs()), speed: clock.speed };

const holds = ({ verdict }: RowVerdict): boolean => verdict === "holds";

/** A record of a canvas node that is on no path of this twin says nothing about it. */
function ownEvidence(twin: WiredTwin, { nodes }: Wiring, records: readonly Evidence[]): readonly Evidence[] {
  if (records.length === 0) return records;
  const members = new Set(twin.members);
  return records.filter(({ node }) => members.has(node) || !nodes.has(node));
}

/**
 * Those records that fail a row: by their own verdict, past their validity, continuous while no link is open, or as far
 * ahead of the clock as they may be behind it, since a clock that stepped back would keep them valid until it is there
 * again.
 * @param clockUs of the twin's link; undefined where none is open: for periodic evidence time stands at the newest
 *   record then
 */
function failing(records: readonly Evidence[], clockUs: TimeUs | undefined): Evidence[] {
  const nowUs = clockUs ?? records.reduce((newest, { timeUs }) => Math.max(newest, timeUs), 0);
  return records.filter(
    ({ verdict, newestSampleUs, validUntilUs }) =>
      verdict === "fails" ||
      (newestSampleUs !== undefined && clockUs === undefined) ||
      (validUntilUs !== undefined && validUntilUs < nowUs) ||
      isAhead(newestSampleUs, validUntilUs, nowUs),
  );
}

const isAhead = (newestSampleUs: TimeUs | undefined, validUntilUs: TimeUs | undefined, nowUs: TimeUs) =>
  newestSampleUs !== undefined &&
  validUntilUs !== undefined &&
  newestSampleUs - nowUs > validUntilUs - newestSampleUs;

/**
 * One row by its records alone, without memory.
 * @param all every record of the twin
 * @param clockUs of the twin's link; undefined where none is open
 */
export function judgeRow(
  twin: WiredTwin,
  row: Rung,
  all: readonly Evidence[],
  clockUs: TimeUs | undefined,
): RowVerdict {
  if (twin.paths[row] === undefined) return notWired(twin, row);
  const records = all.filter(({ rung }) => rung === row);
  const failed = failing(records, clockUs);
  const left = records.filter((record) => !failed.includes(record));
  const waiting = left.filter(({ verdict }) => verdict === "collecting");
  const good = left.filter(({ verdict }) => verdict === "holds");
  const evidence = [...failed, ...waiting, ...good];
  const base = { row, wired: true, evidence, limit: evidence[0]?.limit ?? "" };
  if (failed.length > 0) {
    const first = failed[0]!;
    const own = (first.verdict === "fails" ? sentence(first) : expired(first, clockUs)).replace(/\.$/, "");
    const others = failed.length - 1;
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
  const fact = warning?.text ?? (need === undefined ? "not wired" : `needs ${pieceWords(need.role)}`);
  return { row, wired: false, verdict: "not wired", fact, limit: "", evidence: [] };
}

const BLOCKS_FIVE = new Set([
  "unguarded-output",
  "approval-caps",
  "no-request-block",
  "echo-only",
  "recorded-source",
]);

/** A row of a parent without a state of its own, which follows its children. */
function asFamily(row: RowVerdict, wired: Rung, held: Rung): RowVerdict {
  if (row.wired || row.row > wired) return row;
  const isHeld = row.row <= held;
  const fact = isHeld ? "its parts hold it" : "a part does not hold it";
  return { ...row, wired: true, verdict: isHeld ? "holds" : "fails", fact };
}
