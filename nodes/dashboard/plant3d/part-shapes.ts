import { BoxGeometry, type BufferGeometry, EdgesGeometry, ExtrudeGeometry, Shape } from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";

/** What a type of part looks like: its faces, and the thin lines along its edges. */
export interface PartShape {
  readonly faces: BufferGeometry;
  readonly lines: BufferGeometry | null;
}

/** Middle and size of a box: x, y, z, along, across, up. */
type Box = readonly [number, number, number, number, number, number];

/** Faces that meet flatter than this have no line between them, degrees. */
const CREASE_DEG = 25;

function shapeOf(pieces: readonly BufferGeometry[]): PartShape {
  const faces = mergeGeometries([...pieces]);
  return { faces, lines: new EdgesGeometry(faces, CREASE_DEG) };
}

const boxes = (list: readonly Box[]): PartShape =>
  shapeOf(list.map(([x, y, z, along, across, up]) => new BoxGeometry(along, across, up).translate(x, y, z)));

/** Side view of a car without wheels, from the rear lower corner: m along and up. */
const CAR: readonly (readonly [number, number])[] = [
  [-2.3, 0.1],
  [2.3, 0.1],
  [2.3, 0.55],
  [1.2, 0.75],
  [0.55, 1.35],
  [-1.1, 1.4],
  [-2.1, 0.95],
  [-2.3, 0.9],
];
const CAR_WIDTH_M = 1.8;

function carShape(): PartShape {
  const side = new Shape();
  for (const [i, [x, z]] of CAR.entries()) i === 0 ? side.moveTo(x, z) : side.lineTo(x, z);
  const body = new ExtrudeGeometry(side, { depth: CAR_WIDTH_M, bevelEnabled: false });
  return shapeOf([body.rotateX(Math.PI / 2).translate(0, CAR_WIDTH_M / 2, 0)]);
}

/** Lower in front, so that it is seen where it heads; few faces, for there may be a thousand. */
function wedge(): PartShape {
  const box = new BoxGeometry(1, 1, 1).translate(0, 0, 0.5);
  const corners = box.getAttribute("position");
  for (let i = 0; i < corners.count; i++)
    if (corners.getX(i) > 0 && corners.getZ(i) > 0) corners.setZ(i, 0.45);
  return shapeOf([box]);
}

/**
 * Shapes by type. All but the body are of length 1, with the origin in the middle of their floor, and become as large as
 * their part; a body is of its own size.
 */
export const SHAPES = {
  /** A floor; what stands in it stands on it. */
  shop: () => boxes([[0, 0, -0.5, 1, 1, 1]]),
  /** Closed: a booth, a machine. */
  box: () => boxes([[0, 0, 0.5, 1, 1, 1]]),
  /** A frame on a plate, open to the body that is worked on. */
  station: () =>
    boxes([
      [0, 0, 0.03, 1, 1, 0.06],
      ...[-0.47, 0.47].flatMap((x): Box[] => [
        [x, -0.47, 0.5, 0.06, 0.06, 1],
        [x, 0.47, 0.5, 0.06, 0.06, 1],
        [x, 0, 0.97, 0.06, 1, 0.06],
      ]),
    ]),
  /** Cut open along the way: what is in it is seen from the front and from above. */
  tunnel: () =>
    boxes([
      [0, 0, 0.02, 1, 1, 0.04],
      [0, -0.47, 0.12, 1, 0.06, 0.24],
      [0, 0.47, 0.5, 1, 0.06, 1],
    ]),
  conveyor: () =>
    boxes([
      [0, 0, 0.35, 1, 0.7, 0.3],
      [0, -0.42, 0.5, 1, 0.16, 1],
      [0, 0.42, 0.5, 1, 0.16, 1],
    ]),
  agv: wedge,
  body: carShape,
} as const;

export type ShapeName = keyof typeof SHAPES;
