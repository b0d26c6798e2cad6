import type { NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { concern, rate, resultWords } from "../../../runtime/model/ergonomics/rate.ts";

interface Request {
  body?: { method?: unknown; assessment?: unknown };
}
interface Response {
  status(code: number): Response;
  json(body: unknown): void;
}

/** The admin route behind the form: rates what it shows, deployed or not. It opens no file, so it knows no table. */
export function serveRating(RED: NodeAPI): void {
  const answer = (request: Request, response: Response): void => {
    try {
      response.json(rating(request.body?.method, request.body?.assessment));
    } catch (thrown) {
      // What is wrong in the form is an answer to its question.
      if (thrown instanceof RungError) response.json({ fault: thrown.message });
      else response.status(500).json({ fault: messageOf(thrown) });
    }
  };
  RED.httpAdmin.post("/rung/ergonomics/rate", RED.auth.needsPermission("rung.write"), answer as never);
}

/** What the form shows of a rating: the result in words, whether a person should look, and what gave it. */
export interface ShownRating {
  readonly words: string;
  readonly concern: boolean;
  readonly rows: readonly (readonly [what: string, value: string, because: string])[];
}

/** @throws RungError for what cannot be rated */
export function rating(method: unknown, assessment: unknown): ShownRating {
  const result = rate(assessment, "rated", { method: String(method) });
  return { words: resultWords(result), concern: concern(result) !== undefined, rows: rowsOf(result) };
}

function rowsOf(result: ReturnType<typeof rate>): ShownRating["rows"] {
  if (result.kind === "niosh") {
    const { weight } = result.units;
    return result.lifts.flatMap((lift) =>
      [lift.origin, lift.destination].flatMap((end, i): [string, string, string][] => {
        if (end === undefined) return [];
        const index = end.liftingIndex === null ? "" : `, LI ${end.liftingIndex.toFixed(2)}`;
        const place = i === 0 ? "origin" : "destination";
        return [
          [
            `${lift.name}, ${place}`,
            `${end.recommendedWeight.toFixed(1)} ${weight}${index}`,
            end.because.join(", "),
          ],
        ];
      }),
    );
  }
  if (result.kind === "load")
    return result.operators.map(({ name, points, busyShare, breaches }) => [
      name,
      `${Number(points.toFixed(1))} points, ${(100 * busyShare).toFixed(0)} % busy`,
      breaches
        .map(({ limit, found, allowed }) => `${limit} ${Number(found.toFixed(1))} > ${allowed}`)
        .join(", "),
    ]);
  return [
    ...result.parts.map(({ part, score, because }): [string, string, string] => [
      part,
      String(score),
      because.join(", "),
    ]),
    ...result.tables.map(({ table, score, at }): [string, string, string] => [
      `table ${table}`,
      String(score),
      at,
    ]),
  ];
}
