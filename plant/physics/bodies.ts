import { e170RatePerSecond } from "./cure.ts";
import { CELL_LENGTH_M, CELLS, CELLS_PER_ZONE, OVEN_LENGTH_M, type OvenAir } from "./oven-air.ts";
import {
  AIR_OFFSET,
  CAPACITY,
  FILM,
  INNER,
  LUMPS,
  PANEL_PARTS,
  PANELS,
  PARTS,
  REST,
  SEAMS,
} from "./panels.ts";
import type { RandomStream } from "./random-stream.ts";

/** More places than bodies fit into the oven at the shortest interval. */
export const PLACES = 28;
const LOCK_M = 2.5;
/** Below this the film does not cure: less than 0.003 equivalent minutes an hour. */
const CURE_STARTS_C = 60;

/** The bodies on the conveyor. Struct of arrays by place; a place with id 0 is free. */
export class Bodies {
  readonly id = new Int32Array(PLACES);
  readonly positionM = new Float64Array(PLACES);
  readonly entryUs = new Float64Array(PLACES);
  readonly energyJ = new Float64Array(PLACES);
  /** Temperature per lump, °C; capacity per lump, J/K. */
  readonly metalC = new Float64Array(PLACES * LUMPS);
  readonly capacity = new Float64Array(PLACES * LUMPS);
  /** E170 in minutes per panel part, peak per panel in °C. */
  readonly e170 = new Float64Array(PLACES * PANEL_PARTS);
  readonly peakC = new Float64Array(PLACES * PANELS.length);
  count = 0;
  /** Film coefficient of each panel against the one it was built with: 1 unless the physics were skewed. */
  readonly panelFilm = new Float64Array(PANELS.length).fill(1);
  /** Body in the air lock of the entry, of the exit, in this step. */
  atEntry = false;
  atExit = false;
  /** Heat the bodies took in this step, W. */
  heatW = 0;
  readonly #heat = new Float64Array(LUMPS);

  /** Puts a body at the entry. Its sheets are rolled within ±3 %. Returns its place. */
  enter(id: number, timeUs: number, metalC: number, random: RandomStream): number {
    const place = this.id.indexOf(0);
    if (place < 0) throw new RangeError(`oven: ${PLACES} bodies are inside, no place for body ${id}`);
    this.id[place] = id;
    this.positionM[place] = 0;
    this.entryUs[place] = timeUs;
    this.energyJ[place] = 0;
    this.metalC.fill(metalC, place * LUMPS, (place + 1) * LUMPS);
    this.e170.fill(0, place * PANEL_PARTS, (place + 1) * PANEL_PARTS);
    this.peakC.fill(metalC, place * PANELS.length, (place + 1) * PANELS.length);
    const coil = clip(0.009 * random.normal());
    for (let n = 0; n < PANELS.length; n++) {
      const mass = 1 + clip(coil + 0.007 * random.normal());
      for (let p = 0; p < PARTS; p++) {
        const lump = n * PARTS + p;
        this.capacity[place * LUMPS + lump] = CAPACITY[lump]! * mass;
      }
    }
    this.capacity[place * LUMPS + REST] = CAPACITY[REST]! * (1 + coil);
    this.capacity[place * LUMPS + REST + 1] = CAPACITY[REST + 1]!;
    this.count++;
    return place;
  }

  leave(place: number): void {
    this.id[place] = 0;
    this.count--;
  }

  /** Heat stored above 0 °C in the bodies inside, J. */
  storedJ(): number {
    let sum = 0;
    for (let b = 0; b < PLACES; b++) {
      if (this.id[b] === 0) continue;
      for (let i = b * LUMPS; i < (b + 1) * LUMPS; i++) sum += this.capacity[i]! * this.metalC[i]!;
    }
    return sum;
  }

  /** One second: moves all bodies by `advanceM`, heats them, and writes the load into the air's cells. */
  step(advanceM: number, air: OvenAir): void {
    const { metalC, capacity, e170, peakC } = this;
    const heat = this.#heat;
    air.loadW.fill(0);
    this.atEntry = false;
    this.atExit = false;
    this.heatW = 0;
    for (let b = 0; b < PLACES; b++) {
      if (this.id[b] === 0) continue;
      const x = this.positionM[b]!;
      if (x < LOCK_M) this.atEntry = true;
      if (x > OVEN_LENGTH_M - LOCK_M) this.atExit = true;
      const at = Math.min(CELLS - 1, Math.max(0, x / CELL_LENGTH_M - 0.5));
      const left = Math.min(CELLS - 2, Math.floor(at));
      const right = left + 1;
      const share = at - left;
      const airC = air.cellC[left]! * (1 - share) + air.cellC[right]! * share;
      const zone = Math.min(5, Math.floor(x / (CELL_LENGTH_M * CELLS_PER_ZONE)));
      const film = air.film[zone]!;
      const base = b * LUMPS;
      let taken = 0;
      for (let i = 0; i < LUMPS; i++) {
        const own = i < PANEL_PARTS ? this.panelFilm[Math.floor(i / PARTS)]! : 1;
        const q = FILM[i]! * own * film * (airC + AIR_OFFSET[i]! - metalC[base + i]!);
        heat[i] = q;
        taken += q;
      }
      for (let n = 0; n < PANELS.length; n++) {
        const i = n * PARTS;
        const outer = INNER[n * 2]! * (metalC[base + i]! - metalC[base + i + 1]!);
        const inner = INNER[n * 2 + 1]! * (metalC[base + i + 1]! - metalC[base + i + 2]!);
        heat[i] = heat[i]! - outer;
        heat[i + 1] = heat[i + 1]! + outer - inner;
        heat[i + 2] = heat[i + 2]! + inner;
      }
      for (let s = 0; s < SEAMS.length; s++) {
        const [one, two, conductance] = SEAMS[s]!;
        const q = conductance * (metalC[base + one]! - metalC[base + two]!);
        heat[one] = heat[one]! - q;
        heat[two] = heat[two]! + q;
      }
      for (let i = 0; i < LUMPS; i++) metalC[base + i] = metalC[base + i]! + heat[i]! / capacity[base + i]!;
      for (let i = 0; i < PANEL_PARTS; i++) {
        const t = metalC[base + i]!;
        if (t < CURE_STARTS_C) continue;
        e170[b * PANEL_PARTS + i] = e170[b * PANEL_PARTS + i]! + e170RatePerSecond(t);
      }
      for (let n = 0; n < PANELS.length; n++) {
        const t = metalC[base + n * PARTS]!;
        if (t > peakC[b * PANELS.length + n]!) peakC[b * PANELS.length + n] = t;
      }
      air.loadW[left] = air.loadW[left]! + taken * (1 - share);
      air.loadW[right] = air.loadW[right]! + taken * share;
      this.heatW += taken;
      this.positionM[b] = x + advanceM;
    }
  }

  /** E170 of a panel in minutes: that of its coldest part. */
  e170Of(place: number, panel: number): number {
    const i = place * PANEL_PARTS + panel * PARTS;
    return Math.min(this.e170[i]!, this.e170[i + 1]!, this.e170[i + 2]!);
  }
}

function clip(share: number): number {
  return share < -0.03 ? -0.03 : Math.min(share, 0.03);
}
