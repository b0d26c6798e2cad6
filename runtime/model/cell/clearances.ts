import { CLEARANCE_CLASSES, type ClearanceLimit, type Clearances } from "./cell.ts";
import type { Field } from "./cell-document.ts";
import type { CellUnits } from "./cell-units.ts";

/** @param field `clearances`: for each class the smallest distance at a weld and on the way, in the file's length */
export function readClearances(field: Field, units: CellUnits): Clearances {
  field.keys(CLEARANCE_CLASSES);
  const limits = CLEARANCE_CLASSES.map((name): [string, ClearanceLimit] => {
    const limit = field.at(name).keys(["weld", "motion"]);
    return [name, { weldM: units.lengthM(limit.at("weld")), motionM: units.lengthM(limit.at("motion")) }];
  });
  return Object.fromEntries(limits) as Clearances;
}
