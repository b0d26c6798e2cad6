import { BalanceBoard } from "../../../runtime/prescribe/balance/balance-board.ts";
import type { Breach } from "../../../runtime/prescribe/balance/balance-breach.ts";
import { type BalanceMessage, stationsOf } from "../../../runtime/prescribe/balance/balance-message.ts";
import type { Assignment } from "../../../runtime/prescribe/balance/balance-problem.ts";
import { numberText } from "../look/numbers.ts";
import { BALANCE_WORDS, type BalanceWords } from "./balance-words.ts";

/** A move that can be taken back. Stations are counted from 0; undefined: at none. */
interface Move {
  readonly task: string;
  readonly from: number | undefined;
}

/** What one person makes of a balance: moves, each of which can be taken back, and what is broken after each. */
export class BoardEdit {
  readonly balance: BalanceMessage;
  readonly board: BalanceBoard;
  readonly #words: BalanceWords;
  readonly #moves: Move[] = [];

  /** @param words what is said of a move @throws RungError `balance-board`, `times-too-fine` */
  constructor(balance: BalanceMessage, words: BalanceWords = BALANCE_WORDS.en) {
    this.balance = balance;
    this.#words = words;
    const { problem, cycleS, rules, assignment, copies } = balance;
    this.board = new BalanceBoard(problem, cycleS, rules, assignment, copies === undefined ? {} : { copies });
  }

  /** How many moves there are to take back. */
  get moves(): number {
    return this.#moves.length;
  }

  /** Stations that can be shown: those that there are, and an empty one behind them where one may be added. */
  get places(): number {
    const most = this.balance.rules.stations?.length ?? this.balance.problem.tasks.length;
    const last = this.board.stations === 0 ? 0 : this.board.station(this.board.stations - 1).tasks.length;
    return Math.min(most, this.board.stations + (last > 0 || this.board.stations === 0 ? 1 : 0));
  }

  /** @returns what changed, in a sentence for who cannot see it; empty where nothing did */
  move(task: string, station: number): string {
    const from = this.board.assignment()[task];
    if (from === station || station < 0 || station >= this.places) return "";
    const { appeared, gone } = this.board.move(task, station);
    this.#moves.push({ task, from });
    return sentence(this.#words.moved(task, station + 1), appeared, gone, this.#words);
  }

  /** Takes the last move back. @returns what changed, in a sentence; empty without a move */
  undo(): string {
    const last = this.#moves.pop();
    if (last === undefined) return "";
    const { appeared, gone } = this.board.move(last.task, last.from);
    const words = this.#words;
    const back = last.from === undefined ? words.off(last.task) : words.back(last.task, last.from + 1);
    return sentence(back, appeared, gone, words);
  }

  breaches(): Breach[] {
    return this.board.breaches();
  }

  assignment(): Assignment {
    return this.board.assignment();
  }

  /** Stations with work. */
  get stations(): number {
    return stationsOf(this.assignment(), this.balance.copies);
  }
}

function sentence(
  what: string,
  appeared: readonly Breach[],
  gone: readonly Breach[],
  words: BalanceWords,
): string {
  const said = (breaches: readonly Breach[]) => breaches.map((breach) => words.breach(breach)).join("; ");
  if (appeared.length > 0) return words.nowBroken(what, said(appeared));
  return gone.length > 0 ? words.mended(what, said(gone)) : `${what}.`;
}

/** Tasks that a breach is about, of the stations as they are. */
export function tasksOf(breach: Breach): readonly string[] {
  switch (breach.kind) {
    case "unassigned":
    case "equipment":
    case "side":
      return [breach.task];
    case "precedence":
      return [breach.before, breach.task];
    case "together":
    case "apart":
      return breach.tasks;
    case "overload":
    case "zone":
    case "ergonomics":
      return [];
  }
}

/** Station that a breach is about as a whole; undefined where it is about tasks. */
export function stationOf(breach: Breach): number | undefined {
  const isOfStation = breach.kind === "overload" || breach.kind === "zone" || breach.kind === "ergonomics";
  return isOfStation ? breach.station : undefined;
}

/** As many decimals as the time has, up to two. */
export function secondsText(seconds: number): string {
  const digits = [0, 1].find((n) => Math.abs(seconds - Number(seconds.toFixed(n))) < 1e-9) ?? 2;
  return numberText(seconds, digits);
}
