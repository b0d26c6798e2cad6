import type { RungError } from "../../runtime/core/errors.ts";
import type { Frame, Sample } from "../../runtime/core/frame.ts";
import { type Binding, type BindingRow, readBindings } from "../../runtime/describe/binding-table.ts";
import type { Gap, SourceListener } from "../../runtime/describe/source-signal.ts";

/** Keeps what a source says. */
export class Recorder implements SourceListener {
  readonly frames: Frame[] = [];
  readonly gaps: Gap[] = [];
  readonly problems: RungError[] = [];

  frame(frame: Frame): void {
    this.frames.push(frame);
  }

  gap(gap: Gap): void {
    this.gaps.push(gap);
  }

  problem(error: RungError): void {
    this.problems.push(error);
  }

  /** All samples of an address in the order of arrival. */
  samples(address: string): Sample[] {
    return this.frames.flatMap((frame) => [...frame]).filter((sample) => sample.address === address);
  }
}

export const TWIN = "acme/test/oven1";

export function bindings(rows: readonly BindingRow[]): Binding[] {
  const { bindings, problems } = readBindings(rows, TWIN);
  if (problems.length > 0) throw problems[0]!;
  return bindings;
}

/** Waits until a condition holds. @throws Error naming what was awaited */
export async function until(condition: () => boolean, what: string, withinMs = 15_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
