import {
  ANYTHING,
  arithmeticInterval,
  between,
  callInterval,
  eitherInterval,
  exactly,
  type Interval,
  narrowed,
  negativeInterval,
} from "./interval.ts";
import type { Comparison, NumberNode, TruthNode } from "./kernel-ir.ts";
import type { KernelSpec } from "./kernel-spec.ts";

/**
 * What is known of numbers where the source now stands. `always` holds on every backend whatever branch is taken;
 * what a test around the place adds holds only where the branch runs, and some backends compute both.
 */
export class Facts {
  readonly #spec: KernelSpec;
  /** Of locals that are set once. */
  readonly #locals = new Map<number, { always: Interval; here: Interval }>();
  readonly #tests: Map<string, Interval>[] = [new Map()];

  constructor(spec: KernelSpec) {
    this.#spec = spec;
  }

  settle(local: number, of: NumberNode): void {
    this.#locals.set(local, { always: this.interval(of, "always"), here: this.interval(of, "here") });
  }

  settleCounter(local: number, of: Interval): void {
    this.#locals.set(local, { always: of, here: of });
  }

  /** Runs `body` where `test` is known to be `truth`. */
  within(test: TruthNode, truth: boolean, body: () => void): void {
    this.#tests.push(new Map());
    this.#learn(test, truth);
    body();
    this.#tests.pop();
  }

  /** From here to the end of the block `test` is known to be `truth`. */
  learn(test: TruthNode, truth: boolean): void {
    this.#learn(test, truth);
  }

  block(body: () => void): void {
    this.#tests.push(new Map());
    body();
    this.#tests.pop();
  }

  interval(of: NumberNode, when: "always" | "here"): Interval {
    const plain = this.#plain(of, when);
    const key = when === "here" ? keyOf(of) : undefined;
    if (key === undefined) return plain;
    return this.#tests.findLast((known) => known.has(key))?.get(key) ?? plain;
  }

  #plain(of: NumberNode, when: "always" | "here"): Interval {
    switch (of.is) {
      case "literal":
        return exactly(of.value);
      case "thread":
        return between(0, this.#spec.output.shape[of.axis]! - 1, true);
      case "port": {
        const port = this.#spec.inputs[of.port]!;
        if ("constant" in port.from) return exactly(port.from.constant);
        return port.range === undefined ? ANYTHING : between(port.range[0], port.range[1], false);
      }
      case "local":
        return this.#locals.get(of.local)?.[when] ?? ANYTHING;
      case "cell": {
        const range = this.#spec.inputs[of.port]!.range;
        // The state of a time stepping is checked once, at the start.
        const checked = range !== undefined && !("result" in this.#spec.inputs[of.port]!.from);
        return checked ? between(range[0], range[1], false) : ANYTHING;
      }
      case "element":
        return ANYTHING;
      case "negative":
        return negativeInterval(this.interval(of.of, when));
      case "arithmetic":
        return arithmeticInterval(of.operator, this.interval(of.left, when), this.interval(of.right, when));
      case "call":
        return callInterval(
          of.name,
          of.args.map((arg) => this.interval(arg, when)),
        );
      case "choice":
        return eitherInterval(this.interval(of.yes, when), this.interval(of.no, when));
    }
  }

  #learn(test: TruthNode, truth: boolean): void {
    if (test.is === "not") this.#learn(test.of, !truth);
    else if ((test.is === "both" && truth) || (test.is === "either" && !truth)) {
      this.#learn(test.left, truth);
      this.#learn(test.right, truth);
    } else if (test.is === "compare") {
      const operator = truth ? test.operator : CONTRARY[test.operator];
      this.#narrow(test.left, operator, test.right);
      this.#narrow(test.right, MIRRORED[operator], test.left);
    }
  }

  #narrow(side: NumberNode, operator: Comparison, than: NumberNode): void {
    const { node, offset } = withoutOffset(side);
    const key = keyOf(node);
    if (key === undefined || (node.is === "local" && !this.#locals.has(node.local))) return;
    const limit = arithmeticInterval("-", this.interval(than, "here"), exactly(offset));
    this.#tests.at(-1)!.set(key, narrowed(this.interval(node, "here"), operator, limit));
  }
}

const CONTRARY: Readonly<Record<Comparison, Comparison>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "===": "!==",
  "!==": "===",
};

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "===": "===",
  "!==": "!==",
};

function keyOf(node: NumberNode): string | undefined {
  if (node.is === "thread") return `thread ${node.axis}`;
  if (node.is === "local") return `local ${node.local}`;
  return node.is === "port" ? `port ${node.port}` : undefined;
}

/** `x + 1` as x and 1. */
function withoutOffset(node: NumberNode): { node: NumberNode; offset: number } {
  if (
    node.is === "arithmetic" &&
    node.right.is === "literal" &&
    (node.operator === "+" || node.operator === "-")
  )
    return { node: node.left, offset: node.operator === "+" ? node.right.value : -node.right.value };
  return { node, offset: 0 };
}
