import { parse } from "yaml";
import { messageOf, RungError } from "../../../core/errors.ts";
import { FieldReader, type Raw } from "../field-reader.ts";
import type { Instruction, InstructionStep, MarkedPart, Sketch, SketchShape, Text } from "./instruction.ts";

const KEYS = ["id", "class", "fault", "component", "title", "hazards", "part", "sketch", "steps"];
const STEP_KEYS = ["text", "minutes", "tools", "lockout", "part"];
const STEPS_MOST = 100;

/**
 * An instruction from YAML, of which JSON is a part: `{id, class, fault, component, title, hazards, part, sketch, steps}`;
 * every text is a string or `{en, de}` (docs/maintenance.md).
 * @throws RungError `maintenance-instruction` naming file and path
 */
export function readInstruction(text: string, file: string): Instruction {
  let given: unknown;
  try {
    given = parse(text);
  } catch (cause) {
    const [what = ""] = messageOf(cause).split("\n");
    throw new RungError({
      code: "maintenance-instruction",
      where: file,
      what,
      advice: "correct the line",
      cause,
    });
  }
  const read = new FieldReader(file, "maintenance-instruction");
  const raw = read.object(given, "");
  read.only(raw, "", KEYS);
  const steps = read.list(raw.steps, "steps");
  if (steps.length === 0 || steps.length > STEPS_MOST)
    read.refuse("steps", `there are ${steps.length}`, `write 1 to ${STEPS_MOST}`);
  const part = partOf(read, raw.part, "part");
  const sketch = raw.sketch === undefined ? null : sketchOf(read, raw.sketch);
  const instruction: Instruction = {
    id: read.text(raw.id, "id"),
    assetClass: read.text(raw.class, "class"),
    fault: read.maybeText(raw.fault, "fault") ?? "",
    component: read.maybeText(raw.component, "component") ?? "",
    title: textOf(read, raw.title, "title"),
    hazards: textsOf(read, raw.hazards, "hazards"),
    part,
    sketch,
    steps: steps.map((step, i) => stepOf(read, step, `steps/${i}`)),
  };
  refuseUndrawn(read, instruction);
  return instruction;
}

function stepOf(read: FieldReader, value: unknown, at: string): InstructionStep {
  const raw = read.object(value, at);
  read.only(raw, at, STEP_KEYS);
  if (raw.lockout !== undefined && typeof raw.lockout !== "boolean")
    read.refuse(`${at}/lockout`, `must be true or false, got ${JSON.stringify(raw.lockout)}`, "correct it");
  return {
    text: textOf(read, raw.text, `${at}/text`),
    minutes: read.number(raw.minutes, `${at}/minutes`, "min", { above: 0 }),
    tools: textsOf(read, raw.tools, `${at}/tools`),
    isLockOut: raw.lockout === true,
    part: partOf(read, raw.part, `${at}/part`),
  };
}

function textOf(read: FieldReader, value: unknown, at: string): Text {
  if (typeof value === "string") return { en: read.text(value, at) };
  const raw = read.object(value, at);
  read.only(raw, at, ["en", "de"]);
  const de = read.maybeText(raw.de, `${at}/de`);
  return { en: read.text(raw.en, `${at}/en`), ...(de === undefined ? {} : { de }) };
}

function textsOf(read: FieldReader, value: unknown, at: string): Text[] {
  return read.list(value ?? [], at).map((item, i) => textOf(read, item, `${at}/${i}`));
}

function partOf(read: FieldReader, value: unknown, at: string): MarkedPart | null {
  if (value === undefined || value === null) return null;
  const raw = read.object(value, at);
  read.only(raw, at, ["id", "label"]);
  return { id: read.text(raw.id, `${at}/id`), label: textOf(read, raw.label, `${at}/label`) };
}

function sketchOf(read: FieldReader, value: unknown): Sketch {
  const raw = read.object(value, "sketch");
  read.only(raw, "sketch", ["width", "height", "shapes"]);
  return {
    width: read.number(raw.width, "sketch/width", "", { above: 0 }),
    height: read.number(raw.height, "sketch/height", "", { above: 0 }),
    shapes: read
      .list(raw.shapes, "sketch/shapes")
      .map((item, i) => shapeOf(read, item, `sketch/shapes/${i}`)),
  };
}

function shapeOf(read: FieldReader, value: unknown, at: string): SketchShape {
  const raw: Raw = read.object(value, at);
  read.only(raw, at, ["part", "points", "closed"]);
  const points = read.list(raw.points, `${at}/points`).map((item, i): readonly [number, number] => {
    const pair = read.list(item, `${at}/points/${i}`);
    if (pair.length !== 2) read.refuse(`${at}/points/${i}`, `has ${pair.length} numbers`, "write [x, y]");
    return [
      read.number(pair[0], `${at}/points/${i}/0`, "", {}),
      read.number(pair[1], `${at}/points/${i}/1`, "", {}),
    ];
  });
  if (points.length < 2)
    read.refuse(`${at}/points`, `has ${points.length}`, "a shape has two points at least");
  return { part: read.maybeText(raw.part, `${at}/part`) ?? "", points, isClosed: raw.closed !== false };
}

/** A part that is to be marked and that its own sketch does not show would be looked for in vain. */
function refuseUndrawn(read: FieldReader, { part, sketch, steps }: Instruction): void {
  if (sketch === null) return;
  const drawn = new Set(sketch.shapes.map((shape) => shape.part));
  const parts = [
    { at: "part", part },
    ...steps.map((step, i) => ({ at: `steps/${i}/part`, part: step.part })),
  ];
  for (const one of parts)
    if (one.part !== null && !drawn.has(one.part.id))
      read.refuse(
        `${one.at}/id`,
        `${one.part.id} is in no shape of the sketch`,
        "draw it, or leave the sketch out",
      );
}
