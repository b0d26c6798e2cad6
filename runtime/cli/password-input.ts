import { createInterface } from "node:readline";
import { RungError } from "../core/errors.ts";

/** The first line of stdin. @param where the verb that asks @throws RungError `missing-argument` */
export async function oneLine(where: string): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new RungError({
    code: "missing-argument",
    where,
    what: "found no password on stdin",
    advice: "give it as one line",
  });
}

/** Reads a line without showing it. @param where the verb that asks @throws RungError `cancelled` */
export function askUnseen(question: string, where: string): Promise<string> {
  return new Promise((resolve, reject) => {
    process.stderr.write(question);
    process.stdin.setRawMode(true).setEncoding("utf8").resume();
    let typed = "";
    const finish = (settle: () => void) => {
      process.stdin.off("data", onData).setRawMode(false).pause();
      process.stderr.write("\n");
      settle();
    };
    const onData = (chunk: string) => {
      for (const char of chunk) {
        if (char === "\r" || char === "\n") return finish(() => resolve(typed));
        if (char === "\u0003")
          return finish(() => reject(new RungError({ code: "cancelled", where, what: "cancelled" })));
        typed = char === "\u007f" || char === "\b" ? [...typed].slice(0, -1).join("") : typed + char;
      }
    };
    process.stdin.on("data", onData);
  });
}
