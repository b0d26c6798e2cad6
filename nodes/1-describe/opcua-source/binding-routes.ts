import type { NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import {
  readBindingCsv,
  readRuleCsv,
  writeBindingCsv,
  writeRuleCsv,
} from "../../../runtime/describe/binding-csv.ts";
import type { BindingRule } from "../../../runtime/describe/binding-rules.ts";
import type { BindingRow } from "../../../runtime/describe/binding-table.ts";

/** Mistakes of a file that are told; the rest are counted. */
const MOST_PROBLEMS = 20;

interface Request {
  body: Record<string, unknown> | undefined;
}
interface Response {
  status(code: number): Response;
  json(body: unknown): void;
}

/** The admin routes behind the dialog's buttons for CSV: tables and rules from text and to text. */
export function serveBindings(RED: NodeAPI): void {
  const read = RED.auth.needsPermission("rung.read");
  const post = (name: string, act: (body: Record<string, unknown>) => unknown) =>
    RED.httpAdmin.post(`/rung/bindings/${name}`, read, ((request: Request, response: Response) => {
      try {
        response.json(act(request.body ?? {}));
      } catch (thrown) {
        response.status(409).json({ error: messageOf(thrown) });
      }
    }) as never);
  /** Only a file without a mistake is taken: half a table is worse than none. */
  const whole = <T>({ rows, problems }: { rows: readonly T[]; problems: readonly RungError[] }) => ({
    rows: problems.length === 0 ? rows : [],
    problems: problems.slice(0, MOST_PROBLEMS).map(({ message }) => message),
    problemCount: problems.length,
  });

  post("read-csv", ({ text, name }) => whole(readBindingCsv(String(text ?? ""), String(name ?? "file"))));
  post("write-csv", ({ rows }) => ({ text: writeBindingCsv(listOf<BindingRow>(rows)) }));
  post("read-rules", ({ text, name }) => whole(readRuleCsv(String(text ?? ""), String(name ?? "file"))));
  post("write-rules", ({ rows }) => ({ text: writeRuleCsv(listOf<BindingRule>(rows)) }));
}

function listOf<T>(value: unknown): T[] {
  if (Array.isArray(value)) return value as T[];
  throw new RungError({ code: "malformed-question", where: "dialog", what: "sends no list of rows" });
}
