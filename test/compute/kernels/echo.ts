/** Gives back what it was given, and what it was given as. */
export function run<T>(input: T): { input: T; prototype: string } {
  return { input, prototype: Object.prototype.toString.call(input) };
}
