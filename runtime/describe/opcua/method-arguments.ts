import type { Argument, ClientSession, Variant } from "node-opcua";
import { RungError } from "../../core/errors.ts";
import { BUILT_IN } from "./built-in-type.ts";
import { loadOpcua } from "./load-opcua.ts";

/** Least and greatest integer by built-in type (OPC 10000-6, 5.2.2). */
const INTEGERS: Readonly<Record<number, readonly [least: bigint, most: bigint]>> = {
  2: [-(2n ** 7n), 2n ** 7n - 1n],
  3: [0n, 2n ** 8n - 1n],
  4: [-(2n ** 15n), 2n ** 15n - 1n],
  5: [0n, 2n ** 16n - 1n],
  6: [-(2n ** 31n), 2n ** 31n - 1n],
  7: [0n, 2n ** 32n - 1n],
  8: [-(2n ** 63n), 2n ** 63n - 1n],
  9: [0n, 2n ** 64n - 1n],
};
const FLOAT = 10;
const SCALAR_RANK = -1;
const NUMBER_TYPE = 26;

/**
 * Checks constant inputs against a method's InputArguments (OPC 10000-3, 5.7) and makes variants of them. Numbers,
 * truth values, texts, dates in ISO 8601, integers beyond 2^53 as text, node ids, and lists of these can be given.
 * @throws RungError `method-arguments` naming the first input that does not fit
 */
export async function checkedInputs(
  session: ClientSession,
  expected: readonly Argument[],
  given: readonly unknown[],
  where: string,
): Promise<Variant[]> {
  const opcua = await loadOpcua();
  const names = expected.map(({ name }) => name ?? "").join(", ");
  if (given.length !== expected.length) {
    throw refused(
      where,
      `it takes ${expected.length === 0 ? "no inputs" : `${expected.length} (${names})`}, the row gives ${given.length}`,
    );
  }
  const variants: Variant[] = [];
  for (const [i, argument] of expected.entries()) {
    const { name, dataType, valueRank } = argument;
    const at = `input ${i + 1}, ${name ?? ""},`;
    const base: number = await opcua.findBasicDataType(session, dataType);
    const isAny = base === 0 || base >= BUILT_IN.variant;
    const type = isAny ? guessedType(given[i]) : base === NUMBER_TYPE ? BUILT_IN.double : base;
    const isList = Array.isArray(given[i]);
    if (isList ? valueRank === SCALAR_RANK : valueRank > 0) {
      throw refused(where, `${at} is ${isList ? "no list" : "a list"}, got ${JSON.stringify(given[i])}`);
    }
    const one = (value: unknown): unknown => {
      const checked = asType(value, type, opcua.resolveNodeId);
      if (checked !== undefined) return checked;
      throw refused(where, `${at} must be ${opcua.DataType[type]}, got ${JSON.stringify(value)}`);
    };
    variants.push(
      new opcua.Variant({
        dataType: type,
        arrayType: isList ? opcua.VariantArrayType.Array : opcua.VariantArrayType.Scalar,
        value: isList ? (given[i] as unknown[]).map(one) : one(given[i]),
      }),
    );
  }
  return variants;
}

/** The value as node-opcua takes it for a built-in type; undefined where it is no such value. */
function asType(value: unknown, type: number, resolveNodeId: (text: string) => unknown): unknown {
  if (type === BUILT_IN.boolean) return typeof value === "boolean" ? value : undefined;
  const range = INTEGERS[type];
  if (range !== undefined) {
    const integer = asInteger(value);
    if (integer === undefined || integer < range[0] || integer > range[1]) return undefined;
    if (type !== BUILT_IN.int64 && type !== BUILT_IN.uInt64) return Number(integer);
    const bits = BigInt.asUintN(64, integer);
    return [Number(bits >> 32n), Number(bits & 0xffffffffn)];
  }
  if (type === FLOAT || type === BUILT_IN.double) {
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  }
  if (typeof value !== "string") return undefined;
  switch (type) {
    case BUILT_IN.string:
      return value;
    case BUILT_IN.localizedText:
      return { text: value };
    case BUILT_IN.dateTime:
      return Number.isNaN(Date.parse(value)) ? undefined : new Date(value);
    case BUILT_IN.nodeId:
      try {
        return resolveNodeId(value);
      } catch {
        // It throws for text that is no node id.
        return undefined;
      }
    default:
      return undefined;
  }
}

function asInteger(value: unknown): bigint | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : undefined;
}

/** For an input that takes any type. */
function guessedType(value: unknown): number {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one === "boolean") return BUILT_IN.boolean;
  return typeof one === "string" ? BUILT_IN.string : BUILT_IN.double;
}

const refused = (where: string, what: string): RungError =>
  new RungError({
    code: "method-arguments",
    where,
    what: `the method is not called: ${what}`,
    advice: "correct the inputs in the row; the other tags go on",
  });
