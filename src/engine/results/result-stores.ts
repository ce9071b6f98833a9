// Opens the places that results are kept in: the storage block that a flow or a task names, or a folder of this machine.
// Each is a block on the server, so that another machine finds what was kept.
import { hostname } from "node:os";
import type { BlockTypeDefinition } from "#blocks/block-type.ts";
import type { ResultBlock, ResultStorage } from "#domain/definitions.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { isWithin } from "#lib/files/is-within.ts";
import { isInRunFolder } from "#lib/files/run-folder.ts";
import type { JsonObject } from "#lib/json.ts";
import { knownType, registered } from "#project/deployments/block-types.ts";
import { folderOf, localStorage } from "#storage/local.ts";
import { openStorage } from "#storage/registry.ts";
import {
  type BlockDocument,
  createBlockDocument,
  listBlockDocuments,
  readBlockDocument,
  readBlockDocumentByName,
} from "#wire/blocks.ts";
import type { UserApi } from "../session/api.ts";
import type { ResultStore } from "../session/results.ts";
import { StorageFailure } from "./result-persistence.ts";

export interface ResultStores {
  /** To write. Throws `StorageFailure` for what keeps no results, before anything is written. */
  named(storage: ResultStorage): Promise<ResultStore>;
  /** To write: a folder of this machine. */
  folder(path: string): Promise<ResultStore>;
  /** To read. Throws `not_found` for a block that is gone. */
  withId(id: string): Promise<ResultStore>;
}

const FOLDER = "local-file-system";
const PATH = /^(?:\/|\.{1,2}(?:\/|$)|~(?:\/|$)|[A-Za-z]:[\\/])/;
const BLOCK = /^(?<slug>[^/]+)\/(?<name>[^/]+)$/;
const AS = "Give a storage block, its name such as 's3/dev', or a folder by its whole path";
const SECRETS = { include_secrets: true };
const MOST_UNNAMED = 200;

export function resultStores({ client, settings }: Pick<UserApi, "client" | "settings">): ResultStores {
  /** By what names them. What went wrong is tried again. */
  const opened = new Map<unknown, Promise<ResultStore>>();

  return {
    named: (storage) => once(storage, () => open(storage)),
    folder: (path) => once(`${FOLDER} ${path}`, () => openFolder(path)),
    withId: (id) =>
      once(id, async () => storeOf(await client.call(readBlockDocument, { params: { id }, query: SECRETS }))),
  };

  function once(named: unknown, make: () => Promise<ResultStore>): Promise<ResultStore> {
    const known = opened.get(named);
    if (known) return known;
    const made = make();
    opened.set(named, made);
    made.catch(() => opened.delete(named));
    return made;
  }

  async function open(storage: ResultStorage): Promise<ResultStore> {
    if (typeof storage === "string") {
      if (PATH.test(storage)) return openFolder(folderOf(storage), storage);
      const { slug, name } = BLOCK.exec(storage)?.groups ?? {};
      if (slug && name) return writable(await readNamed(slug, name));
      throw new StorageFailure("invalid", `Results cannot be kept in '${storage}', which names no block. ${AS}.`);
    }
    const { slug } = typeOf(storage);
    if (storage.saved) return writable(await readSaved(storage.saved.id, slug));
    const data = storage.toData();
    const { basepath } = data;
    if (slug !== FOLDER) return writable(await readUnnamed(typeOf(storage), data));
    const path = typeof basepath === "string" ? basepath : ".";
    return openFolder(folderOf(path), path);
  }

  async function openFolder(folder: string, written = folder): Promise<ResultStore> {
    refuseRunFolder(folder, `'${written}'`);
    const isPrivate = isWithin(settings.ORCH_HOME, folder);
    const id = await folderBlock(folder);
    return { id, name: `the folder '${folder}'`, storage: localStorage(folder, { isPrivate }), isFolder: true };
  }

  /** One saved block for each machine and folder. */
  async function folderBlock(folder: string): Promise<string> {
    const store = new Bun.CryptoHasher("sha256").update(`${hostname()}:${folder}`).digest("hex");
    const name = `results-${store.slice(0, 12)}`;
    const params = { slug: FOLDER, block_document_name: name };
    const known = () => client.call(readBlockDocumentByName, { params });
    try {
      return (await known()).id;
    } catch (error) {
      if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    }
    const body = { name, data: { basepath: folder }, ...(await knownType(client, FOLDER)) };
    try {
      return (await client.call(createBlockDocument, { body })).id;
    } catch (error) {
      if (!(error instanceof OrchError) || error.code !== "conflict") throw error;
      return (await known()).id; // another run of this machine was quicker
    }
  }

  function readNamed(slug: string, name: string): Promise<BlockDocument> {
    const params = { slug, block_document_name: name };
    const sentence = `There is no block '${slug}/${name}' to keep results in. 'orch block ls' lists those that are saved.`;
    return client.call(readBlockDocumentByName, { params, query: SECRETS }).catch(failing(sentence));
  }

  function readSaved(id: string, slug: string): Promise<BlockDocument> {
    const sentence = `The ${slug} block ${id} to keep results in is not there any more. Save it again.`;
    return client.call(readBlockDocument, { params: { id }, query: SECRETS }).catch(failing(sentence));
  }

  /** A block that user code has made and not saved: one document for all runs, as far as it is found again. */
  async function readUnnamed(definition: BlockTypeDefinition, data: JsonObject): Promise<BlockDocument> {
    const block_types = { slug: { any_: [definition.slug] } };
    const block_documents = { is_anonymous: { eq_: true } };
    const filter = { block_types, block_documents, ...SECRETS, limit: MOST_UNNAMED };
    const known = await client.call(listBlockDocuments, { body: filter });
    const same = known.find((document) => Bun.deepEquals(document.data, data));
    if (same) return same;
    const body = { ...(await registered(client, definition)), data, is_anonymous: true };
    const { id } = await client.call(createBlockDocument, { body });
    return client.call(readBlockDocument, { params: { id }, query: SECRETS });
  }
}

