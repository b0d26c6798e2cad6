import { parentPort, workerData } from "node:worker_threads";
import bcrypt from "bcryptjs";
import type { PasswordJob } from "./password.ts";

/** OWASP asks for 10 at least. */
const COST = 11;

const job = workerData as PasswordJob;
parentPort!.postMessage(
  job.kind === "hash" ? bcrypt.hashSync(job.password, COST) : bcrypt.compareSync(job.password, job.hash),
);
