import { callInBackground } from "../../core/background-call.ts";
import type { Dictionary } from "../../core/dictionary.ts";
import { messageOf, RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import type { Property } from "../../core/property.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { TimeUs } from "../../core/time.ts";
import type { Finding } from "../finding.ts";
import { propertyWords } from "../finding-words.ts";
import { chooseSignals, tickPeriodUs } from "../signal.ts";
import { TickAssembler } from "../tick-assembler.ts";
import type { PlainCauseQuestion } from "./answer-cause.ts";
import type { CaseBooks } from "./case-books.ts";
import type { CauseMessage } from "./cause.ts";
import { NotedChanges } from "./noted-changes.ts";
import type { Feed } from "./plant-structure.ts";
import { ChangeLog, type RecentChange } from "./recent-change.ts";
import { RecentRows } from "./recent-rows.ts";

export interface CauseSessionParts {
  /** Address of the twin. */
  readonly twin: string;
  /** Paths below the twin, see `chooseSignals`; empty for all cyclic measurements. */
  readonly pattern: string;
  /** Places that feed each other; empty for the order of numbered places. */
  readonly feeds: readonly Feed[];
  readonly cases: CaseBooks;
  /** The newest value of a property, for setpoints that were sent before the session began. */
  readonly lastValue?: (address: string) => number | undefined;
  readonly onCause: (cause: CauseMessage) => void;
  readonly onFault: (fault: RungError) => void;
}

/** Ticks kept: what lies before a finding says what is normal. */
export const KEPT_TICKS = 720;
/** Ticks after a finding was raised at which its cause is told again, knowing more. */
export const TOLD_AGAIN_TICKS = [20, 60];
/** Changes are looked for so far back. */
const CHANGES_BACK_US = 24 * 3600e6;
/** Findings that last, and causes told that can still be confirmed: the oldest are forgotten. */
const MOST_KEPT = 200;

interface OpenFinding {
  readonly finding: Finding;
  ticks: number;
  told: number;
}

/**
 * Keeps the recent past of a twin, and answers each finding with its ranked causes: at once, and again while it lasts.
 * The ranking runs in a thread of its own, one finding after the other.
 */
export class CauseSession {
  readonly #parts: CauseSessionParts;
  readonly #stop = new AbortController();
  readonly #changes = new ChangeLog();
  readonly #noted: NotedChanges;
  readonly #properties = new Map<string, Property>();
  readonly #dictionaries = new WeakSet<Dictionary>();
  readonly #open = new Map<string, OpenFinding>();
  readonly #told = new Map<string, CauseMessage>();
  #rows: RecentRows | undefined;
  #assembler: TickAssembler | undefined;
  #busy: Promise<void> = Promise.resolve();
  #latest: CauseMessage | undefined;

  /** @throws RungError `broken-file`, `broken-cases` of the store */
  constructor(parts: CauseSessionParts) {
    this.#parts = parts;
    parts.cases.of(parts.twin);
    this.#noted = new NotedChanges(parts.twin);
  }

  /** The cause told last. */
  get latest(): CauseMessage | undefined {
    return this.#latest;
  }

  get openFindings(): number {
    return this.#open.size;
  }

  get ticks(): number {
    return this.#rows?.count ?? 0;
  }

  get confirmedCases(): number {
    return this.#parts.cases.of(this.#parts.twin).size;
  }

  consume(frame: Frame): void {
    for (const change of this.#noted.consume(frame)) this.#changes.add(change);
    if (!this.#dictionaries.has(frame.dictionary)) this.#learn(frame.dictionary);
    const rows = this.#rows;
    if (rows === undefined) return;
    this.#assembler!.consume(frame, (timeUs, row) => {
      if (rows.add(timeUs, row)) this.#tick(timeUs);
    });
  }

  /** A finding was raised, or has ended. */
  take(finding: Finding): void {
    if (!finding.active) {
      this.#open.delete(finding.id);
      return;
    }
    this.#open.set(finding.id, { finding, ticks: 0, told: 0 });
    if (this.#open.size > MOST_KEPT) this.#open.delete(this.#open.keys().next().value!);
    this.#ask(finding, finding.timeUs);
  }

  /** @throws RungError `bad-change` */
  noteChange(change: RecentChange): void {
    this.#changes.add(change);
  }

  /**
   * What a finding's cause turned out to be: kept with its pattern, and counted in like cases from now on.
   * @param cause id of one of the ranked causes, or words of one's own
   * @throws RungError `unknown-finding`, `bad-case`
   */
  confirm(id: string, cause: string, by = ""): void {
    const told = this.#told.get(id);
    if (told === undefined) {
      throw new RungError({
        code: "unknown-finding",
        where: this.#parts.twin,
        what: `no cause was told of finding ${JSON.stringify(id)} since the start`,
        advice: "confirm a finding that this node has told a cause of",
      });
    }
    const { signature, timeUs } = told;
    this.#parts.cases.confirm(this.#parts.twin, { signature, cause, timeUs, by, finding: id });
  }

  /** Resolves when every cause asked for so far is told. */
  settled(): Promise<void> {
    return this.#busy;
  }

  close(): void {
    this.#stop.abort();
    this.#open.clear();
  }

  #learn(dictionary: Dictionary): void {
    this.#dictionaries.add(dictionary);
    for (const property of dictionary.properties) this.#properties.set(property.address, property);
    const signals = chooseSignals([...this.#properties.values()], this.#parts.twin, this.#parts.pattern);
    const names = signals.map(({ property }) => property.address);
    if (names.length === 0 || names.join("\n") === this.#rows?.names.join("\n")) return;
    this.#rows = this.#rows?.forSignals(names) ?? new RecentRows(names, KEPT_TICKS);
    this.#assembler = new TickAssembler(signals, tickPeriodUs(signals));
    if (this.#parts.lastValue !== undefined) this.#assembler.knowReferences(this.#parts.lastValue);
  }

  #tick(timeUs: TimeUs): void {
    for (const open of this.#open.values()) {
      open.ticks++;
      if (open.ticks !== TOLD_AGAIN_TICKS[open.told]) continue;
      open.told++;
      this.#ask(open.finding, timeUs);
    }
  }

  #ask(finding: Finding, timeUs: TimeUs): void {
    const question = this.#question(finding, timeUs);
    this.#busy = this.#busy.then(async () => {
      if (this.#stop.signal.aborted) return;
      try {
        const cause = await callInBackground<CauseMessage>(
          siblingModule(import.meta.url, "./answer-cause"),
          "answerCause",
          [question],
          this.#stop.signal,
        );
        if (this.#stop.signal.aborted) return;
        this.#keep(cause);
        this.#parts.onCause(cause);
      } catch (thrown) {
        if (this.#stop.signal.aborted) return;
        this.#parts.onFault(
          thrown instanceof RungError
            ? thrown
            : new RungError({
                code: "cause-failed",
                where: this.#parts.twin,
                what: messageOf(thrown),
                cause: thrown,
              }),
        );
      }
    });
  }

  #question(finding: Finding, timeUs: TimeUs): PlainCauseQuestion {
    const { twin, feeds } = this.#parts;
    return {
      finding: {
        id: finding.id,
        twin,
        title: finding.title,
        sinceUs: finding.sinceUs,
        timeUs,
        contributions: finding.contributions,
      },
      recent: this.#rows?.columns() ?? { names: [], values: [], timeUs: new Float64Array(0) },
      properties: [...this.#properties.values()].map((property) => ({
        address: property.address,
        words: propertyWords(property, twin),
        ...(property.affectedBy === undefined ? {} : { affectedBy: property.affectedBy }),
      })),
      feeds,
      changes: this.#changes.between(finding.sinceUs - CHANGES_BACK_US, timeUs),
      cases: this.#parts.cases.of(this.#parts.twin).stored(),
    };
  }

  #keep(cause: CauseMessage): void {
    this.#latest = cause;
    this.#told.delete(cause.id);
    this.#told.set(cause.id, cause);
    if (this.#told.size > MOST_KEPT) this.#told.delete(this.#told.keys().next().value!);
  }
}
