// The library that reads and changes YAML, for deployment files. Carried as text; read with the first file.
import type * as Yaml from "yaml";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import asset from "../../../dist/assets/yaml.asset" with { type: "file" };

export const yaml = embeddedLibrary<typeof Yaml>(asset);
