import type { Rung } from "../../core/evidence.ts";
import { rungInWords } from "../rung-words.ts";
import type { TwinClass, WiredTwin, Wiring } from "../wiring/wired-twin.ts";
import type { CauseFinder } from "./causes.ts";
import { listed, oneLine } from "./one-line.ts";

/** What the wires made of a twin in one version of the flow. */
export interface TwinStanding {
  readonly class: TwinClass;
  readonly wired: Rung;
  readonly capabilities: readonly Rung[];
}

/** A twin whose class, rung or capabilities changed. */
export interface TwinDifference {
  /** Its address now, or as it was last. */
  readonly address: string;
  readonly name: string;
  /** `Oven 1 fell from 4 to 2: forecast exhaust ahead removed`. */
  readonly sentence: string;
  /** null: it was not there. */
  readonly before: TwinStanding | null;
  /** null: it is gone. */
  readonly after: TwinStanding | null;
  /** It is gone, or lost its rung, its class or a capability. */
  readonly fell: boolean;
}

const CLASSES: readonly TwinClass[] = ["model", "shadow", "twin"];
const SHOWN_CAUSES = 3;

/** What happened to every twin, in the order of their addresses. */
export function twinDifferences(before: Wiring, after: Wiring, causes: CauseFinder): TwinDifference[] {
  const all = pairs(before, after);
  const names = new Map<string, number>();
  for (const { was, is } of all) {
    const name = (is ?? was)!.name;
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  return all
    .flatMap(({ was, is }) => {
      const { name, address } = (is ?? was)!;
      const calledBy = names.get(name) === 1 ? name : address;
      const sentence = sentenceOf(oneLine(calledBy, 120), was, is, causes);
      if (sentence === null) return [];
      return [
        { address, name, sentence, before: standing(was), after: standing(is), fell: hasFallen(was, is) },
      ];
    })
    .sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
}

interface Pair {
  readonly was: WiredTwin | undefined;
  readonly is: WiredTwin | undefined;
}

/** The versions of each twin: by its address, and where that changed by its configuration node. */
function pairs(before: Wiring, after: Wiring): Pair[] {
  const byAddress = new Map(before.twins.map((twin) => [twin.address, twin]));
  const stays = new Set(after.twins.map(({ address }) => address));
  const byNode = new Map(
    before.twins.filter(({ address }) => !stays.has(address)).map((twin) => [twin.node, twin]),
  );
  const paired = new Set<WiredTwin>();
  const found = after.twins.map((is): Pair => {
    const was = byAddress.get(is.address) ?? byNode.get(is.node);
    if (was !== undefined) paired.add(was);
    return { was, is };
  });
  return [...found, ...before.twins.filter((was) => !paired.has(was)).map((was) => ({ was, is: undefined }))];
}

function standing(twin: WiredTwin | undefined): TwinStanding | null {
  return twin === undefined
    ? null
    : { class: twin.class, wired: twin.wired, capabilities: twin.capabilities };
}

const lost = (was: WiredTwin, is: WiredTwin): Rung[] =>
  was.capabilities.filter((row) => !is.capabilities.includes(row));
const rank = (twin: WiredTwin): number => CLASSES.indexOf(twin.class);

function hasFallen(was: WiredTwin | undefined, is: WiredTwin | undefined): boolean {
  if (was === undefined) return false;
  if (is === undefined) return true;
  return is.wired < was.wired || rank(is) < rank(was) || lost(was, is).length > 0;
}

/** null where nothing happened to the twin. */
function sentenceOf(
  name: string,
  was: WiredTwin | undefined,
  is: WiredTwin | undefined,
  causes: CauseFinder,
): string | null {
  if (was === undefined) return `${name} is new: ${is!.class}, ${rungInWords(is!.wired, is!.capabilities)}`;
  if (is === undefined) {
    const why = causes.ofTwin(was.node);
    return `${name} is gone, was ${was.class}, ${rungInWords(was.wired, was.capabilities)}${because(why)}`;
  }
  const down = lost(was, is);
  const up = lost(is, was);
  const [from, to] = [rungInWords(was.wired, was.capabilities), rungInWords(is.wired, is.capabilities)];
  const isSameRung = from === to && down.length === 0 && up.length === 0;
  if (isSameRung && was.class === is.class) return null;
  const why = [
    ...(is.wired < was.wired || down.length > 0 || rank(is) < rank(was) ? causes.ofFall(was, is, down) : []),
    ...(is.wired > was.wired || up.length > 0 || rank(is) > rank(was) ? causes.ofRise(was, is, up) : []),
  ];
  if (isSameRung) return `${name} is now a ${is.class}, was a ${was.class}${because(why)}`;
  const classes = was.class === is.class ? "" : `, ${was.class} -> ${is.class}`;
  // Row 0 is the only one whose loss shows in no number.
  if (from === to) {
    const change = down.length > 0 ? "has no state and no model any more" : "has a state or a model now";
    return `${name} ${change}${classes}${because(why)}`;
  }
  const isDown = is.wired < was.wired || (is.wired === was.wired && down.length > 0);
  const change = `${isDown ? "fell" : "rose"} from ${from} to ${to}`;
  return `${name} ${change}${classes}${because(why)}`;
}

const because = (causes: readonly string[]): string =>
  causes.length === 0 ? "" : `: ${listed([...new Set(causes)], SHOWN_CAUSES, "; ")}`;
