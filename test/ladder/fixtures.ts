/** Flows with the verdict that the specification gives them, written before the code was run on them. */

import { FEDERATION } from "./fixtures/federation.ts";
import type { Fixture, Topic } from "./fixtures/fixture.ts";
import { LOOP } from "./fixtures/loop.ts";
import { OUTPUTS } from "./fixtures/outputs.ts";
import { ROWS } from "./fixtures/rows.ts";
import { SOURCES } from "./fixtures/sources.ts";
import { SUBFLOWS } from "./fixtures/subflows.ts";
import { WARNINGS } from "./fixtures/warnings.ts";
import { WIRES } from "./fixtures/wires.ts";

export type { Fixture };

/** Every sentence of the specification, with the flows that show it. */
export const TOPICS: readonly Topic[] = [
  ...ROWS,
  ...LOOP,
  ...WIRES,
  ...SUBFLOWS,
  ...SOURCES,
  ...OUTPUTS,
  ...FEDERATION,
  ...WARNINGS,
];

export const FIXTURES: readonly Fixture[] = TOPICS.flatMap(({ fixtures }) => fixtures);
