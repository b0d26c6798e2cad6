import {
  BufferAttribute,
  BufferGeometry,
  Color,
  EdgesGeometry,
  GridHelper,
  Group,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshLambertMaterial,
  Raycaster,
  Vector3,
} from "three";
import type { CellScene, SceneBody } from "./cell-view.ts";
import type { DrawnMesh } from "./mesh-bytes.ts";
import type { Orbit, Point } from "./orbit.ts";
import { PictureWorld } from "./picture-world.ts";
import type { RobotPoser } from "./robot-poser.ts";

/** How a body is drawn: the acting robot darker, a new part lighter, all else in between. */
export type Shade = "acting" | "others" | "body" | "new";

/** One picture of the cell: from where, with the robots how. */
export interface Shot {
  readonly orbit: Orbit;
  /** Joint angles by robot, rad; a robot that is not named stands at home. */
  readonly anglesRad: ReadonlyMap<string, readonly number[]>;
  readonly acting?: string;
  /** Bodies and robots that stand elsewhere in this picture, by their name: what a fix moves. */
  readonly moved?: ReadonlyMap<string, Matrix4>;
}

/** Colours of the page's own tokens, so that drawing and legend agree in every theme. */
export interface StageColours {
  readonly ground: string;
  readonly floorLine: string;
  readonly edge: string;
  readonly shades: Readonly<Record<Shade, string>>;
}

/** Faces that meet flatter than this have no line between them, degrees. */
const CREASE_DEG = 32;
/** Looking for the lines of a mesh takes time: larger ones are drawn by their faces alone. */
const MOST_EDGED_TRIANGLES = 150_000;
const FLOOR_TILE_M = 1;
/** A witness point lies on a surface: what is nearer to it than this hides nothing, m. */
const SURFACE_M = 0.004;
/** Behind another body is worse than any number of own ones of a pair. */
export const HIDDEN = 5;
/** Close looks are worth the pixels of a fine screen. */
const FINEST = 2;

interface Placed {
  readonly body: SceneBody;
  readonly group: Group;
  readonly faces: Mesh<BufferGeometry, MeshLambertMaterial>;
}

/** Columns of a 3x4 row-major pose as three wants them. */
export function setPose(matrix: Matrix4, p: ArrayLike<number>, at = 0): Matrix4 {
  const v = (index: number) => p[at + index]!;
  return matrix.set(v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7), v(8), v(9), v(10), v(11), 0, 0, 0, 1);
}

/** Draws one cell, as often as asked and never by itself. */
export class CellStage {
  readonly #world = new PictureWorld({ nearM: 0.02, farM: 120, finest: FINEST, isMoving: false });
  readonly #placed: Placed[] = [];
  readonly #shades: Readonly<Record<Shade, MeshLambertMaterial>>;
  readonly #posers: ReadonlyMap<string, RobotPoser>;
  readonly #lines: LineBasicMaterial;
  #floor: GridHelper | undefined;
  /** Of the boxes round all bodies, robots at home: what a view of the whole cell must show. */
  readonly corners: readonly Point[];
  /** Round all of them. */
  readonly box: { readonly low: Point; readonly high: Point };
  /** Above the middle of what is built here; undefined without a variant. */
  readonly bodyTop: Point | undefined;

