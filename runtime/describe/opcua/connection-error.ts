import { messageOf, RungError } from "../../core/errors.ts";

/** Known failures by what the server or the stack says, most specific first. */
const KNOWN: readonly {
  readonly match: RegExp;
  readonly code: string;
  readonly what: string;
  readonly advice: string;
}[] = [
  {
    match: /BadUserAccessDenied|BadIdentityTokenRejected|BadIdentityTokenInvalid/,
    code: "login-refused",
    what: "the server refused the login",
    advice: "correct user and password in the link, or allow this user at the server",
  },
  {
    match: /BadSecurityChecksFailed|BadCertificateUntrusted|BadCertificateUriInvalid|BadCertificateInvalid/,
    code: "client-certificate-refused",
    what: "the server does not trust this link's certificate",
    advice: "trust it at the server; it lies in own/certs of the link's folder in RUNG_HOME/pki",
  },
  {
    match: /BadCertificateTimeInvalid/,
    code: "certificate-expired",
    what: "a certificate is expired or not yet valid",
    advice: "check the clocks of both machines, then renew the certificate",
  },
  {
    match: /BadTooManySessions/,
    code: "too-many-sessions",
    what: "the server has no session left",
    advice: "close other clients, or wait until the server drops old sessions",
  },
  {
    match: /ENOTFOUND|EAI_AGAIN/,
    code: "unknown-host",
    what: "the host name is not known",
    advice: "correct the endpoint",
  },
  {
    match:
      /ECONNREFUSED|ECONNABORTED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|cannot be established|connection has been aborted|socket has been disconnected|Transaction has timed out|premature socket termination|Connection Break|No SecureChannel/i,
    code: "not-reachable",
    what: "the server does not answer",
    advice: "it is tried again until it does; check that it runs, and the network",
  },
];

/** A failure of the OPC UA stack as an error that says what to do. */
export function connectionError(where: string, thrown: unknown): RungError {
  if (thrown instanceof RungError) return thrown;
  const message = messageOf(thrown);
  const known = KNOWN.find(({ match }) => match.test(message));
  return new RungError({
    code: known?.code ?? "connection-failed",
    where,
    what: known?.what ?? firstLine(message),
    advice: known?.advice ?? "it is tried again",
    cause: thrown,
  });
}

const firstLine = (text: string): string => text.trim().split("\n")[0]!;
