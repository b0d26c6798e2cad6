import type { CellBody, Variant, WeldPoint } from "./cell.ts";
import type { Field } from "./cell-document.ts";
import type { CellReading } from "./cell-reading.ts";
import { readWeld } from "./weld-point.ts";

/**
 * Reads the variants in the order of the file: each is what it adds to, and leaves out of, one that stands before it.
 * @param field `variants` of the file
 */
export async function readVariants(reading: CellReading, field: Field): Promise<Variant[]> {
  const variants: Variant[] = [];
  for (const entry of field.list()) variants.push(await readVariant(reading, entry, variants));
  field.distinct(variants.map(({ name }) => name));
  return variants;
}

async function readVariant(reading: CellReading, field: Field, before: readonly Variant[]): Promise<Variant> {
  field.keys(["name", "basedOn", "parts", "welds", "without"]);
  const name = field.at("name").text("name the variant");
  const basedOn = field.at("basedOn").optionalText("name a variant that stands before it");
  const base = before.find((variant) => variant.name === basedOn);
  if (basedOn !== undefined && base === undefined) {
    field.at("basedOn").fault(`${basedOn} is no variant that stands before it`, "put that one first");
  }
  const removed = field
    .at("without")
    .list()
    .map((entry) => entry.text("name a part or weld"));
  const known = [...(base?.parts ?? []), ...(base?.welds ?? [])].map((entry) => entry.name);
  for (const [i, entry] of field.at("without").list().entries()) {
    if (!known.includes(removed[i]!))
      entry.fault(`is no part or weld of ${basedOn ?? "anything"}`, "correct the name");
  }
  const parts = await readParts(reading, field.at("parts"));
  const welds = field
    .at("welds")
    .list()
    .map((entry) => readWeld(entry, reading.units));
  const isKept = (entry: { name: string }): boolean => !removed.includes(entry.name);
  const all = {
    parts: [...(base?.parts ?? []).filter(isKept), ...parts],
    welds: [...(base?.welds ?? []).filter(isKept), ...welds],
  };
  for (const key of ["parts", "welds"] as const) {
    const names = all[key].map((entry) => entry.name);
    const twice = names.find((entry, i) => names.indexOf(entry) !== i);
    if (twice === undefined) continue;
    field
      .at(key)
      .fault(`${twice} stands twice`, "name it under without to replace that of the variant it is based on");
  }
  return {
    name,
    ...(basedOn === undefined ? {} : { basedOn }),
    ...all,
    added: [...parts, ...welds].map((entry) => entry.name),
    removed,
  };
}

async function readParts(reading: CellReading, field: Field): Promise<CellBody[]> {
  const parts = await Promise.all(
    field.list().map((entry) => {
      entry.keys(["name", "role", "mesh", "unit", "pose"]);
      const role = entry.at("role");
      return reading.body(entry, role.isThere ? role.choice(["body", "part"] as const) : "part");
    }),
  );
  return parts.filter((part) => part !== undefined);
}

/** Every weld of any variant by name; of one that a variant moves the last place. */
export function weldsByName(variants: readonly Variant[]): ReadonlyMap<string, WeldPoint> {
  return new Map(variants.flatMap(({ welds }) => welds).map((weld) => [weld.name, weld]));
}
