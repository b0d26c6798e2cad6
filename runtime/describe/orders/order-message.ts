import { RungError } from "../../core/errors.ts";
import { Frame } from "../../core/frame.ts";
import type { DeskQuestion, OrderDesk } from "./order-desk.ts";
import type { IntakeResult } from "./order-store.ts";

/** What a desk answers to a message: what it took in, or a genealogy. */
export type DeskAnswer =
  | ({ readonly kind: "intake" } & Omit<IntakeResult, "problems">)
  | {
      readonly kind: "genealogy";
      readonly order: string | null;
      readonly rows: Awaited<ReturnType<OrderDesk["genealogy"]>>;
    };

type Fields = Record<string, unknown>;

/**
 * Does what a message asks: takes in orders (a document as text or bytes, or an object), a performance
 * (`kind: "performance"`), or asks which body saw which conditions (`kind: "genealogy"`).
 * @throws RungError what the desk throws; `not-orders` for a frame and for anything that is none of these
 */
export async function doAsked(desk: OrderDesk, payload: unknown, topic: string): Promise<DeskAnswer> {
  if (typeof payload === "string") return taken(await desk.takeDocument(Buffer.from(payload), topic));
  if (payload instanceof Uint8Array) return taken(await desk.takeDocument(payload, topic));
  if (payload === null || typeof payload !== "object" || Frame.is(payload)) {
    throw new RungError({
      code: "not-orders",
      where: topic,
      what: `expected orders, got ${Frame.is(payload) ? "a frame" : payload === null ? "nothing" : typeof payload}`,
      advice: "send a document as text, an order, a list of them, a performance or a genealogy question",
    });
  }
  const { kind, ...fields } = payload as Fields;
  if (kind === "performance") return taken(desk.reportValue(fields, topic));
  if (kind === "genealogy") {
    const question = questionOf(fields, topic);
    return { kind, order: question.order ?? null, rows: await desk.genealogy(question) };
  }
  return taken(desk.takeValue(payload, topic));
}

const taken = ({ problems: _told, ...counts }: IntakeResult): DeskAnswer => ({ kind: "intake", ...counts });

const isText = (value: unknown): boolean => typeof value === "string";
const isTime = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const MEMBERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  order: isText,
  bodies: isTexts,
  addresses: isTexts,
  entry: isText,
  exit: isText,
  records: isText,
  fromUs: isTime,
  toUs: isTime,
  report: (value) => typeof value === "boolean",
};

function questionOf(fields: Fields, where: string): DeskQuestion {
  for (const [key, value] of Object.entries(fields)) {
    if (!Object.hasOwn(MEMBERS, key) || !MEMBERS[key]!(value)) {
      throw new RungError({
        code: "bad-query",
        where,
        what: `a genealogy question cannot hold ${JSON.stringify(key.slice(0, 40))} like this`,
        advice:
          "order, entry, exit and records are text, bodies and addresses lists of text, fromUs and toUs µs since 1970",
      });
    }
  }
  return fields as DeskQuestion;
}
