import { RungError } from "../core/errors.ts";

/**
 * How signals are judged: each by itself against its own past (`single`), or all as one state of the machine
 * (`together`). One signal alone keeps no company that could say how it goes with others.
 */
export type DetectMethod = "single" | "together";
export const DETECT_METHODS = ["auto", "single", "together"] as const;

/** @throws RungError `bad-option` */
export function readDetectMethod(given: unknown, where: string): DetectMethod | "auto" {
  const method = given === undefined || given === "" ? "auto" : given;
  if (DETECT_METHODS.includes(method as "auto")) return method as DetectMethod | "auto";
  throw new RungError({
    code: "bad-option",
    where,
    what: `the method must be ${DETECT_METHODS.join(", ")}, got ${JSON.stringify(given)}`,
    advice: "leave it at auto: one signal is judged by itself, several are judged together",
  });
}

/** What `auto` means for so many signals. */
export const methodFor = (method: DetectMethod | "auto", signals: number): DetectMethod =>
  method === "auto" ? (signals === 1 ? "single" : "together") : method;
