import type { Field } from "../cell/cell-document.ts";

export function idOf(field: Field): string {
  return field.at("id").text("give it an id");
}

export function share(field: Field): number {
  return field.number({ least: 0, most: 1 });
}

export function whole(field: Field, least: number): number {
  const value = field.number({ least });
  if (Number.isFinite(value) && !Number.isInteger(value))
    field.fault(`must be a whole number, got ${value}`, "round it");
  return value;
}

/** Machines or people: a model of more is a slip of the pen. */
export function count(field: Field): number {
  const value = whole(field, 1);
  if (value > 10_000) field.fault(`must be <= 10000, got ${value}`, "correct it");
  return Number.isInteger(value) && value <= 10_000 ? value : 1;
}

export function isTrue(field: Field): boolean {
  if (typeof field.value !== "boolean")
    field.fault(`must be true or false, got ${JSON.stringify(field.value) ?? "nothing"}`, "write one");
  return field.value === true;
}

export function texts(field: Field): string[] {
  return field.list().map((one) => one.text("write a name"));
}

export function kit(field: Field): { kind: string; quantity: number }[] {
  const entries = field.list();
  if (entries.length === 0) field.fault("must be a list of kinds", "write - { kind: A, quantity: 1 }");
  return entries.map((entry) => ({
    kind: entry.keys(["kind", "quantity"]).at("kind").text("name the kind"),
    quantity: entry.at("quantity").isThere ? count(entry.at("quantity")) : 1,
  }));
}

export function factors(field: Field): Record<string, number> {
  const value = field.value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    field.fault("must be a mapping of kinds to factors", "for example { A6: 1, B7: 0.96 }");
    return {};
  }
  return Object.fromEntries(Object.keys(value).map((kind) => [kind, field.at(kind).number({ above: 0 })]));
}

export function order(field: Field): { id: string; kind: string; quantity: number } {
  return {
    id: idOf(field.keys(["id", "kind", "quantity"])),
    kind: field.at("kind").text("name the kind"),
    quantity: whole(field.at("quantity"), 1),
  };
}
