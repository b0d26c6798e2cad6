import type { KeptResult, KernelControl } from "../../runtime/compute/kernel.ts";
import { Random } from "../../runtime/core/random.ts";

const ZONE_C = [140, 180, 195, 190, 185, 180];
const ZONE_S = 300;
const STEPS = 60;
const TIME_CONSTANT_S = 230.59;
/** 66.20 kJ/mol over the gas constant, K. */
const ENERGY_K = 7962;
const BREATH_MS = 20;

/** Equivalent minutes at 170 °C of a panel node whose heat transfer is uncertain by 5 %, for so many draws. */
export async function run(scenarios: number, control: KernelControl): Promise<KeptResult> {
  const e170Min = new Float32Array(scenarios);
  const random = new Random(7);
  const stepS = ZONE_S / STEPS;
  let breathedMs = performance.now();
  for (let i = 0; i < scenarios; i++) {
    const decay = Math.exp((-stepS / TIME_CONSTANT_S) * Math.exp(0.05 * random.normal()));
    let metalC = 25;
    let minutes = 0;
    for (const airC of ZONE_C) {
      for (let step = 0; step < STEPS; step++) {
        metalC = airC + (metalC - airC) * decay;
        minutes += (Math.exp(ENERGY_K * (1 / 443.15 - 1 / (metalC + 273.15))) * stepS) / 60;
      }
    }
    e170Min[i] = minutes;
    if (i % 64 !== 0 || performance.now() - breathedMs < BREATH_MS) continue;
    control.progress(i, scenarios);
    await control.breathe();
    breathedMs = performance.now();
  }
  return control.keep({ e170Min });
}
