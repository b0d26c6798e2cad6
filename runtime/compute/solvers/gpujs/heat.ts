import { argumentsOf, type GpujsKernel } from "./gpujs-kernel.ts";

/** One step of a slab: element i is its node. The arguments after `t` are of `SlabNumbers`. */
export const HEAT_SLAB_STEP: GpujsKernel = {
  source: `function heatSlabStep(t, nodes, fourier, leftBiot, leftC, rightBiot, rightC) {
  const i = this.thread.x;
  const own = t[i];
  let changed = own;
  if (i > 0 && i < nodes - 1) {
    changed = own + fourier * (t[i - 1] - 2 * own + t[i + 1]);
  } else {
    let inner = t[1];
    let biot = leftBiot;
    let air = leftC;
    if (i > 0) {
      inner = t[i - 1];
      biot = rightBiot;
      air = rightC;
    }
    if (biot >= 0) {
      changed = own + 2 * fourier * (inner - own + biot * (air - own));
    }
  }
  return changed;
}`,
  arguments: argumentsOf(["t", "#nodes", "#fourier", "#leftBiot", "#leftC", "#rightBiot", "#rightC"]),
  loopMax: 1,
};

/** One step of a plate: element i is node (i mod width, floor(i / width)). */
export const HEAT_PLATE_STEP: GpujsKernel = {
  source: `function heatPlateStep(t, width, height, fourier) {
  const i = this.thread.x;
  const y = Math.floor(i / width);
  const x = i - y * width;
  let changed = t[i];
  if (x > 0 && x < width - 1 && y > 0 && y < height - 1) {
    changed = t[i] + fourier * (t[i - 1] + t[i + 1] + t[i - width] + t[i + width] - 4 * t[i]);
  }
  return changed;
}`,
  arguments: argumentsOf(["t", "#width", "#height", "#fourier"]),
  loopMax: 1,
};
