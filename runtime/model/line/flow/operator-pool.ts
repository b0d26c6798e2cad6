import type { OperatorCrew } from "../line-model.ts";

export interface Operator {
  /** `team/0`. */
  readonly name: string;
  readonly skills: readonly string[];
  /** Where the operator stands; undefined before the first work. */
  positionM: readonly [number, number] | undefined;
  /** The block there; one without a position leaves the operator where they were. */
  block: string | undefined;
  isFree: boolean;
}

/** A server that asks for people. */
export interface OperatorRequest {
  readonly name: string;
  readonly block: string;
  readonly skill: string;
  readonly count: number;
  readonly positionM: readonly [number, number] | undefined;
  /** Told who comes, and how long the last of them walks, s. */
  granted(operators: readonly Operator[], walkS: number): void;
}

/** The people of a line. A request that all cannot meet at once waits; of those that wait the first that can be met is. */
export class OperatorPool {
  readonly operators: readonly Operator[];
  readonly waiting: OperatorRequest[] = [];
  readonly #walkingMPerS: number;

  constructor(crew: OperatorCrew) {
    this.#walkingMPerS = crew.walkingMPerS ?? Number.POSITIVE_INFINITY;
    this.operators = crew.groups.flatMap(({ id, count, skills }) =>
      Array.from({ length: count }, (_, i) => ({
        name: `${id}/${i}`,
        skills,
        positionM: undefined,
        block: undefined,
        isFree: true,
      })),
    );
  }

  /** @returns whether it was granted at once; else it waits */
  request(request: OperatorRequest): boolean {
    if (this.#grant(request)) return true;
    this.waiting.push(request);
    return false;
  }

  release(operators: readonly Operator[]): void {
    for (const operator of operators) operator.isFree = true;
    let i = 0;
    while (i < this.waiting.length) {
      const request = this.waiting[i]!;
      if (this.#grantable(request) === undefined) i++;
      else {
        this.waiting.splice(i, 1);
        this.#grant(request);
        i = 0;
      }
    }
  }

  #grant(request: OperatorRequest): boolean {
    const chosen = this.#grantable(request);
    if (chosen === undefined) return false;
    let walkS = 0;
    for (const operator of chosen) {
      walkS = Math.max(walkS, this.#wayM(operator, request) / this.#walkingMPerS);
      operator.isFree = false;
      if (request.positionM !== undefined) {
        operator.positionM = request.positionM;
        operator.block = request.block;
      }
    }
    request.granted(chosen, walkS);
    return true;
  }

  /** Those who would come, the nearest first, then as they are listed; undefined where they are too few. */
  #grantable(request: OperatorRequest): Operator[] | undefined {
    const able = this.operators.filter(({ isFree, skills }) => isFree && skills.includes(request.skill));
    if (able.length < request.count) return undefined;
    able.sort((a, b) => this.#wayM(a, request) - this.#wayM(b, request));
    return able.slice(0, request.count);
  }

  #wayM({ positionM }: Operator, request: OperatorRequest): number {
    if (positionM === undefined || request.positionM === undefined) return 0;
    return Math.hypot(positionM[0] - request.positionM[0], positionM[1] - request.positionM[1]);
  }
}
