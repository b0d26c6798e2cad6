import { RungError } from "../../core/errors.ts";
import type { JobShop, MachineChoice } from "./job-shop.ts";

interface Row {
  readonly line: number;
  readonly numbers: readonly number[];
}

/** Larger files are a slip of the pen, and the search keeps a table of operations by operations. */
const MOST_OPERATIONS = 2000;

/**
 * A job shop as the classical instances are written: remarks begin with `#`; a line `jobs machines`; of each job a line
 * with the machine (from 0) and the duration of each operation.
 * @param where the file, for the errors
 * @throws RungError `job-shop`, naming the line
 */
export function readJss(text: string, where: string): JobShop {
  const { jobs, machines, rows } = parts(text, where);
  return {
    name: where,
    machines,
    jobs: jobsOf(rows, jobs, where, (row) => {
      if (row.numbers.length % 2 !== 0)
        throw fault(
          `${where}, line ${row.line}`,
          `has ${row.numbers.length} numbers`,
          "write pairs of machine and duration",
        );
      return Array.from({ length: row.numbers.length / 2 }, (_, k) => [
        choice(row, 2 * k, 0, machines, `${where}, line ${row.line}, operation ${k + 1}`),
      ]);
    }),
  };
}

/**
 * A flexible job shop (Brandimarte's form): a line `jobs machines [mean choices]`; of each job a line with the number
 * of operations, then of each operation the number of machines that can do it and their pairs of machine (from 1) and
 * duration.
 * @throws RungError `job-shop`, naming the line
 */
export function readFjs(text: string, where: string): JobShop {
  const { jobs, machines, rows } = parts(text, where);
  return {
    name: where,
    machines,
    jobs: jobsOf(rows, jobs, where, (row) => {
      const at = `${where}, line ${row.line}`;
      let cursor = 0;
      const next = (what: string): number => {
        const value = row.numbers[cursor++];
        if (value !== undefined && Number.isInteger(value) && value >= 1) return value;
        throw fault(
          at,
          `${what} must be a whole number from 1 on, got ${value ?? "the end of the line"}`,
          "compare the form",
        );
      };
      const operations = Array.from({ length: next("the number of operations") }, (_, k) => {
        const place = `${at}, operation ${k + 1}`;
        const choices = Array.from({ length: next(`operation ${k + 1}: the number of machines`) }, () => {
          const pair = choice(row, cursor, 1, machines, place);
          cursor += 2;
          return pair;
        });
        if (new Set(choices.map(({ machine }) => machine)).size < choices.length)
          throw fault(place, "names a machine twice", "give each machine once");
        return choices;
      });
      if (cursor !== row.numbers.length)
        throw fault(
          at,
          `has ${row.numbers.length - cursor} numbers too many`,
          "correct the number of operations",
        );
      return operations;
    }),
  };
}

function parts(text: string, where: string): { jobs: number; machines: number; rows: readonly Row[] } {
  const all = text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line: i + 1, text: line.replace(/#.*/, "").trim() }))
    .filter(({ text: rest }) => rest !== "")
    .map(({ line, text: rest }) => ({
      line,
      numbers: rest.split(/[\s,;]+/).map((cell) => {
        const value = Number(cell);
        if (Number.isFinite(value)) return value;
        throw fault(`${where}, line ${line}`, `${JSON.stringify(cell)} is no number`, "remarks begin with #");
      }),
    }));
  const [head, ...rows] = all;
  const [jobs, machines] = head?.numbers ?? [];
  if (!isCount(jobs) || !isCount(machines))
    throw fault(
      head === undefined ? where : `${where}, line ${head.line}`,
      "must begin with the number of jobs and of machines",
      'such as "6 6"',
    );
  return { jobs, machines, rows };
}

const isCount = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 1;

function jobsOf<T>(
  rows: readonly Row[],
  jobs: number,
  where: string,
  read: (row: Row) => (readonly T[])[],
): (readonly (readonly T[])[])[] {
  if (rows.length !== jobs)
    throw fault(where, `announces ${jobs} jobs and has ${rows.length}`, "write one line for each job");
  const all = rows.map(read);
  const operations = all.reduce((sum, job) => sum + job.length, 0);
  if (operations > MOST_OPERATIONS)
    throw fault(
      where,
      `has ${operations} operations, at most ${MOST_OPERATIONS} are taken`,
      "split it by weeks or shops",
    );
  return all;
}

function choice(row: Row, at: number, base: 0 | 1, machines: number, where: string): MachineChoice {
  const machine = row.numbers[at];
  const duration = row.numbers[at + 1];
  if (machine === undefined || duration === undefined)
    throw fault(where, "has no machine or no duration", "write pairs of machine and duration");
  if (!Number.isInteger(machine) || machine < base || machine >= machines + base)
    throw fault(
      where,
      `machine must be ${base}...${machines + base - 1}, got ${machine}`,
      `machines count from ${base}`,
    );
  if (duration < 0)
    throw fault(where, `duration must be >= 0, got ${duration}`, "no operation ends before it begins");
  return { machine: machine - base, duration };
}

function fault(where: string, what: string, advice: string): RungError {
  return new RungError({ code: "job-shop", where, what, advice });
}
