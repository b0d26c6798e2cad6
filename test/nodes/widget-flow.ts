const BREAKPOINTS = [
  { name: "Default", px: "0", cols: "3" },
  { name: "Desktop", px: "1024", cols: "12" },
];
const COLORS = {
  surface: "#bfc3c6",
  primary: "#20364c",
  bgPage: "#c8cbce",
  groupBg: "#c8cbce",
  groupOutline: "#c8cbce",
};

/**
 * A flow with one widget alone on the dashboard page `/widget`.
 * @param payload comes to it at the start
 * @param says expression of `msg` that is logged for whatever the widget sends
 */
export function oneWidgetFlow({
  type,
  payload,
  says,
}: {
  readonly type: string;
  readonly payload: object;
  readonly says?: string;
}): object[] {
  return [
    { id: "t", type: "tab", label: "Widget" },
    {
      id: "base",
      type: "ui-base",
      name: "Rung",
      path: "/dashboard",
      navigationStyle: "none",
      titleBarStyle: "hidden",
      includeClientData: true,
    },
    { id: "theme", type: "ui-theme", name: "Grey", colors: COLORS, sizes: { density: "default" } },
    {
      id: "page",
      type: "ui-page",
      name: "widget",
      ui: "base",
      path: "/widget",
      layout: "grid",
      theme: "theme",
      breakpoints: BREAKPOINTS,
      order: 1,
      className: "",
      visible: true,
      disabled: false,
    },
    {
      id: "group",
      type: "ui-group",
      name: "widget",
      page: "page",
      width: 12,
      height: 1,
      order: 1,
      showTitle: false,
      className: "",
      visible: true,
      disabled: false,
    },
    {
      id: "in",
      type: "inject",
      z: "t",
      name: "",
      props: [{ p: "payload" }],
      once: true,
      onceDelay: 0.1,
      payload: JSON.stringify(payload),
      payloadType: "json",
      x: 100,
      y: 100,
      wires: [["widget"]],
    },
    {
      id: "widget",
      type,
      z: "t",
      name: "",
      label: "",
      group: "group",
      order: 1,
      width: 12,
      height: 8,
      version: 1,
      x: 300,
      y: 100,
      wires: says === undefined ? [] : [["said"]],
    },
    {
      id: "said",
      type: "function",
      z: "t",
      name: "",
      func: `node.warn(${says ?? "''"}); return null;`,
      outputs: 1,
      x: 500,
      y: 100,
      wires: [[]],
    },
  ];
}
