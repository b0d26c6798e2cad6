import { RungError } from "../../core/errors.ts";
import type { LineModel } from "../../model/line/line-model.ts";
import { editLine } from "./line-edit.ts";

/** How a line is run. */
export interface LineOrder {
  /** Simulated time, warm-up included, h. */
  readonly lengthH: number;
  /** Left out at the beginning, h; undefined: found by the run itself. */
  readonly warmUpH?: number;
  readonly replications: number;
  readonly seed: number;
}

/** What a message asks of a line. */
export interface LineQuestion {
  readonly order: LineOrder;
  /** With what is assumed. */
  readonly model: LineModel;
  readonly edits?: unknown;
  /** From where the plant stands to the end of its shift, beside the line as it is. */
  readonly fromNow: boolean;
}

const NUMBERS = ["lengthH", "warmUpH", "replications", "seed"] as const;
const KEYS: readonly string[] = [...NUMBERS, "edits", "from"];

/**
 * What a message asks: parts of the order that replace the form's, `edits` of the line, `from: "now"`. Anything that is
 * no object asks what the form says.
 * @throws RungError `line-order` that names the entry, `line-edit`
 */
export function lineQuestion(
  payload: unknown,
  form: LineOrder,
  model: LineModel,
  where: string,
): LineQuestion {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload))
    return { order: form, model, fromNow: false };
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "line-order", where, what, advice });
  };
  const asked = payload as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(asked).find((key) => !KEYS.includes(key));
  if (stranger !== undefined) refuse(`${stranger} is no part of an order`, `it may have ${KEYS.join(", ")}`);
  const numbers: Partial<Record<(typeof NUMBERS)[number], number>> = {};
  for (const key of NUMBERS) {
    const value = asked[key];
    if (value === undefined) continue;
    if (typeof value !== "number" || !Number.isFinite(value))
      refuse(`${key} must be a number, got ${JSON.stringify(value)}`, "correct the message");
    numbers[key] = value as number;
  }
  if (asked.from !== undefined && asked.from !== "now")
    refuse(`from can only be "now", got ${JSON.stringify(asked.from)}`, "leave it out to begin empty");
  const { edits } = asked;
  return {
    order: { ...form, ...numbers },
    model: edits === undefined ? model : editLine(model, edits, where),
    ...(edits === undefined ? {} : { edits }),
    fromNow: asked.from === "now",
  };
}
