import { createInterface } from "node:readline";

type Handler = (request: never) => unknown;

/** The far side of child.ts: answers requests by name. The process ends when the one that started it is gone. */
export function answer(handlers: Readonly<Record<string, Handler>>): void {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => void take(line));
  process.stdin.on("end", () => process.exit(0));

  async function take(line: string): Promise<void> {
    const request = JSON.parse(line) as { id: number; op: string };
    try {
      const handler = handlers[request.op];
      if (handler === undefined) throw new Error(`has no request ${request.op}`);
      write({ id: request.id, result: (await handler(request as never)) ?? null });
    } catch (thrown) {
      write({
        id: request.id,
        error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      });
    }
  }
}

export function tell(event: string, detail: object): void {
  write({ event, detail });
}

/** The options it was started with. */
export const givenOptions = <T>(): T => JSON.parse(process.argv[2]!) as T;

const write = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
