import type { RequestHandler } from "express";

/**
 * Node-RED's own express 4 applications as plain handlers of our express 5 one. Three things bite otherwise:
 * mounted as applications they climb to ours, whose inside is another (`http in` then fails to load); they give
 * requests and responses the prototypes of express 4, which are taken back when they pass a request on; and
 * `request.query`, a getter of express 5's prototype, would vanish with that prototype.
 */
export function asHandler(application: (...args: Parameters<RequestHandler>) => unknown): RequestHandler {
  return (request, response, next) => {
    const prototypes = [Object.getPrototypeOf(request), Object.getPrototypeOf(response)];
    const query = { value: request.query, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(request, "query", query);
    application(request, response, (error?: unknown) => {
      Object.setPrototypeOf(request, prototypes[0]);
      Object.setPrototypeOf(response, prototypes[1]);
      Reflect.deleteProperty(request, "query");
      next(error);
    });
  };
}
