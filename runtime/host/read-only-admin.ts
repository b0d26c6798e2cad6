import express, { type RequestHandler, type Router } from "express";

/** The part of Node-RED's runtime API that serves files of packages. */
export interface ModuleResources {
  getModuleResource(options: { module: string; path: string }): Promise<Buffer | string | null>;
}

/**
 * What is left of the admin API in production: files of the dashboard's widgets, verdicts and passports, to be read.
 * Node-RED itself serves those files with its editor only.
 * @param admin Node-RED's admin API
 */
export function readOnlyAdmin(nodes: ModuleResources, admin: RequestHandler): Router {
  const router = express.Router();
  router.get(/^\/resources\/((?:@[^/]+\/)?[^/]+)\/(.+)$/, async (request, response, next) => {
    const [module, path] = [String(request.params[0]), String(request.params[1])];
    const file = path.split("/").includes("..") ? null : await nodes.getModuleResource({ module, path });
    if (file === null) next();
    else response.type(path.slice(path.lastIndexOf(".") + 1)).send(file);
  });
  router.get(["/rung/ladder", "/rung/ladder/changes", "/rung/passport/*twin"], admin);
  return router;
}
