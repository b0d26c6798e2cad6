import { dirname, resolve } from "node:path";
import { isAddress } from "../../core/address.ts";
import { CellDocument, type Field } from "../cell/cell-document.ts";
import type {
  AgvPart,
  BoxPart,
  ConveyorPart,
  LayoutCell,
  LayoutPart,
  PlantLayout,
  RobotPart,
  Spot,
} from "./plant-layout.ts";

/** The only form of the file there has been. */
const LAYOUT_VERSION = 1;
/** What stands and moves in one picture; a browser draws so many at twice a second. */
export const MOST_PARTS = 5000;
const PART_KEYS = ["id", "name", "address", "page", "values", "state"];
const BODY_SIZE_M = [4.6, 1.9, 1.5] as const;
const AGV_SIZE_M = [1.8, 1.1, 0.4] as const;
/** A six-axis robot as OPC 40010-1 names its axes. */
const JOINTS = Array.from({ length: 6 }, (_, i) => `axis${i + 1}/position`);

/** Room that a body takes on a conveyor, m: a place of a buffer is so long at least. */
export const BODY_PLACE_M = BODY_SIZE_M[0] + 0.4;

/**
 * Reads a layout (JSON or YAML, docs/plant3d.md).
 * @param file its path, for errors; cell files in it are relative to its folder
 * @throws RungError `layout-file` with line and path of every fault
 */
export function readLayout(text: string, file: string): PlantLayout {
  const document = new CellDocument(text, file, "layout-file");
  const { root } = document;
  root.keys(["rung", "version", "name", "units", "shops", "stations", "conveyors", "cells", "agvs"]);
  if (root.at("rung").value !== "layout") root.at("rung").fault("must say layout", "write rung: layout");
  if (root.at("version").value !== LAYOUT_VERSION)
    root.at("version").fault(`must be ${LAYOUT_VERSION}`, `write version: ${LAYOUT_VERSION}`);
  if (root.at("units").value !== "m") root.at("units").fault("must be m", "give lengths in m: units: m");
  const name = root.at("name").text("name the plant");
  const shops = root.at("shops").list();
  const shopIds = shops.map((field) => field.at("id").value);
  const stations = root.at("stations").list();
  const conveyors = root.at("conveyors").list();
  const cells = root.at("cells").list();
  const robots = cells.flatMap((cell, at) =>
    cell
      .at("robots")
      .list()
      .map((field) => ({ field, cell, at })),
  );
  const agvs = root.at("agvs").list();
  const fields = [...shops, ...stations, ...conveyors, ...robots.map(({ field }) => field), ...agvs];
  if (fields.length > MOST_PARTS)
    root.fault(`has ${fields.length} parts, at most ${MOST_PARTS} are drawn`, "split it by shops");
  const parts: LayoutPart[] = [
    ...shops.map((field) => box(field, "shop", "")),
    ...stations.map((field) => box(field, "station", shopOf(field, shopIds))),
    ...conveyors.map((field) => conveyor(field, shopOf(field, shopIds))),
    ...robots.map(({ field, cell, at }) => robot(field, at, shopOf(cell, shopIds))),
    ...agvs.map((field) => agv(field, shopOf(field, shopIds))),
  ];
  const seen = new Set<string>();
  for (const [i, { id }] of parts.entries()) {
    if (seen.has(id)) fields[i]!.at("id").fault(`${id} stands twice`, "give each part an id of its own");
    seen.add(id);
  }
  const layout = { name, parts, cells: cells.map((field) => cellOf(field, file)) };
  document.throwFaults();
  return layout;
}

function shopOf(field: Field, shops: readonly unknown[]): string {
  const shop = field.at("shop").optionalText("the id of a shop") ?? "";
  if (shop !== "" && !shops.includes(shop))
    field.at("shop").fault(`names no shop of this layout: ${shop}`, "write the id of one");
  return shop;
}

