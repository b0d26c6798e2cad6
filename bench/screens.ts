/**
 * What screens cost: 10,000 live properties from an OPC UA server of its own, pages without a browser that ask as a page
 * does, and Chromium. Pushing is the host's CPU with 20 pages open against the same host with none, in turns; the delay
 * is from a value's source time to its painting; the page is 100 tiles and 20 trends in a browser, all its processes.
 * Writes bench/results/screens.md; ends with 1 where a bar is missed.
 *
 * node bench/screens.ts [seconds of a turn] [turns]
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { paintedDelays } from "./screens/delays.ts";
import { PAGES } from "./screens/load-flow.ts";
import { openPage, Stage } from "./screens/stage.ts";
import { cpuOf, cpuOfBrowsers } from "./screens/usage.ts";

const [seconds = 20, turns = 3] = process.argv.slice(2).map(Number);
const LOAD = { machines: 10, tagsEach: 1000 };
const CLIENTS = 20;
const BAR_PUSH = 30;
const BAR_DELAY_MS = 500;
const BAR_PAGE = 20;
const SETTLE_S = 5;
const WIDTH = 1920;

const rest = (s: number) => new Promise((resolve) => setTimeout(resolve, 1000 * s));
/** Share of one core over a turn, %. */
const share = async (used: () => number): Promise<number> => {
  const [before, beganMs] = [used(), performance.now()];
  await rest(seconds);
  return (100 * (used() - before)) / ((performance.now() - beganMs) / 1000);
};
const quantile = (values: readonly number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]!;
const middle = (values: readonly number[]) => quantile(values, 0.5);

const loads = [loadavg()[0]!];
const stage = await Stage.open(LOAD);
await rest(2 * SETTLE_S);
const alone: number[] = [];
const watched: number[] = [];
const perPageS = { messages: 0, bytes: 0 };
for (let turn = 0; turn < turns; turn++) {
  alone.push(await share(() => cpuOf(stage.pid)));
  for (const page of PAGES) await stage.look(page, CLIENTS / PAGES.length);
  await rest(SETTLE_S);
  const before = stage.sent;
  watched.push(await share(() => cpuOf(stage.pid)));
  perPageS.messages = (stage.sent.messages - before.messages) / seconds / CLIENTS;
  perPageS.bytes = (stage.sent.bytes - before.bytes) / seconds / CLIENTS;
  stage.lookAway();
  await rest(SETTLE_S);
  loads.push(loadavg()[0]!);
}

// The heavy page is the 20th.
for (const page of PAGES) await stage.look(page, CLIENTS / PAGES.length - (page === PAGES[0] ? 1 : 0));
const { browser, page } = await openPage(stage.host.url, PAGES[0]!);
await rest(SETTLE_S);
const delays = await paintedDelays(page, turns * seconds);
stage.lookAway();
await rest(SETTLE_S);
const heights = [1080, 2400];
const pages: number[][] = heights.map(() => []);
for (let turn = 0; turn < turns; turn++)
  for (const [i, height] of heights.entries()) {
    await page.setViewportSize({ width: WIDTH, height });
    await rest(SETTLE_S);
    pages[i]!.push(await share(cpuOfBrowsers));
    if (turn === 0 && process.env.RUNG_SHOTS)
      await page.screenshot({ path: `${process.env.RUNG_SHOTS}/screens-${height}.png` });
  }
loads.push(loadavg()[0]!);
await browser.close();
await stage.close();

const percent = (values: readonly number[]) =>
  `${middle(values).toFixed(1)} % (${values.map((value) => value.toFixed(1)).join(", ")})`;
const pushes = watched.map((value, i) => value - alone[i]!);
const p95 = quantile(delays, 0.95);
const verdict = (value: number, bar: number) => (value < bar ? "holds" : "**missed**");
const table = `# screens

${(LOAD.machines * LOAD.tagsEach).toLocaleString("en")} properties of ${LOAD.machines} machines over OPC UA, each new once a second; pages of ${PAGES.map((one) => `${one.tiles} tiles of ${one.rows}, ${one.trends} trends`).join(" and of ")},
each with a header and a list of alarms; ${CLIENTS} pages open, half of each. Turns of ${seconds} s, medians of ${turns}; Node ${process.version},
${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), load of the machine meanwhile ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.

| | | bar | |
|---|---|---|---|
| host with no page open, of one core | ${percent(alone)} | | |
| host with ${CLIENTS} pages open | ${percent(watched)} | | |
| pushing to ${CLIENTS} pages: the difference, turn by turn | ${percent(pushes)} | < ${BAR_PUSH} % | ${verdict(middle(pushes), BAR_PUSH)} |
| sent to a page | ${perPageS.messages.toFixed(1)} messages/s, ${(perPageS.bytes / 1024).toFixed(1)} KiB/s | | |
| source time to painted in Chromium, ${delays.length.toLocaleString("en")} values | median ${quantile(delays, 0.5)} ms, p95 ${p95} ms, most ${Math.max(...delays)} ms | p95 < ${BAR_DELAY_MS} ms | ${verdict(p95, BAR_DELAY_MS)} |
${heights.map((height, i) => `| page of ${PAGES[0]!.tiles} tiles and ${PAGES[0]!.trends} trends, ${WIDTH} x ${height}${i > 0 ? ": all in sight" : ""}; all processes of Chromium, drawn without a GPU | ${percent(pages[i]!)} | < ${BAR_PAGE} % | ${verdict(middle(pages[i]!), BAR_PAGE)} |`).join("\n")}

\`node bench/screens.ts ${seconds} ${turns}\`
`;
writeFileSync(join(import.meta.dirname, "results", "screens.md"), table);
process.stdout.write(table);
const holds =
  middle(pushes) < BAR_PUSH && p95 < BAR_DELAY_MS && pages.every((values) => middle(values) < BAR_PAGE);
process.exit(holds ? 0 : 1);
