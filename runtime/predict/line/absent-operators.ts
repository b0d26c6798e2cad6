import type { Random } from "../../core/random.ts";
import type { LineModel } from "../../model/line/line-model.ts";

/** Draws before the crew is left as it is: with so few nobody might be left for a station. */
const DRAWS = 20;

/**
 * The line with operators away for the whole run, each of them as likely as another, and somebody left for every station:
 * a line that is told to run does run.
 * @param absent persons; 0 and fewer, or a line without operators: as it is
 */
export function withAbsent(model: LineModel, absent: number, random: Random): LineModel {
  const { operators } = model;
  if (operators === undefined || !(absent > 0)) return model;
  const people = operators.groups.flatMap(({ id, count }) => Array.from({ length: count }, () => id));
  const away = Math.min(Math.round(absent), people.length - 1);
  for (let draw = 0; draw < DRAWS; draw++) {
    const left = [...people];
    for (let i = 0; i < away; i++) left.splice(random.integer(left.length), 1);
    const groups = operators.groups.map((group) => ({
      ...group,
      count: left.filter((id) => id === group.id).length,
    }));
    const isServed = model.blocks.every((block) => {
      if (!("operators" in block) || block.operators === undefined) return true;
      const { skill, count } = block.operators;
      const able = groups.filter(({ skills }) => skills.includes(skill));
      return able.reduce((sum, group) => sum + group.count, 0) >= count;
    });
    if (isServed) return { ...model, operators: { ...operators, groups } };
  }
  return model;
}
