import type { Frame } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { answerCause } from "../../runtime/diagnose/cause/answer-cause.ts";
import type { CauseMessage } from "../../runtime/diagnose/cause/cause.ts";
import { KEPT_TICKS, TOLD_AGAIN_TICKS } from "../../runtime/diagnose/cause/cause-session.ts";
import { NotedChanges } from "../../runtime/diagnose/cause/noted-changes.ts";
import { ChangeLog } from "../../runtime/diagnose/cause/recent-change.ts";
import { RecentRows } from "../../runtime/diagnose/cause/recent-rows.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { propertyWords } from "../../runtime/diagnose/finding-words.ts";
import { chooseSignals, tickPeriodUs } from "../../runtime/diagnose/signal.ts";
import { TickAssembler } from "../../runtime/diagnose/tick-assembler.ts";

const CHANGES_BACK_US = 24 * 3600e6;

/** A cause node without its threads: what it tells of a finding at once, and after its first wait. */
export class LiveCause {
  /** By the finding's id: told at once, and again once more was seen. */
  readonly told = new Map<string, CauseMessage[]>();
  readonly #twin: string;
  readonly #properties: readonly Property[];
  readonly #rows: RecentRows;
  readonly #assembler: TickAssembler;
  readonly #noted: NotedChanges;
  readonly #changes = new ChangeLog();
  readonly #open: { readonly finding: Finding; ticks: number }[] = [];

  /** @param pattern of the signals, as in the node's form */
  constructor(twin: string, properties: readonly Property[], pattern: string) {
    this.#twin = twin;
    this.#properties = properties;
    const signals = chooseSignals(properties, twin, pattern);
    this.#rows = new RecentRows(
      signals.map(({ property }) => property.address),
      KEPT_TICKS,
    );
    this.#assembler = new TickAssembler(signals, tickPeriodUs(signals));
    this.#noted = new NotedChanges(twin);
  }

  consume(frame: Frame): void {
    for (const change of this.#noted.consume(frame)) this.#changes.add(change);
    this.#assembler.consume(frame, (timeUs, row) => {
      if (this.#rows.add(timeUs, row)) this.#tick(timeUs);
    });
  }

  take(finding: Finding): void {
    if (!finding.active) return;
    this.#tell(finding, finding.timeUs);
    this.#open.push({ finding, ticks: 0 });
  }

  #tick(timeUs: number): void {
    for (const open of this.#open.splice(0)) {
      if (++open.ticks < TOLD_AGAIN_TICKS[0]!) this.#open.push(open);
      else this.#tell(open.finding, timeUs);
    }
  }

  #tell(finding: Finding, timeUs: number): void {
    const { id, title, sinceUs, contributions } = finding;
    const cause = answerCause({
      finding: { id, twin: this.#twin, title, sinceUs, timeUs, contributions },
      recent: this.#rows.columns(),
      properties: this.#properties.map((property) => ({
        address: property.address,
        words: propertyWords(property, this.#twin),
        ...(property.affectedBy === undefined ? {} : { affectedBy: property.affectedBy }),
      })),
      feeds: [],
      changes: this.#changes.between(sinceUs - CHANGES_BACK_US, timeUs),
      cases: { version: 1, cases: [] },
    });
    this.told.set(id, [...(this.told.get(id) ?? []), cause]);
  }
}
