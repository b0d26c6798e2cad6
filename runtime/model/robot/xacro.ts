import { messageOf, RungError } from "../../core/errors.ts";
import { MacroCalls } from "./macro-calls.ts";
import type { RobotModel } from "./robot-model.ts";
import { readUrdf } from "./urdf.ts";

/** Files that one robot may include, all told: a file that includes itself would go on for ever. */
const MOST_FILES = 200;

/** Values for the file's `xacro:arg`s, by name. */
export type XacroArguments = Readonly<Record<string, string | number | boolean>>;

/**
 * Gives an included file's text. Its path is relative to the folder of the file read first, or `package://name/...` for
 * one that the xacro finds by `$(find name)`.
 */
export type LoadFile = (path: string) => string | Promise<string>;

/** Reads one after another: the parser takes its DOM from a global, which stands only meanwhile. */
let latest: Promise<unknown> = Promise.resolve();

/**
 * Expands a xacro file (ROS Jade and later, in order) and reads the URDF that comes of it.
 * @param text the file's content
 * @param where the file's name, for errors
 * @throws RungError `malformed-xacro` for what the expansion refuses, `malformed-urdf` as `readUrdf`
 */
export async function readXacro(
  text: string,
  where: string,
  args: XacroArguments,
  loadFile: LoadFile,
): Promise<RobotModel> {
  const expanded = latest.then(() => expand(text, where, args, loadFile));
  latest = expanded.catch(() => undefined);
  return readUrdf(await expanded, where);
}

async function expand(
  text: string,
  where: string,
  args: XacroArguments,
  loadFile: LoadFile,
): Promise<string> {
  // Only now: a DOM takes long to load, and most robots come as URDF.
  const [{ DOMParser }, { XacroParser }] = await Promise.all([import("linkedom"), import("xacro-parser")]);
  const parser = new XacroParser();
  parser.arguments = { ...args };
  // Makers' files of before ROS Jade write <property> and <include> without the prefix; no URDF has such tags.
  parser.requirePrefix = false;
  parser.rospackCommands = { find: (name: string) => `package://${name}` };
  const calls = new MacroCalls();
  let files = 0;
  // The parser says only that a file could not be loaded.
  let failed: unknown;
  parser.getFileContents = async (path) => {
    try {
      if (++files > MOST_FILES)
        throw new Error(
          `more than ${MOST_FILES} files are included, the latest ${path}: does one include itself?`,
        );
      const included = await loadFile(path);
      calls.add(included);
      return included;
    } catch (thrown) {
      failed ??= thrown;
      throw thrown;
    }
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "DOMParser");
  Object.defineProperty(globalThis, "DOMParser", { value: DOMParser, configurable: true, writable: true });
  try {
    calls.add(text);
    return (await parser.parse(text)).toString();
  } catch (thrown) {
    const cause = failed ?? thrown;
    throw new RungError({
      code: "malformed-xacro",
      where,
      what: messageOf(cause)
        .replaceAll("XacroParser: ", "")
        .replaceAll(/\s*\n\s*/g, " "),
      advice: "correct the file, or give its arguments",
      cause,
    });
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, "DOMParser");
    else Object.defineProperty(globalThis, "DOMParser", before);
  }
}
