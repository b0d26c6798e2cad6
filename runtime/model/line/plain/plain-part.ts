/** A part inside a plain line. */
export class PlainPart {
  /** Counted from 1. */
  number = 0;
  /** When it was let in; before that, when it came, s. */
  enteredS = Number.NaN;
  /** Of one that is gone: the next such. */
  next: PlainPart | undefined = undefined;
}

/** Makes parts, of those that are gone as long as there are any. */
export class PartPool {
  #free: PlainPart | undefined = undefined;
  #made = 0;

  make(): PlainPart {
    let part = this.#free;
    if (part === undefined) part = new PlainPart();
    else {
      this.#free = part.next;
      part.next = undefined;
    }
    part.number = ++this.#made;
    return part;
  }

  drop(part: PlainPart): void {
    part.next = this.#free;
    this.#free = part;
  }
}
