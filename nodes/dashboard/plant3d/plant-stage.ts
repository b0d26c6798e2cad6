import {
  Box3,
  Box3Helper,
  Color,
  LineBasicMaterial,
  Matrix4,
  type Mesh,
  type MeshLambertMaterial,
  type Object3D,
  Raycaster,
  Vector2,
  Vector3,
} from "three";
import type { BoxPart, PlantLayout } from "../../../runtime/model/layout/plant-layout.ts";
import type { CellScene } from "../cell/cell-view.ts";
import type { DrawnMesh } from "../cell/mesh-bytes.ts";
import type { Orbit, Pixel, Point, ViewSize } from "../cell/orbit.ts";
import { PictureWorld } from "../cell/picture-world.ts";
import { RobotPoser } from "../cell/robot-poser.ts";
import { setPose, shapeOf } from "../cell/stage.ts";
import { Instances, partMaterial } from "./instances.ts";
import { type PartShape, SHAPES, type ShapeName } from "./part-shapes.ts";
import { colourOf, type PlantColours } from "./plant-colours.ts";
import type { PartNow, Plant3dView } from "./plant3d-view.ts";
import { legsOf } from "./ways.ts";

/** A plant's picture is context: more pixels than this per CSS pixel cost time that nobody sees. */
const FINEST = 1.5;
export const FARTHEST_M = 1500;
const CONVEYOR_HEIGHT_M = 0.45;
/** What bodies stand on, m above the floor. */
const BODY_FLOOR_M = 0.35;
const SHOP_THICKNESS_M = 0.4;
/** Bodies that are drawn at first; more are made room for as they come. */
const BODIES = 64;
const NOTHING: PartNow = {};

/** A robot cell and its meshes, ready to be drawn. */
export interface LoadedCell {
  readonly scene: CellScene;
  readonly meshes: ReadonlyMap<string, DrawnMesh>;
}

/** One thing that is drawn: which part of the layout it belongs to, and where in its type it stands. */
interface Drawn {
  readonly instances: Instances;
  readonly at: number;
  readonly plain: (colours: PlantColours) => string;
}

/** A robot whose links are drawn: where each of its meshes stands in its type. */
interface DrawnRobot {
  readonly poser: RobotPoser;
  /** Where the cell stands in the plant. */
  readonly world: Matrix4;
  readonly links: readonly { readonly drawn: Drawn; readonly link: string; readonly own: Matrix4 }[];
}

/**
 * Draws one plant, as often as asked and never by itself. All parts of a type are one mesh that is repeated, so a plant
 * of a thousand parts takes as many calls of the graphics card as one of ten.
 */
export class PlantStage {
  readonly #world = new PictureWorld({ nearM: 0.5, farM: 2 * FARTHEST_M, finest: FINEST, isMoving: true });
  readonly #layout: PlantLayout;
  readonly #stale = new Color();
  readonly #material: MeshLambertMaterial;
  readonly #edge: LineBasicMaterial;
  readonly #types: Instances[] = [];
  /** What is drawn of each part of the layout. */
  readonly #drawn: Drawn[][];
  readonly #robots = new Map<number, DrawnRobot>();
  /** Parts by type, to tell what was clicked. */
  readonly #partOf = new Map<Instances, number[]>();
  readonly #boxes: Box3[];
  readonly #marked = new Box3Helper(new Box3());
  #bodies: Instances;
  #colours: PlantColours;
  #parts: readonly PartNow[] = [];
  #bodiesNow: readonly number[] = [];

  /**
   * @param cells in the layout's order; undefined where one cannot be read
   * @param glb what a glTF file draws; its nodes name their parts as `userData.part`
   * @throws Error where the browser has no WebGL
   */
  constructor(
    layout: PlantLayout,
    cells: readonly (LoadedCell | undefined)[],
    glb: Object3D | undefined,
    colours: PlantColours,
  ) {
    this.#layout = layout;
    this.#colours = colours;
    this.#stale.set(colours.bad);
    this.#material = partMaterial(this.#stale);
    this.#edge = new LineBasicMaterial({ color: colours.edge });
    this.#world.ground = colours.ground;
    this.#drawn = layout.parts.map(() => []);
    this.#drawLayout();
    for (const [i, cell] of cells.entries()) if (cell !== undefined) this.#drawCell(i, cell);
    if (glb !== undefined) this.#drawGlb(glb);
    this.#bodies = this.#type(SHAPES.body(), BODIES);
    this.#marked.visible = false;
    this.#world.scene.add(this.#marked);
    this.#boxes = layout.parts.map((_, at) => this.#boxOf(at));
    this.recolour(colours);
  }

