import type { RequestHandler } from "express";

/**
 * Node-RED's own express 4 applications as plain handlers of our express 5 one. Mounted as applications they would
 * climb to ours, whose inside is another (`http in` then fails to load); and they give requests and responses
 * prototypes of express 4, which are taken back when they pass a request on.
 */
export function asHandler(application: (...args: Parameters<RequestHandler>) => unknown): RequestHandler {
  return (request, response, next) => {
    const prototypes = [Object.getPrototypeOf(request), Object.getPrototypeOf(response)];
    application(request, response, (error?: unknown) => {
      Object.setPrototypeOf(request, prototypes[0]);
      Object.setPrototypeOf(response, prototypes[1]);
      next(error);
    });
  };
}
