import { RungError } from "../core/errors.ts";
import { type GivenMethod, type RowModel, readRowModel } from "./multivariate/row-model.ts";

/**
 * How signals are judged: each by itself against its own past (`single`), all as one state of the machine (`together`),
 * or row by row without smoothing (a row model). One signal alone keeps no company that could say how it goes with
 * others.
 */
export type DetectMethod = "single" | "together" | RowModel;
export const DETECT_METHODS = ["auto", "single", "together", "pca", "knn"] as const;

/** @throws RungError `bad-option` */
export function readDetectMethod(given: GivenMethod, where: string): DetectMethod | "auto" {
  const asked = given.method === undefined || given.method === "" ? "auto" : given.method;
  const method = DETECT_METHODS.find((each) => each === asked);
  if (method === "pca" || method === "knn") return readRowModel(method, given, where);
  if (method !== undefined) return method;
  throw new RungError({
    code: "bad-option",
    where,
    what: `the method must be ${DETECT_METHODS.join(", ")}, got ${JSON.stringify(asked)}`,
    advice: "leave it at auto: one signal is judged by itself, several are judged together",
  });
}

/** What `auto` means for so many signals. */
export const methodFor = (method: DetectMethod | "auto", signals: number): DetectMethod =>
  method === "auto" ? (signals === 1 ? "single" : "together") : method;

/** The word that a form and a command line know a method by. */
export const methodName = (method: DetectMethod): Exclude<(typeof DETECT_METHODS)[number], "auto"> =>
  typeof method === "string" ? method : method.method;
