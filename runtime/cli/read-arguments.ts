import { messageOf, type RungError } from "../core/errors.ts";

/**
 * What a verb's arguments say.
 * @param fault makes the verb's own error of a sentence
 * @throws RungError where `parse` takes them for wrong
 */
export function readArguments<T>(parse: () => T, fault: (what: string) => RungError): T {
  try {
    return parse();
  } catch (thrown) {
    throw fault(messageOf(thrown));
  }
}
