import { messageOf } from "../core/errors.ts";
import { homeFolder } from "./home.ts";
import { writePrehistory } from "./prehistory.ts";

// A process of its own, so that the launcher, which stays, does not keep the database's memory.
try {
  await writePrehistory(homeFolder(), process.argv[2]);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}
