/** What a long run is given to let others in and to say how far it is; the compute child's KernelControl is one. */
export interface RunControl {
  /** @throws RungError `compute-cancelled` */
  breathe(): Promise<void>;
  progress?(done: number, of: number): void;
}
