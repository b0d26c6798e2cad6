/** Where the values of an input come from. */
export type KernelPortSource =
  | { readonly constant: number }
  /** A property of the message. */
  | { readonly message: string }
  /** The address of a twin's property. */
  | { readonly address: string }
  /** Uniform numbers in [low, high), drawn by Rung, the same on every backend. */
  | { readonly random: { readonly seed: number; readonly low: number; readonly high: number } }
  /** The kernel's own last result: the state of a time stepping. */
  | { readonly result: true };

/** One input of a kernel. */
export interface KernelPort {
  readonly name: string;
  readonly holds: "field" | "number";
  readonly unit: string;
  /** Cells: [] of a number, [nx], [nx, ny] or [nx, ny, nz] of a field, which the source reads as `a[z][y][x]`. */
  readonly shape: readonly number[];
  /** Lowest and highest value that makes sense, in the unit of the port. */
  readonly range?: readonly [number, number];
  readonly from: KernelPortSource;
}

export const KERNEL_BACKENDS = ["webgpu", "webasm", "cpu"] as const;
export type KernelBackend = (typeof KERNEL_BACKENDS)[number];

/** A kernel as it is saved: one function, its ports, and how it is to run. */
export interface KernelSpec {
  readonly version: 1;
  readonly name: string;
  /** One JavaScript function, run once for every cell of the output. */
  readonly source: string;
  /** In the order of the function's parameters. */
  readonly inputs: readonly KernelPort[];
  readonly output: {
    readonly name: string;
    readonly unit: string;
    readonly shape: readonly number[];
    readonly range?: readonly [number, number];
  };
  /** What the source reads as `this.constants.<name>`. */
  readonly constants: Readonly<Record<string, number>>;
  /** How often the kernel runs over the field; more than once only with an input from its own last result. */
  readonly steps: number;
  /** The most rounds that one loop of the source may take. */
  readonly loopMax: number;
  readonly seed: number;
  readonly backend: "auto" | KernelBackend;
}
