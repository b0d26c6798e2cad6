import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { readScene } from "../model/cell/scene-file.ts";
import { answerQueries, readQueries } from "../model/cell/scene-query.ts";
import { readTextFile } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";

export const usage = `rung cell query <scene.json> <queries.json> [--out <answers.json>]

  Answers configurations of one robot among obstacles, as benchmarks of collision engines exchange them: pairs in
  contact, the smallest distance of each link, its two points, the TCP, and the ways out of each contact. Scene and
  queries are in m and rad, distances come in mm. Meshes are sought in the scene's folder, then in its parent.
  --out writes the answers to a file; without it they are printed.`;

/** @param args what follows `rung cell query` */
export async function run(args: readonly string[]): Promise<number> {
  const { scene, queries, out } = readArguments(() => parsed(args), wrong);
  const answers = await answerQueries(await readScene(scene), readQueries(readTextFile(queries), queries));
  const text = `${JSON.stringify(answers, null, 1)}\n`;
  if (out === undefined) {
    process.stdout.write(text);
    return 0;
  }
  try {
    writeFileSync(out, text);
  } catch (fault) {
    throw new RungError({ code: "file-unwritable", where: out, what: messageOf(fault), cause: fault });
  }
  return 0;
}

function parsed(args: readonly string[]): { scene: string; queries: string; out: string | undefined } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: "string" }, json: { type: "boolean" } },
  });
  const [scene, queries, ...others] = positionals;
  if (scene === undefined || queries === undefined || others.length > 0)
    throw new Error("expected a scene and queries");
  return { scene, queries, out: values.out };
}

function wrong(what: string): RungError {
  return new RungError({ code: "usage", where: "rung cell query", what, advice: usage });
}
