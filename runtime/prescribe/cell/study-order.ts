import { callInBackground } from "../../core/background-call.ts";
import { RungError } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { CellStudy } from "./finding.ts";

/** What is asked of a cell. Plain data. */
export interface StudyOrder {
  readonly study: "variant" | "reach";
  /** The cell file. */
  readonly file: string;
  /** Of the variants in the cell file; the only one may be left out. */
  readonly variant?: string;
  /** Robots that are looked at; all where it is left out. */
  readonly robots?: readonly string[];
  /** Look for changes that mend what is found. A variant check does unless told otherwise. */
  readonly fixes?: boolean;
  /** Best base placement of each robot over x, y and yaw. */
  readonly placement?: boolean;
  /** Welds moved between robots by reach and cycle time. */
  readonly rebalance?: boolean;
  readonly seed?: number;
  /** ISO 8601: what the study says it was computed at. */
  readonly computedAt: string;
}

export interface StudyControl {
  /** Ends the study. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

const PROGRESS_MS = 250;

/**
 * Studies a cell in a thread of its own, which reads the cell file and ends with the study.
 * @throws RungError those of the cell file and its meshes, `cell-study`, `background-failed` where it was cancelled
 */
export async function studyInBackground(order: StudyOrder, control: StudyControl = {}): Promise<CellStudy> {
  const progress = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const timer = setInterval(() => {
    const of = Atomics.load(progress, 1);
    if (of > 0) control.onProgress?.(Atomics.load(progress, 0), of);
  }, PROGRESS_MS);
  try {
    const module = siblingModule(import.meta.url, "./study-thread");
    return await callInBackground<CellStudy>(module, "run", [order, progress], control.signal);
  } finally {
    clearInterval(timer);
  }
}

const KEYS = ["variant", "robots", "fixes", "placement", "rebalance", "seed"] as const;

/**
 * What a message asks on top of a form: `{variant?, robots?, fixes?, placement?, rebalance?, seed?}`. Which file is read
 * is never a message's to say.
 * @throws RungError `cell-study` naming the key
 */
export function studyRequest(payload: unknown, where: string): Partial<StudyOrder> {
  if (typeof payload !== "object" || payload === null) return {};
  const asked = payload as Record<string, unknown>;
  const refuse = (what: string): never => {
    const advice = `a study is asked by ${KEYS.join(", ")}`;
    throw new RungError({ code: "cell-study", where, what, advice });
  };
  for (const [key, value] of Object.entries(asked)) {
    if (!KEYS.includes(key as (typeof KEYS)[number])) refuse(`${key} is no part of a study`);
    if (key === "variant" && typeof value !== "string") refuse("variant must be a name");
    if (key === "seed" && !Number.isInteger(value)) refuse("seed must be a whole number");
    if (key === "robots" && !(Array.isArray(value) && value.every((name) => typeof name === "string")))
      refuse("robots must be a list of names");
    if (["fixes", "placement", "rebalance"].includes(key) && typeof value !== "boolean")
      refuse(`${key} must be true or false`);
  }
  return asked as Partial<StudyOrder>;
}
