// Makes a form of a pool's base job template: what each of its variables holds unless a deployment says otherwise. JSON shows all of it.
import { useMemo } from "preact/hooks";
import { isObject, type Json, type JsonObject } from "#lib/json.ts";
import { own } from "#lib/own.ts";
import { SchemaForm } from "../../parts/schema/schema-form.tsx";

export interface JobTemplateProps {
  template: JsonObject;
  /** The template that a variable can be set back to. */
  usual: JsonObject;
  onChange: (template: JsonObject) => void;
}

export function JobTemplate({ template, usual, onChange }: JobTemplateProps) {
  const { schema, value } = useMemo(() => formOf(template), [template]);
  const defaults = useMemo(() => formOf(usual).value, [usual]);
  return (
    <fieldset class="field stack">
      <legend>Base job template</legend>
      <span class="hint">The job of each run, and the variables that deployments fill in.</span>
      <SchemaForm
        {...{ schema, value, defaults }}
        label="Base job template"
        whole={{ value: template, onChange }}
        onChange={(given) => onChange(withDefaults(template, given))}
      />
    </fieldset>
  );
}

function variablesOf({ variables }: JsonObject): JsonObject {
  return isObject(variables) ? (variables as JsonObject) : {}; // JSON holds JSON
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isObject(properties) ? (properties as JsonObject) : {}; // as above
}

/** The schema of the variables, and their defaults as the values of a form: none of them has to be there. */
function formOf(template: JsonObject): { schema: JsonObject; value: JsonObject } {
  const { required: _, ...variables } = variablesOf(template);
  const properties = Object.entries(propertiesOf(variables));
  const given = properties.flatMap(
    ([name, property]) =>
      isObject(property) && property["default"] !== undefined ? [[name, property["default"] as Json] as const] : [], // as above
  );
  const bare = properties.map(([name, property]) => [name, withDefault(property, undefined)] as const);
  return { schema: { ...variables, properties: Object.fromEntries(bare) }, value: Object.fromEntries(given) };
}

function withDefaults(template: JsonObject, given: JsonObject): JsonObject {
  const variables = variablesOf(template);
  const properties = Object.entries(propertiesOf(variables)).map(
    ([name, property]) => [name, withDefault(property, own(given, name))] as const,
  );
  return { ...template, variables: { ...variables, properties: Object.fromEntries(properties) } };
}

/** What is no schema stays as it is. */
function withDefault(property: Json, value: Json | undefined): Json {
  if (!isObject(property)) return property;
  const { default: _, ...bare } = property as JsonObject; // as above
  return value === undefined ? bare : { ...(property as JsonObject), default: value };
}
