import { RungError } from "../../core/errors.ts";

/** Where a value stands in a message: keys of objects and places in arrays. */
export type MessagePath = readonly (string | number)[];

const STEP = /\.?([^.[\]"']+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;
const DEEPEST = 32;

/**
 * Reads a path as people write it in Node-RED: `payload.temperature`, `payload[3]`, `payload["oven 1"].value`; a
 * leading `msg.` is taken off.
 * @throws RungError `bad-path`
 */
export function parseMessagePath(text: string, where: string): MessagePath {
  const path = text.trim().replace(/^msg\./, "");
  const fault = (what: string): RungError =>
    new RungError({
      code: "bad-path",
      where,
      what: `${JSON.stringify(text.slice(0, 80))} ${what}`,
      advice: 'write payload.temperature, payload[3] or payload["oven 1"]',
    });
  if (path === "") throw fault("is no path");
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const from = STEP.lastIndex;
    const found = STEP.exec(path);
    if (found === null || (from === 0 && path.startsWith(".")))
      throw fault(`is no path at character ${from + 1}`);
    const [, key, place, quoted] = found;
    if (place !== undefined) steps.push(Number(place));
    else steps.push(key ?? quoted!.replace(/\\(.)/g, "$1"));
  }
  if (steps.length > DEEPEST) throw fault(`has ${steps.length} steps, at most ${DEEPEST} are read`);
  return steps;
}

/**
 * What stands at a path; undefined where nothing does. Only what the message itself holds is seen, never what its
 * objects inherit.
 */
export function atPath(message: unknown, path: MessagePath): unknown {
  let here = message;
  for (const step of path) {
    if (here === null || typeof here !== "object") return undefined;
    if (!Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}
