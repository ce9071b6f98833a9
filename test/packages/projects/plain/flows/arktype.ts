import { type } from "arktype";
import { flow, getRunLogger } from "orch";

const parameters = type({ name: "string > 0", "age?": "number.integer >= 0", kind: "'cat' | 'dog'" });

export const example = flow(
  async function example({ name, age, kind }) {
    const wrong = parameters({ name: "", kind: "cow" });
    getRunLogger().info(`${kind} ${name} ${age}, ${wrong instanceof type.errors ? wrong.count : 0} problems`);
  },
  { parameters },
);
