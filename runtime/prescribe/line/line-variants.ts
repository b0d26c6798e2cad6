import { RungError } from "../../core/errors.ts";
import type { Connection, LineModel } from "../../model/line/line-model.ts";

/**
 * The model with so many places in each of these buffers. A buffer of no places is taken out: what stands before it then
 * waits for what stands behind.
 * @throws RungError `line-variant` for an id that is no buffer, or a buffer of no places with several ways out
 */
export function withPlaces(
  model: LineModel,
  buffers: readonly string[],
  places: readonly number[],
): LineModel {
  const placesOf = new Map(buffers.map((id, i) => [id, places[i]!]));
  for (const id of buffers) {
    if (model.blocks.find((block) => block.id === id)?.kind !== "buffer")
      throw fault(model, id, "is no buffer", "name buffers of the model");
  }
  const resized: LineModel = {
    ...model,
    blocks: model.blocks.map((block) =>
      block.kind === "buffer" && placesOf.has(block.id)
        ? { ...block, places: placesOf.get(block.id)! }
        : block,
    ),
  };
  return buffers.filter((id) => placesOf.get(id) === 0).reduce(withoutBuffer, resized);
}

function withoutBuffer(model: LineModel, id: string): LineModel {
  const ways = model.connections.filter(({ from }) => from === id);
  const [way] = ways;
  const isRejectedTo = model.blocks.some(
    (block) => block.kind === "gate" && block.rejects.some(({ to }) => to === id),
  );
  if (way === undefined || ways.length > 1 || way.kinds !== undefined || isRejectedTo) {
    const what = "cannot be without places: it has not one way in and out for all parts";
    throw fault(model, id, what, "leave it out of the search");
  }
  const around = (connection: Connection): Connection[] => {
    if (connection.from === id) return [];
    return [connection.to === id ? { ...connection, to: way.to } : connection];
  };
  return {
    ...model,
    blocks: model.blocks.filter((block) => block.id !== id),
    connections: model.connections.flatMap(around),
  };
}

/** The model with so many people in each group of operators. @throws RungError `line-variant` where it has none */
export function withPeople(model: LineModel, people: readonly number[]): LineModel {
  const { operators } = model;
  if (operators === undefined)
    throw fault(model, "operators", "has no operators", "give the model groups of operators");
  return {
    ...model,
    operators: {
      ...operators,
      groups: operators.groups.map((group, i) => ({ ...group, count: people[i]! })),
    },
  };
}

/** The model with its orders in this sequence, numbered from 0. */
export function withSequence(model: LineModel, sequence: readonly number[]): LineModel {
  const orders = model.orders ?? [];
  return { ...model, orders: sequence.map((i) => orders[i]!) };
}

function fault(model: LineModel, id: string, what: string, advice: string): RungError {
  return new RungError({ code: "line-variant", where: `${model.name}, ${id}`, what, advice });
}
