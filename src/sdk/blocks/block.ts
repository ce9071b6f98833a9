// A block in user code: typed, named configuration that is saved on the server and loaded from it. Secrets are never
// printed: the console and JSON show asterisks.
import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import { sendableValue } from "#domain/parameters/sendable.ts";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, withNumbers } from "#lib/json.ts";
import type { BlockDocument } from "#wire/blocks.ts";
import { apiFor, type Host } from "../host.ts";
import { completed, fieldsOf, shown } from "./fields.ts";

/** A class of blocks. */
export interface BlockClass {
  new (fields: never): Block;
  readonly definition: BlockTypeDefinition | null;
  readonly host: Host | null;
}

/** `Block` and `StorageBlock` too, which stand for all types. */
type ClassOf<B extends Block> = (abstract new (fields: never) => B) & Pick<BlockClass, "definition" | "host">;

export interface SavedBlock {
  id: string;
  name: string | null;
  isAnonymous: boolean;
}

export interface SaveOptions {
  /** Take the place of a block of that name. Default false. */
  overwrite?: boolean;
}

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

export abstract class Block<Fields extends object = object> {
  /** The type's name, its fields, what its blocks can do. */
  static readonly definition: BlockTypeDefinition | null = null;
  static readonly host: Host | null = null;
  #saved: SavedBlock | null = null;
  /** Blocks in this one, as they were loaded: they stay references when this one is saved again. */
  #references = new Map<string, { value: unknown; id: string }>();

  constructor(fields: Fields) {
    const definition = definitionOf(this);
    const values = completed(definition, fields as Record<string, unknown>); // checked field by field
    for (const { name, isSecret } of fieldsOf(definition)) {
      Object.defineProperty(this, name, { value: values[name], writable: true, enumerable: !isSecret });
    }
  }

  /**
   * The block of that name, with its secrets. `Block` and `StorageBlock` take `type/name`, for types that have no class here.
   *
   * @example
   * const token = (await Secret.load("api-token")).get();
   * const bucket = await StorageBlock.load("gcs-bucket/team");
   */
  static load<B extends Block>(this: ClassOf<B>, name: string): Promise<B> {
    // biome-ignore lint/complexity/noThisInStatic: the class of what is loaded, not this one.
    return Block.#load(this, name);
  }

