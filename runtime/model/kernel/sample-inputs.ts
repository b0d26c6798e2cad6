import { cellsOf, type KernelPort, type KernelSpec } from "../../compute/kernel-language/kernel-spec.ts";
import { Random } from "../../core/random.ts";
import type { PortValue } from "./port-values.ts";

/** Waves that make up a sample of a field. */
const WAVES = 4;
const LONGEST_PERIODS = 2.5;

/** What a preview computes with, and where each of it comes from. */
export interface PreviewInputs {
  readonly inputs: Record<string, PortValue>;
  /** Ports that hold what the deployed node last computed with. */
  readonly deployed: readonly string[];
  /** Ports that hold a made sample inside their range. */
  readonly sampled: readonly string[];
}

/**
 * Inputs for a look at a kernel before it is deployed, but for constants and random numbers: what the deployed node
 * last had where it fits, and else a smooth sample inside the port's range ([0, 1] where it has none), which depends
 * on the kernel's seed and the port's place alone.
 */
export function previewInputs(spec: KernelSpec, last: Readonly<Record<string, PortValue>>): PreviewInputs {
  const inputs: Record<string, PortValue> = {};
  const deployed: string[] = [];
  const sampled: string[] = [];
  for (const [index, port] of spec.inputs.entries()) {
    if ("constant" in port.from || "random" in port.from) continue;
    const known = last[port.name];
    if (known !== undefined && fits(port, known)) {
      inputs[port.name] = known;
      deployed.push(port.name);
    } else {
      inputs[port.name] = sampleOf(port, spec.seed, index);
      sampled.push(port.name);
    }
  }
  return { inputs, deployed, sampled };
}

/** The port may have another shape or range by now. */
function fits(port: KernelPort, value: PortValue): boolean {
  const [low, high] = port.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (typeof value === "number") return value >= low && value <= high;
  return value.length === cellsOf(port.shape) && value.every((each) => each >= low && each <= high);
}

/** A few long waves of seeded direction and phase, scaled so that the field just fills its range. */
function sampleOf(port: KernelPort, seed: number, index: number): PortValue {
  const [low, high] = port.range ?? [0, 1];
  if (port.holds === "number") return (low + high) / 2;
  const random = new Random(seed, index);
  const [nx = 1, ny = 1] = port.shape;
  const waves = Array.from({ length: WAVES }, () => {
    const [alongX = 0, ...others] = port.shape.map((size) => (LONGEST_PERIODS * turn(random)) / size);
    const phase = Math.PI * turn(random);
    const height = 0.5 + random.uniform();
    const angle = (x: number): number => 2 * Math.PI * alongX * x;
    return {
      others,
      phase,
      cosX: Float64Array.from({ length: nx }, (_, x) => height * Math.cos(angle(x))),
      sinX: Float64Array.from({ length: nx }, (_, x) => height * Math.sin(angle(x))),
    };
  });
  const field = new Float32Array(cellsOf(port.shape));
  for (let row = 0; row * nx < field.length; row++) {
    const cells = field.subarray(row * nx, (row + 1) * nx);
    const [y, z] = [row % ny, Math.floor(row / ny)];
    for (const { others, phase, cosX, sinX } of waves) {
      // cos(a + b) from its parts: one cosine a row instead of one a cell.
      const rest = phase + 2 * Math.PI * ((others[0] ?? 0) * y + (others[1] ?? 0) * z);
      const [cos, sin] = [Math.cos(rest), Math.sin(rest)];
      for (let x = 0; x < nx; x++) cells[x] = cells[x]! + cosX[x]! * cos - sinX[x]! * sin;
    }
  }
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of field) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const span = most - least;
  return field.map((value) =>
    span === 0 ? (low + high) / 2 : low + ((high - low) * (value - least)) / span,
  );
}

/** Uniform in [-1, 1). */
const turn = (random: Random): number => 2 * random.uniform() - 1;
