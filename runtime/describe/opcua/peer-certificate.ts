import { createHash, X509Certificate } from "node:crypto";

/** What a person is shown of a server's certificate before she trusts it. */
export interface PeerCertificate {
  /** Common name of the subject. */
  readonly name: string;
  readonly issuer: string;
  readonly selfSigned: boolean;
  /** ISO dates. */
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-1 thumbprint, upper case hex without blanks: what PLCs and OPC UA tools show (OPC 10000-6, 6.2.2). */
  readonly fingerprint: string;
  readonly sha256: string;
  readonly applicationUri: string;
}

/** @param der the certificate, or a chain that begins with it */
export function describeCertificate(der: Buffer): PeerCertificate {
  const certificate = new X509Certificate(der);
  const raw = certificate.raw;
  return {
    name: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    selfSigned: certificate.subject === certificate.issuer,
    validFrom: certificate.validFromDate.toISOString(),
    validTo: certificate.validToDate.toISOString(),
    fingerprint: createHash("sha1").update(raw).digest("hex").toUpperCase(),
    sha256: createHash("sha256").update(raw).digest("hex").toUpperCase(),
    applicationUri: /URI:([^,\s]+)/.exec(certificate.subjectAltName ?? "")?.[1] ?? "",
  };
}

/** Blanks and colons come along when a fingerprint is copied from a display. */
export const normalFingerprint = (fingerprint: string): string =>
  fingerprint.replace(/[^0-9A-Fa-f]/g, "").toUpperCase();

/** `7F3A 91C4 0D5E ...`, as it is read aloud. */
export const spacedFingerprint = (fingerprint: string): string =>
  normalFingerprint(fingerprint).replace(/(.{4})(?=.)/g, "$1 ");

function commonName(distinguishedName: string): string {
  return /^CN=(.*)$/m.exec(distinguishedName)?.[1] ?? distinguishedName.replaceAll("\n", ", ");
}