  static async #load<B extends Block>(type: ClassOf<B>, name: string): Promise<B> {
    if (!type.definition && !name.includes("/")) {
      const sentence = "Load blocks by their own type, such as Secret.load('name'), or name it too: 'type/name'.";
      throw new OrchError("invalid", sentence);
    }
    const { client } = await apiFor(type.host, `${type.name}.load()`);
    const { definitionIn, readNamed, readTyped } = await import("./documents.ts");
    const document = await (type.definition ? readNamed(client, type.definition, name) : readTyped(client, name));
    const definition = type.definition ?? definitionIn(document);
    // Fields that the class does not know, of a newer or an older schema, are left out.
    const known = fieldsOf(definition).filter((field) => field.wire in document.data);
    const block = new (concrete(type, definition))(
      Object.fromEntries(known.map((field) => [field.name, withNumbers(document.data[field.wire] ?? null)])) as never,
    ); // as they were saved
    Block.#remember(block, document);
    return block;
  }

  /** Saves it under a name, or once more under the one it has. Gives the id of the block on the server. */
  async save(name?: string, { overwrite = false }: SaveOptions = {}): Promise<string> {
    const definition = definitionOf(this);
    const known = this.#saved?.isAnonymous ? null : this.#saved?.name;
    const under = name ?? known;
    if (!under) throw new OrchError("invalid", `Give a name to save the ${definition.name} block under.`);
    const { client } = await apiFor(hostOf(this), `${definition.name}.save()`);
    const { saveNamed } = await import("./documents.ts");
    const own = name === undefined || name === known;
    const id = await saveNamed(client, definition, { name: under, data: this.toData(), overwrite: overwrite || own });
    this.#saved = { id, name: under, isAnonymous: false };
    return id;
  }

  /** Where it is on the server; null for one that was not saved. */
  get saved(): SavedBlock | null {
    return this.#saved;
  }

  /** As it travels: secrets as they are. */
  toData(): JsonObject {
    return this.#dataBy((value, name) => {
      const reference = this.#references.get(name);
      const isUntouched = reference !== undefined && reference.value === value;
      return isUntouched ? referenceTo(reference.id) : dataOf(value, name);
    });
  }

  /** As it is used here: blocks in it with all that they hold, where they travel as references. */
  toWholeData(): JsonObject {
    return this.#dataBy((value, name) => (value instanceof Block ? value.toWholeData() : dataOf(value, name)));
  }

  #dataBy(read: (value: unknown, name: string) => Json): JsonObject {
    const own = this as unknown as Record<string, unknown>; // its fields are properties
    return Object.fromEntries(fieldsOf(definitionOf(this)).map(({ wire, name }) => [wire, read(own[name], name)]));
  }

  toJSON(): JsonObject {
    return shown(definitionOf(this), withoutBlocks(this.toData()));
  }

  toString(): string {
    return `${definitionOf(this).fields["title"]} ${JSON.stringify(this.toJSON())}`;
  }

  [INSPECT](): string {
    return this.toString();
  }

  static #remember(block: Block, document: BlockDocument): void {
    block.#saved = { id: document.id, name: document.name, isAnonymous: document.is_anonymous };
    for (const { wire, name } of fieldsOf(definitionOf(block))) {
      const id = idIn(document.block_document_references[wire]);
      const value = (block as unknown as Record<string, unknown>)[name]; // as above
      if (id !== undefined) block.#references.set(name, { value, id });
    }
  }
}

/** A class that can be made, for one that stands for all types. */
function concrete<B extends Block>(type: ClassOf<B>, definition: BlockTypeDefinition): new (fields: never) => B {
  const base = type as unknown as new (fields: never) => Block; // abstract for the compiler alone
  const made = type.definition ? base : class extends base {};
  if (made !== base) Object.defineProperty(made, "definition", { value: definition });
  return made as unknown as new (
    fields: never,
  ) => B; // the same, or one that extends it
}

export function definitionOf(block: Block): BlockTypeDefinition {
  const { definition, name } = block.constructor as unknown as BlockClass & { name: string }; // every block's is one
  if (definition) return definition;
  throw new OrchError("invalid", `The class '${name}' has no 'static definition' that says what its blocks hold.`);
}

/** The classes of blocks with a definition of their own among what a module exports, each once. */
export function blockClassesIn(exported: unknown): { definition: BlockTypeDefinition }[] {
  const values = typeof exported === "object" && exported !== null ? Object.values(exported) : [];
  const types = new Set(values.filter((value) => typeof value === "function" && value.prototype instanceof Block));
  return [...types].flatMap((type) => {
    const { definition } = type as unknown as BlockClass; // just seen to be one
    return definition ? [{ definition }] : [];
  });
}

export function hostOf(block: Block): Host | null {
  return (block.constructor as unknown as BlockClass).host; // as above
}

function dataOf(value: unknown, name: string): Json {
  if (value instanceof Block) return value.saved ? referenceTo(value.saved.id) : value.toData();
  return sendableValue(value, "Field", name);
}

function referenceTo(id: string): JsonObject {
  return { $ref: { block_document_id: id } };
}

function idIn(reference: Json | undefined): string | undefined {
  const document = isObject(reference) ? reference["block_document"] : undefined;
  return isObject(document) && typeof document["id"] === "string" ? document["id"] : undefined;
}

/** A block in a block is shown by the fact that it is there. */
function withoutBlocks(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, isObject(value) && "$ref" in value ? "(a block)" : value]),
  );
}