  /**
   * @param meshes by their address
   * @param posers by robot
   * @throws Error where the browser has no WebGL
   */
  constructor(
    scene: CellScene,
    meshes: ReadonlyMap<string, DrawnMesh>,
    posers: ReadonlyMap<string, RobotPoser>,
    colours: StageColours,
  ) {
    this.#posers = posers;
    this.#world.ground = colours.ground;
    const shade = (name: Shade) =>
      new MeshLambertMaterial({ color: new Color(colours.shades[name]), flatShading: true, side: 2 });
    this.#shades = {
      acting: shade("acting"),
      others: shade("others"),
      body: shade("body"),
      new: shade("new"),
    };
    this.#lines = new LineBasicMaterial({ color: new Color(colours.edge), transparent: true, opacity: 0.55 });
    const shapes = new Map<string, { faces: BufferGeometry; lines: BufferGeometry | null }>();
    for (const body of scene.bodies) {
      const shape = shapes.get(body.mesh) ?? shapeOf(meshes.get(body.mesh)!);
      shapes.set(body.mesh, shape);
      const group = new Group();
      group.matrixAutoUpdate = false;
      const faces = new Mesh(shape.faces, this.#shades.others);
      group.add(faces);
      if (shape.lines !== null) group.add(new LineSegments(shape.lines, this.#lines));
      this.#world.scene.add(group);
      this.#placed.push({ body, group, faces });
    }
    this.#pose({ anglesRad: new Map() });
    this.corners = this.#cornersOf(this.#placed);
    this.box = boxOf(this.corners);
    const parts = this.#placed.filter(({ body }) => body.role === "body" || body.role === "part");
    const { low, high } = boxOf(this.#cornersOf(parts));
    this.bodyTop = parts.length === 0 ? undefined : [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, high[2]];
    this.#lay(colours.floorLine);
  }

  /** Asks to be told when every picture must be drawn anew. @returns what ends that */
  onChange(told: () => void): () => void {
    return this.#world.onChange(told);
  }

  /** The page has another theme. */
  recolour(colours: StageColours): void {
    this.#world.ground = colours.ground;
    this.#lines.color.set(colours.edge);
    for (const [name, material] of Object.entries(this.#shades))
      material.color.set(colours.shades[name as Shade]);
    this.#lay(colours.floorLine);
    this.#world.changed();
  }

  /** Tiles of 1 m on the lowest level of the cell, to judge sizes by. */
  #lay(line: string): void {
    if (this.#floor !== undefined) {
      this.#world.scene.remove(this.#floor);
      this.#floor.dispose();
    }
    const { low, high } = this.box;
    const tiles = 2 * Math.ceil(Math.max(high[0] - low[0], high[1] - low[1]) / 2 / FLOOR_TILE_M + 1);
    const floor = new GridHelper(tiles * FLOOR_TILE_M, tiles, line, line);
    floor.rotation.x = Math.PI / 2;
    floor.position.set((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2] - 0.002);
    this.#world.scene.add(floor);
    this.#floor = floor;
  }

  /** Corners of the boxes round bodies, in the cell. */
  #cornersOf(placed: readonly Placed[]): Point[] {
    const corner = new Vector3();
    return placed.flatMap(({ group, faces }) => {
      faces.geometry.computeBoundingBox();
      const { min, max } = faces.geometry.boundingBox!;
      return Array.from({ length: 8 }, (_, at): Point => {
        corner.set(at & 1 ? max.x : min.x, at & 2 ? max.y : min.y, at & 4 ? max.z : min.z);
        corner.applyMatrix4(group.matrix);
        return [corner.x, corner.y, corner.z];
      });
    });
  }

  #pose({ anglesRad, moved }: Pick<Shot, "anglesRad" | "moved">): void {
    const links = new Map<string, (link: string, into: Matrix4) => Matrix4>();
    for (const [name, poser] of this.#posers) {
      const poses = poser.linkPoses(anglesRad.get(name));
      links.set(name, (link, into) => setPose(into, poses, 12 * poser.indexOf(link)));
    }
    const own = new Matrix4();
    for (const { body, group } of this.#placed) {
      setPose(own, body.pose);
      if (body.robot === undefined) group.matrix.copy(own);
      else links.get(body.robot)!(body.link!, group.matrix).multiply(own);
      const shift = moved?.get(body.robot ?? body.name);
      if (shift !== undefined) group.matrix.premultiply(shift);
      group.matrixWorldNeedsUpdate = true;
    }
  }

  /** Draws a picture into a canvas, as large as the canvas is shown. */
  draw(canvas: HTMLCanvasElement, shot: Shot): void {
    this.#world.draw(canvas, shot.orbit, () => {
      this.#pose(shot);
      for (const { body, faces } of this.#placed) faces.material = this.#shades[shadeOf(body, shot.acting)];
    });
  }

  /**
   * How badly a place is hidden from an eye: 0 seen, 1 behind one of the bodies it belongs to, more behind others.
   * @param own the bodies the place belongs to: a robot's by `robot/body`, others by name
   */
  hides(shot: Pick<Shot, "anglesRad" | "moved">, eye: Point, place: Point, own: ReadonlySet<string>): number {
    this.#pose(shot);
    this.#world.scene.updateMatrixWorld();
    const from = new Vector3(...place);
    const way = new Vector3(...eye).sub(from);
    const ray = new Raycaster(from, way.clone().normalize(), SURFACE_M, way.length());
    let worst = 0;
    for (const { body, faces } of this.#placed) {
      const isOwn = own.has(body.robot === undefined ? body.name : `${body.robot}/${body.name}`);
      const cost = isOwn ? 1 : HIDDEN;
      if (cost > worst && ray.intersectObject(faces, false).length > 0) worst = cost;
    }
    return worst;
  }

  /** What places in the cell depend on the robots' angles: TCP, labels. */
  poserOf(robot: string): RobotPoser | undefined {
    return this.#posers.get(robot);
  }

  dispose(): void {
    for (const { faces, group } of this.#placed) {
      faces.geometry.dispose();
      for (const line of group.children) if (line instanceof LineSegments) line.geometry.dispose();
    }
    this.#floor?.dispose();
    this.#world.dispose();
  }
}

function boxOf(points: readonly Point[]): { low: Point; high: Point } {
  if (points.length === 0) return { low: [-1, -1, 0], high: [1, 1, 1] };
  const along = (axis: 0 | 1 | 2) => points.map((point) => point[axis]);
  const [x, y, z] = [along(0), along(1), along(2)];
  return {
    low: [Math.min(...x), Math.min(...y), Math.min(...z)],
    high: [Math.max(...x), Math.max(...y), Math.max(...z)],
  };
}

function shadeOf({ robot, role, isNew }: SceneBody, acting: string | undefined): Shade {
  if (isNew) return "new";
  if (robot !== undefined) return robot === acting ? "acting" : "others";
  return role === "fixture" || role === "body" || role === "part" ? "body" : "others";
}

export function shapeOf({ positions, triangles }: DrawnMesh): {
  faces: BufferGeometry;
  lines: BufferGeometry | null;
} {
  const faces = new BufferGeometry();
  faces.setAttribute("position", new BufferAttribute(positions, 3));
  faces.setIndex(new BufferAttribute(triangles, 1));
  const isLarge = triangles.length > 3 * MOST_EDGED_TRIANGLES;
  return { faces, lines: isLarge ? null : new EdgesGeometry(faces, CREASE_DEG) };
}

/** Turned about z at a robot's base, then shifted: how a fix moves it. Lengths mm, angle degrees. */
export function baseMove(
  base: ArrayLike<number>,
  { xMm, yMm, yawDeg }: { readonly xMm: number; readonly yMm: number; readonly yawDeg: number },
): Matrix4 {
  const [x, y] = [base[3]!, base[7]!];
  const turn = new Matrix4().makeRotationZ((yawDeg * Math.PI) / 180);
  return new Matrix4()
    .makeTranslation(x + xMm / 1000, y + yMm / 1000, 0)
    .multiply(turn)
    .multiply(new Matrix4().makeTranslation(-x, -y, 0));
}

/** A fixture shifted by so many mm. */
export function fixtureMove([x, y, z]: Point): Matrix4 {
  return new Matrix4().makeTranslation(x / 1000, y / 1000, z / 1000);
}
