/** The panel nodes of a body, each of three coupled parts from the outer skin to the inner flange. */

export const PANELS = ["roof", "door", "aPillar", "bPillar", "rocker"] as const;
export type Panel = (typeof PANELS)[number];

/** Parts of one panel: 0 the outer skin the pyrometer sees, 2 the inner flange the logger is clamped to. */
export const PARTS = 3;
export const PANEL_PARTS = PANELS.length * PARTS;
/** Beside the panels: the rest of the body, and the skid under it. */
export const REST = PANEL_PARTS;
export const SKID = PANEL_PARTS + 1;
export const LUMPS = PANEL_PARTS + 2;

const STEEL_DENSITY = 7850;
const STEEL_HEAT_J_PER_KG_K = 470;

/**
 * Thickness in m, film coefficient per side in W/m²K at nominal flow, area in m²; `lag` is the film conductance
 * times the resistance between two parts. The nominal time constants rho·c·delta/(2h) are 64.6, 73.8, 230.6,
 * 369.0 and 614.9 s.
 */
const GEOMETRY: Record<Panel, { thicknessM: number; film: number; areaM2: number; lag: number }> = {
  roof: { thicknessM: 0.0007, film: 20, areaM2: 2.0, lag: 0.15 },
  door: { thicknessM: 0.0008, film: 20, areaM2: 3.0, lag: 0.15 },
  aPillar: { thicknessM: 0.0025, film: 20, areaM2: 0.5, lag: 0.12 },
  bPillar: { thicknessM: 0.004, film: 20, areaM2: 0.6, lag: 0.12 },
  rocker: { thicknessM: 0.005, film: 15, areaM2: 1.0, lag: 0.12 },
};
const MASS_SHARE = [0.4, 0.35, 0.25];
const FILM_SHARE = [0.6, 0.25, 0.15];

const BODY_MASS_KG = 350;
const REST_TIME_CONSTANT_S = 150;
const SKID_MASS_KG = 180;
const SKID_TIME_CONSTANT_S = 500;

/** How the true film coefficient of each panel differs from the drawing's: mounting, nozzles, shadowing. */
const FILM_TRUTH: Record<Panel, number> = {
  roof: 1.02,
  door: 1.03,
  aPillar: 0.97,
  bPillar: 0.98,
  rocker: 0.97,
};

/** The air at a panel against the middle of the oven: hot below the roof, cooler at the floor, K. */
const STRATIFICATION: Record<Panel, number> = {
  roof: 0.5,
  door: 0.1,
  aPillar: 0.2,
  bPillar: 0,
  rocker: -0.5,
};

/** Heat capacity per lump, J/K. */
export const CAPACITY = new Float64Array(LUMPS);
/** Film conductance per lump at nominal flow, W/K. */
export const FILM = new Float64Array(LUMPS);
/** Conductance between part p and part p+1 of a panel, W/K; index panel·2 + p. */
export const INNER = new Float64Array(PANELS.length * 2);
/** Offset of the air a lump sees, K. */
export const AIR_OFFSET = new Float64Array(LUMPS);

/** Conduction between panels where they are welded together: lump, lump, W/K. */
export const SEAMS: readonly (readonly [number, number, number])[] = [
  [0 * PARTS + 1, 2 * PARTS, 0.25],
  [0 * PARTS + 1, 3 * PARTS, 0.25],
  [2 * PARTS + 1, 4 * PARTS + 1, 0.3],
  [3 * PARTS + 1, 4 * PARTS + 1, 0.4],
  [1 * PARTS + 2, 2 * PARTS + 1, 0.15],
  [4 * PARTS + 2, REST, 0.8],
];

let panelMassKg = 0;
for (const [i, panel] of PANELS.entries()) {
  const { thicknessM, film, areaM2, lag } = GEOMETRY[panel];
  const massKg = STEEL_DENSITY * thicknessM * areaM2;
  const conductance = 2 * film * areaM2 * FILM_TRUTH[panel];
  panelMassKg += massKg;
  for (let p = 0; p < PARTS; p++) {
    CAPACITY[i * PARTS + p] = massKg * STEEL_HEAT_J_PER_KG_K * MASS_SHARE[p]!;
    FILM[i * PARTS + p] = conductance * FILM_SHARE[p]!;
    AIR_OFFSET[i * PARTS + p] = STRATIFICATION[panel];
  }
  for (let p = 0; p < PARTS - 1; p++) INNER[i * 2 + p] = conductance / lag;
}
CAPACITY[REST] = (BODY_MASS_KG - panelMassKg) * STEEL_HEAT_J_PER_KG_K;
FILM[REST] = CAPACITY[REST]! / REST_TIME_CONSTANT_S;
CAPACITY[SKID] = SKID_MASS_KG * STEEL_HEAT_J_PER_KG_K;
FILM[SKID] = CAPACITY[SKID]! / SKID_TIME_CONSTANT_S;
