import { messageOf, RungError } from "../../core/errors.ts";

/**
 * Paths of signals below the twin, by the model's name of them, as JSON text: `{"T50": "turbine/outletTemperature"}`.
 * @returns none for an empty text
 * @throws RungError `life-paths`
 */
export function readLifePaths(text: string, where: string): Readonly<Record<string, string>> {
  const refuse = (what: string, cause?: unknown): never => {
    const advice = 'write them as {"signal of the model": "path below the twin"}';
    throw new RungError({ code: "life-paths", where: `${where}, paths`, what, advice, cause });
  };
  if (text.trim() === "") return {};
  let paths: unknown;
  try {
    paths = JSON.parse(text);
  } catch (cause) {
    return refuse(messageOf(cause), cause);
  }
  if (typeof paths !== "object" || paths === null || Array.isArray(paths)) return refuse("are no object");
  for (const [name, path] of Object.entries(paths))
    if (typeof path !== "string" || path === "") refuse(`the path of ${name} must be a text`);
  return paths as Record<string, string>;
}
