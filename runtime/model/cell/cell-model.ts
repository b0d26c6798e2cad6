import { readFile } from "node:fs/promises";
import { messageOf, RungError } from "../../core/errors.ts";
import type { Cell, CellBody, CellRobot, Station, Variant } from "./cell.ts";
import { CellDocument, type Field } from "./cell-document.ts";
import { CellReading } from "./cell-reading.ts";
import { CellUnits } from "./cell-units.ts";
import { readClearances } from "./clearances.ts";
import { readPrograms } from "./read-programs.ts";
import { readRobot } from "./read-robot.ts";
import { readVariants, weldsByName } from "./read-variants.ts";

export type * from "./cell.ts";

/** The only form of the file there has been. */
const CELL_VERSION = 1;

const CELL_KEYS = [
  "rung",
  "version",
  "name",
  "units",
  "clearances",
  "stations",
  "robots",
  "fixtures",
  "variants",
  "programs",
];

/**
 * Reads a cell file (YAML or JSON, docs/cell.md) with the robots and meshes it names.
 * @param file its path; paths in it are relative to its folder
 * @throws RungError `cell-file` with file, line and path of every fault, those of robots and meshes included
 */
export async function readCell(file: string): Promise<Cell> {
  const document = new CellDocument(await textOf(file), file);
  const { root } = document;
  root.keys(CELL_KEYS);
  if (root.at("rung").value !== "cell") root.at("rung").fault("must say cell", "write rung: cell");
  if (root.at("version").value !== CELL_VERSION) {
    root.at("version").fault(`must be ${CELL_VERSION}`, `write version: ${CELL_VERSION}`);
  }
  const name = root.at("name").text("name the cell");
  const units = new CellUnits(root.at("units"));
  // Without units nothing else can be read.
  document.throwFaults();
  const reading = new CellReading(document, units);
  const clearances = readClearances(root.at("clearances"), units);
  const stations = root.at("stations").list().map(readStation);
  const robots = await readRobots(reading, root.at("robots"), stations);
  const fixtures = await readFixtures(reading, root.at("fixtures"));
  const variants = await readVariants(reading, root.at("variants"));
  checkBodyNames(
    root.at("fixtures"),
    robots.filter((robot) => robot !== undefined),
    fixtures,
    variants,
  );
  const welds = weldsByName(variants);
  // Names in the file, so that a robot with a fault of its own is not missed in the programs too.
  const robotNames = namesOf(root.at("robots"));
  for (const weld of welds.values()) {
    if (weld.robot !== undefined && !robotNames.includes(weld.robot)) {
      root
        .at("variants")
        .fault(`weld ${weld.name} is given to ${weld.robot}, which is no robot`, robotNames.join(", "));
    }
  }
  const programs = readPrograms(root.at("programs"), units, {
    robots: robotNames,
    variants: variants.map((variant) => variant.name),
    welds: [...welds.keys()],
  });
  document.throwFaults();
  return {
    name,
    file,
    stations,
    robots: robots.filter((robot) => robot !== undefined),
    fixtures,
    variants,
    programs,
    clearances,
    warnings: [...reading.warnings].sort(),
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    throw new RungError({ code: "cell-file", where: file, what: messageOf(thrown), cause: thrown });
  }
}

function readStation(field: Field): Station {
  field.keys(["name", "cycleTimeS"]);
  const cycleTime = field.at("cycleTimeS");
  return {
    name: field.at("name").text("name the station"),
    ...(cycleTime.isThere && { cycleTimeS: cycleTime.number({ above: 0 }) }),
  };
}

async function readRobots(reading: CellReading, field: Field, stations: readonly Station[]) {
  const entries = field.list();
  if (entries.length === 0) field.fault("is empty", "a cell has at least one robot");
  const stationNames = stations.map((station) => station.name);
  for (const entry of entries) {
    const { value } = entry.at("station");
    if (typeof value === "string" && !stationNames.includes(value)) {
      entry
        .at("station")
        .fault(`${value} is no station of this cell`, stationNames.join(", ") || "list it under stations");
    }
  }
  field.distinct(namesOf(field));
  return Promise.all(entries.map((entry) => readRobot(reading, entry)));
}

async function readFixtures(reading: CellReading, field: Field): Promise<CellBody[]> {
  const entries = field.list().map((entry) => entry.keys(["name", "mesh", "unit", "pose"]));
  field.distinct(namesOf(field));
  const fixtures = await Promise.all(entries.map((entry) => reading.body(entry, "fixture")));
  return fixtures.filter((fixture) => fixture !== undefined);
}

/** Findings name a body by its name alone. */
function checkBodyNames(
  field: Field,
  robots: readonly CellRobot[],
  fixtures: readonly CellBody[],
  variants: readonly Variant[],
): void {
  for (const { name } of fixtures) {
    const variant = variants.find(({ parts }) => parts.some((part) => part.name === name));
    if (variant !== undefined)
      field.fault(`${name} is also a part of variant ${variant.name}`, "give each one its own name");
  }
  // As another robot meets a body of theirs.
  const ofRobots = robots.flatMap((robot) => robot.bodies.map((body) => `${robot.name} ${body.name}`));
  const standing = [...fixtures, ...variants.flatMap(({ parts }) => parts)];
  for (const { name } of standing)
    if (ofRobots.includes(name))
      field.fault(`${name} is also a body of a robot`, "give each one its own name");
}

function namesOf(field: Field): string[] {
  return field.list().map((entry) => String(entry.at("name").value ?? ""));
}
