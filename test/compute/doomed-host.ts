/** A host that is killed while a kernel loops in its child. It tells the child's process id. */
import { Compute } from "../../runtime/compute/compute.ts";

const kernels = new URL("./kernels/", import.meta.url);
const compute = new Compute({ readable: [kernels.pathname], cpuChildren: 1 });
await compute.submit({
  kernel: { name: "short run", module: new URL("short-run.ts", kernels).href },
  input: 1,
});
const looping = { name: "spoil", module: new URL("spoil.ts", kernels).href };
void compute.submit({ kernel: looping, input: "loop for ever", deadlineMs: 60_000 });
process.send!(compute.pid);
