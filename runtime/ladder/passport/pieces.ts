import type { Reality } from "../../core/frame.ts";
import { FlowIndex } from "../flow-index.ts";
import { Cells } from "../incremental/cells.ts";
import { field, PlacedFlow, type PlacedNode } from "../placed-nodes.ts";
import { type Role, roleOf } from "../roles.ts";
import { declaredReality } from "../wiring/twin-sources.ts";
import type { WiredTwin } from "../wiring/wired-twin.ts";
import { configurationHash } from "./flow-hash.ts";

/** A node by the words a reader finds it by. */
export interface Piece {
  readonly node: string;
  readonly name: string;
  readonly type: string;
}

/** A source on a path of the twin, as the flow declares it. */
export interface SourcePiece extends Piece {
  readonly link: Omit<Piece, "type"> | null;
  readonly declared: Reality;
}

export interface ModelPiece extends Piece {
  readonly role: Role;
  /** SHA-256 of its parameters. */
  readonly configuration: string;
}

/** What of a flow a twin's passport speaks of. */
export interface TwinPieces {
  readonly sources: readonly SourcePiece[];
  readonly models: readonly ModelPiece[];
  /** Where recommendations go out: on a path of the twin, or past its state by remote control. */
  readonly actuates: readonly Piece[];
  /** The flow has an actuate at all: one on another twin's path may write to this one's part of the plant. */
  readonly flowActs: boolean;
}

const SOURCES: ReadonlySet<Role | undefined> = new Set<Role>(["source", "ingest", "recording"]);
/** What answers for the plant: its parameters are the model's version. */
const MODELS: ReadonlySet<Role | undefined> = new Set<Role>([
  "model",
  "cell",
  "line",
  "detect",
  "forecast",
  "life",
  "estimate",
  "what-if",
  "optimise",
  "maintain",
  "balance",
]);

/** The pieces on a twin's paths, in the order of the paths. */
export function piecesOf(twin: WiredTwin, flow: unknown): TwinPieces {
  const cells = new Cells(0);
  const placed = new PlacedFlow(new FlowIndex(flow, cells), cells);
  const running = [...placed.index.ids()].flatMap((id) => placed.placesOf(id, "canvas"));
  const byId = new Map(running.map((one) => [one.id, one]));
  const found = (ids: Iterable<string>): PlacedNode[] =>
    [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
  const remote = twin.warnings.filter(({ code }) => code === "remote-control").map(({ node }) => node);
  const members = found(twin.members);
  const role = ({ node }: PlacedNode) => roleOf(node.type);
  return {
    sources: members
      .filter((member) => SOURCES.has(role(member)))
      .map((member) => {
        const link = role(member) === "source" ? placed.configOf(member, "link") : undefined;
        const declared =
          role(member) === "recording" ? "recorded" : declaredReality(field(link ?? member, "reality"));
        const { node, name } = link === undefined ? { node: "", name: "" } : pieceOf(link);
        return { ...pieceOf(member), link: link === undefined ? null : { node, name }, declared };
      }),
    models: members
      .filter((member) => MODELS.has(role(member)))
      .map((member) => ({
        ...pieceOf(member),
        role: role(member)!,
        configuration: configurationHash(member),
      })),
    actuates: found([...twin.members, ...remote])
      .filter((member) => role(member) === "actuate")
      .map(pieceOf),
    flowActs: running.some((one) => role(one) === "actuate"),
  };
}

function pieceOf({ id, node }: PlacedNode): Piece {
  const name = typeof node.raw.name === "string" && node.raw.name !== "" ? node.raw.name : node.type;
  return { node: id, name, type: node.type };
}
