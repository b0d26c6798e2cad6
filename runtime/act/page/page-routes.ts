import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { Router } from "express";
import { siblingModule } from "../../core/sibling-module.ts";
import { ARMING_CSS } from "./arming-css.ts";
import { ARMING_HTML } from "./arming-html.ts";

/** The modules of the page: one imports the other by its name as it runs, from source or built. */
const MODULES = [
  "approval-article",
  "arming-page",
  "audit-section",
  "bars",
  "controls",
  "envelope-article",
  "figures",
  "hold",
  "morph",
  "phase",
  "session",
  "words",
] as const;

/** The one page of the actuator, made for a phone, with everything it loads. */
export function pageRoutes(): Router {
  const router = Router();
  router.get("/", (_request, response) => {
    response.type("html").send(ARMING_HTML);
  });
  router.get("/arming.css", (_request, response) => {
    response.type("css").send(ARMING_CSS);
  });
  for (const name of MODULES) {
    let script: string | undefined;
    router.get([`/${name}.js`, `/${name}.ts`], (_request, response) => {
      script ??= browserModule(`./${name}`);
      response.type("js").send(script);
    });
  }
  // Browsers ask for it whatever the page says.
  router.get("/favicon.ico", (_request, response) => {
    response.status(204).end();
  });
  return router;
}

/** A module for the browser: compiled in the build, stripped of its types when run from source. */
function browserModule(path: string): string {
  const url = siblingModule(import.meta.url, path);
  const source = readFileSync(url, "utf8");
  return url.pathname.endsWith(".ts") ? stripTypeScriptTypes(source) : source;
}
