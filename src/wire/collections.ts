// What the old server fetched from a registry on the web: here it is data inside the executable.
import { endpoint, lazy } from "./endpoint.ts";
import { jsonObject } from "./primitives.ts";

export const readCollectionView = endpoint("GET", "/collections/views/{view}", { response: lazy(() => jsonObject()) });