/** @param more keys beside those of every part */
function partOf(field: Field, shop: string, more: readonly string[]) {
  field.keys([...PART_KEYS, ...more]);
  const id = field.at("id").text("give it an id");
  const address = path(field, "address");
  if (address !== "" && !isAddress(address))
    field.at("address").fault(`is no address: ${address}`, "write enterprise/site/area/line");
  const values = field
    .at("values")
    .list()
    .map((value) => value.text("write a path below the address"));
  return {
    id,
    name: field.at("name").optionalText("name it") ?? id,
    address,
    shop,
    page: path(field, "page"),
    values,
    state: path(field, "state"),
  };
}

const path = (field: Field, key: string): string => field.at(key).optionalText("write a path") ?? "";
const spot = (field: Field): Spot => field.numbers(2, "[x, y] in m") as [number, number];
const angle = (field: Field): number => field.number({}, 0);

function size(field: Field, byDefault?: readonly [number, number, number]): [number, number, number] {
  if (!field.isThere && byDefault !== undefined) return [...byDefault];
  const [along, across, up] = field.numbers(3, "[along, across, up] in m") as [number, number, number];
  if (Math.min(along, across) <= 0 || up < 0) field.fault("has no room", "write lengths above 0");
  return [along, across, up];
}

function box(field: Field, kind: BoxPart["kind"], shop: string): BoxPart {
  const isStation = kind === "station";
  const more = ["at", "size", "yawDeg", ...(isStation ? ["shop", "tunnel", "body"] : [])];
  return {
    kind,
    ...partOf(field, shop, more),
    at: spot(field.at("at")),
    size: size(field.at("size")),
    yawDeg: angle(field.at("yawDeg")),
    isTunnel: field.at("tunnel").value === true,
    body: path(field, "body"),
  };
}

function conveyor(field: Field, shop: string): ConveyorPart {
  const part = partOf(field, shop, ["shop", "way", "widthM", "fill", "places", "entry", "exit", "speed"]);
  const way = field.at("way").list().map(spot);
  if (way.length < 2) field.at("way").fault("needs two corners at least", "write [[x, y], [x, y]]");
  const [fill, entry, exit, speed] = ["fill", "entry", "exit", "speed"].map((key) => path(field, key));
  const places = field.at("places").number({ least: 0 }, 0);
  if (fill !== "" && places === 0) field.fault("tells its fill and not its places", "write places: 3");
  if (entry !== "" && speed === "")
    field.fault("tells what enters and not how fast it goes", "write speed: conveyor/speed");
  const widthM = field.at("widthM").number({ above: 0 }, 2.2);
  return {
    kind: "conveyor",
    ...part,
    way,
    widthM,
    places,
    fill: fill!,
    entry: entry!,
    exit: exit!,
    speed: speed!,
  };
}

function robot(field: Field, cell: number, shop: string): RobotPart {
  const part = partOf(field, shop, ["robot", "joints"]);
  const joints = field
    .at("joints")
    .list()
    .map((joint) => joint.text("write the path of a joint angle"));
  return {
    kind: "robot",
    ...part,
    cell,
    robot: field.at("robot").text("name the robot as its cell file does"),
    joints: joints.length > 0 ? joints : JOINTS,
  };
}

function agv(field: Field, shop: string): AgvPart {
  const part = partOf(field, shop, ["shop", "x", "y", "heading", "size"]);
  return {
    kind: "agv",
    ...part,
    x: field.at("x").text("write the path of where it is along x"),
    y: field.at("y").text("write the path of where it is along y"),
    heading: path(field, "heading"),
    size: size(field.at("size"), AGV_SIZE_M),
  };
}

function cellOf(field: Field, file: string): LayoutCell {
  field.keys(["shop", "cell", "at", "yawDeg", "robots"]);
  return {
    file: resolve(dirname(file), field.at("cell").text("name a cell file")),
    at: spot(field.at("at")),
    yawDeg: angle(field.at("yawDeg")),
  };
}
