import type { DeclaredRole } from "./roles.ts";
import type {
  MissingPiece,
  TwinClass,
  UnguardedOutput,
  WiredTwin,
  Wiring,
  WiringWarning,
} from "./wiring/wired-twin.ts";
import { WiringAnalysis } from "./wiring/wiring-analysis.ts";

export { cumulative } from "./wiring/verdict-of-twin.ts";
export type { MissingPiece, TwinClass, UnguardedOutput, WiredTwin, Wiring, WiringWarning };

export interface AnalyseOptions {
  /** Roles that foreign packages declare for their node types. They count for wired, never for held. */
  readonly declaredRoles?: Readonly<Record<string, DeclaredRole>>;
}

/**
 * Class and rung of every twin, read off the wires alone. Pure; runs in the browser; a malformed flow gives errors,
 * never a throw. docs/ladder.md.
 * @param flow the nodes of all tabs, as Node-RED exports them
 */
export function analyse(flow: unknown, options: AnalyseOptions = {}): Wiring {
  return WiringAnalysis.of(flow, options).wiring();
}
