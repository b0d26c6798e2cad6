/** What a verb printed, and the exit code it gave. */
export interface CaughtOutput {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a verb with what it writes to stdout and stderr caught. */
export async function caughtOutput(run: () => number | Promise<number>): Promise<CaughtOutput> {
  const kept = { out: process.stdout.write, err: process.stderr.write };
  const text = { out: "", err: "" };
  const into = (name: "out" | "err") => (chunk: string | Uint8Array) => {
    text[name] += chunk;
    return true;
  };
  process.stdout.write = into("out");
  process.stderr.write = into("err");
  try {
    return { code: await run(), ...text };
  } finally {
    process.stdout.write = kept.out;
    process.stderr.write = kept.err;
  }
}
