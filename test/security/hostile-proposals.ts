import type { RefusalCode } from "../../runtime/act/decide.ts";
import type { Random } from "../../runtime/core/random.ts";
import { addressOf } from "./campaign-envelope.ts";
import { ZONES } from "./recording-plant.ts";

/** What a proposal on the wire may hold: anything. */
export type Wire = null | boolean | number | string | Wire[] | { [member: string]: Wire };

export interface Hostile {
  readonly kind: string;
  readonly thing: Wire;
  /** The reasons that may stand in the audit for it. */
  readonly codes: readonly RefusalCode[];
}

/** What the generator knows of the plant at this moment. */
export interface Situation {
  readonly nowUs: number;
  readonly setpoint: (zone: number) => number;
  /** An id that was decided before. */
  readonly usedId: string | undefined;
}

/** Numbers that JSON writes otherwise than JSON.stringify does: the runner puts them into the text as they are. */
export const RAW_NUMBERS = ["1e999", "-1e999", "-0", "1e308", "-1e308", "5e-324", "1e22"] as const;
export const rawNumber = (text: (typeof RAW_NUMBERS)[number]): string => `@raw ${text}@`;

const S = 1e6;
const LONG = "x".repeat(301);
const PROTOTYPE_NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
] as const;
const WRONG_UNITS = ["", "m/s", "°C ", "celsius", "kg", "%", "1", "C", "constructor", "__proto__", LONG];

/**
 * Draws proposals that must never be written, whatever the plant's state is. Each is a proposal that would be good
 * but for one thing, or no proposal at all.
 */
