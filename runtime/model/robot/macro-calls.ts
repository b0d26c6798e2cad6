/**
 * Which macro calls which, over all files of a robot. One that calls itself, be it through others, would be expanded
 * for ever without a breath for anything else, so it is refused, whatever condition stands before the call.
 */
export class MacroCalls {
  readonly #calls = new Map<string, Set<string>>();

  /** @throws Error for a macro that calls itself */
  add(text: string): void {
    const parts = text.replaceAll(/<!--[\s\S]*?-->/g, "").matchAll(/<(\/?)(?:xacro:)?([\w.-]+)([^>]*)>/g);
    const within: string[] = [];
    for (const [, end, tag, attributes] of parts) {
      if (tag === "macro" && end !== "") within.pop();
      else if (tag === "macro") {
        const name = /\bname\s*=\s*["'](?:xacro:)?([^"']*)["']/.exec(attributes!)?.[1] ?? "";
        if (!attributes!.endsWith("/")) within.push(name);
      } else if (end === "" && within.length > 0) {
        const caller = within.at(-1)!;
        this.#calls.set(caller, (this.#calls.get(caller) ?? new Set()).add(tag!));
      }
    }
    for (const name of this.#calls.keys())
      if (this.#reaches(name, name, new Set())) throw new Error(`the macro ${name} calls itself`);
  }

  #reaches(from: string, to: string, seen: Set<string>): boolean {
    for (const called of this.#calls.get(from) ?? []) {
      if (called === to) return true;
      if (seen.has(called)) continue;
      seen.add(called);
      if (this.#reaches(called, to, seen)) return true;
    }
    return false;
  }
}
