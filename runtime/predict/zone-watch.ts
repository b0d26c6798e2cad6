import { normalProbability } from "../core/statistics/normal.ts";
import type { TimeUs } from "../core/time.ts";
import type { Finding } from "../diagnose/finding.ts";

/** A zone against what it was in normal operation, as the tracker believes it now. */
export interface ZoneChange {
  readonly zone: string;
  /** ln of the heat transfer by the fan flow alone, and what one reading of that flow scatters by. */
  readonly flowLn: number;
  readonly flowDeviationLn: number;
  /** ln of what burners and exits say beyond that, and its standard deviation. */
  readonly furtherLn: number;
  readonly furtherDeviationLn: number;
  /** True air minus thermocouple, K. */
  readonly airK: number;
  readonly airDeviationK: number;
}

/** What is said of one zone. */
export interface ZoneStatement {
  readonly zone: string;
  readonly what: "heat transfer" | "thermocouple";
  /** Change against normal with its 90 % interval: % of the heat transfer, K of the air above what is read. */
  readonly size: number;
  readonly low: number;
  readonly high: number;
  /** Probability that it has changed to this side at all, by the spread of what says so. */
  readonly confidence: number;
  readonly by: "fan flow" | "burners and exits";
}

/** Heat transfer by the fan flow, and by burners and exits, that is worth a word; air, K. Half of it ends the episode. */
const FLOW_LN = 0.023;
const FURTHER_LN = 0.06;
const AIR_K = 4;
/** Standard deviations that a change of a belief must be clear of. */
const CLEAR = 3;
/** A change stands for so long before it is told, and is gone for so long before it is told gone, s. */
const STANDS_S = 120;
const Z90 = 1.645;

interface Episode {
  readonly id: string;
  readonly sinceUs: TimeUs;
  seenUs: TimeUs;
  statement: ZoneStatement;
  /** What it was stated by. */
  change: ZoneChange;
  told: boolean;
}

/**
 * Says in which zone of an oven something has changed, and by how much: a nozzle that blows less, a thermocouple that
 * reads wrong. One finding when an episode begins and one when it ends.
 */
export class ZoneWatch {
  readonly #twin: string;
  readonly #episodes = new Map<string, Episode>();

  constructor(twin: string) {
    this.#twin = twin;
  }

