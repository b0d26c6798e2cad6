/** One thing to say about a kernel's source. Lines count from 1, columns from 0, the end is past the last character. */
export interface KernelRemark {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** A kernel with an error does not run. */
  readonly severity: "error" | "warning";
  /** Stable, kebab-case: `loop-unbounded`, `input-written`. docs/kernels.md explains each. */
  readonly code: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
}
