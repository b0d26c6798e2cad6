import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

const FILE = fileURLToPath(
  new URL("../../../../shared/data/standards/sparkplug/tahu/sparkplug_b/sparkplug_b.proto", import.meta.url),
);

/** The official definition as protobufjs reads it; undefined where the published files are not beside the checkout. */
export function officialPayload(): protobuf.Type | undefined {
  if (!existsSync(FILE)) return undefined;
  const { root } = protobuf.parse(readFileSync(FILE, "utf8"), { keepCase: false });
  return root.lookupType("org.eclipse.tahu.protobuf.Payload");
}

export const WHY_ABSENT = "../shared/data/standards/sparkplug is not there";
