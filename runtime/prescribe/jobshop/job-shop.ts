/** One machine that can do an operation, and how long it takes there, in the file's unit of time. */
export interface MachineChoice {
  /** From 0. */
  readonly machine: number;
  readonly duration: number;
}

/**
 * A job shop: the operations of a job follow one another, a machine does one at a time, and none is interrupted. With
 * more than one choice for an operation it is a flexible job shop.
 */
export interface JobShop {
  readonly name: string;
  readonly machines: number;
  /** Of each job its operations, of each operation the machines that can do it. */
  readonly jobs: readonly (readonly (readonly MachineChoice[])[])[];
}

/** Whether any operation has a choice of machines. */
export function isFlexible(shop: JobShop): boolean {
  return shop.jobs.some((job) => job.some((choices) => choices.length > 1));
}

/** Where and when one operation runs; jobs, operations and machines from 0. */
export interface ScheduledOperation {
  readonly job: number;
  readonly operation: number;
  readonly machine: number;
  readonly start: number;
  readonly end: number;
}
