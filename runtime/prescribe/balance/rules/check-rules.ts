import { RungError } from "../../../core/errors.ts";
import {
  type BalanceProblem,
  type BalanceRules,
  type MixedModel,
  type SequencedOrder,
  SIDES,
  type Side,
  type StationType,
} from "../balance-problem.ts";

const KEYS = [
  "together",
  "apart",
  "stations",
  "mostErgonomicPoints",
  "mostCopies",
  "models",
  "mixed",
  "orders",
] as const;

/**
 * The rules that a file or a message states, checked against the tasks that they name.
 * @param where what errors name before the path of what is wrong
 * @throws RungError `balance-rules`
 */
export function checkRules(given: unknown, problem: BalanceProblem, where: string): BalanceRules {
  const ids = new Set(problem.tasks.map(({ id }) => id));
  const refuse = (path: string, what: string, advice: string): never => {
    const at = path === "" ? where : `${where}: ${path}`;
    throw new RungError({ code: "balance-rules", where: at, what, advice });
  };
  const mapping = (value: unknown, path: string, keys: readonly string[]): Record<string, unknown> => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      refuse(path, "is no mapping", `it may have ${keys.join(", ")}`);
    }
    for (const key of Object.keys(value as object)) {
      if (!keys.includes(key)) refuse(path, `${key} is unknown`, `known are ${keys.join(", ")}`);
    }
    return value as Record<string, unknown>;
  };
  const list = (value: unknown, path: string): readonly unknown[] => {
    if (!Array.isArray(value)) refuse(path, "is no list", "write a list");
    return value as readonly unknown[];
  };
  const text = (value: unknown, path: string): string => {
    if (typeof value !== "string" && typeof value !== "number") refuse(path, "is no name", "write a name");
    return String(value);
  };
  const number = (value: unknown, path: string, wanted: string, fits: (value: number) => boolean): number => {
    const is = typeof value === "number" && Number.isFinite(value) && fits(value);
    if (!is) refuse(path, `is ${JSON.stringify(value)}`, `write ${wanted}`);
    return value as number;
  };
  const task = (value: unknown, path: string): string => {
    const id = text(value, path);
    if (!ids.has(id)) refuse(path, `${id} is no task`, `the tasks stand in ${problem.name}`);
    return id;
  };
  const groups = (value: unknown, path: string): string[][] =>
    list(value, path).map((group, i) => {
      const tasks = list(group, `${path}[${i}]`).map((id, j) => task(id, `${path}[${i}][${j}]`));
      const several = tasks.length > 1 && new Set(tasks).size === tasks.length;
      if (!several) refuse(`${path}[${i}]`, "does not name two tasks or more, each once", "write [a, b]");
      return tasks;
    });
  const station = (value: unknown, path: string): StationType => {
    const { id, equipment, side } = mapping(value ?? {}, path, ["id", "equipment", "side"]);
    if (side !== undefined && !SIDES.includes(side as Side)) {
      refuse(`${path}.side`, `is ${JSON.stringify(side)}`, `write ${SIDES.join(", ")}`);
    }
    return {
      ...(id === undefined ? {} : { id: text(id, `${path}.id`) }),
      ...(equipment === undefined
        ? {}
        : {
            equipment: list(equipment, `${path}.equipment`).map((one, i) =>
              text(one, `${path}.equipment[${i}]`),
            ),
          }),
      ...(side === undefined ? {} : { side: side as Side }),
    };
  };
  const model = (value: unknown, path: string): MixedModel => {
    const { name, share, timesS } = mapping(value, path, ["name", "share", "timesS"]);
    const times = Object.entries(timesS === undefined ? {} : mapping(timesS, `${path}.timesS`, [...ids]));
    return {
      name: text(name, `${path}.name`),
      share: number(
        share,
        `${path}.share`,
        "how many pieces of it are made, such as 3",
        (n) => Number.isInteger(n) && n > 0,
      ),
      timesS: Object.fromEntries(
        times.map(([id, timeS]) => [
          id,
          number(timeS, `${path}.timesS.${id}`, "seconds, 0 or more", (n) => n >= 0),
        ]),
      ),
    };
  };

  const all = mapping(given, "", KEYS);
  const models =
    all.models === undefined
      ? undefined
      : list(all.models, "models").map((one, i) => model(one, `models[${i}]`));
  const names = new Set(models?.map(({ name }) => name));
  if (models !== undefined && names.size < models.length)
    refuse("models", "names a model twice", "name each once");
  const order = (value: unknown, path: string): SequencedOrder => {
    const { id, model: of, dueS } = mapping(value, path, ["id", "model", "dueS"]);
    const name = text(of, `${path}.model`);
    if (!names.has(name)) refuse(`${path}.model`, `${name} is no model`, "list it under models");
    const due = number(dueS, `${path}.dueS`, "seconds after the start, 0 or more", (n) => n >= 0);
    return { id: text(id, `${path}.id`), model: name, dueS: due };
  };
  if (Array.isArray(all.stations) && all.stations.length === 0) {
    refuse("stations", "names no place", "list the places, or leave the key out");
  }
  const { mixed } = all;
  if (mixed !== undefined && mixed !== "weighted" && mixed !== "worst") {
    refuse("mixed", `is ${JSON.stringify(mixed)}`, "write weighted or worst");
  }
  return {
    ...(all.together === undefined ? {} : { together: groups(all.together, "together") }),
    ...(all.apart === undefined ? {} : { apart: groups(all.apart, "apart") }),
    ...(all.stations === undefined
      ? {}
      : { stations: list(all.stations, "stations").map((one, i) => station(one, `stations[${i}]`)) }),
    ...(all.mostErgonomicPoints === undefined
      ? {}
      : {
          mostErgonomicPoints: number(
            all.mostErgonomicPoints,
            "mostErgonomicPoints",
            "points, 0 or more",
            (n) => n >= 0,
          ),
        }),
    ...(all.mostCopies === undefined
      ? {}
      : {
          mostCopies: number(
            all.mostCopies,
            "mostCopies",
            "a whole number above 0",
            (n) => Number.isInteger(n) && n > 0,
          ),
        }),
    ...(models === undefined ? {} : { models }),
    ...(mixed === undefined ? {} : { mixed: mixed as "weighted" | "worst" }),
    ...(all.orders === undefined
      ? {}
      : { orders: list(all.orders, "orders").map((one, i) => order(one, `orders[${i}]`)) }),
  };
}
