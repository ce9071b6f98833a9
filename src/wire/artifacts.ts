// Artifacts: what a run leaves behind for people to look at. Those with a key have a newest one.
import * as v from "valibot";
import { slugText } from "./blocks.ts";
import { endpoint, lazy, type Out } from "./endpoint.ts";
import { artifactCollectionFilter, artifactFilter, page, runFilters, sortedBy } from "./filters.ts";
import { anyJson, integer, list, maybe, metadata, text, timestamp, uuid } from "./primitives.ts";
import { record } from "./record.ts";
import { creates, READS } from "./repeat.ts";

const fields = () => ({
  key: v.nullable(text()),
  type: v.nullable(text()),
  description: v.nullable(text()),
  data: anyJson(),
  metadata_: v.nullable(record(v.string())),
  flow_run_id: v.nullable(uuid()),
  task_run_id: v.nullable(uuid()),
});

export const artifact = lazy(() => v.object({ id: uuid(), created: timestamp(), updated: timestamp(), ...fields() }));
export type Artifact = Out<typeof artifact>;

/** The newest of a key. `id` and `created` are the key's own, the rest is that artifact's. */
export const artifactCollection = lazy(() =>
  v.object({ id: uuid(), created: timestamp(), updated: timestamp(), latest_id: uuid(), ...fields(), key: text() }),
);
export type ArtifactCollection = Out<typeof artifactCollection>;

export const artifactCreate = lazy(() =>
  v.strictObject({
    key: maybe(slugText("Artifact key")),
    type: maybe(text()),
    description: maybe(text()),
    data: v.optional(anyJson()),
    metadata_: maybe(metadata()),
    flow_run_id: maybe(uuid()),
    task_run_id: maybe(uuid()),
  }),
);
export type ArtifactCreate = Out<typeof artifactCreate>;

/** Only what is sent is changed. */
export const artifactUpdate = lazy(() =>
  v.strictObject({
    data: v.optional(anyJson()),
    description: v.optional(v.nullable(text())),
    metadata_: v.optional(v.nullable(metadata())),
  }),
);
export type ArtifactUpdate = Out<typeof artifactUpdate>;

export const ARTIFACT_SORTS = ["CREATED_DESC", "UPDATED_DESC", "ID_DESC", "KEY_DESC", "KEY_ASC"] as const;
export type ArtifactSort = (typeof ARTIFACT_SORTS)[number];

const filters = () => ({ artifacts: maybe(artifactFilter()), ...runFilters() });
const latestFilters = () => ({ artifacts: maybe(artifactCollectionFilter()), ...runFilters() });
const listed = () => ({ ...page(), sort: sortedBy(ARTIFACT_SORTS, "ID_DESC") });

export const createArtifact = endpoint("POST", "/artifacts/", {
  repeat: creates("/artifacts/{id}"),
  body: artifactCreate,
  response: artifact,
  statuses: [201, 200],
});
export const readArtifact = endpoint("GET", "/artifacts/{id}", { response: artifact });
export const readLatestArtifact = endpoint("GET", "/artifacts/{key}/latest", { response: artifact });
export const listArtifacts = endpoint("POST", "/artifacts/filter", {
  repeat: READS,
  body: lazy(() => v.object({ ...listed(), ...filters() })),
  bodyOptional: true,
  response: lazy(() => list(artifact())),
});
export const listLatestArtifacts = endpoint("POST", "/artifacts/latest/filter", {
  repeat: READS,
  body: lazy(() => v.object({ ...listed(), ...latestFilters() })),
  bodyOptional: true,
  response: lazy(() => list(artifactCollection())),
});
export const countArtifacts = endpoint("POST", "/artifacts/count", {
  repeat: READS,
  body: lazy(() => v.object(filters())),
  bodyOptional: true,
  response: lazy(() => integer()),
});
export const countLatestArtifacts = endpoint("POST", "/artifacts/latest/count", {
  repeat: READS,
  body: lazy(() => v.object(latestFilters())),
  bodyOptional: true,
  response: lazy(() => integer()),
});
export const updateArtifact = endpoint("PATCH", "/artifacts/{id}", { body: artifactUpdate });
export const deleteArtifact = endpoint("DELETE", "/artifacts/{id}");

/** Metadata of a result's artifact, by orch's engine: the value as JSON, or what people are shown of a larger one. */
export interface ResultMetadata {
  result?: string;
  shortened_result?: string;
}
