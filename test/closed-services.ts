/**
 * Root hooks of mocha. The files of one mocha process share its services and its environment: a file that leaves
 * services open spoils one that runs later, which then seems to be at fault. So it fails itself, and they are closed.
 */
import { homedir } from "node:os";
import { join } from "node:path";
import type { RootHookObject } from "mocha";
import { closeServices, openHome } from "../runtime/host/services.ts";

let homeBefore: string | undefined;
/** Those that this process ran last. */
let filesBefore = "";

/** In parallel mode they run before and after each file. */
export const mochaHooks: RootHookObject = {
  async beforeAll(this: Mocha.Context) {
    // Late work of a file that has ended opens them again; the one that runs next is not at fault.
    const home = await closedHome();
    if (home !== undefined)
      process.stderr.write(`${filesBefore} opened services at ${home} after its end, which are closed now\n`);
    homeBefore = process.env.RUNG_HOME;
    filesBefore = [...new Set(this.test!.parent!.suites.map(({ file }) => file))].join(", ");
  },
  async afterAll() {
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
    const home = await closedHome();
    if (home === undefined) return;
    const said = `${filesBefore} leaves services open at ${home}: await closeServices()`;
    // At the home of no test it is late work of a file before, which found RUNG_HOME put back.
    if (home === join(homedir(), ".rung")) process.stderr.write(`${said}, or a file before it\n`);
    else throw new Error(said);
  },
};

/** Closes the services of this process. @returns their home; undefined where none were open */
async function closedHome(): Promise<string | undefined> {
  const home = openHome();
  await closeServices();
  return home;
}
