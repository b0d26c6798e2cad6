import type { TimeUs } from "../../core/time.ts";
import type { History } from "../historian/history.ts";
import type { HistoryWindows, TimeWindow } from "../historian/history-types.ts";
import { type EnergyBaseline, fitBaseline, modelled, savingOf } from "./energy-baseline.ts";
import { type EnergyPeriod, periodsOf, type WholePeriod, wholeOf } from "./energy-periods.ts";
import type { CarrierSum, EnergyLeftOut, EnergyReport, MeterSum } from "./energy-report.ts";
import { type EnergyMeter, type EnergyRow, type MeterReading, metersOf, readingOf } from "./energy-table.ts";

export interface EnergySettings {
  /** Address of the twin. */
  readonly twin: string;
  readonly rows: readonly EnergyRow[];
  /** Path of the counter of bodies below the twin, or its whole address where another twin tells it. */
  readonly made: string;
  /** Address of the outside temperature, of any twin; empty for none. */
  readonly outside: string;
  readonly periodMin: number;
  /** Whole periods from the beginning of history that the baseline takes, a third of them held out. */
  readonly baselinePeriods: number;
  /** An account is this long, from `beginsAtH` o'clock (UTC) on. */
  readonly accountH: number;
  readonly beginsAtH: number;
  readonly currency: string;
}

/** A property as the twin's state knows it. */
export interface MeterNow {
  readonly path: string;
  readonly unit: string | undefined;
  /** null where it is stale, bad or none came. */
  readonly value: number | null;
}

/** Windows asked of a history at a time, and such questions of one update: the rest comes with the next. */
const WINDOWS_AT_ONCE = 96;
const QUESTIONS = 8;
/** The newest periods are asked for again: a gap may have been filled in since. */
const ASKED_AGAIN = 4;

/** An address begins with the enterprise, which no path below a twin does. */
const madeAddress = ({ twin, made }: EnergySettings): string =>
  made.startsWith(`${twin.split("/")[0]}/`) ? made : `${twin}/${made}`;

interface ReadMeter {
  readonly meter: EnergyMeter;
  readonly reading: MeterReading;
}

/**
 * Energy of one twin by its history: what is stored is what is counted, so that a restart loses nothing, and what a gap
 * was filled in with counts too. A baseline is fitted once and stands; `keep` writes it down.
 */
export class EnergySession {
  readonly #settings: EnergySettings;
  readonly #keep: (baseline: EnergyBaseline) => void;
  readonly #periodUs: number;
  #baseline: EnergyBaseline | undefined;
  #readings: readonly ReadMeter[] = [];
  #leftOut: readonly EnergyLeftOut[] = [];
  #signature = "";
  /** Whole periods for a baseline that is not fitted yet, and where the search for them stands. */
  #collected: WholePeriod[] = [];
  #searchedUs: TimeUs | undefined;
  /** Periods of the account by their beginning. */
  #periods = new Map<TimeUs, EnergyPeriod>();
  #toUs: TimeUs = 0;

