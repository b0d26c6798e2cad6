import type { LinkClock } from "../../runtime/core/clock.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder, type Reality } from "../../runtime/core/frame.ts";
import type { Property, Update } from "../../runtime/core/property.ts";
import { GOOD } from "../../runtime/core/quality.ts";

export const OVEN = "acme/leipzig/paint/oven1";
export const T0 = 1_790_000_000_000_000;
export const SECOND = 1e6;

export const property = (path: string, update: Update = { mode: "cyclic", periodMs: 5000 }): Property => ({
  address: `${OVEN}/${path}`,
  kind: "measurement",
  type: "number",
  unit: "°C",
  update,
});

/** A clock that a test sets. */
export class TestClock implements LinkClock {
  readonly reality: Reality;
  readonly speed = 1;
  us = T0;

  constructor(reality: Reality = "virtual") {
    this.reality = reality;
  }

  nowUs(): number {
    return this.us;
  }
}

export interface Row {
  readonly index: number;
  readonly value: number;
  readonly timeUs?: number;
  readonly quality?: number;
  readonly other?: unknown;
}

/** Builds frames of one source with sequences that go on from frame to frame. */
export class TestSource {
  readonly name: string;
  readonly dictionary: Dictionary;
  readonly reality: Reality;
  epoch = 1;
  sequence = 0;

  constructor(properties: readonly Property[], name = "opcua:plant:source", reality: Reality = "virtual") {
    this.name = name;
    this.dictionary = new Dictionary(properties);
    this.reality = reality;
  }

  /** Rows of the past, filled in later. */
  past(rows: readonly Row[]): Frame {
    return this.frame(rows, this.sequence, T0, true);
  }

  frame(rows: readonly Row[], first: number = this.sequence, receiveTimeUs = T0, historical = false): Frame {
    const builder = new FrameBuilder({
      source: this.name,
      reality: this.reality,
      dictionary: this.dictionary,
    });
    for (const row of rows) {
      builder.add(row.index, row.value, row.timeUs ?? receiveTimeUs, row.quality ?? GOOD, row.other);
    }
    this.sequence = Math.max(this.sequence, first + rows.length);
    return builder.build({ epoch: this.epoch, first, receiveTimeUs, historical });
  }
}
