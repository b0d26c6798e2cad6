import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RungError } from "../../../core/errors.ts";
import type { Instruction } from "./instruction.ts";
import { readInstruction } from "./read-instruction.ts";

/** What an instruction is looked for by. */
export interface WantedInstruction {
  readonly assetClass: string;
  readonly component: string;
  /** Words of what was found; empty: planned work. */
  readonly fault: string;
}

/** The instructions of a folder: one `.yaml` or `.json` file each, kept in version control. */
export class InstructionShelf {
  readonly #byId = new Map<string, Instruction>();

  constructor(instructions: readonly Instruction[]) {
    for (const instruction of instructions) this.#byId.set(instruction.id, instruction);
  }

  /** @throws RungError `file-unreadable`, `maintenance-instruction` for the first file that is wrong */
  static read(folder: string): InstructionShelf {
    let files: string[];
    try {
      files = readdirSync(folder).filter((file) => /\.(ya?ml|json)$/.test(file));
    } catch (cause) {
      throw new RungError({ code: "file-unreadable", where: folder, what: messageOf(cause), cause });
    }
    const idOf = new Map<string, string>();
    const instructions = files.sort().map((name) => {
      const file = join(folder, name);
      const instruction = readInstruction(readFileSync(file, "utf8"), file);
      const other = idOf.get(instruction.id);
      if (other !== undefined) {
        throw new RungError({
          code: "maintenance-instruction",
          where: `${file}: id`,
          what: `${instruction.id} is in ${other} too`,
          advice: "give each its own",
        });
      }
      idOf.set(instruction.id, file);
      return instruction;
    });
    return new InstructionShelf(instructions);
  }

  get(id: string): Instruction | undefined {
    return this.#byId.get(id);
  }

  get size(): number {
    return this.#byId.size;
  }

  /**
   * The instruction that fits best: of the class, and of what it states beside, component and fault, all must fit; the one
   * that states most is taken, by its id where two state as much.
   * @returns undefined where none is of the class: the work order then has no steps but its sign-off
   */
  find({ assetClass, component, fault }: WantedInstruction): Instruction | undefined {
    const words = fault.toLowerCase();
    const fitting = [...this.#byId.values()].filter(
      (one) =>
        one.assetClass === assetClass &&
        (one.component === "" || one.component === component) &&
        (one.fault === "" || words.includes(one.fault.toLowerCase())),
    );
    const stated = (one: Instruction): number => Number(one.fault !== "") * 2 + Number(one.component !== "");
    return fitting.sort((a, b) => stated(b) - stated(a) || a.id.localeCompare(b.id))[0];
  }
}
