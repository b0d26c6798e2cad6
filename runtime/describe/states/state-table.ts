import { RungError } from "../../core/errors.ts";
import { type NamedState, PACKML, type StateMeaning } from "./packml-states.ts";

const MEANINGS: readonly StateMeaning[] = ["running", "waiting", "changing", "stopped", "failed", "other"];

/**
 * Names and meanings of the codes of a machine's state. Lines `code = name` or `code = name, meaning`; the meaning is
 * one of running, waiting, changing, stopped, failed and other.
 * @param text PackML where empty
 * @throws RungError `bad-state-table`
 */
export function readStates(text: string, where: string): readonly NamedState[] {
  const lines = text.split(/[\n;]/).map((line) => line.trim());
  const states = lines.filter(Boolean).map((line): NamedState => {
    const [, code, name, meaning = "other"] = /^(-?\d+)\s*=\s*([^,]+?)\s*(?:,\s*(\w+))?$/.exec(line) ?? [];
    if (code === undefined || name === undefined || !MEANINGS.includes(meaning as StateMeaning)) {
      throw new RungError({
        code: "bad-state-table",
        where,
        what: `${JSON.stringify(line)} names no state`,
        advice: `write "6 = Execute, running", the meaning one of ${MEANINGS.join(", ")}`,
      });
    }
    return { code: Number(code), name, meaning: meaning as StateMeaning };
  });
  return states.length === 0 ? PACKML : states;
}

/**
 * The paths that a pattern with at most one `*` within a segment means, each with the name of its machine: the segment
 * that holds the `*`, else the first.
 */
export function machinesLike(
  pattern: string,
  paths: readonly string[],
): { readonly name: string; readonly path: string }[] {
  const [before, after] = pattern.trim().split("*");
  if (after === undefined) {
    const path = before!;
    return [{ name: path.split("/")[0]!, path }];
  }
  return paths
    .filter((path) => {
      const star = path.slice(before!.length, path.length - after.length);
      const isLike = path.startsWith(before!) && path.endsWith(after) && star.length > 0;
      return isLike && path.length > before!.length + after.length - 1 && !star.includes("/");
    })
    .map((path) => {
      const at = before!.split("/").length - 1;
      return { name: path.split("/")[at]!, path };
    })
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}