export class HostileProposals {
  readonly #random: Random;
  #next = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  draw(situation: Situation): Hostile {
    const kinds = Object.keys(this.#kinds) as (keyof typeof this.draws)[];
    const kind = kinds[this.#random.integer(kinds.length)]!;
    const { thing, codes } = this.#kinds[kind]!(situation);
    return { kind, thing, codes };
  }

  /** A proposal that is right in form and in time; what it sets is for the caller to say. */
  good(situation: Situation, zone: number, value: number): { [member: string]: Wire } {
    const id = `n${this.#next++}`;
    return {
      kind: "proposal",
      id,
      target: addressOf(zone),
      value,
      unit: "°C",
      expiresUs: situation.nowUs + 600 * S,
      evidence: ["model:1"],
      recommendation: id,
    };
  }

  readonly draws: Record<string, (at: Situation) => Omit<Hostile, "kind">> = {
    "random JSON": () => ({ thing: this.#anything(3), codes: ["malformed"] }),
    "member of another kind": (at) => {
      const member = this.#one(["id", "target", "value", "unit", "expiresUs", "evidence"] as const);
      const thing = this.#near(at);
      thing[member] = this.#one<Wire>([
        {},
        [],
        [[]],
        true,
        { toString: 1, valueOf: 1 },
        { toJSON: "x" },
        { length: 3 },
        [{ toString: null }],
      ]);
      // A list is one of evidence ids where all that stands in it is text, as in none at all.
      if (member === "evidence" && Array.isArray(thing[member])) thing[member] = [{ toString: null }];
      return { thing, codes: ["malformed"] };
    },
    "member missing": (at) => {
      const thing = this.#near(at);
      const member = this.#one(["id", "target", "value", "unit", "expiresUs"] as const);
      delete thing[member];
      return { thing, codes: ["malformed"] };
    },
    "no number": (at) => ({
      thing: { ...this.#near(at), value: this.#one([null, rawNumber("1e999"), rawNumber("-1e999")]) },
      codes: ["not-a-number"],
    }),
    "odd number": (at) => ({
      thing: {
        ...this.#near(at),
        value: rawNumber(this.#one(["-0", "1e308", "-1e308", "5e-324", "1e22"] as const)),
        unit: this.#one(["°C", "K", "°F"]),
      },
      codes: ["out-of-range"],
    }),
    "number as text": (at) => ({
      thing: { ...this.#near(at), value: this.#one(["185", "0x99", "1e2", "NaN", ""]) },
      codes: ["malformed"],
    }),
    "out of range": (at) => {
      const past = this.#one([1e-9, 1e-3, 0.5, 5, 1e6]);
      const value = this.#random.integer(2) === 0 ? 150 - past : 220 + past;
      return { thing: { ...this.#near(at), value }, codes: ["out-of-range"] };
    },
    "wrong unit": (at) => ({
      thing: { ...this.#near(at), unit: this.#one(WRONG_UNITS) },
      codes: ["wrong-unit"],
    }),
    "unit mistaken": (at) => ({
      thing: { ...this.#near(at), unit: this.#one(["K", "°F"]) },
      codes: ["out-of-range"],
    }),
    expired: (at) => ({
      thing: {
        ...this.#near(at),
        expiresUs: this.#one<Wire>([at.nowUs, at.nowUs - 1, at.nowUs - 3600 * S, 0, -1, rawNumber("-0")]),
      },
      codes: ["expired"],
    }),
    "expires too far": (at) => ({
      thing: {
        ...this.#near(at),
        expiresUs: this.#one<Wire>([at.nowUs + 8 * 3600 * S + 60 * S, 1e300, rawNumber("1e308")]),
      },
      codes: ["expiry-too-far"],
    }),
    "expires never": (at) => ({
      thing: { ...this.#near(at), expiresUs: this.#one<Wire>([null, rawNumber("1e999"), "9e15"]) },
      codes: ["malformed"],
    }),
    replayed: (at) => ({
      thing: { ...this.#near(at), id: at.usedId ?? LONG },
      codes: [at.usedId === undefined ? "malformed" : "replayed"],
    }),
    "unknown target": (at) => {
      const known = addressOf(this.#zone());
      const target = this.#one([
        ...PROTOTYPE_NAMES,
        `${known} `,
        ` ${known}`,
        `${known}/`,
        known.toUpperCase(),
        `${known}\u0000`,
        known.replace("zone", "zone0"),
        "acme/leipzig/paint/booth1/air/temperatureSetpoint",
        "ns=1;s=Oven1.Zone1.AirTempSP",
        "../oven1/zone1/airTemperatureSetpoint",
        LONG,
      ]);
      return { thing: { ...this.#near(at), target }, codes: ["unknown-target"] };
    },
    "id too long or none": (at) => ({
      thing: { ...this.#near(at), id: this.#one([LONG, "", "y".repeat(5000)]) },
      codes: ["malformed"],
    }),
    "prototype members": (at) => {
      const good = this.#near(at);
      // JSON.parse makes an own member of this name, as an attacker's text would.
      const smuggled = JSON.parse(`{"${this.#one(["__proto__", "constructor"])}": ${JSON.stringify(good)}}`);
      return { thing: { ...smuggled, id: good.id }, codes: ["malformed"] };
    },
    "own check failed": (at) => ({
      thing: {
        ...this.#near(at),
        check: this.#one<Wire>([
          null,
          {},
          { passed: false },
          { passed: "true" },
          { passed: 1 },
          { passed: false, what: { toString: 1 } },
        ]),
      },
      codes: ["check-failed"],
    }),
    "limits of its own": (at) => ({
      thing: {
        ...this.#near(at),
        value: 300,
        max: 1e9,
        maxStep: 1e9,
        mode: "act",
        approved: true,
        force: true,
        envelope: { max: 1e9 },
        nodeIds: { setpoint: "ns=1;s=Oven1.Zone1.AirTempSP" },
      },
      codes: ["out-of-range"],
    }),
    "step too large": (at) => {
      const zone = this.#zone();
      const now = at.setpoint(zone);
      const value =
        now > 185 ? now - 10.5 - 20 * this.#random.uniform() : now + 10.5 + 20 * this.#random.uniform();
      return { thing: this.good(at, zone, value), codes: ["step-too-large"] };
    },
    "within the deadband": (at) => {
      const zone = this.#zone();
      const value = at.setpoint(zone) + this.#one([0, 0.5, -0.5, 0.1]);
      return { thing: this.good(at, zone, value), codes: ["deadband", "out-of-range"] };
    },
  };
  readonly #kinds = this.draws;

  /** One that is right in everything that is looked at before the plant is. */
  #near(at: Situation): { [member: string]: Wire } {
    const zone = this.#zone();
    const now = at.setpoint(zone);
    return this.good(at, zone, now > 185 ? now - 3 : now + 3);
  }

  #zone(): number {
    return this.#one(ZONES);
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#random.integer(of.length)]!;
  }

  #anything(depth: number): Wire {
    const kinds = depth > 0 ? 9 : 6;
    switch (this.#random.integer(kinds)) {
      case 0:
        return null;
      case 1:
        return this.#random.integer(2) === 0;
      case 2:
        return this.#random.normal() * 10 ** (this.#random.integer(40) - 20);
      case 3:
        return this.#one(RAW_NUMBERS.map(rawNumber));
      case 4:
        return this.#one(["", "proposal", "\u0000", "💥", LONG, ...PROTOTYPE_NAMES]);
      case 5:
        return this.#random.integer(2 ** 31);
      case 6:
        return Array.from({ length: this.#random.integer(4) }, () => this.#anything(depth - 1));
      default:
        return Object.fromEntries(
          Array.from({ length: this.#random.integer(5) }, () => [
            this.#one(["id", "target", "value", "unit", "expiresUs", "evidence", "x", ...PROTOTYPE_NAMES]),
            this.#anything(depth - 1),
          ]),
        );
    }
  }
}
