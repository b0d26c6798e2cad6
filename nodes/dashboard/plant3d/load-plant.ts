import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import type { CellScene } from "../cell/cell-view.ts";
import { fetchJson, fetchMeshes, hasWebGl } from "../cell/load-cell.ts";
import type { PlantColours } from "./plant-colours.ts";
import { type LoadedCell, PlantStage } from "./plant-stage.ts";
import type { LaidLayout } from "./plant3d-view.ts";

/** A plant with all its shapes, ready to be drawn. @returns null for the stage where the browser has no WebGL */
export async function loadPlant(
  address: string,
  colours: PlantColours,
): Promise<{ readonly laid: LaidLayout; readonly stage: PlantStage | null }> {
  const laid = await fetchJson<LaidLayout>(address);
  if (!hasWebGl()) return { laid, stage: null };
  const cells = await Promise.all(laid.scenes.map(loadScene));
  const glb = laid.glb === null ? undefined : await loadGlb(laid.glb);
  return { laid, stage: new PlantStage(laid.layout, cells, glb, colours) };
}

async function loadScene(address: string | null): Promise<LoadedCell | undefined> {
  if (address === null) return undefined;
  const scene = await fetchJson<CellScene>(address);
  return { scene, meshes: await fetchMeshes(scene) };
}

/** The host has packed it so that nothing else is fetched for it: the page's content policy would refuse. */
async function loadGlb(address: string) {
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`the layout did not come (${response.status}): reload the page`);
  const { scene } = await new GLTFLoader().parseAsync(await response.arrayBuffer(), "");
  return scene;
}
