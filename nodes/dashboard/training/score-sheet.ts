import type { ExerciseResult } from "../../../runtime/diagnose/training/exercise-result.ts";
import type { Choice, IncidentChoices } from "../../../runtime/diagnose/training/incident.ts";
import type { ScoreLine } from "../../../runtime/diagnose/training/score.ts";
import type { Language } from "../look/language.ts";
import { numberText } from "../look/numbers.ts";
import type { TrainingWords } from "./training-words.ts";

/** A choice as it is read; its id where it is none of them. */
export const choiceText = (choices: readonly Choice[], id: string, language: Language): string =>
  choices.find((choice) => choice.id === id)?.[language] ?? id;

export const minutesText = (seconds: number): string => numberText(seconds / 60, 0);

/** Why a line has its points, in words: what was given, and what was right. */
export function whyText(
  line: ScoreLine,
  choices: IncidentChoices,
  words: TrainingWords,
  language: Language,
): string {
  if (line.what === "detect") {
    const { detectedS, by = "report" } = line;
    const found =
      detectedS === undefined ? words.notFound : words.found(minutesText(detectedS), words.foundBy[by]);
    return `${found} (${words.foundRule})`;
  }
  if (line.what === "false-reports") return words.falseCount(line.count);
  const of = { cause: choices.causes, place: choices.places, action: choices.actions }[line.what];
  const text = (id: string) => choiceText(of, id, language);
  const given = line.given === undefined ? words.unanswered : words.given(text(line.given));
  return line.points > 0 ? given : `${given}; ${words.right(line.right.map(text).join(words.or))}`;
}

/** Plant seconds from the onset to the detection; undefined where it was not found. */
export function detectedS({ lines }: ExerciseResult): number | undefined {
  const line = lines.find(({ what }) => what === "detect");
  return line?.what === "detect" ? line.detectedS : undefined;
}
