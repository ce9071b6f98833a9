// What a client asks before it does anything: is the server there, and which API does it speak?
import * as v from "valibot";
import { endpoint, lazy } from "./endpoint.ts";

/** The release of the old server whose API this is, and the number its clients send along. */
export const PREFECT_VERSION = "2.10.4";
export const API_VERSION = "0.8.4";
export const API_VERSION_HEADER = "x-prefect-api-version";

export const readHealth = endpoint("GET", "/health", { response: lazy(() => v.boolean()), versioned: false });
export const readApiVersion = endpoint("GET", "/version", { response: lazy(() => v.string()), versioned: false });
export const readServerVersion = endpoint("GET", "/admin/version", { response: lazy(() => v.string()) });
export const readHello = endpoint("GET", "/hello", { response: lazy(() => v.string()) });
