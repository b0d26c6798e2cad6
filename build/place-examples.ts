import { cpSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** Longest story, letters: as many as a line of the import dialog shows. */
const LONGEST = 88;

/** One line of what a flow shows: the first sentence about it, without what stands in brackets. */
export function storyOf(info: string): string {
  const [sentence = ""] = info.replace(/\s*\([^)]*\)/g, "").split(/[.?]\s|[.?]?\n/, 1);
  const plain = sentence.replace(/\.$/, "");
  if (plain.length <= LONGEST) return plain;
  const ends = [...plain.matchAll(/[,:;] /g)].map(({ index }) => index).filter((at) => at <= LONGEST);
  return plain.slice(0, ends.at(-1) ?? plain.lastIndexOf(" ", LONGEST));
}

/** What any file system takes in a name. */
const fileName = (text: string): string => text.replaceAll(": ", " - ").replace(/[\\/:*?"<>|]+/g, " ");

/**
 * Copies the example flows into a pack. Node-RED's import dialog lists every folder and `.json` there by its name alone:
 * so flows are named with their story, and what is no flow stays behind.
 */
export function placeExamples(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const file = join(from, entry.name);
    if (entry.isDirectory()) placeExamples(file, join(to, entry.name));
    else if (extname(file) === ".json") {
      const flow: unknown = JSON.parse(readFileSync(file, "utf8"));
      if (!Array.isArray(flow)) continue;
      const { info = "" } = flow.find(({ type }) => type === "tab") ?? {};
      const story = fileName(storyOf(info));
      cpSync(file, join(to, `${entry.name.slice(0, -".json".length)}${story && ` - ${story}`}.json`));
    }
  }
}
