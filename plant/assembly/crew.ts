import type { RandomStream } from "../physics/random-stream.ts";
import { ABSENT_SHARE, CALLED_AWAY_SHARE, MEAN_AWAY_S, STATIONS } from "./line-design.ts";

/** Somebody of the crew. Plain data, so that it can be saved. */
export interface Person {
  readonly name: string;
  /** Stations the person can run, by index; the first is the own one. A team leader has no own and can run all. */
  readonly skills: readonly number[];
  /** Came to this shift. */
  present: boolean;
  /** Called away for so long yet. */
  awayLeftS: number;
  /** Station at work, -1 for none. */
  at: number;
}

export const TEAM_LEADER = "team leader";

/** An operator to each station, who can also run the two beside it, and a team leader who steps in anywhere. */
export function fullCrew(): Person[] {
  const here = { present: true, awayLeftS: 0, at: -1 };
  const operators = STATIONS.map(({ name }, i) => ({
    name: `operator ${name.slice(2)}`,
    skills: [i, i - 1, i + 1].filter((s) => s >= 0 && s < STATIONS.length),
    ...here,
  }));
  return [...operators, { name: TEAM_LEADER, skills: STATIONS.map((_, i) => i), ...here }];
}

/** Who comes to a shift that begins; the team leader always does. */
export function beginShift(crew: readonly Person[], random: RandomStream): void {
  for (const person of crew) {
    const isAbsent = random.uniform() < ABSENT_SHARE;
    person.present = person.name === TEAM_LEADER || !isAbsent;
    person.awayLeftS = 0;
    person.at = -1;
  }
}

export const isHere = ({ present, awayLeftS }: Person): boolean => present && awayLeftS === 0;

/**
 * Who runs a station now: the own operator, else the team leader, else a neighbour with nothing to do.
 * @returns undefined where nobody is free who can
 */
export function takePerson(crew: readonly Person[], station: number): Person | undefined {
  const free = crew.filter((one) => isHere(one) && one.at === -1 && one.skills.includes(station));
  const found =
    free.find((one) => one.skills[0] === station && one.name !== TEAM_LEADER) ??
    free.find((one) => one.name === TEAM_LEADER) ??
    free[0];
  if (found !== undefined) found.at = station;
  return found;
}

/** The person at a station is done with a body, and may be called away. */
export function letGo(crew: readonly Person[], station: number, random: RandomStream): void {
  const person = crew.find(({ at }) => at === station);
  if (person === undefined) return;
  person.at = -1;
  if (random.uniform() < CALLED_AWAY_SHARE)
    person.awayLeftS = Math.ceil(-MEAN_AWAY_S * Math.log(random.uniform()));
}

/** One second of those who are away. */
export function passSecond(crew: readonly Person[]): void {
  for (const person of crew) if (person.awayLeftS > 0) person.awayLeftS--;
}
