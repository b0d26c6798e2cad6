import type { RequestHandler } from "express";
import { STRICT_TRANSPORT } from "../core/server-certificate.ts";

const policy = (...directives: readonly string[]): string =>
  [
    "default-src 'none'",
    ...directives,
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

const NO_BASE = "base-uri 'none'";

/** Both put style sheets into their page at run time, and hold icons and fonts as `data:`. */
const PAGE = [
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "media-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
];

/** The dashboard's scripts are files of this host. */
const DASHBOARD_POLICY = policy("script-src 'self'", ...PAGE, NO_BASE);
/** As Vue templates, in the browser. */
const COMPILED_WIDGETS = ["ui-template", "ui-markdown"];
const TEMPLATES_POLICY = policy("script-src 'self' 'unsafe-eval'", ...PAGE, NO_BASE);
/** The editor gets the dialogs of all nodes as HTML with their scripts in it; its jQuery sets a base where it parses. */
const EDITOR_POLICY = policy("script-src 'self' 'unsafe-inline'", ...PAGE, "base-uri 'self'");
/** The sign-in runs no script at all. */
export const PLAIN_POLICY = policy("style-src 'self'", "img-src 'self'", NO_BASE);
/** Pages that flows serve: what they load comes from files of this host. */
const FLOW_POLICY = policy(
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  NO_BASE,
);

/** Of every answer, whatever it is. */
export const HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // Not `no-referrer`: browsers then send `Origin: null` with forms, and the origin check would refuse them.
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
};

/** An answer without a page, as it goes over the wire where express has no part in it. */
export function bareAnswer(status: string): string {
  const headers = {
    ...HEADERS,
    "Content-Security-Policy": PLAIN_POLICY,
    Connection: "close",
    "Content-Length": "0",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join("")}\r\n`;
}

export interface HeaderParts {
  /** Whether the flow that runs has nodes of a type. */
  readonly uses: (type: string) => boolean;
  readonly isTls: boolean;
}

/** Sets them before anything answers, so that errors, files and redirects have them too. */
export function securityHeaders({ uses, isTls }: HeaderParts): RequestHandler {
  const policyAt = (path: string): string => {
    if (/^\/editor(\/|$)/i.test(path)) return EDITOR_POLICY;
    if (/^\/dashboard(\/|$)/i.test(path))
      return COMPILED_WIDGETS.some(uses) ? TEMPLATES_POLICY : DASHBOARD_POLICY;
    return FLOW_POLICY;
  };
  return (request, response, next) => {
    response.set({ ...HEADERS, "Content-Security-Policy": policyAt(request.path) });
    if (isTls) response.set("Strict-Transport-Security", STRICT_TRANSPORT);
    next();
  };
}
