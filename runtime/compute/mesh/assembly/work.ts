let tests: i32 = 0;

/** Exact triangle tests since they were last forgotten: the work of a query, the same on every machine. */
export function exactTests(): i32 { return tests; }

export function forgetExactTests(): void { tests = 0; }

// @ts-ignore: a decorator
@inline
export function countExactTest(): void { tests++; }
