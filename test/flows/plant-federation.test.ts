import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LadderReport } from "../../runtime/ladder/ladder-service.ts";
import { eventually, Product } from "./product.ts";

const SHIPPED = fileURLToPath(new URL("../../flows/", import.meta.url));
const PLANT = "acme/leipzig";
const SHOPS = [`${PLANT}/assembly/line1`, `${PLANT}/body/station120`, `${PLANT}/paint/oven1`];
/** Of each shop: what reads it, and its state. The booth, which the plant does not need, is left without wires. */
const KEPT = {
  "paint.json": ["paint", "ovenplc", "oven1state", "ovenhistory"],
  "biw.json": ["biw", "stationrobots", "station120state", "station120history"],
  "assembly.json": ["assembly", "lineplc", "line1state", "linehistory"],
};

interface FlowNode {
  readonly id: string;
  readonly bindings?: readonly { readonly periodMs: number }[];
  readonly wires?: readonly (readonly string[])[];
}

/**
 * The shipped flows with their sources and states alone, and of the tags only those that come on change: evidence of
 * cyclic ones is gathered for minutes.
 */
function prepare(home: string): void {
  const to = join(home, "flows");
  mkdirSync(to, { recursive: true });
  cpSync(join(SHIPPED, "config"), join(to, "config"), { recursive: true });
  for (const [file, kept] of Object.entries(KEPT)) {
    const nodes = JSON.parse(readFileSync(join(SHIPPED, file), "utf8")) as FlowNode[];
    const fewer = nodes
      .filter(({ id }) => kept.includes(id))
      .map(({ bindings, wires, ...node }) => ({
        ...node,
        ...(bindings === undefined ? {} : { bindings: bindings.filter(({ periodMs }) => periodMs === 0) }),
        ...(wires === undefined ? {} : { wires: wires.map((ids) => ids.filter((id) => kept.includes(id))) }),
      }));
    assert.equal(fewer.length, kept.length, file);
    writeFileSync(join(to, file), JSON.stringify(fewer));
  }
}

describe("the plant of three shops", function () {
  this.timeout(120_000);
  let product: Product;
  before(async () => {
    product = await Product.start([], prepare);
    await product.signIn();
  });
  after(() => product?.stop());

  /** Looks at the ladder; the plant must hold what its weakest needed part does, whenever one looks. */
  const look = async () => {
    const { twins } = await product.get<LadderReport>("/editor/rung/ladder");
    const twin = (address: string) => twins.find((one) => one.address === address)!;
    const plant = twin(PLANT);
    assert.equal(plant.held, Math.min(1, ...SHOPS.map((shop) => twin(shop).held)));
    return { plant, shops: SHOPS.map(twin), booth: twin(`${PLANT}/paint/booth1`) };
  };

  it("is no more than what its needed shops hold, though it has no wires of its own", async () => {
    const { plant, shops, booth } = await eventually(
      "the plant to hold 1",
      async () => {
        const seen = await look();
        return seen.plant.held === 1 ? seen : undefined;
      },
      60_000,
    );
    assert.deepEqual(
      [plant.class, plant.wired, plant.reality, plant.states.length],
      ["shadow", 1, "virtual", 0],
    );
    assert.deepEqual(
      shops.map(({ parent, needed }) => [parent, needed]),
      Array(3).fill([PLANT, true]),
    );
    assert.deepEqual([booth.parent, booth.needed, booth.held], [PLANT, false, 0], "the booth limits nothing");
  });

  it("falls when a shop's source stops, and names the shop", async () => {
    await product.plant("POST", "/faults", { fault: "network-cut", durationS: 300 });
    const { plant, shops } = await eventually(
      "the plant to fall",
      async () => {
        const seen = await look();
        return seen.plant.held === 0 ? seen : undefined;
      },
      60_000,
    );
    assert.deepEqual([plant.lastFall?.from, plant.lastFall?.to], [1, 0]);
    assert.match(plant.lastFall!.cause, /^(Line 1|Oven 1) holds 0: /);
    assert.equal(shops[1]!.held, 1, "the body shop has a link of its own and stands");
  });
});
