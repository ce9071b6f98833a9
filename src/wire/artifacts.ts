// Artifacts: what a run leaves behind for people to look at. Those with a key have a newest one.
import * as v from "valibot";
import { slugText } from "./blocks.ts";
import { creating, endpoint, type Out, shape, strictShape } from "./endpoint.ts";
import { artifactCollectionFilter, artifactFilter, page, reading, runFilters, sortedBy } from "./filters.ts";
import { anyJson, integer, list, maybe, metadata, stored, text, uuid } from "./primitives.ts";
import { record } from "./record.ts";

const fields = () => ({
  key: v.nullable(text()),
  type: v.nullable(text()),
  description: v.nullable(text()),
  data: anyJson(),
  metadata_: v.nullable(record(v.string())),
  flow_run_id: v.nullable(uuid()),
  task_run_id: v.nullable(uuid()),
});

export const artifact = shape(() => ({ ...stored(), ...fields() }));
export type Artifact = Out<typeof artifact>;

/** The newest of a key. `id` and `created` are the key's own, the rest is that artifact's. */
export const artifactCollection = shape(() => ({ ...stored(), latest_id: uuid(), ...fields(), key: text() }));
export type ArtifactCollection = Out<typeof artifactCollection>;

export const artifactCreate = strictShape(() => ({
  key: maybe(slugText("Artifact key")),
  type: maybe(text()),
  description: maybe(text()),
  data: v.optional(anyJson()),
  metadata_: maybe(metadata()),
  flow_run_id: maybe(uuid()),
  task_run_id: maybe(uuid()),
}));
export type ArtifactCreate = Out<typeof artifactCreate>;

/** Only what is sent is changed. */
export const artifactUpdate = strictShape(() => ({
  data: v.optional(anyJson()),
  description: v.optional(v.nullable(text())),
  metadata_: v.optional(v.nullable(metadata())),
}));
export type ArtifactUpdate = Out<typeof artifactUpdate>;

export const ARTIFACT_SORTS = ["CREATED_DESC", "UPDATED_DESC", "ID_DESC", "KEY_DESC", "KEY_ASC"] as const;
export type ArtifactSort = (typeof ARTIFACT_SORTS)[number];

const filters = () => ({ artifacts: maybe(artifactFilter()), ...runFilters() });
const latestFilters = () => ({ artifacts: maybe(artifactCollectionFilter()), ...runFilters() });
const listed = () => ({ ...page(), sort: sortedBy(ARTIFACT_SORTS, "ID_DESC") });

export const createArtifact = creating("/artifacts/", artifactCreate, artifact, [201, 200]);
export const readArtifact = endpoint("GET", "/artifacts/{id}", { response: artifact });
export const readLatestArtifact = endpoint("GET", "/artifacts/{key}/latest", { response: artifact });
export const listArtifacts = reading(
  "/artifacts/filter",
  () => ({ ...listed(), ...filters() }),
  () => list(artifact()),
);
export const listLatestArtifacts = reading(
  "/artifacts/latest/filter",
  () => ({ ...listed(), ...latestFilters() }),
  () => list(artifactCollection()),
);
export const countArtifacts = reading("/artifacts/count", filters, () => integer());
export const countLatestArtifacts = reading("/artifacts/latest/count", latestFilters, () => integer());
export const updateArtifact = endpoint("PATCH", "/artifacts/{id}", { body: artifactUpdate });
export const deleteArtifact = endpoint("DELETE", "/artifacts/{id}");

/** Metadata of a result's artifact, by orch's engine: the value as JSON, or what people are shown of a larger one. */
export interface ResultMetadata {
  result?: string;
  shortened_result?: string;
}
