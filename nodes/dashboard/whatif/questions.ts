import { RungError } from "../../../runtime/core/errors.ts";
import type { QuestionView } from "./whatif-view.ts";

/** One thing a person may change in a scenario, with what it may be changed to. */
export interface Question extends QuestionView {
  /** Where its value stands in the scenario: `stopMin`, `setpointC.zone3`. */
  readonly field: string;
}

/**
 * Questions of a form's text, one a line: `Zone 3 setpoint = setpointC.zone3, 199, 110, 200, °C` is label, field of
 * the scenario, value at first, least, most and unit.
 * @throws RungError `bad-question` naming the line
 */
export function questionsOf(text: string, where: string): Question[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, label, rest] = /^([^=]+)=(.+)$/.exec(line) ?? [];
    const [field = "", first, least, most, unit = ""] = (rest ?? "").split(",").map((part) => part.trim());
    const [value, low, high] = [first, least, most].map((number) => (number ? Number(number) : Number.NaN));
    if (!label || !/^\w+(\.\w+)?$/.test(field) || !(low! <= value! && value! <= high!)) {
      throw new RungError({
        code: "bad-question",
        where,
        what: `expected "label = field, value, least, most, unit", got "${line.trim()}"`,
        advice: "such as Standstill = stopMin, 10, 0, 60, min",
      });
    }
    return { label: label.trim(), field, value: value!, low: low!, high: high!, unit };
  });
}

/**
 * The scenario that a person asks for.
 * @param asked what came from the page: the question by its number, and a value
 * @throws RungError `bad-question` for a value outside of the question's range
 */
export function scenarioOf(questions: readonly Question[], asked: unknown, where: string): object {
  const { question: at, value } = (asked ?? {}) as { question?: unknown; value?: unknown };
  const question = questions[Number(at)];
  if (
    question === undefined ||
    typeof value !== "number" ||
    !(value >= question.low && value <= question.high)
  ) {
    const range = question && `${question.label} from ${question.low} to ${question.high} ${question.unit}`;
    throw new RungError({
      code: "bad-question",
      where,
      what: `expected ${range ?? "one of its questions"}, got ${JSON.stringify(asked)}`,
    });
  }
  const { label, field, unit } = question;
  const [part, key] = field.split(".") as [string, string?];
  const title = `${label} ${value} ${unit}`.trim();
  return { title, [part]: key === undefined ? value : { [key]: value } };
}