async function writable(document: BlockDocument): Promise<ResultStore> {
  const name = nameOf(document);
  const { basepath } = document.data;
  if (document.block_type?.slug === FOLDER) {
    const path = typeof basepath === "string" ? basepath : ".";
    refuseRunFolder(folderOf(path), `${name}, whose path is '${path}'`);
  }
  const store = await storeOf(document).catch((error) => {
    throw new StorageFailure("invalid", `Results cannot be kept in ${name}: ${messageOf(error)}`);
  });
  if (store.storage.readOnly === undefined) return store;
  const sentence = `Results cannot be kept in ${name}, which can only be read. Name a block that files can be written to, such as one of the type s3.`;
  throw new StorageFailure("invalid", sentence);
}

async function storeOf(document: BlockDocument): Promise<ResultStore> {
  const slug = document.block_type?.slug ?? "";
  const storage = await openStorage(slug, document.data);
  return { id: document.id, name: nameOf(document), storage, isFolder: slug === FOLDER };
}

function nameOf({ id, name, block_type, is_anonymous }: BlockDocument): string {
  const slug = block_type?.slug ?? "";
  return is_anonymous || name === null ? `the unnamed ${slug} block ${id}` : `the block '${slug}/${name}'`;
}

/** Code that was copied for its run works in a folder that is removed afterwards. */
function refuseRunFolder(folder: string, named: string): void {
  if (!isInRunFolder(folder)) return;
  const sentence = `Results cannot be kept in ${named}: that path is in the folder of the run, which is removed when the run ends. Write an absolute path.`;
  throw new StorageFailure("invalid", sentence);
}

/** The class of a block says what it is. Throws `StorageFailure` for what is no block. */
function typeOf(storage: ResultBlock): BlockTypeDefinition {
  const given: unknown = storage; // user code may give anything
  if (given instanceof Promise) {
    const sentence = "The result storage is a promise. Write 'await' before the call that loads the block.";
    throw new StorageFailure("invalid", sentence);
  }
  const isBlock = typeof given === "object" && given !== null && "saved" in given && "toData" in given;
  const { definition } = (isBlock ? given.constructor : {}) as { definition?: BlockTypeDefinition | null }; // each class of blocks has one
  if (definition) return definition;
  throw new StorageFailure("invalid", `The result storage is ${Bun.inspect(given)}, which keeps no results. ${AS}.`);
}

function failing(sentence: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof OrchError) || error.code !== "not_found") throw error;
    throw new StorageFailure("not_found", sentence);
  };
}
