import type { KernelPort, KernelSpec } from "../../compute/kernel-language/kernel-spec.ts";
import { Random } from "../../core/random.ts";
import { ownValue } from "./kernel-inputs.ts";
import { cellsOf, type PortValue } from "./port-values.ts";

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
 * Inputs for a look at a kernel before it is deployed: constants and random numbers as they are, what the deployed
 * node last had where it fits, and else a smooth sample inside the port's range ([0, 1] where it has none), which
 * depends on the kernel's seed and the port's place alone.
 * @throws RungError `port-value`
 */
export function previewInputs(
  spec: KernelSpec,
  last: Readonly<Record<string, PortValue>>,
  where: string,
): PreviewInputs {
  const inputs: Record<string, PortValue> = {};
  const deployed: string[] = [];
  const sampled: string[] = [];
  for (const [index, port] of spec.inputs.entries()) {
    const known = last[port.name];
    const own = ownValue(port, index, 0, where);
    if (own !== undefined) {
      inputs[port.name] = own;
    } else if (known !== undefined && fits(port, known)) {
      inputs[port.name] = known;
      deployed.push(port.name);
    } else {
      inputs[port.name] = sampleOf(port, spec.seed, index);
      sampled.push(port.name);
    }
  }
  return { inputs, deployed, sampled };
}

function fits(port: KernelPort, value: PortValue): boolean {
  if (port.holds === "number") return typeof value === "number";
  return typeof value !== "number" && value.length === cellsOf(port.shape);
}

/** A few long waves of seeded direction and phase, scaled so that the field just fills its range. */
function sampleOf(port: KernelPort, seed: number, index: number): PortValue {
  const [low, high] = port.range ?? [0, 1];
  if (port.holds === "number") return (low + high) / 2;
  const random = new Random(seed, index);
  const [nx = 1, ny = 1] = port.shape;
  const waves = Array.from({ length: WAVES }, () => ({
    periods: port.shape.map(() => LONGEST_PERIODS * (2 * random.uniform() - 1)),
    phase: random.uniform(),
    height: 0.5 + random.uniform(),
  }));
  const field = Float32Array.from({ length: cellsOf(port.shape) }, (_, cell) => {
    const place = [cell % nx, Math.floor(cell / nx) % ny, Math.floor(cell / (nx * ny))];
    let sum = 0;
    for (const { periods, phase, height } of waves) {
      let turns = phase;
      for (const [axis, count] of periods.entries()) turns += (count * place[axis]!) / port.shape[axis]!;
      sum += height * Math.cos(2 * Math.PI * turns);
    }
    return sum;
  });
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
