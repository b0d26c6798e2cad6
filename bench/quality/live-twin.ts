import { readFileSync } from "node:fs";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { RungError } from "../../runtime/core/errors.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { readBindings } from "../../runtime/describe/binding-table.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { LiveCause } from "./live-cause.ts";
import { type FlowNode, LiveDetector } from "./live-detector.ts";

/** Where a twin's source and detectors stand in the shipped flows. */
export interface LiveFlow {
  readonly file: string;
  readonly source: string;
  readonly detectors: readonly string[];
  readonly twin: string;
}

const FLOWS = new URL("../../flows/", import.meta.url);

/**
 * A twin of the shipped flows from its source's table to its detectors, in this process: what the plant tells goes in
 * as frames of the flow's own bindings, and each detector is that of a node of the flow, with its pattern and options.
 */
export class LiveTwin {
  readonly detectors: readonly LiveDetector[];
  readonly cause: LiveCause;
  readonly #dictionary: Dictionary;
  /** Path below the twin of each entry of the dictionary. */
  readonly #paths: readonly string[];
  /** Last value told of what comes on change. */
  readonly #told: Float64Array;
  readonly #setpoints = new Map<string, number>();
  #sequence = 0;

  /** @throws RungError `no-such-node` where the flow has changed */
  constructor({ file, source, detectors, twin }: LiveFlow) {
    const nodes = JSON.parse(readFileSync(new URL(file, FLOWS), "utf8")) as FlowNode[];
    const node = (id: string): FlowNode => {
      const found = nodes.find((one) => one.id === id);
      if (found === undefined)
        throw new RungError({ code: "no-such-node", where: file, what: `has no node ${id}` });
      return found;
    };
    const { bindings } = readBindings(node(source).bindings ?? [], twin);
    const properties = bindings.map(({ property }) => property);
    this.#dictionary = new Dictionary(properties);
    this.#paths = properties.map(({ address }) => address.slice(twin.length + 1));
    this.#told = new Float64Array(properties.length).fill(Number.NaN);
    this.detectors = detectors.map(
      (id) => new LiveDetector(node(id), properties, twin, (address) => this.#setpoints.get(address)),
    );
    // Every signal that a detector of the twin watches.
    const pattern = detectors.flatMap((id) => node(id).properties || []).join(",");
    this.cause = new LiveCause(twin, properties, pattern);
  }

  /**
   * What the plant tells at one time. Cyclic tags are told whenever they are given, the others where they differ.
   * @param read value by path below the twin, NaN or undefined where there is none now
   */
  tell(timeUs: number, read: (path: string) => number | undefined): Finding[] {
    const frame = this.#frame(timeUs, read);
    if (frame.length === 0) return [];
    // Rows before findings, as they are wired.
    this.cause.consume(frame);
    const findings = this.detectors.flatMap((detector) => detector.consume(frame));
    for (const finding of findings) this.cause.take(finding);
    return findings;
  }

  #frame(timeUs: number, read: (path: string) => number | undefined): Frame {
    const builder = new FrameBuilder(
      { source: "plant", reality: "virtual", dictionary: this.#dictionary },
      this.#paths.length,
    );
    for (const [i, path] of this.#paths.entries()) {
      const value = read(path);
      if (value === undefined || Number.isNaN(value)) continue;
      const { update, kind, address } = this.#dictionary.properties[i]!;
      if (update.mode === "onChange") {
        if (this.#told[i] === value) continue;
        this.#told[i] = value;
        if (kind === "setpoint") this.#setpoints.set(address, value);
      }
      builder.add(i, value, timeUs, GOOD);
    }
    const frame = builder.build({ epoch: 1, first: this.#sequence, receiveTimeUs: timeUs });
    this.#sequence += frame.length;
    return frame;
  }
}
