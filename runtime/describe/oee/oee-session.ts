import { pathBelow } from "../../core/address.ts";
import type { Dictionary } from "../../core/dictionary.ts";
import type { Frame } from "../../core/frame.ts";
import { isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { MachineAccount } from "./machine-account.ts";
import { type OeeLeftOut, type OeePart, type OeeReport, partOf, reportOf } from "./oee-report.ts";
import { machinesOf, type OeeMachine, type OeeRow } from "./oee-table.ts";

export interface OeeSessionParts {
  /** Address of the twin. */
  readonly twin: string;
  readonly rows: readonly OeeRow[];
  /** Path whose change begins a new account, such as the name of the shift; none where empty. */
  readonly begins: string;
  /** Without such a path an account is this long, h. */
  readonly hours: number;
  /** What a property was before a time, which may be told on change only; undefined for nothing, or a bad value. */
  readonly lastValue?: (address: string, beforeUs: TimeUs) => unknown;
}

/** Without any sample of the twin for so long, nobody knows what its machines did meanwhile. */
const SILENT_US = 15 * 60e6;

/** A number of a machine as it was told; undefined where its quality is bad. */
type Take = (value: number | undefined) => unknown;

/**
 * OEE of one twin, machine by machine, from the frames of its state, on the source's clock. A sample that is older than
 * one that has been taken counts from where the account stands.
 */
export class OeeSession {
  readonly #parts: OeeSessionParts;
  readonly #paths = new Set<string>();
  readonly #accounts = new Map<string, { readonly machine: OeeMachine; readonly account: MachineAccount }>();
  readonly #takers = new Map<string, Take[]>();
  readonly #known = new WeakSet<Dictionary>();
  #fromUs: TimeUs | undefined;
  #newestUs: TimeUs = 0;
  /** What the property says whose change begins an account. */
  #shift: unknown;

  constructor(parts: OeeSessionParts) {
    this.#parts = parts;
  }

  get machines(): number {
    return this.#accounts.size;
  }

  /**
   * Takes a frame in.
   * @returns the reports of accounts that ended within it
   */
  consume(frame: Frame): OeeReport[] {
    if (frame.length === 0) return [];
    const rows = Array.from({ length: frame.length }, (_, row) => row);
    // Tags of one frame come tag by tag; steps of state and plan must be taken in the order of time.
    rows.sort((a, b) => frame.sourceTimeUsAt(a) - frame.sourceTimeUsAt(b));
    if (this.#fromUs === undefined) {
      // What is told first may be old, such as a state that lasts: the account begins now, with the values as they stand.
      this.#fromUs = frame.sourceTimeUsAt(rows.at(-1)!);
      this.#newestUs = this.#fromUs;
    }
    this.#learn(frame.dictionary, frame.sourceTimeUsAt(rows[0]!));
    const closed: OeeReport[] = [];
    for (const row of rows) {
      const timeUs = frame.sourceTimeUsAt(row);
      const isKnown = !isBad(frame.qualityAt(row));
      closed.push(...this.#passTo(timeUs));
      const path = pathBelow(frame.addressAt(row), this.#parts.twin);
      if (path === this.#parts.begins && isKnown)
        closed.push(...this.#beginBy(frame.otherAt(row) ?? frame.valueAt(row)));
      const value = frame.valueAt(row);
      for (const take of this.#takers.get(path) ?? [])
        take(isKnown && Number.isFinite(value) ? value : undefined);
    }
    return closed;
  }

  /**
   * OEE up to the newest sample; undefined before the first.
   * @param isStale whether a property is too old to be believed
   */
  report(isStale: (address: string) => boolean = () => false): OeeReport | undefined {
    return this.#fromUs === undefined ? undefined : this.#reportOf(isStale, false);
  }

  #reportOf(isStale: (address: string) => boolean, isClosed: boolean): OeeReport {
    const { twin } = this.#parts;
    const parts: OeePart[] = [];
    const leftOut: OeeLeftOut[] = [];
    for (const { machine, account } of this.#accounts.values()) {
      const why = isStale(`${twin}/${machine.state}`) ? "its state is stale" : account.doubt;
      if (why === undefined) parts.push(partOf(machine.name, account.elements));
      else leftOut.push({ name: machine.name, why });
    }
    if (this.#accounts.size === 0) leftOut.push({ name: twin, why: "tells no state of the table" });
    return reportOf({ twin, fromUs: this.#fromUs!, toUs: this.#newestUs, isClosed }, parts, leftOut);
  }

  /** Machines that a new dictionary names, with what of theirs was told before its first sample. */
  #learn(dictionary: Dictionary, beforeUs: TimeUs): void {
    if (this.#known.has(dictionary)) return;
    this.#known.add(dictionary);
    const { twin, rows, begins, lastValue } = this.#parts;
    for (const { address } of dictionary.properties)
      if (address.startsWith(`${twin}/`)) this.#paths.add(pathBelow(address, twin));
    for (const machine of rows.flatMap((row) => machinesOf(row, [...this.#paths]))) {
      if (this.#accounts.has(machine.name) || !this.#paths.has(machine.state)) continue;
      const idealS = "seconds" in machine.ideal ? machine.ideal.seconds : undefined;
      const planned = machine.planned === undefined ? true : undefined;
      const account = new MachineAccount({ running: undefined, planned, idealS }, this.#newestUs);
      this.#accounts.set(machine.name, { machine, account });
      for (const [path, take, isEvent] of takesOf(machine, account)) {
        this.#takers.set(path, [...(this.#takers.get(path) ?? []), take]);
        const before = isEvent ? undefined : lastValue?.(`${twin}/${path}`, beforeUs);
        if (typeof before === "number") take(before);
      }
    }
    if (begins !== "") this.#shift ??= lastValue?.(`${twin}/${begins}`, beforeUs);
  }

  /** Lets time pass to a sample. An account that has its length ends; those in which nothing came are left out. */
  #passTo(timeUs: TimeUs): OeeReport[] {
    if (timeUs <= this.#newestUs) return [];
    const isHeard = timeUs - this.#newestUs <= SILENT_US;
    const lengthUs = this.#parts.hours * 3600e6;
    const closed: OeeReport[] = [];
    if (this.#parts.begins === "" && timeUs >= this.#fromUs! + lengthUs) {
      closed.push(this.#close(this.#fromUs! + lengthUs, isHeard));
      const missed = Math.floor((timeUs - this.#fromUs!) / lengthUs);
      if (missed > 0) this.#begin(this.#fromUs! + missed * lengthUs);
    }
    this.#advance(timeUs, isHeard);
    return closed;
  }

  #beginBy(value: unknown): OeeReport[] {
    const before = this.#shift;
    this.#shift = value;
    return before === undefined || before === value ? [] : [this.#close(this.#newestUs)];
  }

  #close(timeUs: TimeUs, isHeard = true): OeeReport {
    this.#advance(timeUs, isHeard);
    const report = this.#reportOf(() => false, true);
    this.#begin(timeUs);
    return report;
  }

  #begin(timeUs: TimeUs): void {
    this.#fromUs = timeUs;
    this.#newestUs = Math.max(this.#newestUs, timeUs);
    for (const { account } of this.#accounts.values()) account.begin(timeUs);
  }

  #advance(timeUs: TimeUs, isHeard: boolean): void {
    this.#newestUs = Math.max(this.#newestUs, timeUs);
    for (const { account } of this.#accounts.values()) account.advance(timeUs, isHeard);
  }
}

/** What each path that a machine tells does to its account; an event counts once, when it comes. */
function takesOf(
  machine: OeeMachine,
  account: MachineAccount,
): [path: string, take: Take, isEvent: boolean][] {
  const { values } = account;
  const { state, running, planned, made, good, ideal } = machine;
  const steps: [string, Take, boolean][] = [
    [
      state,
      (value) => {
        values.running = value === undefined ? undefined : running.has(value);
      },
      false,
    ],
  ];
  if (planned !== undefined)
    steps.push([
      planned,
      (value) => {
        values.planned = value === undefined ? undefined : value !== 0;
      },
      false,
    ]);
  // Before the counts: what one item is worth must be known with the first of them.
  if ("path" in ideal)
    steps.push([
      ideal.path,
      (value) => {
        if (value !== undefined && value > 0) values.idealS = value;
      },
      false,
    ]);
  return [
    ...steps,
    [made, (value) => value !== undefined && account.countMade(value), false],
    good.code === undefined
      ? [good.path, (value) => value !== undefined && account.countGood(value), false]
      : [good.path, (value) => value !== undefined && account.judge(value === good.code), true],
  ];
}
