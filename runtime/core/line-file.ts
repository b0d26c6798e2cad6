import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
} from "node:fs";
import { dirname } from "node:path";
import { messageOf, RungError } from "./errors.ts";

/**
 * A private file of JSON lines that only ever grows. A line that a kill left half written is passed over by the reader
 * and closed by the next writer. What cannot be written waits for the next call.
 */
export class LineFile<Line> {
  readonly path: string;
  readonly #code: string;
  readonly #isLine: (thing: unknown) => thing is Line;
  #isBegun = false;
  /** What could not be written yet. */
  #waiting: Line[] = [];

  /**
   * @param code of the error where the file cannot be written
   * @param isLine tells a line of this file from any other JSON
   */
  constructor(path: string, code: string, isLine: (thing: unknown) => thing is Line) {
    this.path = path;
    this.#code = code;
    this.#isLine = isLine;
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  /** Whether something could not be written yet; `append([])` tries again. */
  get isBehind(): boolean {
    return this.#waiting.length > 0;
  }

  /** @throws RungError with this file's code where it cannot be written */
  append(lines: readonly Line[]): void {
    this.#waiting.push(...lines);
    if (!this.isBehind) return;
    const text = this.#waiting.map((line) => `${JSON.stringify(line)}\n`).join("");
    try {
      const before = this.#isBegun || endsWhole(this.path) ? "" : "\n";
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      appendFileSync(this.path, before + text, { mode: 0o600 });
      this.#isBegun = true;
      this.#waiting = [];
    } catch (cause) {
      this.#isBegun = false;
      throw new RungError({
        code: this.#code,
        where: this.path,
        what: messageOf(cause),
        advice: "make room on its disk, or look at the file's permissions",
        cause,
      });
    }
  }

  /** In the order of writing. @returns no line, and none broken, where there is no file */
  read(): { lines: Line[]; broken: number } {
    const lines: Line[] = [];
    let broken = 0;
    if (!this.exists) return { lines, broken };
    for (const text of readFileSync(this.path, "utf8").split("\n")) {
      if (text === "") continue;
      const thing = parsed(text);
      if (this.#isLine(thing)) lines.push(thing);
      else broken++;
    }
    return { lines, broken };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether what is appended begins a line of its own. */
function endsWhole(path: string): boolean {
  if (!existsSync(path)) return true;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
  } finally {
    closeSync(file);
  }
}
