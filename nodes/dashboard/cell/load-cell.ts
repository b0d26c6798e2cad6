import type { CellScene } from "./cell-view.ts";
import { type DrawnMesh, meshFromBytes } from "./mesh-bytes.ts";
import { RobotPoser } from "./robot-poser.ts";
import { CellStage, type StageColours } from "./stage.ts";

/** Meshes stay while the page does: another variant of the cell shares most of them. */
const fetched = new Map<string, Promise<DrawnMesh>>();

/** @throws Error with status and address of what did not come */
export async function fetchJson<Value>(address: string): Promise<Value> {
  return (await answerOf(address)).json() as Promise<Value>;
}

async function answerOf(address: string): Promise<Response> {
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`the cell did not come (${response.status}): reload the page`);
  return response;
}

async function fetchMesh(address: string): Promise<DrawnMesh> {
  return meshFromBytes(await (await answerOf(address)).arrayBuffer());
}

/** A cell with all its meshes, ready to be drawn. @returns null for the stage where the browser has no WebGL */
export async function loadCell(
  address: string,
  colours: StageColours,
): Promise<{ scene: CellScene; stage: CellStage | null }> {
  const scene = await fetchJson<CellScene>(address);
  if (!hasWebGl()) return { scene, stage: null };
  const posers = new Map(scene.robots.map((robot) => [robot.name, new RobotPoser(robot)]));
  return { scene, stage: new CellStage(scene, await fetchMeshes(scene), posers, colours) };
}

/** All meshes of a cell by their address. */
export async function fetchMeshes(scene: CellScene): Promise<ReadonlyMap<string, DrawnMesh>> {
  const meshes = new Map<string, DrawnMesh>();
  await Promise.all(
    [...new Set(scene.bodies.map(({ mesh }) => mesh))].map(async (mesh) => {
      const coming = fetched.get(mesh) ?? fetchMesh(mesh);
      fetched.set(mesh, coming);
      coming.catch(() => fetched.delete(mesh));
      meshes.set(mesh, await coming);
    }),
  );
  return meshes;
}

export function hasWebGl(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

/** Colours from the page's tokens where the widget stands. */
export function coloursAt(host: HTMLElement): StageColours {
  const token = (name: string) => getComputedStyle(host).getPropertyValue(`--rung-${name}`).trim();
  return {
    ground: token("group"),
    floorLine: token("surface"),
    edge: token("edge"),
    shades: { acting: token("edge"), others: token("surface"), body: token("line"), new: token("raised") },
  };
}

/** Hands a text to the person as a file. */
export function download(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
