import { messageOf, RungError } from "../../core/errors.ts";

interface KnownFailure {
  readonly match: RegExp;
  readonly code: string;
  readonly what: string;
  readonly advice: string;
}

/** What a server has only so much of (OPC 10000-4, 7.39: the Bad_TooMany... status codes). */
const LIMITS: readonly KnownFailure[] = [
  {
    match: /BadTooManySessions/,
    code: "too-many-sessions",
    what: "the server has no session left",
    advice: "close other clients, or wait until the server drops old sessions",
  },
  {
    match: /BadTooManySubscriptions|BadTooManyPublishRequests/,
    code: "too-many-subscriptions",
    what: "the server has no subscription left",
    advice: "let fewer sources share the server, close other clients, or raise the limit at the server",
  },
  {
    match: /BadTooManyMonitoredItems|BadTooManyOperations/,
    code: "too-many-tags",
    what: "the server watches no more tags",
    advice:
      "bind fewer tags to this source, spread them over several servers, or raise the limit at the server",
  },
];

/** Known failures by what the server or the stack says, most specific first. */
const KNOWN: readonly KnownFailure[] = [
  ...LIMITS,
  {
    match: /BadUserAccessDenied|BadIdentityTokenRejected|BadIdentityTokenInvalid/,
    code: "login-refused",
    what: "the server refused the login",
    advice:
      "correct user and password in the link, or allow this user at the server; a user's certificate must be trusted there",
  },
  {
    match: /Cannot find \w+ (\(X509\) )?user token policy/i,
    code: "login-not-offered",
    what: "the server offers no login of this kind",
    advice: "choose another kind of login in the link, or allow this kind at the server",
  },
  {
    match: /Unsupported security Policy/i,
    code: "login-needs-security",
    what: "a certificate cannot sign in without security",
    advice: "choose sign and encrypt",
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

/** The error where a server says that it has no more of something; undefined for everything else. */
export function serverLimit(where: string, message: string): RungError | undefined {
  const limit = LIMITS.find(({ match }) => match.test(message));
  return limit && new RungError({ code: limit.code, where, what: limit.what, advice: limit.advice });
}

const firstLine = (text: string): string => text.trim().split("\n")[0]!;
