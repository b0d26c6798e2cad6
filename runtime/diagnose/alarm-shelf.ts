import { pathBelow } from "../core/address.ts";
import { RungError } from "../core/errors.ts";
import { isoFromUs, type TimeUs } from "../core/time.ts";
import { durationWords } from "./duration-words.ts";
import type { Finding } from "./finding.ts";
import { pathMatcher } from "./signal.ts";

/** Shelving is for a while (after ISA-18.2): nobody means to forget an alarm. */
export const LONGEST_SHELVING_US = 24 * 3600e6;

interface Shelving {
  readonly pattern: string;
  readonly matches: (path: string) => boolean;
  readonly reason: string;
  readonly fromUs: TimeUs;
  readonly untilUs: TimeUs;
  /** Alarms that were kept back. */
  count: number;
  /** Those of them that still stand, by id. */
  readonly standing: Map<string, Finding>;
}

/** What an operator may take alarms off the list by: properties of a twin, for a time, with a reason. */
export interface ShelvingRequest {
  /** Paths below the twin: `zone*\/fanFlow`, several by comma. */
  readonly pattern: string;
  readonly fromUs: TimeUs;
  readonly untilUs: TimeUs;
  readonly reason?: string;
}

/**
 * Alarms of one twin that were shelved on purpose: counted, not told, and told of when the shelving ends. What still
 * stands then is raised.
 */
export class AlarmShelf {
  readonly #twin: string;
  readonly #node: string;
  #shelvings: Shelving[] = [];

  constructor(twin: string, node: string) {
    this.#twin = twin;
    this.#node = node;
  }

  /** Shelvings in force, with how many alarms each has kept back. */
  get inForce(): readonly { readonly pattern: string; readonly untilUs: TimeUs; readonly count: number }[] {
    return this.#shelvings.map(({ pattern, untilUs, count }) => ({ pattern, untilUs, count }));
  }

  /** A pattern that is shelved already gets the new end and reason. @throws RungError `bad-shelving` */
  shelve({ pattern, fromUs, untilUs, reason = "" }: ShelvingRequest): void {
    const what =
      pattern.trim() === ""
        ? "no property is named"
        : !(untilUs > fromUs)
          ? `the end ${Number.isFinite(untilUs) ? isoFromUs(untilUs) : "of it"} does not lie ahead`
          : untilUs - fromUs > LONGEST_SHELVING_US
            ? `${durationWords(untilUs - fromUs)} is longer than a day`
            : undefined;
    if (what !== undefined) {
      throw new RungError({
        code: "bad-shelving",
        where: this.#twin,
        what: `cannot shelve ${JSON.stringify(pattern)}: ${what}`,
        advice: "name paths below the twin, as zone3/fanFlow, and up to 1,440 minutes",
      });
    }
    const before = this.#shelvings.find((shelving) => shelving.pattern === pattern);
    this.#shelvings = this.#shelvings.filter((shelving) => shelving !== before);
    this.#shelvings.push({
      pattern,
      matches: pathMatcher(pattern),
      reason,
      fromUs: before?.fromUs ?? fromUs,
      untilUs,
      count: before?.count ?? 0,
      standing: before?.standing ?? new Map(),
    });
  }

  /** @returns the finding, or undefined where it is kept back */
  pass(finding: Finding): Finding | undefined {
    if (!finding.active) {
      const keeper = this.#shelvings.find(({ standing }) => standing.delete(finding.id));
      return keeper === undefined ? finding : undefined;
    }
    const [leading] = finding.contributions;
    const path = leading === undefined ? "" : pathBelow(leading.address, this.#twin);
    const keeper = this.#shelvings.find(({ matches }) => matches(path));
    if (keeper === undefined) return finding;
    keeper.count++;
    keeper.standing.set(finding.id, finding);
    return undefined;
  }

  /** Ends the shelving of this pattern before its time. @returns what is to be told */
  unshelve(pattern: string, nowUs: TimeUs): Finding[] {
    return this.#end(nowUs, (shelving) => shelving.pattern === pattern);
  }

  /** Ends what has run out. @param nowUs on the link's clock @returns what is to be told */
  due(nowUs: TimeUs): Finding[] {
    return this.#shelvings.length === 0 ? [] : this.#end(nowUs, ({ untilUs }) => nowUs >= untilUs);
  }

  #end(nowUs: TimeUs, ends: (shelving: Shelving) => boolean): Finding[] {
    const ended = this.#shelvings.filter(ends);
    this.#shelvings = this.#shelvings.filter((shelving) => !ends(shelving));
    return ended.flatMap((shelving) => [this.#told(shelving, nowUs), ...shelving.standing.values()]);
  }

  #told({ pattern, reason, fromUs, count, standing }: Shelving, nowUs: TimeUs): Finding {
    const still = standing.size === 0 ? "none stands any more" : `${standing.size} still stand`;
    const because = reason === "" ? "" : ` (${reason})`;
    return {
      kind: "finding",
      id: `${this.#twin}#${this.#node}#shelving#${pattern}#${fromUs}`,
      twin: this.#twin,
      contributions: [],
      score: 0,
      limit: 1,
      active: false,
      sinceUs: fromUs,
      timeUs: nowUs,
      priority: 3,
      title: `Shelving of ${pattern} has ended`,
      reason: `${pattern} was shelved for ${durationWords(Math.max(0, nowUs - fromUs))}${because}: ${count} alarms were kept back, ${still}.`,
      action: standing.size === 0 ? "Nothing to do" : "Look at the alarms that still stand",
    };
  }
}
