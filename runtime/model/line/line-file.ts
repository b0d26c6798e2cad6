import { CellDocument as DataDocument, type Field } from "../cell/cell-document.ts";
import { checkLine } from "./check-line.ts";
import type { Duration } from "./duration.ts";
import { count, factors, idOf, isTrue, kit, order, share, texts, whole } from "./line-fields.ts";
import type {
  AssemblyBlock,
  Connection,
  Failure,
  LineBlock,
  LineCalendar,
  LineModel,
  LineShift,
} from "./line-model.ts";
import { readDuration, timeS } from "./read-duration.ts";

const SECONDS_OF = { s: 1, min: 60, h: 3600 } as const;
const METRES_OF = { m: 1, mm: 0.001 } as const;
const KINDS = ["source", "station", "buffer", "conveyor", "assembly", "disassembly", "gate", "sink"] as const;
/**
 * Reads a line from YAML, of which JSON is a part; docs/line.md says what stands in it.
 * @param where the file, for faults
 * @throws RungError `line-file` with file, line, block and reason of every fault; `line-network` as `checkLine`
 */
export function readLineModel(text: string, where: string): LineModel {
  const document = new DataDocument(text, where, "line-file");
  const model = new LineReading(document.root).model();
  document.throwFaults();
  checkLine(model, where);
  return model;
}

class LineReading {
  readonly #root: Field;
  readonly #seconds: number;
  readonly #metres: number;

