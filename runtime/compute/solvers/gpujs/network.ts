import { argumentsOf, type GpujsKernel } from "./gpujs-kernel.ts";

/**
 * A node's ride without coupling: element run x nodes + node. `which` asks for E170 in minutes (0), the peak (1) or the
 * exit temperature (2): a kernel gives one number. `zone` holds factor, air, stay and steps of each zone.
 */
export function networkRide(zones: number, mostSteps: number): GpujsKernel {
  return {
    source: `function networkRide(lnNode, lnZone, airBias, timeConstantS, zone, nodes, zones, startC, energyK, which) {
  const run = Math.floor(this.thread.x / nodes);
  const node = this.thread.x - run * nodes;
  let t = startC;
  let peak = startC;
  let cure = 0;
  for (let z = 0; z < zones; z++) {
    const factor = zone[4 * z];
    const stayS = zone[4 * z + 2];
    const steps = zone[4 * z + 3];
    const air = zone[4 * z + 1] + airBias[run * zones + z];
    const multiplier = Math.exp(lnNode[this.thread.x] + lnZone[run * zones + z]);
    const exponent = (stayS * factor * multiplier) / timeConstantS[node];
    const apart = t - air;
    let sum = 0;
    for (let s = 0; s < steps; s++) {
      const above = air - 170 + apart * Math.exp((-exponent * (s + 0.5)) / steps);
      sum += Math.exp(((energyK / 443.15) * above) / (above + 443.15));
    }
    if (steps > 0) cure += (sum * stayS) / (60 * steps);
    t = air + apart * Math.exp(-exponent);
    peak = Math.max(peak, t);
  }
  let asked = cure;
  if (which === 1) asked = peak;
  if (which === 2) asked = t;
  return asked;
}`,
    arguments: argumentsOf([
      ...["lnNode", "lnZone", "airBias", "timeConstantS", "zone"],
      ...["#nodes", "#zones", "#startC", "#energyK", "#which"],
    ]),
    loopMax: Math.max(zones, mostSteps),
  };
}

/**
 * One part of a coupled step: temperatures `base` move towards where `field` as their neighbours would hold them, by
 * `part` of the way. The middle of a step is `(t, t, half)`, its end `(t, middle, whole)`. All runs x nodes but
 * `coupling`, nodes x nodes with a diagonal of 0; `pull` is air rate times air, `total` air rate plus couplings, 1/s.
 */
export function networkTowards(nodes: number): GpujsKernel {
  return {
    source: `function networkTowards(base, field, coupling, pull, total, part, nodes) {
  const run = Math.floor(this.thread.x / nodes);
  const node = this.thread.x - run * nodes;
  let sum = pull[this.thread.x];
  for (let j = 0; j < nodes; j++) {
    sum += coupling[node * nodes + j] * field[run * nodes + j];
  }
  let t = base[this.thread.x];
  if (total[this.thread.x] > 0) t = t + (sum / total[this.thread.x] - t) * part[this.thread.x];
  return t;
}`,
    arguments: argumentsOf(["base", "field", "coupling", "pull", "total", "part", "#nodes"]),
    loopMax: nodes,
  };
}

/** Equivalent minutes at 170 °C after a step whose middle is at `middleC`. */
export const NETWORK_CURE: GpujsKernel = {
  source: `function networkCure(e170Min, middleC, stepS, energyK) {
  const above = middleC[this.thread.x] - 170;
  return e170Min[this.thread.x] + (stepS / 60) * Math.exp(((energyK / 443.15) * above) / (above + 443.15));
}`,
  arguments: argumentsOf(["e170Min", "middleC", "#stepS", "#energyK"]),
  loopMax: 1,
};
