import {
  type Box3,
  type BufferGeometry,
  Color,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedMesh,
  type LineBasicMaterial,
  LineSegments,
  type Material,
  type Matrix4,
  MeshLambertMaterial,
  type Scene,
} from "three";
import type { PartShape } from "./part-shapes.ts";

/** Of a hatch on the screen, px of the drawing: its lines, and what repeats. */
const HATCH = { line: 2.6, pitch: 9 };

/**
 * The material of all parts: each has a colour of its own, and one that is stale is hatched in the colour for that, by
 * the drawing's pixels, so that it is as wide near and far.
 */
export function partMaterial(stale: Color): MeshLambertMaterial {
  const material = new MeshLambertMaterial({ flatShading: true, side: 2 });
  material.onBeforeCompile = (shader) => {
    shader.uniforms.staleColour = { value: stale };
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", "#include <common>\nattribute float stale;\nvarying float vStale;")
      .replace("#include <begin_vertex>", "#include <begin_vertex>\nvStale = stale;");
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", "#include <common>\nuniform vec3 staleColour;\nvarying float vStale;")
      .replace(
        "#include <color_fragment>",
        `#include <color_fragment>
         if (vStale > 0.5 && mod(gl_FragCoord.x + gl_FragCoord.y, ${HATCH.pitch.toFixed(1)}) < ${HATCH.line.toFixed(1)})
           diffuseColor.rgb = staleColour;`,
      );
  };
  return material;
}

/** So many of one type are each too small for lines along their edges, which cost as much as their faces. */
const MOST_LINED = 300;

/** How one part looks: its colour, and whether it is hatched. */
export interface Look {
  readonly colour: string;
  readonly isStale: boolean;
}

/**
 * All parts of one type: one call draws their faces and one their lines, however many there are. Nothing goes to the
 * graphics card but what has changed.
 */
export class Instances {
  readonly faces: InstancedMesh<BufferGeometry, MeshLambertMaterial>;
  readonly #lines: LineSegments | undefined;
  readonly #stale: InstancedBufferAttribute;
  readonly #colour = new Color();
  readonly #scene: Scene;
  /** Corners of what it draws, before it is placed. */
  readonly box: Box3;

  /** @param most there can ever be of them */
  constructor(
    scene: Scene,
    { faces, lines }: PartShape,
    most: number,
    material: MeshLambertMaterial,
    edge: LineBasicMaterial,
  ) {
    // Shapes may be shared by other drawings; what differs by part may not.
    const own = faces.clone();
    this.#stale = new InstancedBufferAttribute(new Float32Array(most), 1);
    own.setAttribute("stale", this.#stale);
    this.faces = new InstancedMesh(own, material, most);
    this.faces.instanceMatrix.setUsage(DynamicDrawUsage);
    this.faces.frustumCulled = false;
    this.faces.count = 0;
    for (let i = 0; i < most; i++) this.faces.setColorAt(i, this.#colour);
    scene.add(this.faces);
    if (lines !== null && most <= MOST_LINED) this.#lines = linesOf(lines, this.faces, edge);
    if (this.#lines) scene.add(this.#lines);
    this.#scene = scene;
    faces.computeBoundingBox();
    this.box = faces.boundingBox!.clone();
  }

  get count(): number {
    return this.faces.count;
  }

  set count(count: number) {
    this.faces.count = count;
    if (this.#lines) (this.#lines as unknown as { count: number }).count = count;
  }

  place(at: number, matrix: Matrix4): void {
    this.faces.setMatrixAt(at, matrix);
    this.faces.instanceMatrix.needsUpdate = true;
    // Asked for by a click, and made then.
    this.faces.boundingSphere = null;
  }

  look(at: number, { colour, isStale }: Look): void {
    this.faces.setColorAt(at, this.#colour.set(colour));
    this.faces.instanceColor!.needsUpdate = true;
    this.#stale.setX(at, isStale ? 1 : 0);
    this.#stale.needsUpdate = true;
  }

  dispose(): void {
    this.#scene.remove(this.faces);
    if (this.#lines) this.#scene.remove(this.#lines);
    this.faces.geometry.dispose();
    this.#lines?.geometry.dispose();
    this.faces.dispose();
  }
}

/**
 * Lines that are repeated as the faces are. three repeats meshes only, but asks of an object no more than this; the
 * places are those of the faces themselves, and go to the card once.
 */
function linesOf(lines: BufferGeometry, faces: InstancedMesh, edge: Material): LineSegments {
  return Object.assign(new LineSegments(lines, edge), {
    isInstancedMesh: true,
    instanceMatrix: faces.instanceMatrix,
    instanceColor: null,
    morphTexture: null,
    count: 0,
    frustumCulled: false,
    raycast: () => undefined,
  });
}