  constructor(root: Field) {
    this.#root = root.keys([
      "name",
      "units",
      "blocks",
      "connections",
      "operators",
      "crews",
      "calendar",
      "orders",
    ]);
    const units = root.at("units").keys(["time", "length"]);
    this.#seconds = SECONDS_OF[units.at("time").choice(["s", "min", "h"])];
    const length = units.at("length");
    this.#metres = METRES_OF[length.isThere ? length.choice(["m", "mm"]) : "m"];
  }

  model(): LineModel {
    const root = this.#root;
    const blocks = root.at("blocks").list();
    if (blocks.length === 0)
      root.at("blocks").fault("must be a list of blocks", "write at least source, station and sink");
    const [operators, crews, calendar, orders] = ["operators", "crews", "calendar", "orders"].map((key) =>
      root.at(key),
    ) as [Field, Field, Field, Field];
    return {
      name: root.at("name").text("name the line"),
      blocks: blocks.map((block) => this.#block(block)),
      connections: root
        .at("connections")
        .list()
        .flatMap((one) => this.#connections(one)),
      ...(operators.isThere ? { operators: this.#operators(operators) } : {}),
      ...(crews.isThere
        ? {
            crews: crews
              .list()
              .map((crew) => ({ id: idOf(crew.keys(["id", "count"])), count: count(crew.at("count")) })),
          }
        : {}),
      ...(calendar.isThere ? { calendar: this.#calendar(calendar) } : {}),
      ...(orders.isThere ? { orders: orders.list().map(order) } : {}),
    };
  }

  #block(field: Field): LineBlock {
    const id = idOf(field);
    const kind = field.at("kind").choice(KINDS);
    const shifts = field.at("shifts");
    const common = {
      id,
      ...(shifts.isThere ? { shifts: shifts.value === "always" ? ("always" as const) : texts(shifts) } : {}),
    };
    const keys = (...more: string[]): Field => field.keys(["id", "kind", "shifts", ...more]);
    switch (kind) {
      case "source": {
        keys("interarrival", "kinds", "orders");
        const [interarrival, kinds, orders] = [
          field.at("interarrival"),
          field.at("kinds"),
          field.at("orders"),
        ];
        return {
          ...common,
          kind,
          ...(interarrival.isThere ? { interarrival: this.#law(interarrival) } : {}),
          ...(kinds.isThere
            ? {
                kinds: kinds.list().map((one) => ({
                  kind: one.keys(["kind", "share"]).at("kind").text("name the kind"),
                  share: share(one.at("share")),
                })),
              }
            : {}),
          ...(orders.isThere ? { orders: orders.choice(["once", "repeat"] as const) } : {}),
        };
      }
      case "station":
        keys(...WORK_KEYS);
        return { ...common, kind, ...this.#work(field) };
      case "assembly": {
        keys(...WORK_KEYS, "kit", "makes");
        const makes = field.at("makes").optionalText("name the kind it makes");
        const read: AssemblyBlock = { ...common, kind, ...this.#work(field), kit: kit(field.at("kit")) };
        return makes === undefined ? read : { ...read, makes };
      }
      case "disassembly":
        keys(...WORK_KEYS, "makes");
        return { ...common, kind, ...this.#work(field), makes: kit(field.at("makes")) };
      case "buffer": {
        const places = keys("places").at("places");
        return { ...common, kind, ...(places.isThere ? { places: whole(places, 0) } : {}) };
      }
      case "conveyor":
        keys("length", "speed", "pitch", "accumulating");
        return {
          ...common,
          kind,
          lengthM: field.at("length").number({ above: 0 }) * this.#metres,
          // Length per second of the file's units of length.
          speedMPerS: (field.at("speed").number({ above: 0 }) * this.#metres) / this.#seconds,
          pitchM: field.at("pitch").number({ above: 0 }) * this.#metres,
          accumulating: isTrue(field.at("accumulating")),
        };
      case "gate":
        keys("rejects");
        return {
          ...common,
          kind,
          rejects: field
            .at("rejects")
            .list()
            .map((reject) => {
              const kinds = reject.keys(["to", "share", "kinds"]).at("kinds");
              return {
                to: reject.at("to").text("name a block"),
                share: share(reject.at("share")),
                ...(kinds.isThere ? { kinds: texts(kinds) } : {}),
              };
            }),
        };
      case "sink": {
        const scrap = keys("scrap").at("scrap");
        return { ...common, kind, ...(scrap.isThere ? { scrap: isTrue(scrap) } : {}) };
      }
    }
  }

  #work(field: Field) {
    const at = (key: string): Field => field.at(key);
    const rework = at("rework");
    const energy = at("energy");
    const operators = at("operators");
    return {
      process: this.#law(at("process")),
      ...(at("kindFactors").isThere ? { kindFactors: factors(at("kindFactors")) } : {}),
      ...(at("setup").isThere
        ? {
            setup: at("setup")
              .list()
              .map((rule) => this.#setup(rule)),
          }
        : {}),
      ...(rework.isThere
        ? {
            rework: {
              share: share(rework.keys(["share", "time"]).at("share")),
              ...(rework.at("time").isThere ? { time: this.#law(rework.at("time")) } : {}),
            },
          }
        : {}),
      ...(at("failure").isThere ? { failure: this.#failure(at("failure")) } : {}),
      ...(operators.isThere
        ? {
            operators: {
              skill: operators.keys(["skill", "count"]).at("skill").text("name a skill"),
              count: operators.at("count").isThere ? count(operators.at("count")) : 1,
            },
          }
        : {}),
      ...(energy.isThere
        ? {
            energyKw: {
              busy: energy.keys(["busy", "idle", "down", "off"]).at("busy").number({ least: 0 }),
              idle: energy.at("idle").number({ least: 0 }),
              down: energy.at("down").number({ least: 0 }),
              off: energy.at("off").number({ least: 0 }, 0),
            },
          }
        : {}),
      ...(at("servers").isThere ? { servers: count(at("servers")) } : {}),
      ...(at("position").isThere ? { positionM: this.#position(at("position")) } : {}),
    };
  }

  #setup(field: Field) {
    const [from, to] = [
      field.keys(["from", "to", "time"]).at("from").optionalText("name a kind"),
      field.at("to").optionalText("name a kind"),
    ];
    return {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      time: this.#law(field.at("time")),
    };
  }

  #failure(field: Field): Failure {
    const crew = field.keys(["by", "between", "repair", "crew"]).at("crew").optionalText("name a crew");
    return {
      by: field.at("by").choice(["time", "operation"] as const),
      meanBetween: this.#law(field.at("between")),
      repair: this.#law(field.at("repair")),
      ...(crew === undefined ? {} : { crew }),
    };
  }

  #position(field: Field): [number, number] {
    const [x, y] = field.numbers(2, "[x, y]");
    return [x! * this.#metres, y! * this.#metres];
  }

  #law(field: Field): Duration {
    return readDuration(field, this.#seconds);
  }

  #time(field: Field, isPositive = false): number {
    return timeS(field, this.#seconds, isPositive);
  }

  #connections(field: Field): Connection[] {
    // `[a, b, c]` is a chain.
    if (Array.isArray(field.value)) {
      const ids = texts(field);
      if (ids.length < 2) field.fault("must name two blocks or more", "write [from, to]");
      return ids.slice(1).map((to, i) => ({ from: ids[i]!, to }));
    }
    const [part, kinds] = [field.keys(["from", "to", "share", "kinds"]).at("share"), field.at("kinds")];
    return [
      {
        from: field.at("from").text("name a block"),
        to: field.at("to").text("name a block"),
        ...(part.isThere ? { share: share(part) } : {}),
        ...(kinds.isThere ? { kinds: texts(kinds) } : {}),
      },
    ];
  }

  #operators(field: Field): NonNullable<LineModel["operators"]> {
    const speed = field.keys(["groups", "walkingSpeed"]).at("walkingSpeed");
    return {
      groups: field
        .at("groups")
        .list()
        .map((group) => ({
          id: idOf(group.keys(["id", "count", "skills"])),
          count: count(group.at("count")),
          skills: texts(group.at("skills")),
        })),
      ...(speed.isThere ? { walkingMPerS: (speed.number({ above: 0 }) * this.#metres) / this.#seconds } : {}),
    };
  }

  #calendar(field: Field): LineCalendar {
    const startsAt = field.keys(["period", "startsAt", "shifts"]).at("startsAt");
    return {
      periodS: this.#time(field.at("period"), true),
      startsAtS: startsAt.isThere ? this.#time(startsAt) : 0,
      shifts: field
        .at("shifts")
        .list()
        .map(
          (shift): LineShift => ({
            name: shift.keys(["name", "from", "to", "breaks"]).at("name").text("name the shift"),
            ...this.#span(shift),
            breaks: shift
              .at("breaks")
              .list()
              .map((pause) => this.#span(pause.keys(["from", "to"]))),
          }),
        ),
    };
  }

  #span(field: Field): { fromS: number; toS: number } {
    return { fromS: this.#time(field.at("from")), toS: this.#time(field.at("to")) };
  }
}

const WORK_KEYS = [
  "process",
  "kindFactors",
  "setup",
  "rework",
  "failure",
  "operators",
  "energy",
  "servers",
  "position",
] as const;
