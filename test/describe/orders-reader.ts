/** Child of orders-kill.test.ts: reads a folder of orders without end. */
import { join } from "node:path";
import { DropFolder } from "../../runtime/describe/orders/drop-folder.ts";
import { OrderStore } from "../../runtime/describe/orders/order-store.ts";

const [folder] = process.argv.slice(2) as [string];
const watch = new DropFolder({
  folder: join(folder, "in"),
  store: new OrderStore(join(folder, "orders.sqlite")),
  pollMs: 1,
  onFile: (_path, { stored }) => process.stdout.write(`${stored}\n`),
  onProblem: (error) => process.stderr.write(`${error.message}\n`),
});
for (;;) await watch.look();