  /** @param saved a baseline that was kept; one of another length of period is not taken */
  constructor(
    settings: EnergySettings,
    saved: EnergyBaseline | undefined,
    keep: (baseline: EnergyBaseline) => void,
  ) {
    this.#settings = settings;
    this.#keep = keep;
    this.#periodUs = settings.periodMin * 60e6;
    if (saved?.periodUs === this.#periodUs) this.#baseline = saved;
  }

  get baseline(): EnergyBaseline | undefined {
    return this.#baseline;
  }

  /** What the twin has; cheap where it has what it had. */
  learn(now: readonly MeterNow[]): void {
    const signature = now.map(({ path, unit }) => `${path} ${unit}`).join("\n");
    if (signature === this.#signature) return;
    this.#signature = signature;
    const units = new Map(now.map(({ path, unit }) => [path, unit]));
    const readings: ReadMeter[] = [];
    const leftOut: EnergyLeftOut[] = [];
    for (const meter of metersOf(this.#settings.rows, [...units.keys()])) {
      const reading = readingOf(meter, units.get(meter.path));
      if (typeof reading === "string") leftOut.push({ name: meter.path, why: reading });
      else readings.push({ meter, reading });
    }
    const { twin, made } = this.#settings;
    if (madeAddress(this.#settings) === `${twin}/${made}` && !units.has(made))
      leftOut.push({ name: made, why: "is not told" });
    this.#readings = readings;
    this.#leftOut = leftOut;
    this.#periods.clear();
  }

  /**
   * Reads periods that have ended.
   * @param nowUs on the twin's clock, less what may not be stored yet
   * @throws what history throws
   */
  async update(history: History, nowUs: TimeUs): Promise<void> {
    if (this.#readings.length === 0) return;
    const endUs = Math.floor(nowUs / this.#periodUs) * this.#periodUs;
    if (this.#baseline === undefined) await this.#search(history, endUs);
    const fromUs = this.#accountOf(endUs);
    for (const begin of this.#periods.keys()) if (begin < fromUs) this.#periods.delete(begin);
    const asked: TimeWindow[] = [];
    for (let at = fromUs; at < endUs; at += this.#periodUs)
      if (!this.#periods.has(at) || at >= endUs - ASKED_AGAIN * this.#periodUs)
        asked.push({ fromUs: at, toUs: at + this.#periodUs });
    for (const period of await this.#read(history, asked)) this.#periods.set(period.fromUs, period);
    this.#toUs = endUs;
  }

  /** @param now what the meters tell; undefined before a period has ended */
  report(now: readonly MeterNow[]): EnergyReport | undefined {
    if (this.#toUs === 0) return undefined;
    const { twin, periodMin, currency, baselinePeriods } = this.#settings;
    const all = [...this.#periods.values()].sort((a, b) => a.fromUs - b.fromUs);
    const known = all.filter((period) => wholeOf(period, false) !== undefined);
    const whole = known.map((period) => wholeOf(period, false)!);
    const kwh = whole.reduce((sum, period) => sum + period.kwh, 0);
    const made = whole.reduce((sum, period) => sum + period.made, 0);
    const values = new Map(now.map(({ path, value }) => [path, value]));
    const meters = this.#readings.map(({ meter, reading }, i): MeterSum => {
      const value = values.get(meter.path) ?? null;
      return {
        path: meter.path,
        carrier: meter.carrier,
        powerKw: reading.kind === "counter" || value === null ? null : value * reading.factor,
        kwh: known.length === 0 ? null : known.reduce((sum, period) => sum + period.kwh[i]!, 0),
      };
    });
    const baseline = this.#baseline;
    const comparable = baseline === undefined ? [] : this.#modelled(all, baseline);
    const judged = comparable.filter(({ fromUs }) => fromUs >= (baseline?.toUs ?? 0));
    return {
      kind: "energy",
      twin,
      fromUs: this.#accountOf(this.#toUs),
      toUs: this.#toUs,
      periodMin,
      periods: all.length,
      known: known.length,
      powerKw: meters.reduce<number | null>(
        (sum, { powerKw }) => (sum === null || powerKw === null ? null : sum + powerKw),
        0,
      ),
      kwh,
      made,
      kwhPerBody: made > 0 ? kwh / made : null,
      baselinePerBody:
        baseline === undefined || made === 0 || comparable.length < known.length
          ? null
          : comparable.reduce((sum, period) => sum + modelled(baseline, period), 0) / made,
      carriers: this.#carriers(meters),
      meters,
      leftOut: this.#leftOut,
      currency,
      baseline:
        baseline === undefined
          ? { state: "collecting", n: this.#collected.length, of: baselinePeriods }
          : { state: "fixed", model: baseline, saving: savingOf(baseline, judged) ?? null },
    };
  }

  /** Periods of which the model can tell something. */
  #modelled(periods: readonly EnergyPeriod[], { drivers }: EnergyBaseline): WholePeriod[] {
    const needsOutside = drivers.some(({ name }) => name === "outsideC");
    return periods.flatMap((period) => wholeOf(period, needsOutside) ?? []);
  }

  #carriers(meters: readonly MeterSum[]): CarrierSum[] {
    const sums = new Map<string, CarrierSum>();
    for (const [i, { carrier, kwh }] of meters.entries()) {
      const { price, co2KgPerKwh } = this.#readings[i]!.meter;
      const before = sums.get(carrier) ?? { carrier, kwh: 0, cost: 0, co2Kg: 0 };
      const times = (sum: number | null, each: number | undefined) =>
        sum === null || each === undefined ? null : sum + (kwh ?? 0) * each;
      sums.set(carrier, {
        carrier,
        kwh: before.kwh + (kwh ?? 0),
        cost: times(before.cost, price),
        co2Kg: times(before.co2Kg, co2KgPerKwh),
      });
    }
    return [...sums.values()];
  }

  #accountOf(timeUs: TimeUs): TimeUs {
    const { accountH, beginsAtH } = this.#settings;
    const shiftUs = beginsAtH * 3600e6;
    const lengthUs = accountH * 3600e6;
    // What ends with the account is still of it.
    return Math.floor((timeUs - 1 - shiftUs) / lengthUs) * lengthUs + shiftUs;
  }

  /** Goes on through history from its beginning until there are periods enough for a baseline. */
  async #search(history: History, endUs: TimeUs): Promise<void> {
    if (this.#searchedUs === undefined) {
      const { oldestUs } = await history.span();
      if (oldestUs === undefined) return;
      this.#searchedUs = Math.ceil(oldestUs / this.#periodUs) * this.#periodUs;
    }
    const { baselinePeriods, outside } = this.#settings;
    for (let question = 0; question < QUESTIONS && this.#searchedUs < endUs; question++) {
      const asked: TimeWindow[] = [];
      for (let at = this.#searchedUs; at < endUs && asked.length < WINDOWS_AT_ONCE; at += this.#periodUs)
        asked.push({ fromUs: at, toUs: at + this.#periodUs });
      const found = await this.#read(history, asked);
      this.#searchedUs = asked.at(-1)!.toUs;
      this.#collected.push(...found.flatMap((period) => wholeOf(period, outside !== "") ?? []));
      if (this.#collected.length < baselinePeriods) continue;
      this.#baseline = fitBaseline(this.#collected.slice(0, baselinePeriods));
      if (this.#baseline !== undefined) this.#keep(this.#baseline);
      return;
    }
  }

  async #read(history: History, windows: readonly TimeWindow[]): Promise<EnergyPeriod[]> {
    if (windows.length === 0) return [];
    const { twin, outside } = this.#settings;
    const made = madeAddress(this.#settings);
    const addresses = [...this.#readings.map(({ meter }) => `${twin}/${meter.path}`), made];
    const answers = await history.windows(outside === "" ? addresses : [...addresses, outside], windows);
    const of = (address: string): HistoryWindows => answers.find((one) => one.address === address)!;
    return periodsOf(windows, {
      meters: this.#readings.map(({ reading }, i) => ({ reading, answer: answers[i]! })),
      made: of(made),
      ...(outside === "" ? {} : { outside: of(outside) }),
    });
  }
}
