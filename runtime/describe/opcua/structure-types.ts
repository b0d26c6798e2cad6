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
  #session: ClientSession | undefined;
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
    this.#session = session;
    this.#manager = undefined;
    this.#asked.clear();
    this.#told.clear();
    if (nodeIds.length === 0) return;
    try {
      await this.#typesOf(session);
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
      void this.#learn(typeId, opaque);
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

  async #typesOf(session: ClientSession): Promise<ExtraDataTypeManager> {
    const opcua = await loadOpcua();
    const manager = await opcua.getExtraDataTypeManager(session, opcua.DataTypeExtractStrategy.Lazy);
    if (this.#session === session) this.#manager = manager;
    return manager;
  }

  async #learn(typeId: string, opaque: OpaqueStructure): Promise<void> {
    const session = this.#session;
    if (session === undefined || this.#asked.has(typeId)) return;
    this.#asked.add(typeId);
    try {
      const manager = await this.#typesOf(session);
      await manager.getExtensionObjectConstructorFromBinaryEncodingAsync(opaque.nodeId as never);
    } catch (thrown) {
      if (this.#session === session) this.#tell(typeId, messageOf(thrown).split("\n")[0]!);
    }
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