  /** Asks to be told when every picture must be drawn anew. @returns what ends that */
  onChange(told: () => void): () => void {
    return this.#world.onChange(told);
  }

  /**
   * Takes what the plant tells now. Where nothing of it is seen differently, nothing is drawn.
   * @returns whether the picture changed
   */
  show({ parts, bodies }: Pick<Plant3dView, "parts" | "bodies">): boolean {
    let isChanged = false;
    for (const [at, now] of parts.entries()) {
      const before = this.#parts[at] ?? NOTHING;
      if (looksLike(before, now)) continue;
      isChanged = true;
      this.#lookAnew(at, now);
      this.#move(at, now);
    }
    if (!isSame(bodies, this.#bodiesNow)) {
      isChanged = true;
      this.#placeBodies(bodies);
    }
    this.#parts = parts;
    if (isChanged) this.#world.changed();
    return isChanged;
  }

  /** Outlines one part; undefined: none. */
  mark(part: number | undefined): void {
    this.#marked.visible = part !== undefined;
    if (part !== undefined) this.#marked.box.copy(this.#boxNow(part));
    this.#world.changed();
  }

  /** The page has another theme. */
  recolour(colours: PlantColours): void {
    this.#colours = colours;
    this.#stale.set(colours.bad);
    this.#edge.color.set(colours.edge);
    (this.#marked.material as LineBasicMaterial).color.set(colours.ink);
    this.#world.ground = colours.ground;
    for (const at of this.#layout.parts.keys()) this.#lookAnew(at, this.#parts[at] ?? NOTHING);
    this.#placeBodies(this.#bodiesNow);
    this.#world.changed();
  }

  draw(canvas: HTMLCanvasElement, { orbit }: { readonly orbit: Orbit }): void {
    this.#world.draw(canvas, orbit);
  }

  /** What stands at a place of the picture; undefined where nothing does. */
  pick(orbit: Orbit, size: ViewSize, { x, y }: Pixel): number | undefined {
    const camera = this.#world.lookFrom(orbit, size.width / size.height);
    camera.updateMatrixWorld();
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2((2 * x) / size.width - 1, 1 - (2 * y) / size.height), camera);
    for (const { object, instanceId } of ray.intersectObjects(this.#types.map(({ faces }) => faces))) {
      const type = this.#types.find(({ faces }) => faces === object)!;
      const part = this.#partOf.get(type)?.[instanceId ?? -1];
      if (part !== undefined) return part;
    }
    return undefined;
  }

  /** Corners of the boxes round parts as they stand now: what a view of them must show. */
  cornersOf(parts: readonly number[]): Point[] {
    return parts.flatMap((part) => {
      const { min, max } = this.#boxNow(part);
      if (min.x > max.x) return [];
      return Array.from(
        { length: 8 },
        (_, at): Point => [at & 1 ? max.x : min.x, at & 2 ? max.y : min.y, at & 4 ? max.z : min.z],
      );
    });
  }

  /** Above the middle of a part, for its label to point at. */
  topOf(part: number): Point {
    const { min, max } = this.#boxNow(part);
    return min.x > max.x ? [0, 0, 0] : [(min.x + max.x) / 2, (min.y + max.y) / 2, max.z];
  }

  dispose(): void {
    for (const type of this.#types) type.dispose();
    this.#marked.dispose();
    this.#material.dispose();
    this.#edge.dispose();
    this.#world.dispose();
  }

  #type(shape: PartShape, most: number): Instances {
    const type = new Instances(this.#world.scene, shape, most, this.#material, this.#edge);
    this.#types.push(type);
    return type;
  }

  #add(part: number | undefined, type: Instances, matrix: Matrix4, plain: Drawn["plain"]): Drawn {
    const drawn = { instances: type, at: type.count, plain };
    type.count++;
    type.place(drawn.at, matrix);
    if (part === undefined) {
      type.look(drawn.at, { colour: plain(this.#colours), isStale: false });
      return drawn;
    }
    this.#drawn[part]!.push(drawn);
    listIn(this.#partOf, type)[drawn.at] = part;
    return drawn;
  }

  #drawLayout(): void {
    const wanted = new Map<ShapeName, { part: number; matrix: Matrix4 }[]>();
    const want = (shape: ShapeName, part: number, matrix: Matrix4) =>
      listIn(wanted, shape).push({ part, matrix });
    for (const [at, part] of this.#layout.parts.entries()) {
      if (part.kind === "conveyor") {
        for (const { from, to, lengthM, yawRad } of legsOf(part.way)) {
          const middle: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, 0];
          want("conveyor", at, standing(middle, yawRad, [lengthM, part.widthM, CONVEYOR_HEIGHT_M]));
        }
      } else if (part.kind === "agv") want("agv", at, standing([0, 0, 0], 0, [0, 0, 0]));
      else if ("at" in part) {
        const [along, across, up] = part.size;
        const size: Point = part.kind === "shop" ? [along, across, SHOP_THICKNESS_M] : [along, across, up];
        want(shapeNameOf(part), at, standing([...part.at, 0], (part.yawDeg * Math.PI) / 180, size));
      }
    }
    for (const [name, all] of wanted) {
      const type = this.#type(SHAPES[name](), all.length);
      for (const { part, matrix } of all) this.#add(part, type, matrix, plainOf(name));
    }
  }

  /** Meshes that robots share are one type each, however many robots have them. */
  #drawCell(cell: number, { scene, meshes }: LoadedCell): void {
    const { at, yawDeg } = this.#layout.cells[cell]!;
    const world = standing([...at, 0], (yawDeg * Math.PI) / 180, [1, 1, 1]);
    const partOf = new Map(
      this.#layout.parts.flatMap((part, i) =>
        part.kind === "robot" && part.cell === cell ? [[part.robot, i] as const] : [],
      ),
    );
    const shown = scene.bodies.filter(({ robot }) => robot === undefined || partOf.has(robot));
    const types = new Map<string, Instances>();
    for (const { mesh } of shown) {
      if (types.has(mesh)) continue;
      const most = shown.filter((body) => body.mesh === mesh).length;
      types.set(mesh, this.#type(shapeOf(meshes.get(mesh)!), most));
    }
    const links = new Map<string, DrawnRobot["links"][number][]>();
    for (const { robot, link, mesh, pose } of shown) {
      const own = setPose(new Matrix4(), pose);
      const part = robot === undefined ? undefined : partOf.get(robot);
      const plain = (colours: PlantColours) => (robot === undefined ? colours.plain : colours.robot);
      const drawn = this.#add(part, types.get(mesh)!, world.clone().multiply(own), plain);
      if (robot !== undefined && link !== undefined) listIn(links, robot).push({ drawn, link, own });
    }
    for (const robot of scene.robots) {
      const part = partOf.get(robot.name);
      if (part === undefined) continue;
      this.#robots.set(part, { poser: new RobotPoser(robot), world, links: links.get(robot.name) ?? [] });
      this.#pose(part, undefined);
    }
  }

  /** A shape that several nodes show is one type. */
  #drawGlb(glb: Object3D): void {
    // glTF has y upwards, and looks along z.
    const upwards = new Matrix4().makeRotationX(Math.PI / 2);
    const byShape = new Map<string, { mesh: Mesh; part: number | undefined }[]>();
    glb.updateMatrixWorld(true);
    glb.traverse((object) => {
      const mesh = object as Mesh;
      if (!mesh.isMesh) return;
      listIn(byShape, mesh.geometry.uuid).push({ mesh, part: partAbove(mesh) });
    });
    for (const all of byShape.values()) {
      const type = this.#type(drawnShape(all[0]!.mesh), all.length);
      for (const { mesh, part } of all) {
        const isFloor = part !== undefined && this.#layout.parts[part]!.kind === "shop";
        const plain = (colours: PlantColours) =>
          isFloor || part === undefined ? colours.floor : colours.plain;
        this.#add(part, type, upwards.clone().multiply(mesh.matrixWorld), plain);
      }
    }
  }

  #lookAnew(at: number, now: PartNow): void {
    const isStale = isUnknown(now);
    for (const { instances, at: place, plain } of this.#drawn[at] ?? [])
      instances.look(place, { colour: colourOf(now, plain(this.#colours), this.#colours), isStale });
  }

  #move(at: number, now: PartNow): void {
    const part = this.#layout.parts[at]!;
    if (part.kind === "agv") {
      // One that nobody tells of is nowhere.
      const [x, y, yawRad] = now.at ?? [0, 0, 0];
      const matrix = standing([x, y, 0], yawRad, now.at === undefined ? [0, 0, 0] : part.size);
      for (const { instances, at: place } of this.#drawn[at]!) instances.place(place, matrix);
    }
    if (this.#robots.has(at)) this.#pose(at, now.qRad);
  }

  /** @param qRad left out: as the cell file has it at home */
  #pose(at: number, qRad: readonly number[] | undefined): void {
    const { poser, world, links } = this.#robots.get(at)!;
    const poses = poser.linkPoses(qRad);
    const matrix = new Matrix4();
    for (const { drawn, link, own } of links) {
      setPose(matrix, poses, 12 * poser.indexOf(link))
        .multiply(own)
        .premultiply(world);
      drawn.instances.place(drawn.at, matrix);
    }
  }

  #placeBodies(bodies: readonly number[]): void {
    this.#bodiesNow = bodies;
    const count = bodies.length / 4;
    if (count > this.#bodies.faces.instanceMatrix.count) {
      this.#types.splice(this.#types.indexOf(this.#bodies), 1);
      this.#bodies.dispose();
      this.#bodies = this.#type(SHAPES.body(), 2 * count);
    }
    this.#bodies.count = count;
    for (let i = 0; i < count; i++) {
      const [x, y, yawRad, isStale] = bodies.slice(4 * i, 4 * i + 4);
      this.#bodies.place(i, standing([x!, y!, BODY_FLOOR_M], yawRad!, [1, 1, 1]));
      this.#bodies.look(i, { colour: this.#colours.body, isStale: isStale === 1 });
    }
  }

  #boxNow(part: number): Box3 {
    const { kind } = this.#layout.parts[part]!;
    return kind === "agv" || kind === "robot" ? this.#boxOf(part) : this.#boxes[part]!;
  }

  /** Round all that is drawn of a part; empty where nothing is. */
  #boxOf(part: number): Box3 {
    const box = new Box3();
    const matrix = new Matrix4();
    for (const { instances, at } of this.#drawn[part]!) {
      instances.faces.getMatrixAt(at, matrix);
      if (matrix.determinant() !== 0) box.union(instances.box.clone().applyMatrix4(matrix));
    }
    return box;
  }
}

const shapeNameOf = ({ kind, isTunnel, body }: BoxPart): ShapeName =>
  kind === "shop" ? "shop" : isTunnel ? "tunnel" : body === "" ? "box" : "station";

const plainOf =
  (name: ShapeName): Drawn["plain"] =>
  (colours) =>
    name === "shop" ? colours.floor : name === "agv" ? colours.robot : colours.plain;

/** The list below a key, made where there is none. */
function listIn<Key, Entry>(lists: Map<Key, Entry[]>, key: Key): Entry[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** A place on the floor, turned about z, with a size. */
function standing([x, y, z]: Point, yawRad: number, [along, across, up]: Point): Matrix4 {
  return new Matrix4()
    .makeRotationZ(yawRad)
    .setPosition(new Vector3(x, y, z))
    .scale(new Vector3(along, across, up));
}

const isSame = (a: readonly number[] = [], b: readonly number[] = []): boolean =>
  a === b || (a.length === b.length && a.every((value, i) => value === b[i]));

/** What nobody tells of now is hatched, as what is stale. */
const isUnknown = ({ staleS, untold }: PartNow): boolean => staleS !== undefined || untold !== undefined;

/** Whether a part is drawn in the same way: its values may differ, and how long it has been stale. */
function looksLike(a: PartNow, b: PartNow): boolean {
  return (
    a.alarm?.priority === b.alarm?.priority &&
    isUnknown(a) === isUnknown(b) &&
    a.state?.meaning === b.state?.meaning &&
    isSame(a.at, b.at) &&
    isSame(a.qRad, b.qRad)
  );
}

/** The part of the nearest node above a mesh that is one. */
function partAbove(mesh: Object3D): number | undefined {
  for (let object: Object3D | null = mesh; object !== null; object = object.parent) {
    const { part } = object.userData as { part?: unknown };
    if (typeof part === "number") return part;
  }
  return undefined;
}

/** Lines of a large shape take longer to find than they are worth; `shapeOf` knows from where on. */
function drawnShape({ geometry }: Mesh): PartShape {
  const position = geometry.getAttribute("position");
  const positions = new Float32Array(3 * position.count);
  for (let i = 0; i < position.count; i++)
    positions.set([position.getX(i), position.getY(i), position.getZ(i)], 3 * i);
  const index = geometry.getIndex();
  const triangles = Uint32Array.from(
    { length: index?.count ?? position.count },
    (_, i) => index?.getX(i) ?? i,
  );
  return shapeOf({ positions, triangles });
}
