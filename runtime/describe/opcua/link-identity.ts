import type { EndpointDescription, UserIdentityInfo, UserTokenType } from "node-opcua";
import type { LinkLogin } from "../link-login.ts";
import type { UserCertificate } from "./user-certificate.ts";

const NO_POLICY = "http://opcfoundation.org/UA/SecurityPolicy#None";
/** MessageSecurityMode and UserTokenType (OPC 10000-4, 7.20, 7.42). */
const SIGN_AND_ENCRYPT = 3;
const USER_NAME = 1;

/** How a link signs in, as node-opcua takes it. */
export function identityOf(
  login: LinkLogin | UserCertificate | undefined,
  types: typeof UserTokenType,
): UserIdentityInfo {
  if (login === undefined) return { type: types.Anonymous };
  if ("password" in login) {
    return { type: types.UserName, userName: login.user, password: login.password };
  }
  return { type: types.Certificate, certificateData: login.certificate, privateKey: login.privateKey };
}

/**
 * Whether a password would go to this endpoint unencrypted: the channel does not encrypt, and neither does the only
 * policy of its user tokens (an empty one is that of the channel; OPC 10000-4, 7.42).
 */
export function sendsPasswordInClear(endpoint: EndpointDescription): boolean {
  if (endpoint.securityMode === SIGN_AND_ENCRYPT) return false;
  const tokens = (endpoint.userIdentityTokens ?? []).filter((token) => token.tokenType === USER_NAME);
  return (
    tokens.length > 0 &&
    tokens.every((token) => (token.securityPolicyUri || endpoint.securityPolicyUri) === NO_POLICY)
  );
}
