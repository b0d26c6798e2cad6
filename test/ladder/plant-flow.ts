import { Random } from "../../runtime/core/random.ts";
import type { Node } from "./draw.ts";

export interface PlantFlow {
  readonly nodes: Node[];
  /** One tab per machine, in the order of the twins. */
  readonly machines: readonly { readonly tab: string; readonly twin: string; readonly address: string }[];
}

const MACHINES_PER_LINE = 5;
const LINES_PER_AREA = 4;

/**
 * A flow as a plant's engineers would have drawn it: a tab per machine with source, filters, state, history,
 * detector, forecast, and on most machines the loop; a subflow for scaling, used by all; one tab of dashboard tiles
 * that every machine links to; lines and areas as parents without wires. The rest are function, change and switch
 * nodes that make reports from what the state gives.
 * @param count nodes in all, configurations included, about
 */
export function plantFlow(count: number, machineCount: number, seed = 1): PlantFlow {
  const random = new Random(seed);
  const machines = Array.from({ length: machineCount }, (_, i) => {
    const line = Math.floor(i / MACHINES_PER_LINE);
    const area = Math.floor(line / LINES_PER_AREA);
    const address = `acme/leipzig/area${area}/line${line}/machine${i}`;
    return { tab: `tab${i}`, twin: `twin${i}`, address };
  });
  const nodes: Node[] = [
    { id: "plant", type: "rung-opcua-link", name: "the plant", reality: "live" },
    { id: "keeper", type: "rung-historian", name: "historian" },
    { id: "walls", type: "tab", label: "walls" },
    {
      id: "scale",
      type: "subflow",
      name: "scale",
      in: [{ wires: [{ id: "gain" }] }],
      out: [{ wires: [{ id: "offset", port: 0 }] }],
    },
    { id: "gain", type: "change", z: "scale", x: 100, y: 40, wires: [["offset"]] },
    { id: "offset", type: "function", z: "scale", x: 200, y: 40, func: "return msg;", wires: [[]] },
    { id: "wall", type: "link in", z: "walls", x: 40, y: 40, links: [], wires: [["overview"]] },
    { id: "overview", type: "ui-rung-list", z: "walls", x: 200, y: 40, wires: [[]] },
  ];
  const parents = new Set<string>();
  for (const { address } of machines) {
    const [enterprise, site, area, line] = address.split("/");
    for (const [parent, above] of [
      [`${enterprise}/${site}/${area}`, ""],
      [`${enterprise}/${site}/${area}/${line}`, `${enterprise}/${site}/${area}`],
    ] as const) {
      if (parents.has(parent)) continue;
      parents.add(parent);
      nodes.push({
        id: parent.replaceAll("/", "_"),
        type: "rung-twin",
        name: parent,
        address: parent,
        scope: "system",
        parent: above,
      });
    }
  }
  const perMachine = Math.floor((count - nodes.length) / machineCount);
  for (const [i, { tab, twin, address }] of machines.entries()) {
    const line = address.slice(0, address.lastIndexOf("/"));
    nodes.push(
      { id: tab, type: "tab", label: `machine ${i}` },
      {
        id: twin,
        type: "rung-twin",
        name: `machine ${i}`,
        address,
        scope: "machine",
        parent: line,
        targetRung: 4,
      },
      {
        id: `${tab}group`,
        type: "group",
        z: tab,
        name: "1 describe",
        nodes: [`${tab}source`, `${tab}state`],
        x: 10,
        y: 10,
        w: 400,
        h: 100,
      },
    );
    let placed = 0;
    const put = (name: string, type: string, to: string[], more: Record<string, unknown> = {}) => {
      const at = placed++;
      const wires = type === "rung-history" ? [] : [to.map((target) => `${tab}${target}`)];
      nodes.push({
        id: `${tab}${name}`,
        type,
        z: tab,
        x: 120 + (at % 8) * 180,
        y: 80 + Math.floor(at / 8) * 60,
        wires,
        ...more,
      });
    };
    const hasLoop = random.uniform() < 0.7;
    const bindings = Array.from({ length: 20 }, (_, tag) => ({
      path: `tag${tag}`,
      affectedBy: tag === 1 ? ["tag0"] : [],
    }));
    const outs = Math.max(0, perMachine - 3 - (hasLoop ? 17 : 13));
    const reports = Array.from({ length: Math.min(6, outs) }, (_, k) => `report${k}`);
    put("source", "rung-opcua-source", ["join"], { link: "plant", twin, bindings, g: `${tab}group` });
    put("orders", "rung-orders", ["state"]);
    put("join", "junction", ["filter"]);
    put("filter", "switch", ["scaled"]);
    put("scaled", "subflow:scale", ["state"]);
    put("state", "rung-state", ["history", "detect", "forecast", "whatif", "toWall", ...reports], {
      twin,
      g: `${tab}group`,
    });
    put("history", "rung-history", [], { historian: "keeper" });
    put("detect", "rung-detect", ["cause"]);
    put("cause", "rung-cause", ["tile"]);
    put("forecast", "rung-forecast", ["tile"]);
    put("tile", "ui-rung-tile", []);
    put("whatif", "rung-whatif", hasLoop ? ["optimise"] : ["tile"]);
    put("toWall", "link out", [], { links: ["wall"], mode: "link", wires: [] });
    if (hasLoop) {
      const approve = random.uniform() < 0.4;
      put("optimise", "rung-optimise", [approve ? "approve" : "envelope"]);
      put(approve ? "approve" : "spare", approve ? "rung-approve" : "comment", approve ? ["envelope"] : []);
      put("envelope", "rung-envelope", ["actuate"], { targets: [{ target: `${address}/tag0` }] });
      put("actuate", "rung-actuate", ["tile"]);
    }
    const makers = ["function", "change", "switch", "function"] as const;
    for (let k = 0; k < outs; k++) {
      const next = k + reports.length;
      put(`report${k}`, makers[k % makers.length]!, next < outs ? [`report${next}`] : [], {
        func: "return msg;",
      });
    }
  }
  return { nodes, machines };
}