  /** What is told of zones now, the surest first. */
  get statements(): ZoneStatement[] {
    return [...this.#episodes.values()]
      .filter(({ told }) => told)
      .map(({ statement }) => statement)
      .sort((a, b) => b.confidence - a.confidence);
  }

  /** Ends all episodes, since what is normal is learnt anew. @returns the findings that end with it */
  endAll(timeUs: TimeUs): Finding[] {
    const told = [...this.#episodes.values()].filter((episode) => episode.told);
    this.#episodes.clear();
    return told.map((episode) => this.#finding(episode, timeUs, false));
  }

  /** Looks at all zones at a moment of plant time. @returns the findings that begin or end with it */
  look(changes: readonly ZoneChange[], timeUs: TimeUs): Finding[] {
    const findings: Finding[] = [];
    for (const change of changes) {
      for (const what of ["heat transfer", "thermocouple"] as const) {
        const finding = this.#follow(change, what, timeUs);
        if (finding !== undefined) findings.push(finding);
      }
    }
    return findings;
  }

  #follow(change: ZoneChange, what: ZoneStatement["what"], timeUs: TimeUs): Finding | undefined {
    const key = `${change.zone}/${what}`;
    const episode = this.#episodes.get(key);
    const statement = stated(change, what, episode?.told === true ? 0.5 : 1);
    if (statement === undefined) {
      if (episode === undefined) return undefined;
      if (!episode.told) this.#episodes.delete(key);
      if (!episode.told || timeUs - episode.seenUs < STANDS_S * 1e6) return undefined;
      this.#episodes.delete(key);
      return this.#finding(episode, timeUs, false);
    }
    if (episode === undefined) {
      const id = `${this.#twin}/${change.zone}/${what.replace(" ", "-")}/${timeUs}`;
      this.#episodes.set(key, { id, sinceUs: timeUs, seenUs: timeUs, statement, change, told: false });
      return undefined;
    }
    episode.seenUs = timeUs;
    episode.statement = statement;
    episode.change = change;
    if (episode.told || timeUs - episode.sinceUs < STANDS_S * 1e6) return undefined;
    episode.told = true;
    return this.#finding(episode, timeUs, true);
  }

  #finding(episode: Episode, timeUs: TimeUs, active: boolean): Finding {
    const { statement, change, id, sinceUs } = episode;
    const isHeat = statement.what === "heat transfer";
    const address = (path: string) => `${this.#twin}/${change.zone}/${path}`;
    const flowShare = isHeat ? Math.abs(change.flowLn) / Math.hypot(change.flowLn, change.furtherLn) : 0;
    return {
      kind: "finding",
      id,
      twin: this.#twin,
      contributions: isHeat
        ? [
            { address: address("fanFlow"), share: Math.min(1, flowShare ** 2) },
            { address: address("burnerOutput"), share: Math.max(0, 1 - flowShare ** 2) },
          ].sort((a, b) => b.share - a.share)
        : [{ address: address("airTemperature"), share: 1 }],
      score: Math.abs(statement.size),
      limit: isHeat ? 100 * (statement.by === "fan flow" ? FLOW_LN : FURTHER_LN) : AIR_K,
      active,
      sinceUs,
      timeUs,
      priority: 2,
      title: active
        ? statementWords(statement)
        : `${zoneName(statement.zone)} ${statement.what} normal again`,
      reason: isHeat
        ? `by ${statement.by}, 90 % interval ${statement.low.toFixed(0)} to ${statement.high.toFixed(0)} %, confidence ${confidenceWords(statement.confidence)}`
        : `by its burner and the exits, 90 % interval ${statement.low.toFixed(0)} to ${statement.high.toFixed(0)} K, confidence ${confidenceWords(statement.confidence)}`,
      action: isHeat
        ? `look at nozzles, filter and fan of ${zoneName(change.zone)}`
        : `check the thermocouple of ${zoneName(change.zone)} against a hand-held one`,
    };
  }
}

/** "zone3" as an operator reads it: "Zone 3"; any other name as it is. */
const zoneName = (zone: string): string => zone.replace(/^zone(\d+)$/, "Zone $1");

/** `Zone 3 heat transfer 9 % below normal`, `Zone 3 thermocouple reads 12 K low`. */
export function statementWords({ zone, what, size }: ZoneStatement): string {
  if (what === "heat transfer")
    return `${zoneName(zone)} heat transfer ${Math.abs(size).toFixed(0)} % ${size < 0 ? "below" : "above"} normal`;
  return `${zoneName(zone)} thermocouple reads ${Math.abs(size).toFixed(0)} K ${size > 0 ? "low" : "high"}`;
}

const confidenceWords = (share: number): string =>
  share > 0.999 ? "above 99.9 %" : `${(100 * share).toFixed(0)} %`;

/** @param of share of the limits that must be passed: less where it is told already */
function stated(change: ZoneChange, what: ZoneStatement["what"], of: number): ZoneStatement | undefined {
  const { zone, flowLn, flowDeviationLn, furtherLn, furtherDeviationLn, airK, airDeviationK } = change;
  if (what === "thermocouple") {
    const clear = Math.abs(airK) > of * Math.max(AIR_K, CLEAR * airDeviationK);
    if (!clear) return undefined;
    return {
      zone,
      what,
      size: airK,
      low: airK - Z90 * airDeviationK,
      high: airK + Z90 * airDeviationK,
      confidence: normalProbability(Math.abs(airK) / airDeviationK),
      by: "burners and exits",
    };
  }
  const byFlow = Math.abs(flowLn) > of * Math.max(FLOW_LN, CLEAR * flowDeviationLn);
  const byBelief = Math.abs(furtherLn) > of * Math.max(FURTHER_LN, CLEAR * furtherDeviationLn);
  if (!byFlow && !byBelief) return undefined;
  const ln = flowLn + furtherLn;
  const percent = (value: number): number => 100 * Math.expm1(value);
  const [low, high] = [ln - Z90 * furtherDeviationLn, ln + Z90 * furtherDeviationLn];
  return {
    zone,
    what,
    size: percent(ln),
    // Less flow never heats better than the flow alone tells, nor more flow worse.
    low: percent(byFlow && flowLn > 0 ? Math.max(low, flowLn) : low),
    high: percent(byFlow && flowLn < 0 ? Math.min(high, flowLn) : high),
    confidence: normalProbability(
      byFlow
        ? Math.abs(flowLn) / Math.max(1e-6, flowDeviationLn)
        : Math.abs(furtherLn) / Math.max(1e-6, furtherDeviationLn),
    ),
    by: byFlow ? "fan flow" : "burners and exits",
  };
}
