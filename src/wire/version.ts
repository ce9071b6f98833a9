// Which API this is. Apart from the endpoints, as every command that says its version needs no more.

/** The release of the old server whose API this is, and the number its clients send along. */
export const PREFECT_VERSION = "2.10.4";
export const API_VERSION = "0.8.4";
export const API_VERSION_HEADER = "x-prefect-api-version";
