import { type AddressSpace, StatusCodes, type UAVariable } from "node-opcua";
import { ASSEMBLY_TICK_S, type AssemblyLine } from "../assembly/assembly-line.ts";
import { ASSEMBLY_TAGS, type AssemblyTag, type AssemblyValue } from "../assembly/assembly-tags.ts";
import { NodeTree, TAG_DATA_TYPES } from "./node-tree.ts";

/** Values the server remembers of each tag: two plant hours and more of the cyclic ones. */
const KEPT_VALUES = 300;

/** The assembly line's variables in the plant's server, and what keeps them up to date. */
export class AssemblyNodes {
  readonly #line: AssemblyLine;
  readonly #variables: readonly UAVariable[];
  /** Last value given to each; undefined before the first. */
  readonly #shown: (AssemblyValue | undefined)[] = ASSEMBLY_TAGS.map(() => undefined);

  constructor(addressSpace: AddressSpace, line: AssemblyLine) {
    this.#line = line;
    const tree = new NodeTree(addressSpace);
    this.#variables = ASSEMBLY_TAGS.map(({ nodeId, type, label, unit, codes }) =>
      tree.variable(nodeId, TAG_DATA_TYPES[type], label, { unit, codes }),
    );
    for (const [i, tag] of ASSEMBLY_TAGS.entries()) {
      this.#show(i, tag, tag.read(line), line.timeUs);
      addressSpace.installHistoricalDataNode(this.#variables[i]!, { maxOnlineValues: KEPT_VALUES });
    }
  }

  /** After a second of the line: the tags that changed, and at a tick the cyclic ones. */
  second(timeUs: number): void {
    const isTick = (timeUs / 1e6) % ASSEMBLY_TICK_S === 0;
    for (const [i, tag] of ASSEMBLY_TAGS.entries()) {
      if (tag.cyclic && !isTick) continue;
      const value = tag.read(this.#line);
      if (tag.cyclic || !Object.is(value, this.#shown[i])) this.#show(i, tag, value, timeUs);
    }
  }

  #show(index: number, { type }: AssemblyTag, value: AssemblyValue, timeUs: number): void {
    this.#shown[index] = value;
    const isKnown = !Number.isNaN(value);
    this.#variables[index]!.setValueFromSource(
      { dataType: TAG_DATA_TYPES[type], value: isKnown ? value : 0 },
      isKnown ? StatusCodes.Good : StatusCodes.BadWaitingForInitialData,
      new Date(timeUs / 1000),
    );
  }
}
