import { messageOf, RungError } from "../core/errors.ts";
import type { BindingRow } from "./binding-table.ts";
import { readsWholeValue } from "./opcua/binding-reach.ts";

/** Where tags of a kind go: what fits the pattern gets the path, and what else the rule says. */
export interface BindingRule extends Pick<BindingRow, "unit" | "plantUnit" | "kind" | "type" | "periodMs"> {
  /** Regular expression over the tag's browse path, or else over its node id; it need not fit all of it. */
  readonly pattern: string;
  /** Template of the row's path: `$1`, `$<name>` stand for what the pattern's groups caught, `$$` for a dollar. */
  readonly path: string;
}

export interface RuleTag {
  readonly nodeId: string;
  /** Browse names down to the tag, where they are known: `Works/Line1/Cell3/Temperature`. */
  readonly path?: string | undefined;
}

/** What the rules make of one tag. */
export interface RuledTag {
  readonly tag: RuleTag;
  /** Index of the first rule that fits; without one the tag is left as it is. */
  readonly rule?: number;
  readonly row?: BindingRow;
}

interface CompiledRule {
  readonly rule: BindingRule;
  readonly pattern: RegExp;
}

/**
 * Applies rules to tags, the first that fits to each. Runs in browsers too.
 * @param baseOf the row a tag has already, or that is suggested for it; a rule changes only what it names
 * @throws RungError `malformed-rule` naming the rule
 */
export function applyRules(
  rules: readonly BindingRule[],
  tags: readonly RuleTag[],
  baseOf: (tag: RuleTag) => BindingRow | undefined = () => undefined,
): RuledTag[] {
  const compiled = rules.map(compileRule);
  return tags.map((tag) => {
    for (const [index, { rule, pattern }] of compiled.entries()) {
      const caught = (tag.path === undefined ? null : pattern.exec(tag.path)) ?? pattern.exec(tag.nodeId);
      if (caught === null) continue;
      return { tag, rule: index, row: ruledRow(rule, caught, tag, baseOf(tag)) };
    }
    return { tag };
  });
}

function compileRule(rule: BindingRule, index: number): CompiledRule {
  const where = `rule ${index + 1}`;
  const fail = (what: string, advice: string, cause?: unknown): never => {
    throw new RungError({ code: "malformed-rule", where, what, advice, cause });
  };
  if (rule.pattern === "")
    fail("has no pattern", "write what its tags have in common, such as Cell(\\d+)/Temp");
  if (rule.path === "") fail("has no path", "write where its tags go, such as cell$1/temperature");
  let pattern: RegExp;
  let groups: RegExpExecArray;
  try {
    pattern = new RegExp(rule.pattern, "u");
    // With an empty alternative everything fits, and the answer holds every group there is.
    groups = new RegExp(`(?:${rule.pattern})|`, "u").exec("")!;
  } catch (cause) {
    return fail(messageOf(cause), "correct the expression", cause);
  }
  for (const [whole, digits, name] of rule.path.matchAll(PLACE)) {
    if (whole === "$$") continue;
    const known =
      digits === undefined
        ? name !== undefined && Object.hasOwn(groups.groups ?? {}, name)
        : Number(digits) < groups.length;
    if (!known)
      fail(`its path names ${whole}, and its pattern has no such group`, "put the part into brackets: (...)");
  }
  return { rule, pattern };
}

/** `$$`, `$1`, `$<name>`; a dollar that is none of these fails as a group nobody knows. */
const PLACE = /\$(?:\$|(\d+)|<([^>]*)>)|\$/gu;

function ruledRow(
  rule: BindingRule,
  caught: RegExpExecArray,
  tag: RuleTag,
  base: BindingRow | undefined,
): BindingRow {
  const path = rule.path.replace(PLACE, (whole, digits?: string, name?: string) => {
    if (whole === "$$") return "$";
    return (digits === undefined ? caught.groups?.[name ?? ""] : caught[Number(digits)]) ?? "";
  });
  const row: BindingRow = {
    unit: "",
    plantUnit: "",
    kind: "measurement",
    type: "number",
    periodMs: 0,
    label: "",
    ...base,
    nodeId: tag.nodeId,
    path,
  };
  const named = Object.entries(rule).filter(
    ([key, value]) => key !== "pattern" && key !== "path" && value !== undefined && value !== "",
  );
  // A unit of the twin's own leaves the value at the plant in the unit it has there.
  const unitAtPlant = row.plantUnit || row.unit;
  const plantUnit = rule.unit && unitAtPlant && unitAtPlant !== rule.unit ? unitAtPlant : row.plantUnit;
  return { ...row, plantUnit: plantUnit ?? "", ...Object.fromEntries(named) };
}

/**
 * Puts rows of whole values into a table: one of the same tag is replaced in its place, a new one comes at the end.
 * Rows that read a part of the tag, its events or a method stay as they are.
 */
export function withRows(table: readonly BindingRow[], rows: readonly BindingRow[]): BindingRow[] {
  const coming = new Map(rows.map((row) => [row.nodeId, row]));
  const kept = table.map((row) => {
    if (!readsWholeValue(row)) return row;
    const replaced = coming.get(row.nodeId);
    coming.delete(row.nodeId);
    return replaced ?? row;
  });
  return [...kept, ...coming.values()];
}
