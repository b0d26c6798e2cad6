import type { ClientSession, ExtraDataTypeManager } from "node-opcua";
import { messageOf, RungError } from "../../core/errors.ts";
import { loadOpcua } from "./load-opcua.ts";
import type { OpaqueStructure, StructureReader, UaStructure } from "./structure-value.ts";

/**
 * The types of structures that a server has of its own, learnt from its type definitions (OPC 10000-3, 5.8.3), or
 * from its dictionary where it is older than 1.04.
 *
 * Notifications are taken apart while they arrive, so what is bound is learnt before it is subscribed to. A type met
 * for the first time later is asked for then: that sample keeps its bytes, the next ones are read.
 */
export class StructureTypes implements StructureReader {
  readonly #where: string;
  readonly #problem: (error: RungError) => void;
  readonly #asked = new Set<string>();
  readonly #told = new Set<string>();
  #manager: ExtraDataTypeManager | undefined;
  #newStream: ((bytes: Buffer) => unknown) | undefined;

  /** @param problem is told once of each type that cannot be read */
  constructor(where: string, problem: (error: RungError) => void) {
    this.#where = where;
    this.#problem = problem;
  }

  /**
   * Learns the types of what these nodes hold now.
   * @param nodeIds of variables that are bound as structures or by a field
   */
  async open(session: ClientSession, nodeIds: readonly string[]): Promise<void> {
    const opcua = await loadOpcua();
    this.#newStream = (bytes) => new opcua.BinaryStream(bytes);
    this.#asked.clear();
    this.#told.clear();
    this.#manager = undefined;
    if (nodeIds.length === 0) return;
    try {
      this.#manager = await opcua.getExtraDataTypeManager(session, opcua.DataTypeExtractStrategy.Lazy);
      // node-opcua loads the type of every structure that it reads.
      await session.read(nodeIds.map((nodeId) => ({ nodeId, attributeId: opcua.AttributeIds.Value })));
    } catch (thrown) {
      this.#tell("types", messageOf(thrown).split("\n")[0]!);
    }
  }

  decode(opaque: OpaqueStructure): UaStructure | undefined {
    const typeId = opaque.nodeId.toString();
    const manager = this.#manager;
    const Constructor = manager
      ?.getDataTypeFactoryForNamespace(opaque.nodeId.namespace)
      ?.getConstructor(opaque.nodeId as never);
    if (Constructor === undefined || Constructor === null) {
      this.#learn(typeId, opaque);
      return undefined;
    }
    try {
      const structure = new Constructor();
      structure.decode(this.#newStream!(opaque.buffer) as never);
      return structure as unknown as UaStructure;
    } catch (thrown) {
      this.#tell(typeId, `its bytes do not fit its definition: ${messageOf(thrown).split("\n")[0]}`);
      return undefined;
    }
  }

  #learn(typeId: string, opaque: OpaqueStructure): void {
    if (this.#asked.has(typeId)) return;
    this.#asked.add(typeId);
    const manager = this.#manager;
    if (manager === undefined) {
      this.#tell(typeId, "nothing that is bound was a structure when the server was asked for its types");
      return;
    }
    manager
      .getExtensionObjectConstructorFromBinaryEncodingAsync(opaque.nodeId as never)
      .catch((thrown: unknown) => {
        if (this.#manager === manager) this.#tell(typeId, messageOf(thrown).split("\n")[0]!);
      });
  }

  #tell(typeId: string, what: string): void {
    if (this.#told.has(typeId)) return;
    this.#told.add(typeId);
    this.#problem(
      new RungError({
        code: "unknown-structure",
        where: this.#where,
        what: `the structure ${typeId} cannot be read: ${what}`,
        advice: "its bytes are kept as they come; let the server publish the definition of the type",
      }),
    );
  }
}
