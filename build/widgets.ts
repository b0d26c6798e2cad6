import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What Dashboard 2 reads to find a widget: the bundle's file and the name it registers on `window`. */
export interface WidgetEntry {
  readonly output: string;
  readonly component: string;
}

/**
 * Bundles `nodes/dashboard/<name>/widget.ts` (which exports the Vue component as `Rung<Name>`) of every widget into
 * `<outDir>/ui-rung-<name>.umd.js`. Vue comes from the dashboard. A widget's own rules are scoped to it; what all share
 * stands once on a page, see nodes/dashboard/look/look.ts.
 */
export async function buildWidgets(root: string, outDir: string): Promise<Record<string, WidgetEntry>> {
  const folder = join(root, "nodes", "dashboard");
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "widget.ts")))
    : [];
  const widgets: Record<string, WidgetEntry> = {};
  if (names.length === 0) return widgets;
  const [{ build }, { default: vue }, { default: cssInjected }] = await Promise.all([
    import("vite"),
    import("@vitejs/plugin-vue"),
    import("vite-plugin-css-injected-by-js"),
  ]);
  for (const name of names) {
    const type = `ui-rung-${name}`;
    await build({
      root,
      configFile: false,
      logLevel: "error",
      plugins: [vue(), cssInjected({ attributes: { "data-rung-widget": name } })],
      define: { "process.env.NODE_ENV": '"production"' },
      build: {
        outDir,
        emptyOutDir: false,
        copyPublicDir: false,
        lib: {
          entry: join(folder, name, "widget.ts"),
          name: type,
          formats: ["umd"],
          fileName: () => `${type}.umd.js`,
        },
        rollupOptions: { external: ["vue", "vuex"], output: { globals: { vue: "Vue", vuex: "vuex" } } },
      },
    });
    widgets[type] = { output: `${type}.umd.js`, component: componentName(name) };
  }
  // A control-room browser has no such font; it stands under the SIL Open Font License.
  const inter = join(root, "node_modules", "@fontsource-variable", "inter");
  cpSync(join(inter, "files", "inter-latin-wght-normal.woff2"), join(outDir, "inter.woff2"));
  cpSync(join(inter, "LICENSE"), join(outDir, "inter.LICENSE.txt"));
  return widgets;
}

/** `tile` -> `RungTile` */
function componentName(widget: string): string {
  return `Rung${widget.charAt(0).toUpperCase()}${widget.slice(1)}`;
}
