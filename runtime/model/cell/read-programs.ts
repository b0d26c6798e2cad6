import type { Program, ProgramPoint } from "./cell.ts";
import type { Field } from "./cell-document.ts";
import type { CellUnits } from "./cell-units.ts";

/** What programs may name. */
export interface KnownNames {
  readonly robots: readonly string[];
  readonly variants: readonly string[];
  readonly welds: readonly string[];
}

/** Kinds of points, by the keys that tell them. */
const POINT_FORM = "one of home: true, weld: <name>, q: [six angles], pose: {xyz, rpy}";
const POINT_KEYS = ["name", "home", "weld", "retract", "turn", "q", "pose", "speed", "dwellS"];

/** @param field `programs` of the file */
export function readPrograms(field: Field, units: CellUnits, known: KnownNames): Program[] {
  const programs = field.list().map((entry) => readProgram(entry, units, known));
  field.distinct(programs.map(({ name }) => name));
  return programs;
}

function readProgram(field: Field, units: CellUnits, known: KnownNames): Program {
  field.keys(["name", "robot", "variants", "points"]);
  const robot = knownName(field.at("robot"), known.robots, "robot");
  const name = field.at("name").text("name the program");
  const variants = field.at("variants");
  const points = field.at("points");
  if (points.list().length === 0) points.fault("is empty", "a program has at least one point");
  const weldNames = new Set(known.welds);
  return {
    name,
    robot,
    ...(variants.isThere && {
      variants: variants.list().map((entry) => knownName(entry, known.variants, "variant")),
    }),
    points: points.list().map((entry, i) => readPoint(entry, units, weldNames, i)),
  };
}

function knownName(field: Field, names: readonly string[], kind: string): string {
  const name = field.text(`name a ${kind}`);
  if (name !== "" && !names.includes(name))
    field.fault(`${name} is no ${kind} of this cell`, names.join(", "));
  return name;
}

function readPoint(field: Field, units: CellUnits, welds: ReadonlySet<string>, index: number): ProgramPoint {
  field.keys(POINT_KEYS);
  const [home, weld, q, pose] = ["home", "weld", "q", "pose"].map((key) => field.at(key)) as [
    Field,
    Field,
    Field,
    Field,
  ];
  const told = [home, weld, q, pose].filter(({ isThere }) => isThere);
  const isTaughtWeld = weld.isThere && q.isThere && told.length === 2;
  if (told.length !== 1 && !isTaughtWeld) {
    field.fault(`says ${told.length} places`, `${POINT_FORM}; weld and q may stand together`);
  }
  if (home.isThere && home.value !== true) home.fault("must be true", POINT_FORM);
  const weldName = weld.optionalText("name a weld");
  if (weldName !== undefined && !welds.has(weldName))
    weld.fault(`${weldName} is no weld of any variant`, "correct the name");
  const retract = field.at("retract");
  const turn = field.at("turn");
  if (!weld.isThere && (retract.isThere || turn.isThere))
    field.fault("has retract or turn without a weld", POINT_FORM);
  const kind = home.isThere ? "home" : weld.isThere && !retract.isThere ? "weld" : "via";
  const name = field.at("name").optionalText("name the point") ?? nameOf(kind, weldName, index);
  return {
    name,
    kind,
    ...(q.isThere && { qRad: units.anglesRad(q) }),
    ...(weldName !== undefined && { weld: weldName }),
    ...(retract.isThere && { retractM: units.lengthM(retract) }),
    ...(turn.isThere && { turnRad: units.angleRad(turn) }),
    ...(pose.isThere && { pose12: units.pose(pose) }),
    speed: field.at("speed").number({ above: 0, most: 1 }, 1),
    dwellS: field.at("dwellS").number({ least: 0 }, 0),
  };
}

function nameOf(kind: ProgramPoint["kind"], weld: string | undefined, index: number): string {
  if (kind === "home") return "home";
  if (weld === undefined) return `via ${index + 1}`;
  return kind === "weld" ? weld : `before ${weld}`;
}
