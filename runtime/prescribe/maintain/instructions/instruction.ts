/** A text in the languages it is written in; `en` is always there. */
export interface Text {
  readonly en: string;
  readonly de?: string;
}

/** The part that a work is about: its id in a drawing, and what people call it. */
export interface MarkedPart {
  readonly id: string;
  readonly label: Text;
}

export interface InstructionStep {
  readonly text: Text;
  readonly minutes: number;
  readonly tools: readonly Text[];
  /** Makes safe what the next steps touch: lock out, prove dead. */
  readonly isLockOut: boolean;
  /** Marked while this step is next; null: the instruction's own. */
  readonly part: MarkedPart | null;
}

/** A shape of a sketch, in its own units, y downwards. */
export interface SketchShape {
  /** Of the part it shows; empty: none, it is there to be recognised by. */
  readonly part: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isClosed: boolean;
}

export interface Sketch {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly SketchShape[];
}

/** How one kind of work is done on one class of assets, step by step. */
export interface Instruction {
  readonly id: string;
  readonly assetClass: string;
  /** Words of a finding or cause that it mends; empty: the planned work on the class. */
  readonly fault: string;
  /** Component that it is about; empty: any of the class. */
  readonly component: string;
  readonly title: Text;
  readonly hazards: readonly Text[];
  readonly part: MarkedPart | null;
  readonly sketch: Sketch | null;
  readonly steps: readonly InstructionStep[];
}

export const minutesOf = ({ steps }: Instruction): number =>
  steps.reduce((sum, { minutes }) => sum + minutes, 0);
